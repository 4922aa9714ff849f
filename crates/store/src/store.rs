use std::{sync::Arc, time::Duration};

use errand_domain::Timestamp;
use sqlx::{AnyPool, migrate::Migrator};
use tokio_util::{
    sync::{CancellationToken, DropGuard},
    task::TaskTracker,
};

use crate::{
    Error,
    backend::{Backend, redacted},
    hint::Hub,
    patience::retry,
    transaction::Transaction,
};

pub(crate) static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// How a store is opened. The defaults are right for a server.
#[derive(Debug, Clone)]
pub struct Options {
    /// Most connections for reading (SQLite) or altogether (PostgreSQL).
    pub max_connections: u32,
    /// How long a write waits for another process's lock on the SQLite file.
    pub busy_timeout: Duration,
    /// How long a call goes on trying after the connection to the database was lost.
    pub retry_for: Duration,
    /// Most bytes that the SQLite file may have; beyond, writes fail with
    /// [`Error::StorageFull`].
    pub max_database_bytes: Option<u64>,
    /// Whether SQLite waits for the disk at each commit. Without, a power failure may take the
    /// last events with it (a killed process never does).
    pub survive_power_loss: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            max_connections: 8,
            busy_timeout: Duration::from_secs(5),
            retry_for: Duration::from_secs(15),
            max_database_bytes: None,
            survive_power_loss: true,
        }
    }
}

/// The database. Cheap to clone; the last clone dropped ends its tasks.
#[derive(Clone)]
pub struct Store {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) backend: Backend,
    pub(crate) reader: AnyPool,
    pub(crate) writer: AnyPool,
    pub(crate) hub: Arc<Hub>,
    pub(crate) retry_for: Duration,
    tasks: TaskTracker,
    stop: CancellationToken,
    _stop_at_drop: DropGuard,
}

impl Store {
    /// Opens `sqlite:///path/file.db` (made if absent, its folder must exist) or
    /// `postgres://user:password@host/database`, and brings its schema up to date.
    ///
    /// # Errors
    /// [`Error::Open`], [`Error::Locked`], [`Error::Schema`], [`Error::StorageFull`].
    pub async fn open(url: &str) -> Result<Self, Error> {
        Self::open_with(url, Options::default()).await
    }

    /// The same, with other bounds.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn open_with(url: &str, options: Options) -> Result<Self, Error> {
        let backend = Backend::of(url)?;
        let (reader, writer) = backend.connect(url, &options).await?;
        MIGRATIONS.run(&writer).await.map_err(|error| match error {
            sqlx::migrate::MigrateError::Execute(error)
            | sqlx::migrate::MigrateError::ExecuteMigration(error, _) => match Error::from(error) {
                Error::Database(error) => Error::Open {
                    database: redacted(url),
                    reason: error.to_string(),
                },
                other => other,
            },
            other => Error::Schema(other.to_string()),
        })?;
        let hub = Arc::new(Hub::new());
        let stop = CancellationToken::new();
        let tasks = TaskTracker::new();
        tasks.spawn(hub.clone().flush(backend, writer.clone(), stop.clone()));
        if backend == Backend::Postgres {
            tasks.spawn(hub.clone().listen(url.to_owned(), stop.clone()));
        }
        tasks.close();
        Ok(Self {
            inner: Arc::new(Inner {
                backend,
                reader,
                writer,
                hub,
                retry_for: options.retry_for,
                tasks,
                stop: stop.clone(),
                _stop_at_drop: stop.drop_guard(),
            }),
        })
    }

    /// The time by the database's clock: microseconds on PostgreSQL, milliseconds on SQLite.
    ///
    /// # Errors
    /// If the database can't be reached.
    pub async fn now(&self) -> Result<Timestamp, Error> {
        let sql = self.inner.backend.pick(
            concat!("SELECT ", crate::row::now!(sqlite)),
            concat!("SELECT ", crate::row::now!(postgres)),
        );
        retry!(self, self.scalar(sql).await).map(Timestamp)
    }

    async fn scalar(&self, sql: &'static str) -> Result<i64, Error> {
        Ok(sqlx::query_scalar(sql)
            .fetch_one(&self.inner.reader)
            .await?)
    }

    /// Asks the database for a sign of life, once, within two seconds.
    ///
    /// # Errors
    /// If there is none.
    pub async fn ping(&self) -> Result<(), Error> {
        let ping = self.scalar("SELECT CAST(1 AS BIGINT)");
        match tokio::time::timeout(Duration::from_secs(2), ping).await {
            Ok(answer) => answer.map(|_| ()),
            Err(_) => Err(Error::Unavailable(
                "no answer within two seconds".to_owned(),
            )),
        }
    }

    /// Which database it is: `sqlite` or `postgresql`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        self.inner.backend.pick("sqlite", "postgresql")
    }

    /// Ends the tasks and closes the connections; calls after it fail with [`Error::Closed`].
    /// Waits at most five seconds.
    pub async fn close(&self) {
        self.inner.stop.cancel();
        let closed = async {
            self.inner.tasks.wait().await;
            self.inner.reader.close().await;
            self.inner.writer.close().await;
        };
        if tokio::time::timeout(Duration::from_secs(5), closed)
            .await
            .is_err()
        {
            tracing::warn!("the database's connections did not close within five seconds");
        }
    }

    pub(crate) async fn begin(&self) -> Result<Transaction, Error> {
        Transaction::begin(self.inner.backend, &self.inner.writer).await
    }
}
