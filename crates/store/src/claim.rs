use std::time::Duration;

use errand_domain::{Draft, Run, RunId, RunState, Timestamp, event::Body};

use crate::{
    Error, Store, log,
    patience::retry,
    row::{Current, Lease, detail_columns, now, run_columns},
    statement::{signed, storable},
    transaction::Transaction,
};

/// How much may run at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClaimLimits {
    /// Most runs of one organization that are running or paused, on all replicas together.
    pub per_organization: u32,
}

/// A run that the caller now holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// The run, with `run_started` written.
    pub run: Run,
    /// What every write of this holder carries.
    pub epoch: u64,
    /// When others may take it, by the database's clock. Compare it with nothing else.
    pub lease_until: Timestamp,
    /// Whether another holder had it and let its lease pass.
    pub recovered: bool,
}

/// How often a claim looks again after others took what it found.
const MAX_RACES: u32 = 4;

enum Found {
    Claim(Box<Claim>),
    Nothing,
    Taken,
}

/// Why a recovered run was queued for a moment.
const HOLDER_GONE: &str = "its holder let the lease pass";

impl Store {
    /// Takes the next run: first one whose holder let its lease pass, else the first of the queue
    /// (highest priority, then longest waiting) whose organization is below its limit. Raises the
    /// epoch and writes `run_started` (for a run taken over: `run_queued` before it) in the same
    /// transaction. `None` if there is nothing to take.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn claim(
        &self,
        holder: &str,
        lease: Duration,
        limits: &ClaimLimits,
    ) -> Result<Option<Claim>, Error> {
        let claim_id = uuid::Uuid::now_v7().simple().to_string();
        let mut claimed = None;
        for _ in 0..MAX_RACES {
            let work = retry!(
                self,
                self.claim_once(holder, lease, limits, &claim_id, &mut claimed)
                    .await
            );
            match work? {
                Found::Claim(claim) => return Ok(Some(*claim)),
                Found::Nothing => return Ok(None),
                Found::Taken => {}
            }
        }
        Ok(None)
    }

    async fn claim_once(
        &self,
        holder: &str,
        lease: Duration,
        limits: &ClaimLimits,
        claim_id: &str,
        earlier: &mut Option<Claim>,
    ) -> Result<Found, Error> {
        let mut transaction = self.begin().await?;
        if let Some(claim) = earlier.take()
            && is_ours(&mut transaction, &claim.run.id, claim_id).await?
        {
            transaction.rollback().await?;
            return Ok(Found::Claim(Box::new(claim)));
        }
        let abandoned = self.abandoned(&mut transaction).await?;
        let recovered = abandoned.is_some();
        let next = match abandoned {
            Some(run) => Some(run),
            None => self.queued(&mut transaction, limits).await?,
        };
        let Some(mut current) = next else {
            transaction.rollback().await?;
            return Ok(Found::Nothing);
        };
        let lease = Lease {
            until: after(current.now, lease),
            holder: Some(storable(holder)),
            claim_id: Some(claim_id.to_owned()),
        };
        let drafts = drafts(&current.run, holder, HOLDER_GONE);
        let written =
            log::write(&mut transaction, &mut current, drafts, Some(lease.clone())).await?;
        if !recovered
            && written
                .held
                .is_some_and(|held| held > limits.per_organization)
        {
            // Another claim of the same organization was faster to its last place; the next look
            // leaves that organization out.
            transaction.rollback().await?;
            return Ok(Found::Taken);
        }
        let claim = Claim {
            epoch: current.run.lease_epoch,
            run: current.run.clone(),
            lease_until: lease.until,
            recovered,
        };
        *earlier = Some(claim.clone());
        transaction.commit().await?;
        self.announce(&current, &written.events);
        Ok(Found::Claim(Box::new(claim)))
    }

    async fn abandoned(&self, transaction: &mut Transaction) -> Result<Option<Current>, Error> {
        let sql = self.inner.backend.pick(
            concat!(
                "SELECT ",
                run_columns!(),
                ", ",
                detail_columns!(),
                ", ",
                now!(sqlite),
                " AS now ",
                "FROM runs r JOIN run_details d ON d.run_id = r.id ",
                "WHERE r.state IN ('running', 'paused') AND r.lease_until < ",
                now!(sqlite),
                " ORDER BY r.lease_until LIMIT 1"
            ),
            concat!(
                "SELECT ",
                run_columns!(),
                ", ",
                detail_columns!(),
                ", ",
                now!(postgres),
                " AS now FROM runs r JOIN run_details d ON d.run_id = r.id ",
                "WHERE r.state IN ('running', 'paused') AND r.lease_until < ",
                now!(postgres),
                " ORDER BY r.lease_until LIMIT 1 FOR NO KEY UPDATE OF r SKIP LOCKED"
            ),
        );
        let row = sqlx::query(sql)
            .fetch_optional(transaction.connection())
            .await?;
        row.map(|row| Current::read(&row, true)).transpose()
    }

    async fn queued(
        &self,
        transaction: &mut Transaction,
        limits: &ClaimLimits,
    ) -> Result<Option<Current>, Error> {
        let sql = self.inner.backend.pick(
            concat!(
                "SELECT ",
                run_columns!(),
                ", ",
                detail_columns!(),
                ", ",
                now!(sqlite),
                " AS now ",
                "FROM runs r JOIN run_details d ON d.run_id = r.id ",
                "JOIN organizations o ON o.id = r.organization_id ",
                "WHERE r.state = 'queued' AND r.session_id IS NULL AND o.held < $1 ",
                "AND (r.not_after IS NULL OR r.not_after > ",
                now!(sqlite),
                ") ",
                "ORDER BY r.priority DESC, r.queued_at, r.id LIMIT 1"
            ),
            concat!(
                "SELECT ",
                run_columns!(),
                ", ",
                detail_columns!(),
                ", ",
                now!(postgres),
                " AS now FROM runs r JOIN run_details d ON d.run_id = r.id ",
                "JOIN organizations o ON o.id = r.organization_id ",
                "WHERE r.state = 'queued' AND r.session_id IS NULL AND o.held < $1 ",
                "AND (r.not_after IS NULL OR r.not_after > ",
                now!(postgres),
                ") ORDER BY r.priority DESC, r.queued_at, r.id LIMIT 1 ",
                "FOR NO KEY UPDATE OF r SKIP LOCKED"
            ),
        );
        let query = sqlx::query(sql).bind(i64::from(limits.per_organization));
        let row = query.fetch_optional(transaction.connection()).await?;
        row.map(|row| Current::read(&row, true)).transpose()
    }

    /// Moves the end of a lease to `lease` from now. `false` if the epoch is no longer the run's
    /// or the run is no longer held: stop at once.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn renew(&self, run_id: &RunId, epoch: u64, lease: Duration) -> Result<bool, Error> {
        retry!(self, self.renew_once(run_id, epoch, lease).await)
    }

    async fn renew_once(&self, run_id: &RunId, epoch: u64, lease: Duration) -> Result<bool, Error> {
        let sql = self.inner.backend.pick(
            concat!(
                "UPDATE runs SET lease_until = $3 + ",
                now!(sqlite),
                " WHERE id = $1 ",
                "AND lease_epoch = $2 AND state IN ('running', 'paused')"
            ),
            concat!(
                "UPDATE runs SET lease_until = $3 + ",
                now!(postgres),
                " WHERE id = $1 ",
                "AND lease_epoch = $2 AND state IN ('running', 'paused')"
            ),
        );
        let renewed = sqlx::query(sql)
            .bind(storable(run_id.as_str()))
            .bind(signed(epoch))
            .bind(after(Timestamp(0), lease).micros())
            .execute(&self.inner.writer)
            .await?;
        Ok(renewed.rows_affected() == 1)
    }
}

