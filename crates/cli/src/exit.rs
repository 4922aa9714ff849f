//! How the process ends: a closed list of exit codes, and what is said before.

use std::{io, process::ExitCode};

use tonic::Code;

use crate::{output, refusal};

/// The exit codes of every command. They are part of the contract with scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done; the run completed.
    Completed = 0,
    /// The run failed, or the command did.
    Failed = 1,
    /// Called wrongly, or the server refused an argument.
    Usage = 2,
    /// The run was stopped on purpose.
    Terminated = 3,
    /// The run was out of steps, time or budget.
    TimedOut = 4,
    /// The run was canceled before it started.
    Canceled = 5,
    /// Interrupted by a signal.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// A command that was called wrongly: bad settings, a file that isn't there, no key.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Misuse(pub String);

/// Says what went wrong and picks the code for it.
pub fn report(error: &anyhow::Error) -> Exit {
    let closed = |it: &(dyn std::error::Error + 'static)| {
        it.downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
            .is_some_and(|it| it.is::<output::Closed>())
    };
    if error.chain().any(closed) {
        // Whoever read our output has seen enough (`errand runs list | head`).
        return Exit::Completed;
    }
    let status = error
        .chain()
        .find_map(|it| it.downcast_ref::<tonic::Status>());
    // A standard error that is closed leaves nobody to tell.
    let _ = match status {
        Some(status) => output::notes(&refusal::lines(status)),
        None => output::note(&format!("errand: {error:#}")),
    };
    if error.chain().any(|it| it.is::<Misuse>()) {
        return Exit::Usage;
    }
    match status.map(tonic::Status::code) {
        Some(Code::InvalidArgument | Code::OutOfRange) => Exit::Usage,
        _ => Exit::Failed,
    }
}
