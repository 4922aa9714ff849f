//! Who uses the data folder.
//!
//! Three files are locked with `flock`, which the kernel undoes however a process ends: `lock` by
//! the server that has the folder, `callers.lock` (shared) by every client of a server that lives
//! as long as it has callers, and `start.lock` by the client that is starting one.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read as _, Seek as _, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
    thread,
    time::{Duration, Instant},
};

/// Held by the server.
const SERVER: &str = "lock";
/// Shared by callers.
const CALLERS: &str = "callers.lock";
/// Held while a server is being started.
const START: &str = "start.lock";

/// How long a server waits for the lock before it believes that somebody else serves: clients look
/// whether it is held by taking it for a moment.
const PATIENCE: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(20);

/// A lock that is held as long as the value lives.
#[derive(Debug)]
pub struct Lock {
    file: File,
}

/// Why a server can't have the folder.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Another server has it.
    #[error("held by {0}")]
    Held(String),
    /// The lock file can't be used.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Takes the folder for a server. `holder` is what another one is told.
///
/// # Errors
/// [`Refused::Held`] with what the holder wrote.
pub fn serve(folder: &Path, holder: &str) -> Result<Lock, Refused> {
    let mut file = open(folder, SERVER)?;
    let deadline = Instant::now() + PATIENCE;
    while !try_lock(&file)? {
        if Instant::now() >= deadline {
            let mut holder = String::new();
            file.take(400).read_to_string(&mut holder)?;
            let holder = holder.trim();
            let unknown = "a process that did not leave its name";
            return Err(Refused::Held(
                if holder.is_empty() { unknown } else { holder }.to_owned(),
            ));
        }
        thread::sleep(PAUSE);
    }
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{holder}")?;
    Ok(Lock { file })
}

/// Whether a server has the folder.
///
/// # Errors
/// If the lock file can't be read; a missing one means no.
pub fn is_served(folder: &Path) -> io::Result<bool> {
    let file = match File::open(folder.join(SERVER)) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    match file.try_lock_shared() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Counts the process among the callers; waits while a server without callers ends.
///
/// # Errors
/// If the lock does not come within `patience`.
pub fn call(folder: &Path, patience: Duration) -> io::Result<Lock> {
    let file = open(folder, CALLERS)?;
    wait(patience, "a server that is ending", || {
        match file.try_lock_shared() {
            Ok(()) => Ok(true),
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(error)) => Err(error),
        }
    })?;
    Ok(Lock { file })
}

/// Makes sure that nobody calls and nobody can begin to, so that a server may end.
///
/// # Errors
/// If the lock file can't be used.
pub fn no_callers(folder: &Path) -> io::Result<Option<Lock>> {
    let file = open(folder, CALLERS)?;
    Ok(try_lock(&file)?.then_some(Lock { file }))
}

/// Takes the right to start a server.
///
/// # Errors
/// If another client has it for longer than `patience`.
pub fn start(folder: &Path, patience: Duration) -> io::Result<Lock> {
    let file = open(folder, START)?;
    wait(patience, "another client that is starting a server", || {
        try_lock(&file)
    })?;
    Ok(Lock { file })
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing the file would do; a child that was forked at this moment may still have it open.
        let _ = self.file.unlock();
    }
}

fn wait(patience: Duration, whom: &str, attempt: impl Fn() -> io::Result<bool>) -> io::Result<()> {
    let deadline = Instant::now() + patience;
    while !attempt()? {
        if Instant::now() >= deadline {
            let message = format!("waited {} s for {whom}", patience.as_secs());
            return Err(io::Error::new(io::ErrorKind::TimedOut, message));
        }
        thread::sleep(PAUSE);
    }
    Ok(())
}

fn open(folder: &Path, name: &str) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600);
    options.open(folder.join(name))
}

fn try_lock(file: &File) -> io::Result<bool> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    }
}
