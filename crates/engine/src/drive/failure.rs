//! Which category of failure a browser's error is.

use errand_browser::page::Error;
use errand_domain::FailureCategory;

/// From the closed list.
pub fn category(error: &Error) -> FailureCategory {
    error.category()
}
