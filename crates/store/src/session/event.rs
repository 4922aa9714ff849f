use errand_domain::{OrganizationId, Session, SessionEvent, SessionId, Timestamp, text::clip};

use crate::{
    Error, Store,
    patience::retry,
    row::unsigned,
    statement::{Statement, Value, signed, storable},
    transaction::Transaction,
};

/// Events of one session that are kept; the oldest go first.
pub const MAX_SESSION_EVENTS: u32 = 10_000;
const MAX_SUMMARY_BYTES: usize = 300;
/// Most events of one answer.
const MAX_PAGE: u32 = 1_000;

/// Adds events to a session whose row the transaction has locked.
pub(super) async fn add(
    transaction: &mut Transaction,
    session: &Session,
    events: &[(&str, String)],
) -> Result<(), Error> {
    if events.is_empty() {
        return Ok(());
    }
    let last: i64 = sqlx::query_scalar("SELECT last_event FROM sessions WHERE id = $1")
        .bind(session.id.as_str())
        .fetch_one(transaction.connection())
        .await?;
    let rows = events
        .iter()
        .zip(last + 1..)
        .map(|((kind, summary), number)| {
            vec![
                Value::Text(session.id.as_str().to_owned()),
                Value::Number(number),
                Value::Text(storable(session.organization_id.as_str())),
                Value::Text(storable(kind)),
                Value::Text(storable(&clip(summary, MAX_SUMMARY_BYTES))),
                Value::Number(session.modified_at.micros()),
            ]
        });
    let mut insert = Statement::new(
        "INSERT INTO session_events (session_id, number, organization_id, kind, summary, created_at)
         VALUES ",
    );
    insert.rows(rows.collect());
    insert.query().execute(transaction.connection()).await?;
    let newest = last + i64::try_from(events.len()).unwrap_or(0);
    sqlx::query("UPDATE sessions SET last_event = $2 WHERE id = $1")
        .bind(session.id.as_str())
        .bind(newest)
        .execute(transaction.connection())
        .await?;
    if newest > i64::from(MAX_SESSION_EVENTS) {
        sqlx::query("DELETE FROM session_events WHERE session_id = $1 AND number <= $2")
            .bind(session.id.as_str())
            .bind(newest - i64::from(MAX_SESSION_EVENTS))
            .execute(transaction.connection())
            .await?;
    }
    Ok(())
}

impl Store {
    /// Notes what happened in a session, at most 100 events at once.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Invalid`] for too many.
    pub async fn add_session_events(
        &self,
        id: &SessionId,
        events: &[(&str, String)],
    ) -> Result<(), Error> {
        if events.len() > 100 {
            return Err(Error::Invalid("more than 100 events at once".to_owned()));
        }
        let mut transaction = self.begin().await?;
        let Some(mut session) = super::lock(self, &mut transaction, id).await? else {
            transaction.rollback().await?;
            return Err(Error::NotFound("session"));
        };
        session.modified_at = self.clock(&mut transaction).await?;
        add(&mut transaction, &session, events).await?;
        transaction.commit().await
    }

    /// What happened in a session after the event of that number, oldest first, at most 1,000.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn session_events(
        &self,
        organization: &OrganizationId,
        id: &SessionId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<SessionEvent>, Error> {
        retry!(
            self,
            self.session_events_once(organization, id, after, limit)
                .await
        )
    }

    async fn session_events_once(
        &self,
        organization: &OrganizationId,
        id: &SessionId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<SessionEvent>, Error> {
        let rows: Vec<(i64, i64, String, String)> = sqlx::query_as(
            "SELECT number, created_at, kind, summary FROM session_events
             WHERE session_id = $1 AND organization_id = $2 AND number > $3
             ORDER BY number LIMIT $4",
        )
        .bind(storable(id.as_str()))
        .bind(storable(organization.as_str()))
        .bind(signed(after))
        .bind(i64::from(limit.min(MAX_PAGE)))
        .fetch_all(&self.inner.reader)
        .await?;
        rows.into_iter()
            .map(|(number, at, kind, summary)| {
                Ok(SessionEvent {
                    number: unsigned(number)?,
                    created_at: Timestamp(at),
                    kind,
                    summary,
                })
            })
            .collect()
    }
}
