use errand_domain::RunId;

use crate::{
    Error, Store, Writer, log,
    patience::retry,
    row::{now, unsigned},
    statement::{signed, storable},
};

/// Longest checkpoint, in bytes.
pub const MAX_CHECKPOINT_BYTES: usize = 16 * 1024 * 1024;

impl Store {
    /// Keeps what the next holder needs to go on, in place of an earlier checkpoint. The content
    /// is the caller's, who encrypts it; `sequence` is the event that it stands at. It is
    /// deleted when the run ends.
    ///
    /// # Errors
    /// [`Error::LeaseLost`]; [`Error::Limit`] beyond [`MAX_CHECKPOINT_BYTES`];
    /// [`Error::NotFound`].
    pub async fn put_checkpoint(
        &self,
        run_id: &RunId,
        epoch: u64,
        sequence: u64,
        content: Vec<u8>,
    ) -> Result<(), Error> {
        if content.len() > MAX_CHECKPOINT_BYTES {
            let found = content.len();
            return Err(Error::Limit(format!(
                "a checkpoint of {found} bytes, more than {MAX_CHECKPOINT_BYTES}"
            )));
        }
        retry!(
            self,
            self.put_checkpoint_once(run_id, epoch, sequence, &content)
                .await
        )
    }

    async fn put_checkpoint_once(
        &self,
        run_id: &RunId,
        epoch: u64,
        sequence: u64,
        content: &[u8],
    ) -> Result<(), Error> {
        let mut transaction = self.begin().await?;
        let locked = log::lock(&mut transaction, self.inner.backend, run_id, false).await?;
        let checked = match &locked {
            Some(current) => Writer::Holder { epoch }.check(current),
            None => Err(Error::NotFound("run")),
        };
        if let Err(error) = checked {
            transaction.rollback().await?;
            return Err(error);
        }
        let organization = locked.map(|it| it.run.organization_id.as_str().to_owned());
        let sql = self.inner.backend.pick(
            concat!(
                "INSERT INTO run_checkpoints (run_id, organization_id, sequence, content, ",
                "created_at) VALUES ($1, $2, $3, $4, ",
                now!(sqlite),
                ") ON CONFLICT (run_id) ",
                "DO UPDATE SET sequence = excluded.sequence, content = excluded.content, ",
                "created_at = excluded.created_at"
            ),
            concat!(
                "INSERT INTO run_checkpoints (run_id, organization_id, sequence, content, ",
                "created_at) VALUES ($1, $2, $3, $4, ",
                now!(postgres),
                ") ON CONFLICT (run_id) ",
                "DO UPDATE SET sequence = excluded.sequence, content = excluded.content, ",
                "created_at = excluded.created_at"
            ),
        );
        sqlx::query(sql)
            .bind(run_id.as_str())
            .bind(organization)
            .bind(signed(sequence))
            .bind(content)
            .execute(transaction.connection())
            .await?;
        transaction.commit().await
    }

    /// The run's last checkpoint, and the event that it stands at.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn checkpoint(&self, run_id: &RunId) -> Result<Option<(u64, Vec<u8>)>, Error> {
        retry!(self, self.checkpoint_once(run_id).await)
    }

    async fn checkpoint_once(&self, run_id: &RunId) -> Result<Option<(u64, Vec<u8>)>, Error> {
        let found: Option<(i64, Vec<u8>)> =
            sqlx::query_as("SELECT sequence, content FROM run_checkpoints WHERE run_id = $1")
                .bind(storable(run_id.as_str()))
                .fetch_optional(&self.inner.reader)
                .await?;
        found
            .map(|(sequence, content)| Ok((unsigned(sequence)?, content)))
            .transpose()
    }
}
