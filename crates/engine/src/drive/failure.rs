//! What a browser's error means for the run.

use errand_browser::page::Error;
use errand_domain::FailureCategory;

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
