//! The states of a run and the only ways between them.

use serde::{Deserialize, Serialize};

/// Where a run is in its life. The names are those of the seeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// Accepted; waits for something that isn't capacity (a time, an earlier run in its session).
    Created,
    /// Waits for capacity.
    Queued,
    /// A holder drives a browser.
    Running,
    /// A person is needed; the step clock stands still.
    Paused,
    /// The goal is met, with evidence.
    Completed,
    /// We could not.
    Failed,
    /// Stopped on purpose, or the page shows that the goal can't be met.
    Terminated,
    /// Out of steps, time or budget.
    TimedOut,
    /// Canceled before it started.
    Canceled,
}

/// A way between two states that the design does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a run that is {from} can't become {to}", from = .from.as_str(), to = .to.as_str())]
pub struct Illegal {
    /// The state the run is in.
    pub from: RunState,
    /// The state that was asked for.
    pub to: RunState,
}

impl RunState {
    /// Every state.
    pub const ALL: [Self; 9] = [
        Self::Created,
        Self::Queued,
        Self::Running,
        Self::Paused,
        Self::Completed,
        Self::Failed,
        Self::Terminated,
        Self::TimedOut,
        Self::Canceled,
    ];

    /// The name in the database, in JSON and in the seeds.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Terminated => "terminated",
            Self::TimedOut => "timed_out",
            Self::Canceled => "canceled",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }

    /// Whether the run has ended. A final state never changes.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(
            self,
            Self::Completed | Self::Failed | Self::Terminated | Self::TimedOut | Self::Canceled
        )
    }

    /// Whether a holder with a lease is responsible for the run.
    #[must_use]
    pub fn is_held(self) -> bool {
        matches!(self, Self::Running | Self::Paused)
    }

    /// Moves to `to`, if the design has that way.
    ///
    /// # Errors
    /// [`Illegal`] otherwise.
    pub fn step(self, to: Self) -> Result<Self, Illegal> {
        use RunState::{
            Canceled, Completed, Created, Failed, Paused, Queued, Running, Terminated, TimedOut,
        };
        let legal = match self {
            Created => matches!(to, Queued | Canceled | TimedOut),
            Queued => matches!(to, Running | Canceled | TimedOut),
            Running => {
                matches!(
                    to,
                    Paused | Queued | Completed | Failed | Terminated | TimedOut
                )
            }
            Paused => matches!(to, Running | Queued | Failed | Terminated | TimedOut),
            Completed | Failed | Terminated | TimedOut | Canceled => false,
        };
        if legal {
            Ok(to)
        } else {
            Err(Illegal { from: self, to })
        }
    }
}
