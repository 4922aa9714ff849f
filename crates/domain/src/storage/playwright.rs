//! Playwright's storage-state JSON, as `context.storageState({ indexedDB: true })` writes it and
//! `browser.newContext({ storageState })` takes it.
//!
//! It knows no session storage and no storage of frames in other sites. Session storage is written
//! beside it under a name that Playwright passes over and that is read again here; what can't be
//! said is noted.

mod read;
mod write;

pub use self::{read::read, write::write};
use super::TooLarge;

/// Longest text that is read: more than the largest state that is kept, for white space.
pub const MAX_TEXT_BYTES: usize = 24 << 20;
/// Most faults that are told at once.
const MAX_FAULTS: usize = 20;

/// Why a text is no storage state that can be kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It is larger than what is kept.
    #[error("{0}")]
    TooLarge(#[from] TooLarge),
    /// The text is longer than any that is read.
    #[error("the text has {0} bytes, and {MAX_TEXT_BYTES} are the most")]
    TooLong(usize),
    /// It is none, in these ways; at most twenty are told.
    #[error("{}", listed(.0))]
    Wrong(Vec<Fault>),
}

/// Something that a storage state can't have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where: `cookies[3].sameSite`; empty for the text as a whole.
    pub path: String,
    /// What would be right, and what is there.
    pub problem: String,
}

/// A storage state in Playwright's form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// JSON.
    pub text: String,
    /// What the form can't say and is left out, for people.
    pub notes: Vec<String>,
}

fn listed(faults: &[Fault]) -> String {
    let one = |fault: &Fault| match fault.path.as_str() {
        "" => fault.problem.clone(),
        path => format!("{path} {}", fault.problem),
    };
    faults.iter().map(one).collect::<Vec<_>>().join("; ")
}
