//! What a browser's error, or an address that leads nowhere, means for the run.

use errand_browser::{Observation, page::Error};
use errand_domain::{Action, FailureCategory, RunState, text::clip};

use super::{Ending, step::Loop};

/// From the closed list.
pub fn category(error: &Error) -> FailureCategory {
    match error {
        Error::Navigation { timeout: true, .. } | Error::Timeout { .. } => {
            FailureCategory::PageLoadTimeout
        }
        Error::Navigation { .. } => FailureCategory::NavigationFailed,
        Error::Stale { .. } | Error::NotFound { .. } => FailureCategory::ElementNotFound,
        Error::TooLarge { .. } | Error::Popups { .. } => FailureCategory::ResourceExhausted,
        Error::Download { .. } => FailureCategory::DownloadFailed,
        Error::Gone | Error::Crashed { .. } => FailureCategory::BrowserCrashed,
        _ => FailureCategory::ActionFailed,
    }
}

/// Whether no engine could go on after it.
pub fn is_fatal(error: &Error) -> bool {
    matches!(error, Error::Gone)
}

/// Whether a page could not be opened.
pub fn is_navigation(error: &Error) -> bool {
    matches!(error, Error::Navigation { .. })
}

impl Loop<'_, '_> {
    /// Whether an address that was asked for leads nowhere: the egress refused it or could not
    /// reach it, or the server answered with an error.
    pub(super) fn blocked(&self, observation: &Observation) -> Option<Ending> {
        let failed = |category, reason: String| {
            Some(Ending::failure(
                RunState::Failed,
                category,
                reason,
                Vec::new(),
            ))
        };
        let status = observation.status.filter(|status| *status >= 400);
        let error_page = observation.url.starts_with("chrome-error:");
        if status.is_none() && !error_page {
            return None;
        }
        if let Some((category, reason)) = (self.task.refusal)(&observation.url) {
            return failed(category, reason);
        }
        let asked = match self.history.last() {
            Some(done) => matches!(done.action, Action::Navigate { .. }),
            None => true,
        };
        let category = FailureCategory::NavigationFailed;
        match status.filter(|_| asked) {
            Some(status) => {
                let title = clip(&observation.title, 100);
                failed(
                    category,
                    format!("{} answered {status} ({title})", observation.url),
                )
            }
            None if error_page => {
                failed(category, format!("{} could not be opened", observation.url))
            }
            None => None,
        }
    }

    pub(super) fn is_refused(&self, error: &Error) -> bool {
        match error {
            Error::Navigation { url, .. } => (self.task.refusal)(url).is_some(),
            _ => false,
        }
    }

    pub(super) fn failed(&self, error: &Error, doing: &str) -> Ending {
        let opened = self.history.last().and_then(|done| match &done.action {
            Action::Navigate { url } => Some(url.clone()),
            _ => None,
        });
        let url = opened.unwrap_or_else(|| self.task.page.url());
        let (category, reason) = match (self.task.refusal)(&url) {
            Some(refusal) if is_navigation(error) => refusal,
            _ => (category(error), format!("{doing}: {error}")),
        };
        Ending::failure(RunState::Failed, category, reason, Vec::new())
    }
}
