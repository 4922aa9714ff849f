//! A run as its two rows: the narrow one that each event writes, and its details.

use errand_domain::{
    ArtifactId, Pause, Run, RunId, RunState, Timestamp, Usage,
    run::{DownloadedFile, Failure, RunError},
};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, any::AnyRow};

use crate::Error;

/// The database's clock as the statement begins, in microseconds since 1970; an index can be
/// searched with it. SQLite's has milliseconds.
macro_rules! now {
    (sqlite) => {
        "CAST(ROUND(unixepoch('now', 'subsec') * 1000) AS INTEGER) * 1000"
    };
    (postgres) => {
        "CAST(EXTRACT(EPOCH FROM statement_timestamp()) * 1000000 AS BIGINT)"
    };
}
pub(crate) use now;

/// Columns of `runs r`.
macro_rules! run_columns {
    () => {
        "r.id, r.organization_id, r.state, r.engine, r.attempt, r.last_sequence, r.last_hash, \
         r.lease_epoch, r.lease_until, r.holder, r.claim_id, \
         r.step_count, r.action_count, r.effect_count, \
         r.model_calls, r.input_tokens, r.cached_input_tokens, r.output_tokens, r.cost_micros, \
         r.cost_is_partial, r.created_at, r.modified_at, r.queued_at, r.started_at, r.finished_at"
    };
}
pub(crate) use run_columns;

/// Columns of `run_details d`.
macro_rules! detail_columns {
    () => {
        "d.request, d.engine_reason, d.output, d.outcome"
    };
}
pub(crate) use detail_columns;

#[derive(FromRow)]
struct Narrow {
    id: String,
    organization_id: String,
    state: String,
    engine: String,
    attempt: i64,
    last_sequence: i64,
    last_hash: Vec<u8>,
    lease_epoch: i64,
    lease_until: i64,
    holder: Option<String>,
    claim_id: Option<String>,
    step_count: i64,
    action_count: i64,
    effect_count: i64,
    model_calls: i64,
    input_tokens: i64,
    cached_input_tokens: i64,
    output_tokens: i64,
    cost_micros: Option<i64>,
    cost_is_partial: i64,
    created_at: i64,
    modified_at: i64,
    queued_at: Option<i64>,
    started_at: Option<i64>,
    finished_at: Option<i64>,
}

#[derive(FromRow)]
struct Details {
    request: String,
    engine_reason: String,
    output: Option<String>,
    outcome: String,
}

#[derive(FromRow)]
struct Now {
    now: i64,
}

/// What the folded row has besides counters, request and output.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Outcome {
    #[serde(skip_serializing_if = "Option::is_none")]
    output_artifact_id: Option<ArtifactId>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    output_notes: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<Failure>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<RunError>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    downloaded_files: Vec<DownloadedFile>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    screenshots: Vec<ArtifactId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    queued_reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pause: Option<Pause>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_of: Option<RunId>,
}

/// Who has a run, and until when by the database's clock.
#[derive(Clone, PartialEq, Default)]
pub(crate) struct Lease {
    pub(crate) until: Timestamp,
    pub(crate) holder: Option<String>,
    pub(crate) claim_id: Option<String>,
}

/// A run's row, locked for a write, as it is before that.
pub(crate) struct Current {
    pub(crate) run: Run,
    pub(crate) last_hash: [u8; 32],
    pub(crate) lease: Lease,
    pub(crate) now: Timestamp,
    /// Whether `run` has its details; if not, they must not be written back.
    pub(crate) detailed: bool,
}

impl Current {
    /// Reads [`run_columns!`], `now` and, if `detailed`, [`detail_columns!`].
    pub(crate) fn read(row: &AnyRow, detailed: bool) -> Result<Self, Error> {
        let narrow = Narrow::from_row(row)?;
        let last_hash = digest(&narrow.last_hash)?;
        let lease = Lease {
            until: Timestamp(narrow.lease_until),
            holder: narrow.holder.clone(),
            claim_id: narrow.claim_id.clone(),
        };
        let mut run = narrow.run()?;
        if detailed {
            Details::from_row(row)?.fill(&mut run)?;
        }
        Ok(Self {
            run,
            last_hash,
            lease,
            now: Timestamp(Now::from_row(row)?.now),
            detailed,
        })
    }
}