pub(crate) fn after(now: Timestamp, lease: Duration) -> Timestamp {
    Timestamp(
        now.micros()
            .saturating_add(i64::try_from(lease.as_micros()).unwrap_or(i64::MAX)),
    )
}

/// What a claim writes; `reason` is why a run that is not queued is so for a moment.
pub(crate) fn drafts(run: &Run, holder: &str, reason: &str) -> Vec<Draft> {
    let attempt = run.attempt.saturating_add(1);
    let mut drafts = Vec::with_capacity(2);
    if run.state != RunState::Queued {
        let body = Body::RunQueued {
            reason: reason.to_owned(),
        };
        drafts.push(Draft::new(format!("queued: {reason}"), body));
    }
    let body = Body::RunStarted {
        attempt,
        holder: holder.to_owned(),
    };
    drafts.push(Draft::new(format!("started, attempt {attempt}"), body));
    drafts
}

async fn is_ours(
    transaction: &mut Transaction,
    run_id: &RunId,
    claim_id: &str,
) -> Result<bool, Error> {
    let found: Option<i64> = sqlx::query_scalar(
        "SELECT lease_epoch FROM runs WHERE id = $1 AND claim_id = $2
         AND state IN ('running', 'paused')",
    )
    .bind(run_id.as_str())
    .bind(claim_id)
    .fetch_optional(transaction.connection())
    .await?;
    Ok(found.is_some())
}
