//! What can be wrong with what a model answered.

use errand_domain::text::clip;
use serde::{Deserialize, Serialize};

/// Most of what a model wrote that is kept of a faulty answer.
const WRITTEN: usize = 4 * 1024;

/// Why an answer is not usable. The text is worded for the model: an engine tells it once, then
/// counts a failed step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum Fault {
    /// Neither JSON nor anything that only means one.
    #[error("this is not JSON ({reason}); answer with JSON alone, without comments or prose")]
    NotJson {
        /// What stands in the way.
        reason: String,
        /// What was written, clipped.
        written: String,
    },
    /// JSON that ends too early.
    #[error("the JSON ends before it is complete; answer again, shorter")]
    Truncated {
        /// What was written, clipped.
        written: String,
    },
    /// There is no such tool.
    #[error("there is no tool called {name}; the tools are {}", .known.join(", "))]
    UnknownTool {
        /// What the model called it.
        name: String,
        /// What there is.
        known: Vec<String>,
        /// The arguments, clipped.
        written: String,
    },
    /// JSON that does not fit the schema.
    #[error("the JSON does not fit the schema: {}", .violations.join("; "))]
    Invalid {
        /// At most eight, each with its place.
        violations: Vec<String>,
        /// What was written, clipped.
        written: String,
    },
    /// More or deeper than is ever needed.
    #[error("the JSON is too large: {reason}; answer again, shorter")]
    TooLarge {
        /// Which bound was crossed.
        reason: String,
    },
    /// A tool had to be called, or JSON written, and neither was done.
    #[error("{expected}")]
    Missing {
        /// What was to be done.
        expected: String,
    },
}

impl Fault {
    /// What the model wrote, as far as it is kept.
    #[must_use]
    pub fn written(&self) -> &str {
        match self {
            Self::NotJson { written, .. }
            | Self::Truncated { written }
            | Self::UnknownTool { written, .. }
            | Self::Invalid { written, .. } => written,
            Self::TooLarge { .. } | Self::Missing { .. } => "",
        }
    }

    pub(crate) fn not_json(reason: impl Into<String>, written: &str) -> Self {
        Self::NotJson {
            reason: reason.into(),
            written: clip(written, WRITTEN),
        }
    }

    pub(crate) fn truncated(written: &str) -> Self {
        Self::Truncated {
            written: clip(written, WRITTEN),
        }
    }

    pub(crate) fn unknown_tool(name: &str, known: Vec<String>, written: &str) -> Self {
        Self::UnknownTool {
            name: clip(name, 100),
            known,
            written: clip(written, WRITTEN),
        }
    }

    pub(crate) fn invalid(violations: Vec<String>, written: &str) -> Self {
        Self::Invalid {
            violations,
            written: clip(written, WRITTEN),
        }
    }
}
