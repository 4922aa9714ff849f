use std::time::Duration;

use errand_domain::{Draft, OrganizationId, Run, RunId, Timestamp};
use sha2::{Digest as _, Sha256};

use crate::{
    Error, Store, log,
    patience::retry,
    row::{self, Current, Lease, json, now, outcome},
    session,
    statement::{Statement, Value, signed, storable},
    transaction::Transaction,
};

/// Most runs of an organization that may wait at once.
pub const MAX_WAITING: u32 = 10_000;
/// How long a request id is remembered.
pub const REQUEST_ID_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);
const MAX_LABELS: usize = 64;
const MAX_LABEL_BYTES: usize = 256;
const MAX_LABEL_VALUE_BYTES: usize = 1024;

/// A caller's own name for a request, so that sending it again does not do it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestKey {
    /// The RPC; the same id on another one is another request.
    pub method: String,
    /// What the caller sent as `request_id`.
    pub key: String,
    /// A hash of the request without its `request_id`.
    pub hash: [u8; 32],
}

/// A run to create.
#[derive(Debug, Clone)]
pub struct NewRun {
    /// A fresh id; it makes retrying safe.
    pub id: RunId,
    /// Whose.
    pub organization: OrganizationId,
    /// `run_created`, and `run_queued` if it waits for capacity.
    pub drafts: Vec<Draft>,
    /// The caller's name for the request.
    pub request_id: Option<RequestKey>,
}

/// What creating did.
#[derive(Debug, Clone, PartialEq)]
pub enum Created {
    /// The run is new.
    Fresh(Run),
    /// The same request was made within the last 24 hours; this is its run.
    Same(Run),
}

impl Created {
    /// The run, new or not.
    #[must_use]
    pub fn into_run(self) -> Run {
        match self {
            Self::Fresh(run) | Self::Same(run) => run,
        }
    }
}

impl Store {
    /// Creates a run with its first events.
    ///
    /// # Errors
    /// [`Error::RequestIdReused`] if the request id was used for another request;
    /// [`Error::Limit`] if [`MAX_WAITING`] runs of the organization wait; [`Error::NotFound`] if
    /// there is no such organization or session; [`Error::SessionEnded`] if the session it is for
    /// takes no more runs; [`Error::Log`]; [`Error::Invalid`] if the first event is
    /// not `run_created` or a label is too long.
    pub async fn create_run(&self, new: NewRun) -> Result<Created, Error> {
        retry!(self, self.create_run_once(&new).await)
    }

    async fn create_run_once(&self, new: &NewRun) -> Result<Created, Error> {
        let mut transaction = self.begin().await?;
        if let Some(run) = self.find(&mut transaction, &new.id).await? {
            // An earlier attempt was committed, and its answer lost.
            transaction.rollback().await?;
            return Ok(Created::Fresh(run));
        }
        let at = self.clock(&mut transaction).await?;
        let mut current = Current {
            run: Run::empty(new.id.clone(), new.organization.clone()),
            last_hash: [0; 32],
            lease: Lease::default(),
            now: at,
            detailed: true,
        };
        let events = log::fold(&mut current, new.drafts.clone())?;
        if events
            .first()
            .is_none_or(|event| event.body.kind() != "run_created")
        {
            return Err(Error::Invalid(
                "the first event of a run is run_created".to_owned(),
            ));
        }
        let place = self.place(&mut transaction, &current).await?;
        insert_run(&mut transaction, &current, place).await?;
        if let Some(key) = &new.request_id
            && let Some(same) = self.remember(&mut transaction, new, key, at).await?
        {
            transaction.rollback().await?;
            return same;
        }
        log::insert_events(&mut transaction, &current.run, &events).await?;
        log::record_changes(&mut transaction, None, &current.run, &events).await?;
        let waiting: i64 = sqlx::query_scalar("SELECT waiting FROM organizations WHERE id = $1")
            .bind(storable(new.organization.as_str()))
            .fetch_one(transaction.connection())
            .await?;
        if waiting > i64::from(MAX_WAITING) {
            transaction.rollback().await?;
            return Err(Error::Limit(format!(
                "{MAX_WAITING} runs of the organization wait already; try again when some started"
            )));
        }
        transaction.commit().await?;
        self.announce(&current, &events);
        Ok(Created::Fresh(current.run))
    }

    async fn find(
        &self,
        transaction: &mut Transaction,
        run_id: &RunId,
    ) -> Result<Option<Run>, Error> {
        let found = sqlx::query(concat!(
            "SELECT ",
            row::run_columns!(),
            ", ",
            row::detail_columns!(),
            " FROM runs r JOIN run_details d ON d.run_id = r.id WHERE r.id = $1"
        ))
        .bind(storable(run_id.as_str()))
        .fetch_optional(transaction.connection())
        .await?;
        found.map(|row| row::run(&row)).transpose()
    }

    pub(crate) async fn clock(&self, transaction: &mut Transaction) -> Result<Timestamp, Error> {
        let sql = self.inner.backend.pick(
            concat!("SELECT ", now!(sqlite)),
            concat!("SELECT ", now!(postgres)),
        );
        let micros = sqlx::query_scalar(sql)
            .fetch_one(transaction.connection())
            .await?;
        Ok(Timestamp(micros))
    }

