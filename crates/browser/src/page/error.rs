//! Why something could not be done to the page.

use std::time::Duration;

use crate::socket;

/// Why something could not be done to the page. Most are results for the engine, not the end.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The element was in an earlier observation, is gone, and nothing else matches its locator.
    #[error("{element} is no longer on the page, and nothing there matches its description now")]
    Stale {
        /// Its id.
        element: String,
    },
    /// No observation ever named this element, tab or region.
    #[error("there is no {what} on the page; observe again and take an id from there")]
    NotFound {
        /// What was asked for.
        what: String,
    },
    /// Something else lies over the element.
    #[error("{element} is covered by {by}; close or move that first")]
    Covered {
        /// What was aimed at.
        element: String,
        /// What lies over it.
        by: String,
    },
    /// The element is there and can't be seen, so that a person could not use it either.
    #[error("{element} can't be seen: {reason}")]
    Hidden {
        /// What was aimed at.
        element: String,
        /// Why.
        reason: String,
    },
    /// What lies at a place is not what a picture of the page showed there.
    #[error("the page moved after it was pictured: {what} lies there now; look again")]
    Moved {
        /// What lies there now.
        what: String,
    },
    /// The element is disabled.
    #[error("{element} is disabled")]
    Disabled {
        /// What was aimed at.
        element: String,
    },
    /// The element takes no text, or not this text.
    #[error("{element} can't be filled: {reason}")]
    NotEditable {
        /// What was aimed at.
        element: String,
        /// Why.
        reason: String,
    },
    /// The element offers no such option.
    #[error("{element} has no option \"{option}\"; it has {}", listed(.have))]
    NoSuchOption {
        /// What was aimed at.
        element: String,
        /// What was wanted.
        option: String,
        /// What there is, at most fifty.
        have: Vec<String>,
    },
    /// The action was carried out, and the page did not take it.
    #[error("{what}")]
    NoEffect {
        /// What did not come about.
        what: String,
    },
    /// The action makes no sense as it is.
    #[error("{what}")]
    Invalid {
        /// What is wrong, and what would be right.
        what: String,
    },
    /// The page could not be opened.
    #[error("{url} could not be opened: {reason}")]
    Navigation {
        /// What was asked for.
        url: String,
        /// In words.
        reason: String,
        /// Chromium's name for it (`net::ERR_CONNECTION_REFUSED`); empty when there is none.
        code: String,
        /// Whether it only took too long.
        timeout: bool,
    },
    /// A file that was to be downloaded did not arrive.
    #[error("the download of {name} failed: {reason}")]
    Download {
        /// Its name.
        name: String,
        /// Why.
        reason: String,
    },
    /// A dialog blocks the page; it must be answered first.
    #[error("a dialog is open and blocks the page: {message}; answer it first")]
    DialogOpen {
        /// Its kind and message.
        message: String,
    },
    /// There is no dialog to answer.
    #[error("no dialog is open")]
    NoDialog,
    /// The page opened more popups than are kept; the excess was closed.
    #[error("the page opened popups without end; {closed} were closed")]
    Popups {
        /// How many were closed.
        closed: u32,
    },
    /// The page did not answer in time; what it was doing was stopped.
    #[error("the page is busy: {what} took longer than {after:?}")]
    Timeout {
        /// What was waited for.
        what: String,
        /// How long.
        after: Duration,
    },
    /// What was asked for is larger than what is given out.
    #[error("the {what} is larger than {limit} bytes and was cut")]
    TooLarge {
        /// What.
        what: String,
        /// The limit.
        limit: usize,
    },
    /// The page's process died: out of memory, a fault of the browser, or killed.
    #[error("the page crashed ({url}); load it again or go elsewhere")]
    Crashed {
        /// What was open there.
        url: String,
    },
    /// The browser is dead, or the connection to it.
    #[error("the browser is gone")]
    Gone,
    /// The browser refused a command for a reason that has no name here.
    #[error("the browser refused: {reason}")]
    Browser {
        /// What it said.
        reason: String,
    },
}

fn listed(have: &[String]) -> String {
    if have.is_empty() {
        return "none".to_owned();
    }
    let shown: Vec<String> = have
        .iter()
        .take(20)
        .map(|label| format!("\"{label}\""))
        .collect();
    let rest = have.len().saturating_sub(20);
    if rest > 0 {
        format!("{} and {rest} more", shown.join(", "))
    } else {
        shown.join(", ")
    }
}

impl From<socket::Error> for Error {
    fn from(error: socket::Error) -> Self {
        match error {
            socket::Error::Connect { .. } | socket::Error::Closed => Self::Gone,
            socket::Error::Timeout { method, after } => Self::Timeout {
                what: method,
                after,
            },
            socket::Error::Refused { code, message, .. } if ended(&code, &message) => Self::Gone,
            socket::Error::Refused {
                method,
                code,
                message,
            } => {
                let first = message.lines().next().unwrap_or_default();
                Self::Browser {
                    reason: format!("{method}: {code}: {first}"),
                }
            }
        }
    }
}

/// The driver still answers after its browser died; it says so in several ways.
fn ended(code: &str, message: &str) -> bool {
    code == "invalid session id"
        || message.contains("session deleted")
        || message.contains("disconnected")
        || message.contains("browser has closed")
}
