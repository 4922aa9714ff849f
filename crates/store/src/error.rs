use std::fmt::Display;

use errand_domain::{RunState, SessionState, error::LogError, port::PortError};

/// Why the store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The database can't be opened: the path, the server or the rights are wrong.
    #[error("can't open the database {database}: {reason}")]
    Open { database: String, reason: String },
    /// Another process holds the SQLite file.
    #[error("the database file is locked by another process")]
    Locked,
    /// The file may only be read.
    #[error("the database can't be written: {0}")]
    ReadOnly(String),
    /// There is no room left. Nothing was written; it works again when there is room.
    #[error("no room left to store this: {0}")]
    StorageFull(String),
    /// The database could not be reached within the bound of retrying.
    #[error("the database can't be reached: {0}")]
    Unavailable(String),
    /// The database was made by a newer release, or its migrations were changed.
    #[error("the database has a schema that this release doesn't know: {0}")]
    Schema(String),
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
    /// The writer's epoch is no longer the run's: stop at once.
    #[error("the lease on this run is lost")]
    LeaseLost,
    /// The run is not as the writer thought.
    #[error("the run is {} at event {last_sequence}, not as expected", .state.as_str())]
    Conflict { state: RunState, last_sequence: u64 },
    /// No such row in the organization.
    #[error("no such {0}")]
    NotFound(&'static str),
    /// Only a run that has ended can be deleted.
    #[error("the run is {}; only one that has ended can be deleted", .0.as_str())]
    NotFinal(RunState),
    /// The session closes or has ended.
    #[error("the session is {}", .0.as_str())]
    SessionEnded(SessionState),
    /// The request id was used for another request.
    #[error("this request_id was used for another request within the last 24 hours")]
    RequestIdReused,
    /// Another profile of the organization has that name.
    #[error("another profile of the organization has that name")]
    NameTaken,
    /// A bound was hit.
    #[error("{0}")]
    Limit(String),
    /// An argument that can't be stored or read.
    #[error("{0}")]
    Invalid(String),
    /// The page token is not one that this listing gave out.
    #[error("the page token does not belong to this listing")]
    PageToken,
    /// The events do not fit the log.
    #[error(transparent)]
    Log(#[from] LogError),
    /// What is stored can't be read.
    #[error("the database is damaged: {0}")]
    Damaged(String),
    /// Anything else that the database answered.
    #[error("the database failed")]
    Database(#[source] sqlx::Error),
}

impl Error {
    /// Whether trying again may help: the connection, not the request, was at fault.
    pub(crate) fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }

    pub(crate) fn damaged(what: &str, reason: impl Display) -> Self {
        Self::Damaged(format!("{what}: {reason}"))
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(answer) => {
                let message = answer.message().to_owned();
                match answer.code().map(|code| code.into_owned()) {
                    Some(code) if code.len() == 5 => from_postgres(&code, message, error),
                    Some(code) => from_sqlite(&code, message, error),
                    None => Self::Database(error),
                }
            }
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::WorkerCrashed => Self::Unavailable(error.to_string()),
            sqlx::Error::PoolClosed => Self::Closed,
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => {
                Self::Damaged(error.to_string())
            }
            _ => Self::Database(error),
        }
    }
}

fn from_postgres(code: &str, message: String, error: sqlx::Error) -> Error {
    match code {
        "53100" => Error::StorageFull(message),
        "25006" => Error::ReadOnly(message),
        // Shut down, starting up, too many clients, and what two transactions did to each other.
        "57P01" | "57P02" | "57P03" | "53300" | "40001" | "40P01" => Error::Unavailable(message),
        _ if code.starts_with("08") => Error::Unavailable(message),
        _ => Error::Database(error),
    }
}

fn from_sqlite(code: &str, message: String, error: sqlx::Error) -> Error {
    let Ok(code) = code.parse::<u32>() else {
        return Error::Database(error);
    };
    // The low byte is the kind; the rest tells which call failed. 4874 is the shared-memory file
    // of the write-ahead log that could not grow.
    match (code & 0xff, code) {
        (13, _) | (_, 4874) => Error::StorageFull(message),
        (5 | 6, _) => Error::Locked,
        (8, _) => Error::ReadOnly(message),
        (11 | 26, _) => Error::Damaged(message),
        _ => Error::Database(error),
    }
}

impl From<Error> for PortError {
    fn from(error: Error) -> Self {
        match error {
            Error::LeaseLost | Error::Conflict { .. } => Self::LeaseLost,
            Error::StorageFull(_) | Error::Log(LogError::Full) | Error::Limit(_) => {
                Self::Full(error.to_string())
            }
            other => Self::Failed(other.to_string()),
        }
    }
}
