//! Why somebody else's browser can't be used, and what to do about it.

use std::{io, path::PathBuf, time::Duration};

use crate::{launch, socket};

const RIGHT: &str = "give the debugger address of a Chrome (http://host:9222, where it was started \
                     with --remote-debugging-port=9222), or the URL of a WebDriver (ChromeDriver, \
                     geckodriver, Selenium Grid)";

/// Why somebody else's browser can't be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is no address.
    #[error("{text:?} is not the address of a browser: {reason}; {RIGHT}")]
    Address {
        /// What was given, without user and password.
        text: String,
        /// What is wrong.
        reason: String,
    },
    /// No connection could be made.
    #[error(
        "nothing can be reached at {address}: {reason}; is the browser running, and is that its address?"
    )]
    Unreachable {
        /// Where.
        address: String,
        /// What the network said.
        reason: String,
    },
    /// Somebody listens and says nothing.
    #[error("{address} took the connection and did not answer within {} s; {RIGHT}", .after.as_secs())]
    Silent {
        /// Where.
        address: String,
        /// How long was waited.
        after: Duration,
    },
    /// Something else is there.
    #[error("{address} is not a browser: it answered with {found}; {RIGHT}")]
    NotABrowser {
        /// Where.
        address: String,
        /// What came.
        found: String,
    },
    /// The session that was named is not there.
    #[error(
        "the WebDriver at {address} has no session {session}: {reason}; leave /session/… away to have one made"
    )]
    NoSession {
        /// Where.
        address: String,
        /// Its id.
        session: String,
        /// What it said.
        reason: String,
    },
    /// It makes no session.
    #[error("the WebDriver at {address} made no session: {reason}")]
    NotCreated {
        /// Where.
        address: String,
        /// What it said.
        reason: String,
    },
    /// There is no way to drive it.
    #[error("the browser at {address} can't be driven from here: {reason}")]
    Lacking {
        /// Where.
        address: String,
        /// What is missing.
        reason: String,
    },
    /// A connection to it broke.
    #[error("the browser at {address} was found, but {what} failed: {source}")]
    Socket {
        /// Where.
        address: String,
        /// What was done.
        what: &'static str,
        /// Why it failed.
        source: socket::Error,
    },
    /// The folder for its files can't be made.
    #[error("can't make a folder for its files in {}: {source}", .folder.display())]
    Folder {
        /// Where.
        folder: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Something that the caller asked for can't be done.
    #[error(transparent)]
    Option(#[from] launch::Error),
}
