//! A write transaction that can't be left half open.

use sqlx::{Any, AnyConnection, AnyPool, Executor as _, pool::PoolConnection};

use crate::{Error, backend::Backend};

/// Dropped before its commit, it closes its connection, which rolls back on both databases. That
/// holds after any error and when a caller hangs up in the middle.
pub(crate) struct Transaction {
    connection: PoolConnection<Any>,
    open: bool,
}

impl Transaction {
    /// Takes SQLite's write lock at once, so that no read of the transaction is stale.
    pub(crate) async fn begin(backend: Backend, writer: &AnyPool) -> Result<Self, Error> {
        let connection = writer.acquire().await?;
        let mut transaction = Self {
            connection,
            open: true,
        };
        transaction
            .connection
            .execute(backend.pick("BEGIN IMMEDIATE", "BEGIN"))
            .await?;
        Ok(transaction)
    }

    pub(crate) fn connection(&mut self) -> &mut AnyConnection {
        &mut self.connection
    }

    pub(crate) async fn commit(mut self) -> Result<(), Error> {
        self.connection.execute("COMMIT").await?;
        self.open = false;
        Ok(())
    }

    /// Ends without a change, and keeps the connection.
    pub(crate) async fn rollback(mut self) -> Result<(), Error> {
        self.connection.execute("ROLLBACK").await?;
        self.open = false;
        Ok(())
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        if self.open {
            self.connection.close_on_drop();
        }
    }
}
