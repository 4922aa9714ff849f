//! The supervisor of everything that the server starts: `errand guard`.
//!
//! Its standard input is a pipe from the server. When that ends, for whatever reason, the deadline
//! passes, or its own child ends, it kills every descendant and deletes the folders it made. So a
//! server that was killed leaves nothing behind, without waiting for its next start.
//!
//! A line `deadline SECONDS` on that pipe moves the deadline, counted from when it is read. Lines
//! that are anything else mean nothing.

pub(crate) mod display;
pub(crate) mod processes;
mod watch;

use std::{
    ffi::OsString,
    fs,
    io::{self, Write},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    process::{Child, Command, ExitCode, Stdio},
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    time::{Duration, Instant},
};

use nix::{
    errno::Errno,
    sys::{
        prctl,
        signal::{SigSet, Signal},
    },
};

use display::Display;
use watch::Call;

/// What the guard ends with when the deadline passed, as `timeout` has it.
pub const DEADLINE_STATUS: u8 = 124;
/// What it ends with when it could not do its own part.
pub const FAILED_STATUS: u8 = 125;

/// Longest time for killing: only a process stuck in the kernel takes longer, and none can help it.
const SWEEP_LIMIT: Duration = Duration::from_secs(10);
/// Calls that wait to be heard; who calls more waits as well.
const CALLS: usize = 16;
/// Pause between two rounds of killing.
const ROUND: Duration = Duration::from_millis(5);

/// Why a guard could not do its part.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The command line is not one.
    #[error(
        "guard: {0}; usage: guard --folder DIR [--folder DIR …] [--display WIDTHxHEIGHT] \
         --deadline-seconds N -- COMMAND …"
    )]
    Usage(String),
    /// A folder could not be made. One that exists is never taken, for it would be deleted.
    #[error("guard: can't make the folder {}: {source}", .folder.display())]
    Folder { folder: PathBuf, source: io::Error },
    /// The command could not be started.
    #[error("guard: can't start {}: {source}", .program.display())]
    Start { program: PathBuf, source: io::Error },
    /// The screen for it could not be started.
    #[error("guard: no display: {0}")]
    Display(io::Error),
    /// The system refused something that the guard can't do without.
    #[error("guard: {0}")]
    System(#[from] Errno),
}

/// Runs the guard with what follows `guard` on the command line, until there is nothing to guard.
///
/// Blocks. To be called before any other thread is started, for it takes over the signals.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let guarded = Order::parse(args).and_then(|order| order.carry_out());
    guarded.unwrap_or_else(|error| {
        // Nobody may be listening any more.
        let _ = writeln!(io::stderr(), "{error}");
        ExitCode::from(FAILED_STATUS)
    })
}

#[derive(Debug, PartialEq, Eq)]
struct Order {
    folders: Vec<PathBuf>,
    /// The size of the screen that the command gets, in pixels.
    display: Option<(u32, u32)>,
    deadline: Duration,
    command: Vec<OsString>,
}

impl Order {
    fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Self, Error> {
        let usage = |text: &str| Error::Usage(text.to_owned());
        let mut args = args.into_iter();
        let (mut folders, mut display, mut deadline) = (Vec::new(), None, None);
        loop {
            let arg = args.next().ok_or_else(|| usage("no command"))?;
            match arg.to_str() {
                Some("--") => break,
                Some("--folder") => {
                    let folder = args.next().ok_or_else(|| usage("--folder needs a path"))?;
                    folders.push(PathBuf::from(folder));
                }
                Some("--display") => {
                    let size = args.next().and_then(|it| size(it.to_str()?));
                    let wrong = || usage("--display needs a size such as 1280x720");
                    display = Some(size.ok_or_else(wrong)?);
                }
                Some("--deadline-seconds") => {
                    let seconds = args.next().and_then(|it| it.to_str()?.parse::<u64>().ok());
                    let wrong = || usage("--deadline-seconds needs a number");
                    deadline = Some(Duration::from_secs(seconds.ok_or_else(wrong)?));
                }
                _ => {
                    return Err(Error::Usage(format!(
                        "{} is unknown",
                        arg.to_string_lossy()
                    )));
                }
            }
        }
        let command: Vec<OsString> = args.collect();
        if command.is_empty() {
            return Err(usage("no command"));
        }
        if let Some(folder) = folders.iter().find(|it| !it.is_absolute()) {
            return Err(Error::Usage(format!(
                "{} is not an absolute path",
                folder.display()
            )));
        }
        if display.is_some() && folders.is_empty() {
            return Err(usage("--display needs a --folder"));
        }
        let deadline = deadline.ok_or_else(|| usage("--deadline-seconds is missing"))?;
        Ok(Self {
            folders,
            display,
            deadline,
            command,
        })
    }

