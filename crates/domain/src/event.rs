//! One entry of a run's log.
//!
//! Kinds and fields are never renamed: a log written by an older release must fold in every newer
//! one. A kind this release does not know becomes [`Body::Unknown`] and still shows its summary.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    Action, ArtifactId, ModelCall, Pause, RunId, RunState, StepId, TaskRequest, Timestamp,
    run::{DownloadedFile, Failure, RunError},
};

/// Longest body of one event, in bytes of JSON. What is larger is an artifact that it names.
pub const MAX_BODY_BYTES: usize = 64 * 1024;
/// Most events of one run.
pub const MAX_EVENTS: u64 = 200_000;

/// Where the time of a step went, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TimeSpent {
    /// Looking at the page.
    pub observe_ms: u64,
    /// Deciding.
    pub decide_ms: u64,
    /// Acting.
    pub act_ms: u64,
    /// Waiting for the page to come to rest.
    pub settle_ms: u64,
    /// Of the settling: while requests were open.
    pub network_ms: u64,
    /// Writing the log and the evidence.
    pub store_ms: u64,
}

/// What an action changed, read back from the page.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ActionEffect {
    /// The page's URL afterwards.
    pub url: String,
    /// Whether the URL changed.
    pub navigated: bool,
    /// Whether anything in the page changed.
    pub changed: bool,
    /// The target's value afterwards; absent for secrets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Whether the target is checked afterwards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checked: Option<bool>,
    /// A tab that the action opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opened_tab: Option<String>,
    /// A dialog that the action opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dialog: Option<String>,
    /// Files that the browser downloaded because of it, or while it waited; kept as artifacts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<DownloadedFile>,
    /// Whether the page was still moving when the bound of settling was reached.
    pub unsettled: bool,
}

/// One part of the goal, and whether the evidence bears it out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// The part of the goal.
    pub clause: String,
    /// `true`, `false`, or absent while undecided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holds: Option<bool>,
    /// What decided it: `url`, `text`, `value`, `file`, `schema`, …
    pub evidence: String,
    /// What was seen.
    pub seen: String,
}

/// What happened. The tag is the event's kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Body {
    /// Event 1: the run was accepted.
    RunCreated {
        request: TaskRequest,
        engine: String,
        engine_reason: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_of: Option<RunId>,
    },
    /// It waits for capacity.
    RunQueued { reason: String },
    /// A holder claimed it.
    RunStarted { attempt: u32, holder: String },
    /// A person is needed.
    RunPaused(Pause),
    /// It goes on after a pause.
    RunResumed { reason: String },
    /// It got a name; one of the request goes before it.
    RunTitled { title: String },
    /// It ended. Always the last event.
    RunFinished {
        state: RunState,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        failure: Option<Failure>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        errors: Vec<RunError>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        summary: Option<String>,
    },
    /// A browser is ready for the run.
    BrowserStarted {
        browser: String,
        version: String,
        viewport: [u32; 2],
        user_agent: String,
    },
    /// Something that the browser's endpoint lacks; the run goes on without.
    Degraded { feature: String, reason: String },
    /// After a crash: what the next holder does.
    Recovered { rule: String, detail: String },
    /// Someone asked for something from outside.
    CommandReceived { command: String, detail: String },
    /// One observe-decide-act cycle begins.
    StepStarted { step_id: StepId, number: u32 },
    /// What the engine saw, in short.
    Observed {
        step_id: StepId,
        url: String,
        title: String,
        elements: u32,
        fingerprint: String,
    },
    /// What the engine thinks, in words.
    Thought { step_id: StepId, text: String },
    /// A language model was asked; written after the answer, or where there is none.
    ModelCalled {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step_id: Option<StepId>,
        call: ModelCall,
    },
    /// What the engine wants to remember; the last one counts.
    Memory { step_id: StepId, memory: Value },
    /// Written before the page is touched.
    ActionStarted {
        step_id: StepId,
        /// Counts the actions of the run from 1.
        number: u32,
        action: Action,
        url: String,
        fingerprint: String,
    },
    /// Written after.
    ActionFinished {
        step_id: StepId,
        number: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<String>,
        effect: ActionEffect,
        spent: TimeSpent,
    },
    /// The cycle ended.
    StepFinished {
        step_id: StepId,
        number: u32,
        spent: TimeSpent,
    },
    /// A request that changes something outside, as the browser reported it.
    Effect {
        method: String,
        url: String,
        #[serde(default)]
        action_number: u32,
    },
    /// What is needed to go on elsewhere was saved.
    CheckpointSaved {
        url: String,
        cookies: u32,
        bytes: u64,
    },
    /// A file was kept.
    ArtifactCreated {
        artifact_id: ArtifactId,
        artifact_type: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step_id: Option<StepId>,
        content_type: String,
        size: u64,
    },
    /// A download arrived.
    Downloaded { file: DownloadedFile },
    /// A part of the output, in order from 0. The output is all parts, one after the other.
    OutputPart {
        part: u32,
        text: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        artifact_id: Option<ArtifactId>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        notes: Vec<String>,
    },
    /// The check of the goal's claims.
    Verified { claims: Vec<Claim> },
    /// A kind that this release does not know.
    #[serde(untagged)]
    Unknown(Map<String, Value>),
}

