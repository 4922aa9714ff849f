//! Why a browser did not start, and what to do about it.

use std::{io, path::PathBuf, time::Duration};

use crate::{probe, socket};

/// Why a browser did not start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Chromium or ChromeDriver is missing, or they do not fit.
    #[error(transparent)]
    Programs(#[from] probe::Error),
    /// The folder for its data can't be used.
    #[error("can't make a folder for the browser in {}: {source}; make it writable or give another one", .folder.display())]
    Folder { folder: PathBuf, source: io::Error },
    /// A browser with a screen was asked for, and there is no X server for it.
    #[error(
        "Xvfb was not found on PATH, and a browser with a screen needs it; install the package \
         `xvfb`, or start the browser headless"
    )]
    NoDisplay,
    /// The guard can't be started.
    #[error("the guard can't be started ({command}): {reason}")]
    Guard { command: String, reason: String },
    /// ChromeDriver did not say in time that it is ready.
    #[error(
        "ChromeDriver ({}) did not get ready within {} s and was ended; start it by hand to see \
         why, or give another one with --chromedriver{}", .path.display(), .after.as_secs(), tail(.output)
    )]
    DriverSilent {
        path: PathBuf,
        after: Duration,
        output: String,
    },
    /// ChromeDriver ended before it was ready.
    #[error(
        "ChromeDriver ({}) ended before it was ready ({status}); start it by hand to see why, or \
         give another one with --chromedriver{}", .path.display(), tail(.output)
    )]
    DriverEnded {
        path: PathBuf,
        status: String,
        output: String,
    },
    /// Chromium ended, or was never there.
    #[error("Chromium ({}) did not start: {reason}; {}{}", .path.display(), mend(.output, .reason), tail(.output))]
    BrowserEnded {
        path: PathBuf,
        reason: String,
        output: String,
    },
    /// Chromium did not get ready in time.
    #[error(
        "Chromium ({}) did not get ready within {} s and was ended; the machine may be overloaded \
         or out of memory, or ChromeDriver hangs: give another one with --chromedriver{}",
        .path.display(), .after.as_secs(), tail(.output)
    )]
    BrowserSilent {
        path: PathBuf,
        after: Duration,
        output: String,
    },
    /// The driver's answer lacks something.
    #[error("ChromeDriver did not give {0}; is it really ChromeDriver 115 or later?")]
    Lacking(&'static str),
    /// A connection to the browser failed.
    #[error("the browser started, but {what} failed: {source}")]
    Socket {
        what: &'static str,
        source: socket::Error,
    },
    /// Something that the caller asked for can't be done.
    #[error("{0}")]
    Option(String),
}

fn tail(output: &str) -> String {
    if output.is_empty() {
        String::new()
    } else {
        format!("; it wrote: {output}")
    }
}

fn mend(output: &str, reason: &str) -> &'static str {
    let said = |words: &str| output.contains(words) || reason.contains(words);
    if said("no-sandbox is not supported") {
        "start errand as another user than root, or turn Chromium's sandbox off"
    } else if said("No usable sandbox") || said("sandbox_host_linux") || said("zygote_host_impl") {
        "allow unprivileged user namespaces on this machine, or turn Chromium's sandbox off"
    } else if said("No space left") || said("shared memory") {
        "make room on the disk or in /dev/shm"
    } else if said("error while loading shared libraries") {
        "install the libraries that it names"
    } else {
        "start it by hand with --headless=new to see why"
    }
}
