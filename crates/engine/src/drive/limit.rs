//! How long a run may take.

use std::time::Duration;

use errand_domain::{FailureCategory, RunState};

use super::Ending;

/// Bounds of one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most steps.
    pub max_steps: u32,
    /// When the time is up, by the clock's `elapsed`.
    pub deadline: Duration,
}

impl Limits {
    /// Steps of a run that names none.
    pub const DEFAULT_STEPS: u32 = 50;
    /// Most steps that a run may ask for.
    pub const MAX_STEPS: u32 = 1_000;

    /// The ending, if a bound is reached.
    pub(super) fn reached(&self, steps: u32, elapsed: Duration) -> Option<Ending> {
        if elapsed >= self.deadline {
            return Some(Self::out_of_time());
        }
        (steps >= self.max_steps).then(|| {
            let reason = format!(
                "the run used all its {} steps; raise max_steps",
                self.max_steps
            );
            let category = FailureCategory::MaxSteps;
            Ending::failure(RunState::TimedOut, category, reason, Vec::new())
        })
    }

    /// The ending when the time is up.
    pub(super) fn out_of_time() -> Ending {
        let reason = "the run used all its time; raise timeout";
        let category = FailureCategory::Deadline;
        Ending::failure(RunState::TimedOut, category, reason, Vec::new())
    }
}
