//! Sessions: made, read, extended and told to close by anybody; held by one process.

mod claim;
mod create;
mod event;
mod queue;

use std::collections::BTreeMap;

use errand_domain::{
    OrganizationId, RunId, Session, SessionId, SessionState, Timestamp,
    session::{CloseReason, MINUTES},
};
use sqlx::{FromRow, any::AnyRow};

pub use claim::{Orders, SessionClaim};
pub use create::{MAX_OPEN_SESSIONS, NewSession};
pub use event::MAX_SESSION_EVENTS;

use crate::{
    Error, Page, Store,
    hint::{Hints, Topic},
    list::{Token, page_size},
    patience::retry,
    row::{now, unsigned},
    statement::{Statement, storable},
    transaction::Transaction,
};

/// How long a process that says nothing is remembered, in milliseconds.
const REPLICA_LIFE_MS: i64 = 24 * 60 * 60 * 1_000;
/// Most sessions of one page.
const MAX_PAGE: u32 = 100;

/// Columns of `sessions s`, and the run that is under way in it.
macro_rules! session_columns {
    () => {
        "s.id, s.organization_id, s.state, s.request, s.holder, s.epoch, s.created_at, \
         s.started_at, s.expires_at, s.ended_at, s.modified_at, s.close_reason, s.close_detail, \
         (SELECT r.id FROM runs r WHERE r.session_id = s.id AND r.state IN ('running', 'paused') \
         ORDER BY r.session_order LIMIT 1) AS run_id"
    };
}
use session_columns;

#[derive(FromRow)]
struct Row {
    id: String,
    organization_id: String,
    state: String,
    request: String,
    holder: Option<String>,
    epoch: i64,
    created_at: i64,
    started_at: Option<i64>,
    expires_at: Option<i64>,
    ended_at: Option<i64>,
    modified_at: i64,
    close_reason: Option<String>,
    close_detail: Option<String>,
    run_id: Option<String>,
}

fn read(row: &AnyRow) -> Result<Session, Error> {
    let row = Row::from_row(row)?;
    let damaged = |what: &'static str| move |error| Error::damaged(what, error);
    let state = SessionState::parse(&row.state)
        .ok_or_else(|| Error::damaged("the state of a session", &row.state))?;
    Ok(Session {
        id: row.id.into(),
        organization_id: row.organization_id.into(),
        state,
        request: serde_json::from_str(&row.request)
            .map_err(|error| damaged("the request of a session")(error.to_string()))?,
        holder: row.holder,
        epoch: unsigned(row.epoch)?,
        run_id: row.run_id.map(RunId::from),
        created_at: Timestamp(row.created_at),
        started_at: row.started_at.map(Timestamp),
        expires_at: row.expires_at.map(Timestamp),
        ended_at: row.ended_at.map(Timestamp),
        modified_at: Timestamp(row.modified_at),
        close_reason: row.close_reason.as_deref().and_then(CloseReason::parse),
        close_detail: row.close_detail,
    })
}

/// Reads and locks a session's row.
pub(crate) async fn lock(
    store: &Store,
    transaction: &mut Transaction,
    id: &SessionId,
) -> Result<Option<Session>, Error> {
    let sql = store.inner.backend.pick(
        concat!(
            "SELECT ",
            session_columns!(),
            " FROM sessions s WHERE s.id = $1"
        ),
        concat!(
            "SELECT ",
            session_columns!(),
            " FROM sessions s WHERE s.id = $1 FOR NO KEY UPDATE OF s"
        ),
    );
    let row = sqlx::query(sql)
        .bind(storable(id.as_str()))
        .fetch_optional(transaction.connection())
        .await?;
    row.map(|row| read(&row)).transpose()
}

/// Which sessions to list. What is empty does not filter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SessionFilter {
    /// Ended ones too.
    pub include_ended: bool,
    /// With all of these labels.
    pub labels: BTreeMap<String, String>,
}

impl Store {
    /// Hints about a session: orders to its holder, and changes of its state and its runs.
    #[must_use]
    pub fn watch_session(&self, id: &SessionId) -> Hints {
        self.inner
            .hub
            .subscribe(Topic::Session(id.as_str().to_owned()))
    }

    pub(crate) fn announce_session(&self, id: &str) {
        self.inner.hub.mark(Topic::Session(id.to_owned()));
    }

