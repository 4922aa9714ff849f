//! The end of a session, told to all that live in it.

use std::sync::{Arc, OnceLock};

use errand_domain::{FailureCategory, RunState, session::CloseReason};
use errand_engine::Ending;
use tokio_util::sync::CancellationToken;

/// Whether a session is over, and why. Clones share it; the first reason counts.
#[derive(Debug, Clone, Default)]
pub struct Over(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    reason: OnceLock<(CloseReason, String)>,
    told: CancellationToken,
}

impl Over {
    /// Ends the session.
    pub fn tell(&self, reason: CloseReason, detail: impl Into<String>) {
        self.0.reason.set((reason, detail.into())).ok();
        self.0.told.cancel();
    }

    /// Whether the session is over.
    #[must_use]
    pub fn is_told(&self) -> bool {
        self.0.told.is_cancelled()
    }

    /// Comes back when the session is over, with the reason.
    pub async fn wait(&self) -> (CloseReason, String) {
        self.0.told.cancelled().await;
        let unknown = || (CloseReason::ServerStopped, String::new());
        self.0.reason.get().cloned().unwrap_or_else(unknown)
    }

    /// How a run ends that was under way in it.
    #[must_use]
    pub fn ending(reason: CloseReason, detail: &str) -> Ending {
        let (state, category) = match reason {
            CloseReason::Timeout => (RunState::TimedOut, FailureCategory::SessionClosed),
            CloseReason::Caller => (RunState::Terminated, FailureCategory::SessionClosed),
            CloseReason::BrowserCrashed => (RunState::Failed, FailureCategory::BrowserCrashed),
            CloseReason::StartFailed | CloseReason::ServerStopped | CloseReason::ServerLost => {
                (RunState::Failed, FailureCategory::SessionClosed)
            }
        };
        let reason = format!("its session ended: {detail}");
        Ending::failure(state, category, reason, Vec::new())
    }
}