    /// The run's place in the queue of its session, if it has one; the session must take runs.
    async fn place(
        &self,
        transaction: &mut Transaction,
        current: &Current,
    ) -> Result<Option<i64>, Error> {
        let Some(id) = &current.run.request.browser_session_id else {
            return Ok(None);
        };
        let found = session::lock(self, transaction, id).await?;
        let session = found
            .filter(|it| it.organization_id == current.run.organization_id)
            .ok_or(Error::NotFound("session"))?;
        if !session.state.takes_runs() {
            return Err(Error::SessionEnded(session.state));
        }
        let place = sqlx::query_scalar("SELECT next_order FROM sessions WHERE id = $1")
            .bind(session.id.as_str())
            .fetch_one(transaction.connection())
            .await?;
        sqlx::query("UPDATE sessions SET next_order = next_order + 1 WHERE id = $1")
            .bind(session.id.as_str())
            .execute(transaction.connection())
            .await?;
        Ok(Some(place))
    }

    /// Notes the request id, or says what it stands for already.
    async fn remember(
        &self,
        transaction: &mut Transaction,
        new: &NewRun,
        key: &RequestKey,
        at: Timestamp,
    ) -> Result<Option<Result<Created, Error>>, Error> {
        let organization = storable(new.organization.as_str());
        let request_id = bounded(&key.key);
        let lifetime = i64::try_from(REQUEST_ID_LIFETIME.as_millis()).unwrap_or(i64::MAX);
        sqlx::query(
            "DELETE FROM request_ids WHERE organization_id = $1 AND method = $2
             AND request_id = $3 AND created_at < $4",
        )
        .bind(organization.as_str())
        .bind(key.method.as_str())
        .bind(request_id.as_str())
        .bind(at.plus_millis(-lifetime).micros())
        .execute(transaction.connection())
        .await?;
        let noted = sqlx::query(
            "INSERT INTO request_ids (organization_id, method, request_id, hash, run_id, created_at)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        )
        .bind(organization.as_str())
        .bind(key.method.as_str())
        .bind(request_id.as_str())
        .bind(key.hash.as_slice())
        .bind(new.id.as_str())
        .bind(at.micros())
        .execute(transaction.connection())
        .await?
        .rows_affected();
        if noted == 1 {
            return Ok(None);
        }
        let (run_id, hash): (String, Vec<u8>) = sqlx::query_as(
            "SELECT run_id, hash FROM request_ids
             WHERE organization_id = $1 AND method = $2 AND request_id = $3",
        )
        .bind(organization.as_str())
        .bind(key.method.as_str())
        .bind(request_id.as_str())
        .fetch_one(transaction.connection())
        .await?;
        if hash != key.hash {
            return Ok(Some(Err(Error::RequestIdReused)));
        }
        let run = self
            .find(transaction, &run_id.into())
            .await?
            .ok_or(Error::NotFound("run"))?;
        Ok(Some(Ok(Created::Same(run))))
    }
}

/// The id as it is in the index, which can't take long text.
pub(crate) fn bounded(request_id: &str) -> String {
    if request_id.len() <= 128 {
        storable(request_id)
    } else {
        format!(
            "sha256:{}",
            errand_domain::log::hex(&Sha256::digest(request_id.as_bytes()))
        )
    }
}

async fn insert_run(
    transaction: &mut Transaction,
    current: &Current,
    place: Option<i64>,
) -> Result<(), Error> {
    let run = &current.run;
    sqlx::query(
        "INSERT INTO runs (id, organization_id, state, engine, priority, not_after, last_sequence,
         last_hash, created_at, modified_at, queued_at, session_id, session_order)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind(run.id.as_str())
    .bind(storable(run.organization_id.as_str()))
    .bind(run.state.as_str())
    .bind(storable(&run.engine))
    .bind(i64::from(run.request.priority))
    .bind(run.request.not_after.map(Timestamp::micros))
    .bind(signed(run.last_sequence))
    .bind(current.last_hash.as_slice())
    .bind(run.created_at.micros())
    .bind(run.modified_at.micros())
    .bind(run.queued_at.map(Timestamp::micros))
    .bind(
        run.request
            .browser_session_id
            .as_ref()
            .map(|it| storable(it.as_str())),
    )
    .bind(place)
    .execute(transaction.connection())
    .await
    .map_err(|error| match error.as_database_error() {
        Some(answer) if answer.is_foreign_key_violation() => Error::NotFound("organization"),
        _ => error.into(),
    })?;
    sqlx::query(
        "INSERT INTO run_details (run_id, organization_id, title, request, engine_reason, outcome)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(run.id.as_str())
    .bind(storable(run.organization_id.as_str()))
    .bind(
        run.request
            .title
            .as_deref()
            .map(str::to_lowercase)
            .unwrap_or_default(),
    )
    .bind(json(&run.request)?)
    .bind(storable(&run.engine_reason))
    .bind(outcome(run)?)
    .execute(transaction.connection())
    .await?;
    insert_labels(transaction, run).await
}

async fn insert_labels(transaction: &mut Transaction, run: &Run) -> Result<(), Error> {
    let labels = &run.request.labels;
    let fits = |(key, value): (&String, &String)| {
        key.len() <= MAX_LABEL_BYTES && value.len() <= MAX_LABEL_VALUE_BYTES
    };
    if labels.len() > MAX_LABELS || !labels.iter().all(fits) {
        return Err(Error::Invalid(format!(
            "a run has at most {MAX_LABELS} labels of {MAX_LABEL_BYTES} bytes, \
             with values of {MAX_LABEL_VALUE_BYTES} bytes"
        )));
    }
    if labels.is_empty() {
        return Ok(());
    }
    let rows = labels.iter().map(|(label, value)| {
        vec![
            Value::Text(run.id.as_str().to_owned()),
            Value::Text(storable(run.organization_id.as_str())),
            Value::Text(storable(label)),
            Value::Text(storable(value)),
        ]
    });
    let mut insert =
        Statement::new("INSERT INTO run_labels (run_id, organization_id, label, value) VALUES ");
    insert.rows(rows.collect());
    insert.query().execute(transaction.connection()).await?;
    Ok(())
}
