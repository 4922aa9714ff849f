//! A run: its request, and the log folded into one row.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    ArtifactId, FailureCategory, OrganizationId, Pause, ProfileId, RunId, RunState, SessionId,
    Timestamp, Usage,
    event::{Body, Event},
};

/// How much evidence a run leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// A screenshot per action and a final one.
    #[default]
    Normal,
    /// Besides, the HTML after each action.
    Debug,
}

/// What a caller asks for, checked at the edge.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TaskRequest {
    /// The goal in words. Never empty.
    pub prompt: String,
    /// Where to start; absent if the goal says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The engine that the caller named, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engine: Option<String>,
    /// The language model that the caller named, for every role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// JSON Schema of the output, as JSON text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_extraction_schema: Option<String>,
    /// Most steps the run may take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_steps: Option<u32>,
    /// Most time the run may take once it started, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
    /// Most tokens that its models may use, prompts and answers together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u64>,
    /// Most that its models may cost, in millionths of a US dollar.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_cost_micros: Option<u64>,
    /// Canceled if it did not start by then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_after: Option<Timestamp>,
    /// A name for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The session that it lives in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub browser_session_id: Option<SessionId>,
    /// The saved browser state that it starts from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub browser_profile_id: Option<ProfileId>,
    /// Whether the profile is to have the browser's state as it is at the end.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub save_browser_profile: bool,
    /// Whether the browser's state at the end is kept, to make a profile from.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub persist_browser_session: bool,
    /// A browser that somebody else runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub browser_address: Option<String>,
    /// The user agent to send.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    /// Headers added to every request of the browser.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub extra_http_headers: BTreeMap<String, String>,
    /// The caller's error codes, each with a description of when it applies.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub error_code_mapping: BTreeMap<String, String>,
    /// Whether the finished task is to be kept as the definition of a workflow.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub publish_workflow: bool,
    /// The caller's own key-value pairs.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// How much evidence to keep.
    pub detail: Detail,
    /// Higher is claimed first; 0 by default.
    pub priority: i32,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    /// From the closed list.
    pub category: FailureCategory,
    /// For a person: what was wrong, where, and what would be right.
    pub reason: String,
}

/// One of the caller's error codes, or an error met on the way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunError {
    /// The code.
    pub error_code: String,
    /// Why it was given.
    pub reasoning: String,
}

/// A file that the run downloaded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DownloadedFile {
    /// Where it is kept.
    pub artifact_id: ArtifactId,
    /// The name that the site gave it.
    pub filename: String,
    /// SHA-256 of the content, in hex.
    pub checksum: String,
    /// Length in bytes.
    pub size: u64,
}

/// The log folded into one row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Which run.
    pub id: RunId,
    /// Whose.
    pub organization_id: OrganizationId,
    /// Where it is in its life.
    pub state: RunState,
    /// The number of the last event.
    pub last_sequence: u64,
    /// Raised by each claim; every write of a holder carries it.
    pub lease_epoch: u64,
    /// What was asked for.
    pub request: TaskRequest,
    /// What decides.
    pub engine: String,
    /// Why this engine.
    pub engine_reason: String,
    /// JSON text; exact in numbers and order.
    pub output: Option<String>,
    /// Set if the output is larger than the log carries; `output` is a preview then.
    pub output_artifact_id: Option<ArtifactId>,
    /// Why parts of the output are null.
    pub output_notes: Vec<String>,
    /// Set when it ended other than completed.
    pub failure: Option<Failure>,
    /// The caller's codes that were matched.
    pub errors: Vec<RunError>,
    /// What was done, in a sentence or two.
    pub summary: Option<String>,
    /// A name for people.
    pub title: Option<String>,
    /// Files it downloaded.
    pub downloaded_files: Vec<DownloadedFile>,
    /// Screenshots, latest first, at most [`Run::MAX_SCREENSHOTS`].
    pub screenshots: Vec<ArtifactId>,
    /// Steps taken.
    pub step_count: u32,
    /// Actions done.
    pub action_count: u32,
    /// Requests that changed something outside.
    pub effect_count: u32,
    /// What its language models used.
    pub usage: Usage,
    /// Why it waits.
    pub queued_reason: Option<String>,
    /// What it waits for, while it is paused.
    pub pause: Option<Pause>,
    /// Which claim this is: 0 before the first.
    pub attempt: u32,
    /// The run that this one repeats.
    pub retry_of: Option<RunId>,
    /// When it was accepted.
    pub created_at: Timestamp,
    /// When its last event was written.
    pub modified_at: Timestamp,
    /// When it last began to wait for capacity.
    pub queued_at: Option<Timestamp>,
    /// When it was first claimed.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

