//! Runs that take turns in a session.

use std::time::Duration;

use errand_domain::{RunId, RunState, SessionId};

use super::lock;
use crate::{
    Claim, Error, Store, claim, command, log,
    patience::retry,
    row::{Current, Lease, detail_columns, now, run_columns},
    statement::storable,
    transaction::Transaction,
};

/// Most runs that are canceled at once.
const BATCH: i64 = 100;

impl Store {
    /// Takes the next run of a session that the caller holds: the one that was accepted first, once
    /// the one before it has ended. `None` if there is none.
    ///
    /// # Errors
    /// [`Error::LeaseLost`] if the caller does not hold the session any more.
    pub async fn claim_in_session(
        &self,
        session: &SessionId,
        epoch: u64,
        holder: &str,
        lease: Duration,
    ) -> Result<Option<Claim>, Error> {
        // Not repeated after a lost answer: such a run is taken over when its lease passes.
        let mut transaction = self.begin().await?;
        let held = lock(self, &mut transaction, session).await?;
        let Some(held) = held.filter(|it| it.epoch == epoch && it.state.takes_runs()) else {
            transaction.rollback().await?;
            return Err(Error::LeaseLost);
        };
        if held.run_id.is_some() {
            transaction.rollback().await?;
            return Ok(None);
        }
        let Some(mut current) = self.next_of(&mut transaction, session).await? else {
            transaction.rollback().await?;
            return Ok(None);
        };
        let lease = Lease {
            until: claim::after(current.now, lease),
            holder: Some(storable(holder)),
            claim_id: Some(uuid::Uuid::now_v7().simple().to_string()),
        };
        let drafts = claim::drafts(&current.run, holder, "it is its turn in the session");
        let written =
            log::write(&mut transaction, &mut current, drafts, Some(lease.clone())).await?;
        let claim = Claim {
            epoch: current.run.lease_epoch,
            run: current.run.clone(),
            lease_until: lease.until,
            recovered: false,
        };
        transaction.commit().await?;
        self.announce(&current, &written.events);
        Ok(Some(claim))
    }

    async fn next_of(
        &self,
        transaction: &mut Transaction,
        session: &SessionId,
    ) -> Result<Option<Current>, Error> {
        let sql = self.inner.backend.pick(
            concat!(
                "SELECT ",
                run_columns!(),
                ", ",
                detail_columns!(),
                ", ",
                now!(sqlite),
                " AS now FROM runs r JOIN run_details d ON d.run_id = r.id ",
                "WHERE r.session_id = $1 AND r.state IN ('created', 'queued') ",
                "AND (r.not_after IS NULL OR r.not_after > ",
                now!(sqlite),
                ") ORDER BY r.session_order LIMIT 1"
            ),
            concat!(
                "SELECT ",
                run_columns!(),
                ", ",
                detail_columns!(),
                ", ",
                now!(postgres),
                " AS now FROM runs r JOIN run_details d ON d.run_id = r.id ",
                "WHERE r.session_id = $1 AND r.state IN ('created', 'queued') ",
                "AND (r.not_after IS NULL OR r.not_after > ",
                now!(postgres),
                ") ORDER BY r.session_order LIMIT 1 FOR NO KEY UPDATE OF r"
            ),
        );
        let row = sqlx::query(sql)
            .bind(storable(session.as_str()))
            .fetch_optional(transaction.connection())
            .await?;
        row.map(|row| Current::read(&row, true)).transpose()
    }

    /// How many runs wait for their turn in a session.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn waiting_in_session(&self, session: &SessionId) -> Result<u64, Error> {
        let waiting: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM runs WHERE session_id = $1 AND state IN ('created', 'queued')",
        )
        .bind(storable(session.as_str()))
        .fetch_one(&self.inner.reader)
        .await?;
        crate::row::unsigned(waiting)
    }

    /// How long the run or session that waits longest for a browser has waited; `None` if none does.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn longest_wait(&self) -> Result<Option<Duration>, Error> {
        let sql = self.inner.backend.pick(
            concat!(
                "SELECT MIN(since) AS since, ",
                now!(sqlite),
                " AS now FROM (SELECT MIN(queued_at) AS since FROM runs WHERE state = 'queued' ",
                "AND session_id IS NULL UNION ALL SELECT MIN(created_at) FROM sessions ",
                "WHERE state = 'starting' AND holder IS NULL) w"
            ),
            concat!(
                "SELECT MIN(since) AS since, ",
                now!(postgres),
                " AS now FROM (SELECT MIN(queued_at) AS since FROM runs WHERE state = 'queued' ",
                "AND session_id IS NULL UNION ALL SELECT MIN(created_at) FROM sessions ",
                "WHERE state = 'starting' AND holder IS NULL) w"
            ),
        );
        let (since, now): (Option<i64>, i64) =
            sqlx::query_as(sql).fetch_one(&self.inner.reader).await?;
        let waited = |since| u64::try_from(now.saturating_sub(since)).unwrap_or(0);
        Ok(since.map(|since| Duration::from_micros(waited(since))))
    }

    /// Cancels runs that wait for a session that has ended, at most 100.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn cancel_stranded(&self) -> Result<usize, Error> {
        let stranded: Vec<(String, String)> = sqlx::query_as(
            "SELECT r.id, s.id FROM runs r JOIN sessions s ON s.id = r.session_id
             WHERE r.session_id IS NOT NULL AND r.state IN ('created', 'queued')
             AND s.state IN ('closed', 'failed') LIMIT $1",
        )
        .bind(BATCH)
        .fetch_all(&self.inner.reader)
        .await?;
        for (run, session) in &stranded {
            let reason = format!("its session {session} ended");
            let run = RunId::from(run.as_str());
            retry!(self, self.cancel_waiting(&run, &reason).await)?;
        }
        Ok(stranded.len())
    }

    /// Each in its own transaction: two that lock several runs could wait for each other.
    async fn cancel_waiting(&self, run_id: &RunId, reason: &str) -> Result<(), Error> {
        let mut transaction = self.begin().await?;
        let locked = log::lock(&mut transaction, self.inner.backend, run_id, true).await?;
        let waits = |state| matches!(state, RunState::Created | RunState::Queued);
        let Some(mut current) = locked.filter(|it| waits(it.run.state)) else {
            return transaction.rollback().await;
        };
        let drafts = command::canceled(reason).split_off(1);
        let written = log::write(&mut transaction, &mut current, drafts, None).await?;
        transaction.commit().await?;
        self.announce(&current, &written.events);
        Ok(())
    }
}
