use errand_domain::{Run, RunId, RunState, Timestamp};

use crate::{Error, REQUEST_ID_LIFETIME, Store, command::canceled, log, patience::retry, row::now};

/// Most runs of one sweep.
const BATCH: i64 = 100;

impl Store {
    /// Cancels runs that wait and whose `not_after` has passed by the database's clock, at most
    /// 100, and forgets request ids after their 24 hours. Returns the runs; a full batch means
    /// there may be more.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn expire_queued(&self) -> Result<Vec<Run>, Error> {
        let due = retry!(self, self.due().await)?;
        let mut expired = Vec::new();
        for run_id in due {
            if let Some(run) = retry!(self, self.expire(&run_id).await)? {
                expired.push(run);
            }
        }
        retry!(self, self.forget_requests().await)?;
        Ok(expired)
    }

    async fn due(&self) -> Result<Vec<RunId>, Error> {
        let sql = self.inner.backend.pick(
            concat!(
                "SELECT id FROM runs WHERE not_after IS NOT NULL AND state IN ('created', ",
                "'queued') AND not_after <= ",
                now!(sqlite),
                " ORDER BY not_after LIMIT $1"
            ),
            concat!(
                "SELECT id FROM runs WHERE not_after IS NOT NULL AND state IN ('created', ",
                "'queued') AND not_after <= ",
                now!(postgres),
                " ORDER BY not_after LIMIT $1"
            ),
        );
        let ids: Vec<String> = sqlx::query_scalar(sql)
            .bind(BATCH)
            .fetch_all(&self.inner.reader)
            .await?;
        Ok(ids.into_iter().map(RunId::from).collect())
    }

    /// Each in its own transaction: two sweepers that lock several runs could wait for each other.
    async fn expire(&self, run_id: &RunId) -> Result<Option<Run>, Error> {
        let mut transaction = self.begin().await?;
        let locked = log::lock(&mut transaction, self.inner.backend, run_id, true).await?;
        let waits = |state| matches!(state, RunState::Created | RunState::Queued);
        let Some(mut current) = locked.filter(|it| waits(it.run.state)) else {
            transaction.rollback().await?;
            return Ok(None);
        };
        let drafts = canceled("its not_after passed").split_off(1);
        let written = log::write(&mut transaction, &mut current, drafts, None).await?;
        transaction.commit().await?;
        self.announce(&current, &written.events);
        Ok(Some(current.run))
    }

    async fn forget_requests(&self) -> Result<(), Error> {
        let mut transaction = self.begin().await?;
        let Timestamp(now) = self.clock(&mut transaction).await?;
        let lifetime = i64::try_from(REQUEST_ID_LIFETIME.as_micros()).unwrap_or(i64::MAX);
        sqlx::query("DELETE FROM request_ids WHERE created_at < $1")
            .bind(now.saturating_sub(lifetime))
            .execute(transaction.connection())
            .await?;
        transaction.commit().await
    }
}