impl Run {
    /// Most screenshots that the row names; the artifact list has all.
    pub const MAX_SCREENSHOTS: usize = 20;
    /// Longest output kept in the row, in bytes.
    pub const MAX_OUTPUT_BYTES: usize = 256 * 1024;

    /// The row before its first event.
    #[must_use]
    pub fn empty(id: RunId, organization_id: OrganizationId) -> Self {
        Self {
            id,
            organization_id,
            state: RunState::Created,
            last_sequence: 0,
            lease_epoch: 0,
            request: TaskRequest::default(),
            engine: String::new(),
            engine_reason: String::new(),
            output: None,
            output_artifact_id: None,
            output_notes: Vec::new(),
            failure: None,
            errors: Vec::new(),
            summary: None,
            title: None,
            downloaded_files: Vec::new(),
            screenshots: Vec::new(),
            step_count: 0,
            action_count: 0,
            effect_count: 0,
            usage: Usage::default(),
            queued_reason: None,
            pause: None,
            attempt: 0,
            retry_of: None,
            created_at: Timestamp::default(),
            modified_at: Timestamp::default(),
            queued_at: None,
            started_at: None,
            finished_at: None,
        }
    }

    /// Folds the next event into the row.
    ///
    /// # Errors
    /// If the event is not the next one, or moves the run a way that the state machine lacks.
    pub fn apply(&mut self, event: &Event) -> Result<(), crate::error::LogError> {
        use crate::error::LogError;
        if event.sequence != self.last_sequence + 1 {
            return Err(LogError::Gap {
                expected: self.last_sequence + 1,
                found: event.sequence,
            });
        }
        if self.state.is_final() && self.last_sequence > 0 {
            return Err(LogError::AfterTheEnd(self.state));
        }
        // The first event finds the row created; everything after it takes a way.
        let first = self.last_sequence == 0;
        if let Some(to) = event.body.moves_to()
            && !(first && to == RunState::Created)
        {
            self.state = self.state.step(to)?;
            self.pause = None;
        }
        self.last_sequence = event.sequence;
        self.modified_at = event.created_at;
        self.fold(event);
        Ok(())
    }

    fn fold(&mut self, event: &Event) {
        match &event.body {
            Body::RunCreated {
                request,
                engine,
                engine_reason,
                retry_of,
            } => {
                self.request = request.clone();
                self.title.clone_from(&request.title);
                self.engine.clone_from(engine);
                self.engine_reason.clone_from(engine_reason);
                self.retry_of.clone_from(retry_of);
                self.created_at = event.created_at;
            }
            Body::RunQueued { reason } => {
                self.queued_reason = Some(reason.clone());
                self.queued_at = Some(event.created_at);
            }
            Body::RunStarted { attempt, .. } => {
                self.attempt = *attempt;
                self.queued_reason = None;
                self.started_at = self.started_at.or(Some(event.created_at));
            }
            Body::RunTitled { title } => {
                self.title.get_or_insert_with(|| title.clone());
            }
            Body::RunPaused(pause) => self.pause = Some(pause.clone()),
            Body::StepStarted { .. } => self.step_count += 1,
            Body::ActionStarted { .. } => self.action_count += 1,
            Body::Effect { .. } => self.effect_count += 1,
            Body::ModelCalled { call, .. } => self.usage.add(call),
            Body::ArtifactCreated {
                artifact_id,
                artifact_type,
                ..
            } if artifact_type.starts_with("screenshot") => {
                self.screenshots.insert(0, artifact_id.clone());
                self.screenshots.truncate(Self::MAX_SCREENSHOTS);
            }
            Body::Downloaded { file } => self.downloaded_files.push(file.clone()),
            Body::OutputPart {
                text,
                artifact_id,
                notes,
                part,
            } => {
                // Part 0 begins the output anew: an attempt before this one may have written some.
                if *part == 0 {
                    self.output = None;
                    self.output_artifact_id = None;
                    self.output_notes.clear();
                }
                self.output.get_or_insert_default().push_str(text);
                if artifact_id.is_some() {
                    self.output_artifact_id.clone_from(artifact_id);
                }
                self.output_notes.extend(notes.iter().cloned());
            }
            Body::RunFinished {
                failure,
                errors,
                summary,
                ..
            } => {
                self.failure.clone_from(failure);
                self.errors.clone_from(errors);
                self.summary.clone_from(summary);
                self.queued_reason = None;
                self.finished_at = Some(event.created_at);
            }
            _ => {}
        }
    }

    /// The output as a JSON value.
    #[must_use]
    pub fn output_value(&self) -> Option<Value> {
        self.output
            .as_deref()
            .and_then(|text| serde_json::from_str(text).ok())
    }
}
