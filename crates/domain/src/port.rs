//! The ports: what the inside needs from the outside.

mod captcha;
mod egress;

use std::{fmt, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;

pub use captcha::{Captcha, CaptchaSolver};
pub use egress::{Egress, EgressError, HttpAnswer, HttpRequest};

use crate::{Answer, ArtifactId, Draft, Question, StepId, Timestamp};

/// Why a port could not do its work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PortError {
    /// The lease is gone: stop at once.
    #[error("the lease on this run is lost")]
    LeaseLost,
    /// The log or the store is full.
    #[error("{0}")]
    Full(String),
    /// The run waits for a person, and others for its browser: keep what is needed to go on, and let
    /// go of it.
    #[error("the run gives its browser up while it waits")]
    Parked,
    /// Anything else.
    #[error("{0}")]
    Failed(String),
}

/// Where a run writes its events. Writes are numbered in the order they are made.
#[async_trait]
pub trait EventSink: Send + Sync {
    /// Appends the drafts in one transaction.
    async fn append(&self, drafts: Vec<Draft>) -> Result<(), PortError>;
}

/// A file to keep.
#[derive(Debug, Clone)]
pub struct ArtifactDraft {
    /// One of the seeds' types, e.g. `screenshot_action`.
    pub artifact_type: &'static str,
    /// The step it belongs to.
    pub step_id: Option<StepId>,
    /// Media type.
    pub content_type: &'static str,
    /// The file's name, for a person who downloads it.
    pub filename: String,
    /// The content.
    pub content: Bytes,
}

/// A file as it is kept: secrets may have been taken out of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Which artifact it is.
    pub artifact_id: ArtifactId,
    /// Length in bytes.
    pub size: u64,
    /// SHA-256 of the content, in hex.
    pub checksum: String,
}

/// Where a run leaves its evidence.
#[async_trait]
pub trait ArtifactSink: Send + Sync {
    /// Keeps a file and writes its event.
    async fn keep(&self, draft: ArtifactDraft) -> Result<Kept, PortError>;
}

/// Takes a run's secrets out of whatever is written.
///
/// The sinks take one at construction, so that nothing can be written around it.
#[derive(Clone, Default)]
pub struct Scrub {
    secrets: Vec<String>,
}

impl Scrub {
    /// What stands where a secret stood.
    pub const MASK: &'static str = "********";

    /// Hides these values; shorter than four bytes are not hidden, they would hit by chance.
    #[must_use]
    pub fn new(secrets: impl IntoIterator<Item = String>) -> Self {
        let mut secrets: Vec<String> = secrets.into_iter().filter(|it| it.len() >= 4).collect();
        // The longest first, so that a secret that contains another leaves no rest.
        secrets.sort_by_key(|it| std::cmp::Reverse(it.len()));
        secrets.dedup();
        Self { secrets }
    }

    /// Whether there is nothing to hide.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.secrets.is_empty()
    }

    /// The text without secrets, also in their JSON-escaped form.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        let mut clean = text.to_owned();
        for secret in &self.secrets {
            clean = clean.replace(secret.as_str(), Self::MASK);
            let quoted = serde_json::Value::from(secret.as_str()).to_string();
            let escaped = &quoted[1..quoted.len() - 1];
            if escaped != secret {
                clean = clean.replace(escaped, Self::MASK);
            }
        }
        clean
    }
}

impl fmt::Debug for Scrub {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Scrub({} secrets)", self.secrets.len())
    }
}

/// Who can be asked while a run is under way.
#[async_trait]
pub trait People: Send + Sync {
    /// Pauses the run until a person answered, and says so in its log. `None`: nobody did in time;
    /// the run is still paused then.
    ///
    /// [`PortError::Parked`]: it is asked, but the browser is needed by others meanwhile.
    async fn ask(&self, question: &Question) -> Result<Option<Answer>, PortError>;

    /// Waits while a person controls the browser, the run paused. `true`: one did, and the page may be
    /// another.
    async fn give_way(&self) -> Result<bool, PortError> {
        Ok(false)
    }
}

/// Time, so that tests need no sleeps.
#[async_trait]
pub trait Clock: Send + Sync {
    /// Wall-clock time.
    fn now(&self) -> Timestamp;
    /// Monotonic time since an arbitrary start.
    fn elapsed(&self) -> Duration;
    /// Comes back after `duration`.
    async fn sleep(&self, duration: Duration);
}