    /// A session of the organization. Another organization's id, or a made-up one, is `None`.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn get_session(
        &self,
        organization: &OrganizationId,
        id: &SessionId,
    ) -> Result<Option<Session>, Error> {
        retry!(self, self.get_session_once(organization, id).await)
    }

    async fn get_session_once(
        &self,
        organization: &OrganizationId,
        id: &SessionId,
    ) -> Result<Option<Session>, Error> {
        let row = sqlx::query(concat!(
            "SELECT ",
            session_columns!(),
            " FROM sessions s WHERE s.id = $1 AND s.organization_id = $2"
        ))
        .bind(storable(id.as_str()))
        .bind(storable(organization.as_str()))
        .fetch_optional(&self.inner.reader)
        .await?;
        row.map(|row| read(&row)).transpose()
    }

    /// The organization's sessions, newest first, at most 100 a page (0 asks for 50).
    ///
    /// # Errors
    /// [`Error::PageToken`] for a token that another filter gave out.
    pub async fn list_sessions(
        &self,
        organization: &OrganizationId,
        filter: &SessionFilter,
        size: u32,
        token: Option<&str>,
    ) -> Result<Page<Session>, Error> {
        retry!(
            self,
            self.list_sessions_once(organization, filter, size, token)
                .await
        )
    }

    async fn list_sessions_once(
        &self,
        organization: &OrganizationId,
        filter: &SessionFilter,
        size: u32,
        token: Option<&str>,
    ) -> Result<Page<Session>, Error> {
        let scope = format!("sessions {organization} {filter:?}");
        let size = page_size(size, MAX_PAGE) as usize;
        let mut select = Statement::new(concat!(
            "SELECT ",
            session_columns!(),
            " FROM sessions s WHERE s.organization_id = "
        ));
        select.text(organization.as_str());
        if !filter.include_ended {
            select.push(" AND s.state IN ('starting', 'running', 'closing')");
        }
        for (label, value) in &filter.labels {
            select.push(
                " AND EXISTS (SELECT 1 FROM session_labels l WHERE l.session_id = s.id AND l.label = ",
            );
            select.text(label).push(" AND l.value = ");
            select.text(value).push(")");
        }
        if let Some(token) = token.filter(|it| !it.is_empty()) {
            let last = Token::parse(token, &scope)?;
            select.push(" AND (s.created_at, s.id) < (").number(last.at);
            select.push(", ").text(&last.id).push(")");
        }
        select.push(" ORDER BY s.created_at DESC, s.id DESC LIMIT ");
        select.number(i64::try_from(size).unwrap_or(i64::MAX) + 1);
        let rows = select.query().fetch_all(&self.inner.reader).await?;
        let mut items = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        let more = items.len() > size;
        items.truncate(size);
        let last = items.last().filter(|_| more);
        let next = last.map(|it| Token::format(it.created_at.micros(), it.id.as_str(), &scope));
        Ok(Page {
            items,
            next_page_token: next,
        })
    }

    /// Adds to a session's time.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::SessionEnded`] if it closes or has ended; [`Error::Invalid`] if
    /// its life would be longer than any may be.
    pub async fn extend_session(
        &self,
        organization: &OrganizationId,
        id: &SessionId,
        minutes: u32,
    ) -> Result<Session, Error> {
        // Not repeated after a lost answer: time would be added twice.
        let mut transaction = self.begin().await?;
        let found = lock(self, &mut transaction, id).await?;
        let Some(mut session) = found.filter(|it| it.organization_id == *organization) else {
            transaction.rollback().await?;
            return Err(Error::NotFound("session"));
        };
        if !session.state.takes_runs() {
            transaction.rollback().await?;
            return Err(Error::SessionEnded(session.state));
        }
        let whole = session.request.timeout_minutes.saturating_add(minutes);
        if whole > *MINUTES.end() {
            transaction.rollback().await?;
            return Err(Error::Invalid(format!(
                "the session would live {whole} minutes, at most {}",
                MINUTES.end()
            )));
        }
        session.request.timeout_minutes = whole;
        let more = i64::from(minutes) * 60_000;
        session.expires_at = session.expires_at.map(|at| at.plus_millis(more));
        session.modified_at = self.clock(&mut transaction).await?;
        sqlx::query(
            "UPDATE sessions SET request = $2, expires_at = $3, modified_at = $4 WHERE id = $1",
        )
        .bind(session.id.as_str())
        .bind(crate::row::json(&session.request)?)
        .bind(session.expires_at.map(Timestamp::micros))
        .bind(session.modified_at.micros())
        .execute(transaction.connection())
        .await?;
        let summary = format!("{minutes} minutes more, {whole} in all");
        event::add(&mut transaction, &session, &[("extended", summary)]).await?;
        transaction.commit().await?;
        self.announce_session(session.id.as_str());
        Ok(session)
    }

    /// Tells a session to close: its holder does, or it is closed at once where nobody has it. One
    /// that closes or has ended stays as it is.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn close_session(
        &self,
        organization: &OrganizationId,
        id: &SessionId,
        reason: CloseReason,
        detail: &str,
    ) -> Result<Session, Error> {
        retry!(
            self,
            self.close_session_once(organization, id, reason, detail)
                .await
        )
    }

    async fn close_session_once(
        &self,
        organization: &OrganizationId,
        id: &SessionId,
        reason: CloseReason,
        detail: &str,
    ) -> Result<Session, Error> {
        let mut transaction = self.begin().await?;
        let found = lock(self, &mut transaction, id).await?;
        let Some(mut session) = found.filter(|it| it.organization_id == *organization) else {
            transaction.rollback().await?;
            return Err(Error::NotFound("session"));
        };
        if !session.state.takes_runs() {
            transaction.rollback().await?;
            return Ok(session);
        }
        let now = self.clock(&mut transaction).await?;
        session.modified_at = now;
        session.close_reason = Some(reason);
        session.close_detail = Some(storable(detail));
        let kind = if session.holder.is_none() {
            session.state = reason.state();
            session.ended_at = Some(now);
            "ended"
        } else {
            session.state = SessionState::Closing;
            "closing"
        };
        claim::write_end(&mut transaction, &session).await?;
        event::add(&mut transaction, &session, &[(kind, detail.to_owned())]).await?;
        transaction.commit().await?;
        self.announce_session(session.id.as_str());
        self.inner.hub.mark(Topic::Queue);
        Ok(session)
    }

    /// Notes where this process can be called by others, and forgets those that said nothing for a
    /// day. To be called more often than that.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn note_replica(&self, holder: &str, address: &str) -> Result<(), Error> {
        let sql = self.inner.backend.pick(
            concat!(
                "INSERT INTO replicas (holder, address, seen_at) VALUES ($1, $2, ",
                now!(sqlite),
                ") ON CONFLICT (holder) DO UPDATE SET address = excluded.address, ",
                "seen_at = excluded.seen_at"
            ),
            concat!(
                "INSERT INTO replicas (holder, address, seen_at) VALUES ($1, $2, ",
                now!(postgres),
                ") ON CONFLICT (holder) DO UPDATE SET address = excluded.address, ",
                "seen_at = excluded.seen_at"
            ),
        );
        sqlx::query(sql)
            .bind(storable(holder))
            .bind(storable(address))
            .execute(&self.inner.writer)
            .await?;
        let now = self.now().await?;
        sqlx::query("DELETE FROM replicas WHERE seen_at < $1")
            .bind(now.plus_millis(-REPLICA_LIFE_MS).micros())
            .execute(&self.inner.writer)
            .await?;
        Ok(())
    }

    /// Where the process of that name can be called, if it ever said so.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn replica(&self, holder: &str) -> Result<Option<String>, Error> {
        Ok(
            sqlx::query_scalar("SELECT address FROM replicas WHERE holder = $1")
                .bind(storable(holder))
                .fetch_optional(&self.inner.reader)
                .await?,
        )
    }

    /// The process that holds a run of the organization, if one does.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn holder_of_run(
        &self,
        organization: &OrganizationId,
        run_id: &RunId,
    ) -> Result<Option<String>, Error> {
        let holder: Option<Option<String>> = sqlx::query_scalar(
            "SELECT holder FROM runs WHERE id = $1 AND organization_id = $2
             AND state IN ('running', 'paused')",
        )
        .bind(storable(run_id.as_str()))
        .bind(storable(organization.as_str()))
        .fetch_optional(&self.inner.reader)
        .await?;
        Ok(holder.flatten())
    }
}