    fn carry_out(self) -> Result<ExitCode, Error> {
        let signals: SigSet = [
            Signal::SIGTERM,
            Signal::SIGINT,
            Signal::SIGHUP,
            Signal::SIGQUIT,
        ]
        .into_iter()
        .collect();
        // Blocked here and so in every thread; the child is started with none blocked.
        signals.thread_block()?;
        prctl::set_child_subreaper(true)?;
        let mut made = Made(Vec::new());
        for folder in &self.folders {
            made.make(folder)?;
        }
        let (calls, called) = mpsc::sync_channel(CALLS);
        watch::input(calls.clone());
        watch::signals(signals, calls.clone());
        let began = Instant::now();
        let (program, args) = self.command.split_first().ok_or(Errno::EINVAL)?;
        let first = self.folders.first();
        let display = match first.zip(self.display) {
            Some((folder, size)) => Some(Display::start(folder, size).map_err(Error::Display)?),
            None => None,
        };
        let environment = display.iter().flat_map(|it| it.environment.clone());
        let child = Command::new(program)
            .args(args)
            .envs(environment)
            .stdin(Stdio::null())
            .spawn();
        // A browser without its screen is none, so the end of either is the end of both.
        let pids = [child.as_ref().ok().map(Child::id), display.map(|it| it.pid)];
        watch::children(pids.into_iter().flatten().collect(), calls);
        let status = child.map(|_| keep(&called, began.checked_add(self.deadline)));
        first.into_iter().for_each(|it| display::forget(it));
        sweep(&called);
        drop(made);
        let status = status.map_err(|source| Error::Start {
            program: program.into(),
            source,
        })?;
        Ok(ExitCode::from(status))
    }
}

/// The folders that the guard made, and deletes.
struct Made(Vec<PathBuf>);

impl Made {
    fn make(&mut self, folder: &Path) -> Result<(), Error> {
        fs::DirBuilder::new()
            .mode(0o700)
            .create(folder)
            .map_err(|source| Error::Folder {
                folder: folder.to_owned(),
                source,
            })?;
        self.0.push(folder.to_owned());
        Ok(())
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        for folder in &self.0 {
            processes::delete(folder);
        }
    }
}

/// Waits for a reason to end, and says with which status. A deadline that no clock can hold is none.
fn keep(called: &Receiver<Call>, mut deadline: Option<Instant>) -> u8 {
    loop {
        let left = deadline.map(|it| it.saturating_duration_since(Instant::now()));
        let call = match left {
            Some(left) => called.recv_timeout(left),
            None => called.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match call {
            Ok(Call::Deadline(moved)) => deadline = Some(moved),
            Ok(Call::Ended(status)) => return status,
            Ok(Call::Released | Call::Empty) => return 0,
            Ok(Call::Signalled) => return 128 + Signal::SIGTERM as u8,
            Err(_) => return DEADLINE_STATUS,
        }
    }
}

/// Kills every descendant, again and again, until there is none.
fn sweep(called: &Receiver<Call>) {
    let until = Instant::now() + SWEEP_LIMIT;
    while Instant::now() < until {
        let descendants = processes::descendants(std::process::id());
        if descendants.is_empty() {
            return;
        }
        for pid in descendants {
            processes::kill(pid);
        }
        if matches!(called.recv_timeout(ROUND), Ok(Call::Empty)) {
            return;
        }
    }
}

/// `1280x720`.
fn size(text: &str) -> Option<(u32, u32)> {
    let (width, height) = text.split_once('x')?;
    Some((width.parse().ok()?, height.parse().ok()?))
}