/// Reads [`run_columns!`] and [`detail_columns!`].
pub(crate) fn run(row: &AnyRow) -> Result<Run, Error> {
    let mut run = Narrow::from_row(row)?.run()?;
    Details::from_row(row)?.fill(&mut run)?;
    Ok(run)
}

impl Narrow {
    fn run(self) -> Result<Run, Error> {
        let state = RunState::parse(&self.state)
            .ok_or_else(|| Error::damaged("the state of a run", &self.state))?;
        let mut run = Run::empty(self.id.into(), self.organization_id.into());
        run.state = state;
        run.engine = self.engine;
        run.attempt = unsigned(self.attempt)?;
        run.last_sequence = unsigned(self.last_sequence)?;
        run.lease_epoch = unsigned(self.lease_epoch)?;
        run.step_count = unsigned(self.step_count)?;
        run.action_count = unsigned(self.action_count)?;
        run.effect_count = unsigned(self.effect_count)?;
        run.usage = Usage {
            model_calls: unsigned(self.model_calls)?,
            input_tokens: unsigned(self.input_tokens)?,
            cached_input_tokens: unsigned(self.cached_input_tokens)?,
            output_tokens: unsigned(self.output_tokens)?,
            cost_micros: self.cost_micros.map(unsigned).transpose()?,
            cost_is_partial: self.cost_is_partial != 0,
        };
        run.created_at = Timestamp(self.created_at);
        run.modified_at = Timestamp(self.modified_at);
        run.queued_at = self.queued_at.map(Timestamp);
        run.started_at = self.started_at.map(Timestamp);
        run.finished_at = self.finished_at.map(Timestamp);
        Ok(run)
    }
}

impl Details {
    fn fill(self, run: &mut Run) -> Result<(), Error> {
        let damaged = |error| Error::damaged("the details of a run", error);
        let outcome: Outcome = serde_json::from_str(&self.outcome).map_err(damaged)?;
        run.request = serde_json::from_str(&self.request).map_err(damaged)?;
        run.engine_reason = self.engine_reason;
        run.output = self.output;
        run.output_artifact_id = outcome.output_artifact_id;
        run.output_notes = outcome.output_notes;
        run.failure = outcome.failure;
        run.errors = outcome.errors;
        run.summary = outcome.summary;
        run.downloaded_files = outcome.downloaded_files;
        run.screenshots = outcome.screenshots;
        run.queued_reason = outcome.queued_reason;
        run.pause = outcome.pause;
        run.title = outcome.title.or_else(|| run.request.title.clone());
        run.retry_of = outcome.retry_of;
        Ok(())
    }
}

/// The `outcome` column of a run.
pub(crate) fn outcome(run: &Run) -> Result<String, Error> {
    let run = run.clone();
    json(&Outcome {
        output_artifact_id: run.output_artifact_id,
        output_notes: run.output_notes,
        failure: run.failure,
        errors: run.errors,
        summary: run.summary,
        downloaded_files: run.downloaded_files,
        screenshots: run.screenshots,
        queued_reason: run.queued_reason,
        pause: run.pause,
        title: run
            .title
            .filter(|it| run.request.title.as_ref() != Some(it)),
        retry_of: run.retry_of,
    })
}

/// JSON text for a column.
pub(crate) fn json(value: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::Invalid(error.to_string()))
}

/// A stored SHA-256.
pub(crate) fn digest(bytes: &[u8]) -> Result<[u8; 32], Error> {
    bytes
        .try_into()
        .map_err(|_| Error::damaged("a hash", format!("{} bytes", bytes.len())))
}

/// A stored number that can't be negative.
pub(crate) fn unsigned<T: TryFrom<i64>>(number: i64) -> Result<T, Error> {
    T::try_from(number).map_err(|_| Error::damaged("a number", number))
}
