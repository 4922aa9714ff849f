//! Which process has a session's browser.

use std::time::Duration;

use errand_domain::{Session, SessionId, SessionState, Timestamp, session::CloseReason};

use super::{event, lock, read, session_columns};
use crate::{
    Error, Store,
    hint::Topic,
    patience::retry,
    row::now,
    statement::{signed, storable},
    transaction::Transaction,
};

/// Most sessions of one sweep.
const BATCH: i64 = 50;

/// A session that the caller now holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionClaim {
    /// The session, still starting.
    pub session: Session,
    /// What every write of this holder carries.
    pub epoch: u64,
}

/// What a holder learns when it renews its lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Orders {
    /// Whether it is to close the session, and what is told of that.
    pub close: Option<(CloseReason, String)>,
    /// How long the session has left by the database's clock; absent before it is up.
    pub left: Option<Duration>,
    /// Minutes of its whole life.
    pub minutes: u32,
}

impl Store {
    /// Takes the session that waits longest. `None` if none does.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn claim_session(
        &self,
        holder: &str,
        lease: Duration,
    ) -> Result<Option<SessionClaim>, Error> {
        // Not repeated after a lost answer: what was claimed by it is failed when its lease passes.
        let mut transaction = self.begin().await?;
        let sql = self.inner.backend.pick(
            concat!(
                "SELECT ",
                session_columns!(),
                " FROM sessions s WHERE s.state = 'starting' AND s.holder IS NULL ",
                "ORDER BY s.created_at, s.id LIMIT 1"
            ),
            concat!(
                "SELECT ",
                session_columns!(),
                " FROM sessions s WHERE s.state = 'starting' AND s.holder IS NULL ",
                "ORDER BY s.created_at, s.id LIMIT 1 FOR NO KEY UPDATE OF s SKIP LOCKED"
            ),
        );
        let row = sqlx::query(sql)
            .fetch_optional(transaction.connection())
            .await?;
        let Some(mut session) = row.map(|row| read(&row)).transpose()? else {
            transaction.rollback().await?;
            return Ok(None);
        };
        let now = self.clock(&mut transaction).await?;
        session.epoch += 1;
        session.holder = Some(storable(holder));
        sqlx::query("UPDATE sessions SET holder = $2, epoch = $3, lease_until = $4 WHERE id = $1")
            .bind(session.id.as_str())
            .bind(session.holder.as_deref())
            .bind(signed(session.epoch))
            .bind(after(now, lease))
            .execute(transaction.connection())
            .await?;
        transaction.commit().await?;
        Ok(Some(SessionClaim {
            epoch: session.epoch,
            session,
        }))
    }

    /// The session's browser is up: its time counts from now.
    ///
    /// # Errors
    /// [`Error::LeaseLost`] if another holds it or it was told to close.
    pub async fn session_started(
        &self,
        id: &SessionId,
        epoch: u64,
        summary: &str,
    ) -> Result<Session, Error> {
        retry!(self, self.session_started_once(id, epoch, summary).await)
    }

    async fn session_started_once(
        &self,
        id: &SessionId,
        epoch: u64,
        summary: &str,
    ) -> Result<Session, Error> {
        let mut transaction = self.begin().await?;
        let held = lock(self, &mut transaction, id).await?;
        let Some(mut session) = held.filter(|it| it.epoch == epoch && it.state.takes_runs()) else {
            transaction.rollback().await?;
            return Err(Error::LeaseLost);
        };
        if session.state == SessionState::Running {
            // An earlier attempt was committed, and its answer lost.
            transaction.rollback().await?;
            return Ok(session);
        }
        let now = self.clock(&mut transaction).await?;
        let life = i64::from(session.request.timeout_minutes) * 60_000;
        session.state = SessionState::Running;
        session.started_at = Some(now);
        session.expires_at = Some(now.plus_millis(life));
        session.modified_at = now;
        sqlx::query(
            "UPDATE sessions SET state = 'running', started_at = $2, expires_at = $3,
             modified_at = $2 WHERE id = $1",
        )
        .bind(session.id.as_str())
        .bind(now.micros())
        .bind(session.expires_at.map(Timestamp::micros))
        .execute(transaction.connection())
        .await?;
        event::add(
            &mut transaction,
            &session,
            &[("started", summary.to_owned())],
        )
        .await?;
        transaction.commit().await?;
        self.announce_session(session.id.as_str());
        Ok(session)
    }

    /// Moves the end of the holder's lease to `lease` from now and returns what is asked of it.
    ///
    /// # Errors
    /// [`Error::LeaseLost`] if the session has ended or has another holder.
    pub async fn renew_session(
        &self,
        id: &SessionId,
        epoch: u64,
        lease: Duration,
    ) -> Result<Orders, Error> {
        let mut transaction = self.begin().await?;
        let held = lock(self, &mut transaction, id).await?;
        let Some(session) = held.filter(|it| it.epoch == epoch && !it.state.is_final()) else {
            transaction.rollback().await?;
            return Err(Error::LeaseLost);
        };
        let now = self.clock(&mut transaction).await?;
        sqlx::query("UPDATE sessions SET lease_until = $2 WHERE id = $1")
            .bind(session.id.as_str())
            .bind(after(now, lease))
            .execute(transaction.connection())
            .await?;
        transaction.commit().await?;
        let close = session.state == SessionState::Closing;
        let left = session.expires_at.map(|at| {
            let micros = at.micros().saturating_sub(now.micros());
            Duration::from_micros(u64::try_from(micros).unwrap_or(0))
        });
        Ok(Orders {
            close: close.then(|| {
                let reason = session.close_reason.unwrap_or(CloseReason::Caller);
                (reason, session.close_detail.unwrap_or_default())
            }),
            left,
            minutes: session.request.timeout_minutes,
        })
    }

    /// The session has ended. `false` if it had before, or has another holder.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn end_session(
        &self,
        id: &SessionId,
        epoch: u64,
        reason: CloseReason,
        detail: &str,
    ) -> Result<bool, Error> {
        retry!(self, self.end_session_once(id, epoch, reason, detail).await)
    }

    async fn end_session_once(
        &self,
        id: &SessionId,
        epoch: u64,
        reason: CloseReason,
        detail: &str,
    ) -> Result<bool, Error> {
        let mut transaction = self.begin().await?;
        let held = lock(self, &mut transaction, id).await?;
        let Some(mut session) = held.filter(|it| it.epoch == epoch && !it.state.is_final()) else {
            transaction.rollback().await?;
            return Ok(false);
        };
        let now = self.clock(&mut transaction).await?;
        session.state = reason.state();
        session.close_reason = Some(reason);
        session.close_detail = Some(storable(detail));
        session.modified_at = now;
        session.ended_at = Some(now);
        write_end(&mut transaction, &session).await?;
        event::add(&mut transaction, &session, &[("ended", detail.to_owned())]).await?;
        transaction.commit().await?;
        self.announce_session(session.id.as_str());
        self.inner.hub.mark(Topic::Queue);
        Ok(true)
    }

    /// Fails sessions whose holder let its lease pass, at most 50: their browsers died with it.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn sweep_sessions(&self) -> Result<Vec<SessionId>, Error> {
        let sql = self.inner.backend.pick(
            concat!(
                "SELECT id, epoch FROM sessions WHERE holder IS NOT NULL AND state IN ",
                "('starting', 'running', 'closing') AND lease_until < ",
                now!(sqlite),
                " LIMIT $1"
            ),
            concat!(
                "SELECT id, epoch FROM sessions WHERE holder IS NOT NULL AND state IN ",
                "('starting', 'running', 'closing') AND lease_until < ",
                now!(postgres),
                " LIMIT $1"
            ),
        );
        let lost: Vec<(String, i64)> = sqlx::query_as(sql)
            .bind(BATCH)
            .fetch_all(&self.inner.reader)
            .await?;
        let mut ended = Vec::new();
        for (id, epoch) in lost {
            let (id, epoch) = (SessionId::from(id), crate::row::unsigned(epoch)?);
            let detail = "the server that had its browser died, and the browser with it";
            if self
                .end_session(&id, epoch, CloseReason::ServerLost, detail)
                .await?
            {
                ended.push(id);
            }
        }
        Ok(ended)
    }
}

/// Writes state, times and reason of a session that closes or ended.
pub(super) async fn write_end(
    transaction: &mut Transaction,
    session: &Session,
) -> Result<(), Error> {
    sqlx::query(
        "UPDATE sessions SET state = $2, ended_at = $3, modified_at = $4, close_reason = $5,
         close_detail = $6 WHERE id = $1",
    )
    .bind(session.id.as_str())
    .bind(session.state.as_str())
    .bind(session.ended_at.map(Timestamp::micros))
    .bind(session.modified_at.micros())
    .bind(session.close_reason.map(CloseReason::as_str))
    .bind(session.close_detail.as_deref())
    .execute(transaction.connection())
    .await?;
    Ok(())
}

fn after(now: Timestamp, lease: Duration) -> i64 {
    let lease = i64::try_from(lease.as_micros()).unwrap_or(i64::MAX);
    now.micros().saturating_add(lease)
}
