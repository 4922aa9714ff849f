use errand_domain::{OrganizationId, Session, SessionId, SessionRequest, SessionState, Timestamp};

use super::event;
use crate::{
    Error, REQUEST_ID_LIFETIME, RequestKey, Store,
    hint::Topic,
    patience::retry,
    row::json,
    statement::{Statement, Value, storable},
    transaction::Transaction,
};

/// Most sessions of an organization that may be open at once, those that wait included.
pub const MAX_OPEN_SESSIONS: u32 = 1_000;

/// A session to create.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// A fresh id; it makes retrying safe.
    pub id: SessionId,
    /// Whose.
    pub organization: OrganizationId,
    /// What was asked for.
    pub request: SessionRequest,
    /// The caller's name for the request.
    pub request_id: Option<RequestKey>,
}

impl Store {
    /// Creates a session that waits for a process to take it; or returns the one that the same
    /// request made within the last 24 hours.
    ///
    /// # Errors
    /// [`Error::RequestIdReused`]; [`Error::Limit`] if [`MAX_OPEN_SESSIONS`] are open;
    /// [`Error::NotFound`] if there is no such organization.
    pub async fn create_session(&self, new: NewSession) -> Result<Session, Error> {
        let session = retry!(self, self.create_session_once(&new).await)?;
        self.inner.hub.mark(Topic::Queue);
        Ok(session)
    }

    async fn create_session_once(&self, new: &NewSession) -> Result<Session, Error> {
        let mut transaction = self.begin().await?;
        if let Some(session) = super::lock(self, &mut transaction, &new.id).await? {
            // An earlier attempt was committed, and its answer lost.
            transaction.rollback().await?;
            return Ok(session);
        }
        let now = self.clock(&mut transaction).await?;
        if let Some(key) = &new.request_id
            && let Some((id, hash)) = earlier(&mut transaction, new, key, now).await?
        {
            if hash != key.hash {
                transaction.rollback().await?;
                return Err(Error::RequestIdReused);
            }
            let same = super::lock(self, &mut transaction, &id).await?;
            transaction.rollback().await?;
            return same.ok_or(Error::NotFound("session"));
        }
        let open: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM sessions WHERE organization_id = $1
             AND state IN ('starting', 'running', 'closing')",
        )
        .bind(storable(new.organization.as_str()))
        .fetch_one(transaction.connection())
        .await?;
        if open >= i64::from(MAX_OPEN_SESSIONS) {
            transaction.rollback().await?;
            return Err(Error::Limit(format!(
                "{MAX_OPEN_SESSIONS} sessions of the organization are open already; close some"
            )));
        }
        let session = Session {
            id: new.id.clone(),
            organization_id: new.organization.clone(),
            state: SessionState::Starting,
            request: new.request.clone(),
            holder: None,
            epoch: 0,
            run_id: None,
            created_at: now,
            started_at: None,
            expires_at: None,
            ended_at: None,
            modified_at: now,
            close_reason: None,
            close_detail: None,
        };
        insert(&mut transaction, &session).await?;
        if let Some(key) = &new.request_id {
            sqlx::query(
                "INSERT INTO session_request_ids (organization_id, request_id, hash, session_id,
                 created_at) VALUES ($1, $2, $3, $4, $5)",
            )
            .bind(storable(new.organization.as_str()))
            .bind(storable(&key.key))
            .bind(key.hash.as_slice())
            .bind(new.id.as_str())
            .bind(now.micros())
            .execute(transaction.connection())
            .await?;
        }
        event::add(
            &mut transaction,
            &session,
            &[("created", "accepted".to_owned())],
        )
        .await?;
        transaction.commit().await?;
        Ok(session)
    }
}

/// What the request id stands for already.
async fn earlier(
    transaction: &mut Transaction,
    new: &NewSession,
    key: &RequestKey,
    now: Timestamp,
) -> Result<Option<(SessionId, Vec<u8>)>, Error> {
    let lifetime = i64::try_from(REQUEST_ID_LIFETIME.as_millis()).unwrap_or(i64::MAX);
    sqlx::query("DELETE FROM session_request_ids WHERE organization_id = $1 AND created_at < $2")
        .bind(storable(new.organization.as_str()))
        .bind(now.plus_millis(-lifetime).micros())
        .execute(transaction.connection())
        .await?;
    let found: Option<(String, Vec<u8>)> = sqlx::query_as(
        "SELECT session_id, hash FROM session_request_ids
         WHERE organization_id = $1 AND request_id = $2",
    )
    .bind(storable(new.organization.as_str()))
    .bind(storable(&key.key))
    .fetch_optional(transaction.connection())
    .await?;
    Ok(found.map(|(id, hash)| (id.into(), hash)))
}

async fn insert(transaction: &mut Transaction, session: &Session) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO sessions (id, organization_id, state, request, created_at, modified_at)
         VALUES ($1, $2, $3, $4, $5, $5)",
    )
    .bind(session.id.as_str())
    .bind(storable(session.organization_id.as_str()))
    .bind(session.state.as_str())
    .bind(json(&session.request)?)
    .bind(session.created_at.micros())
    .execute(transaction.connection())
    .await
    .map_err(|error| match error.as_database_error() {
        Some(answer) if answer.is_foreign_key_violation() => Error::NotFound("organization"),
        _ => error.into(),
    })?;
    if session.request.labels.is_empty() {
        return Ok(());
    }
    let rows = session.request.labels.iter().map(|(label, value)| {
        vec![
            Value::Text(session.id.as_str().to_owned()),
            Value::Text(storable(session.organization_id.as_str())),
            Value::Text(storable(label)),
            Value::Text(storable(value)),
        ]
    });
    let mut insert = Statement::new(
        "INSERT INTO session_labels (session_id, organization_id, label, value) VALUES ",
    );
    insert.rows(rows.collect());
    insert.query().execute(transaction.connection()).await?;
    Ok(())
}