impl Body {
    /// The kind's name, as in the log.
    #[must_use]
    pub fn kind(&self) -> &str {
        match self {
            Self::RunCreated { .. } => "run_created",
            Self::RunQueued { .. } => "run_queued",
            Self::RunStarted { .. } => "run_started",
            Self::RunPaused(_) => "run_paused",
            Self::RunTitled { .. } => "run_titled",
            Self::RunResumed { .. } => "run_resumed",
            Self::RunFinished { .. } => "run_finished",
            Self::BrowserStarted { .. } => "browser_started",
            Self::Degraded { .. } => "degraded",
            Self::Recovered { .. } => "recovered",
            Self::CommandReceived { .. } => "command_received",
            Self::StepStarted { .. } => "step_started",
            Self::Observed { .. } => "observed",
            Self::Thought { .. } => "thought",
            Self::ModelCalled { .. } => "model_called",
            Self::Memory { .. } => "memory",
            Self::ActionStarted { .. } => "action_started",
            Self::ActionFinished { .. } => "action_finished",
            Self::StepFinished { .. } => "step_finished",
            Self::Effect { .. } => "effect",
            Self::CheckpointSaved { .. } => "checkpoint_saved",
            Self::ArtifactCreated { .. } => "artifact_created",
            Self::Downloaded { .. } => "downloaded",
            Self::OutputPart { .. } => "output_part",
            Self::Verified { .. } => "verified",
            Self::Unknown(fields) => fields
                .get("kind")
                .and_then(Value::as_str)
                .unwrap_or("unknown"),
        }
    }

    /// The state that the run is in after this event, if the event changes it.
    #[must_use]
    pub fn moves_to(&self) -> Option<RunState> {
        match self {
            Self::RunCreated { .. } => Some(RunState::Created),
            Self::RunQueued { .. } => Some(RunState::Queued),
            Self::RunStarted { .. } | Self::RunResumed { .. } => Some(RunState::Running),
            Self::RunPaused(_) => Some(RunState::Paused),
            Self::RunFinished { state, .. } => Some(*state),
            _ => None,
        }
    }

    /// The step that the event belongs to.
    #[must_use]
    pub fn step_id(&self) -> Option<&StepId> {
        match self {
            Self::StepStarted { step_id, .. }
            | Self::Observed { step_id, .. }
            | Self::Thought { step_id, .. }
            | Self::Memory { step_id, .. }
            | Self::ActionStarted { step_id, .. }
            | Self::ActionFinished { step_id, .. }
            | Self::StepFinished { step_id, .. } => Some(step_id),
            Self::ArtifactCreated { step_id, .. } | Self::ModelCalled { step_id, .. } => {
                step_id.as_ref()
            }
            _ => None,
        }
    }
}

/// An event before it has a number.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// One line for a person, and for clients that do not know the kind.
    pub summary: String,
    /// What happened.
    pub body: Body,
}

impl Draft {
    /// A draft; the summary is clipped to 300 bytes on one line.
    #[must_use]
    pub fn new(summary: impl AsRef<str>, body: Body) -> Self {
        let summary = crate::text::squeeze(&summary.as_ref().replace('\0', "\u{fffd}"));
        Self {
            summary: crate::text::clip(&summary, 300),
            body,
        }
    }
}

/// One entry of the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Whose log.
    pub run_id: RunId,
    /// 1, 2, 3 … without gaps.
    pub sequence: u64,
    /// The version of the kind's shape.
    pub version: u32,
    /// When it was written, by the database's clock.
    pub created_at: Timestamp,
    /// One line for a person.
    pub summary: String,
    /// What happened.
    pub body: Body,
    /// The body exactly as it is stored; what the hash covers.
    pub body_json: String,
    /// The hash of the event before it; all zero for the first.
    pub previous_hash: [u8; 32],
    /// The hash of this event: see [`crate::log::hash`].
    pub hash: [u8; 32],
}
