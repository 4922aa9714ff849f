//! What can be wrong with a log.

use crate::{RunState, state::Illegal};

/// An event that does not fit its log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LogError {
    /// A number is missing or doubled.
    #[error("event {found} where {expected} is next")]
    Gap { expected: u64, found: u64 },
    /// A way between states that the design does not have.
    #[error(transparent)]
    Illegal(#[from] Illegal),
    /// The run had ended.
    #[error("an event after the run ended {}", .0.as_str())]
    AfterTheEnd(RunState),
    /// The body is longer than an event may be.
    #[error("the body of {kind} has {size} bytes, more than {limit}", limit = crate::event::MAX_BODY_BYTES)]
    TooLarge { kind: String, size: usize },
    /// The log is as long as a log may be.
    #[error("the log has {limit} events, the most a run may have", limit = crate::event::MAX_EVENTS)]
    Full,
    /// The body is not JSON of a known shape.
    #[error("event {sequence} can't be read: {reason}")]
    Unreadable { sequence: u64, reason: String },
    /// The hash chain is broken here.
    #[error("event {sequence} does not match its hash")]
    Tampered { sequence: u64 },
}
