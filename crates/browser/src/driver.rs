//! ChromeDriver under its guard.

mod output;

use std::{
    ffi::OsString,
    fs,
    io::{self, PipeWriter, Write},
    os::fd::AsFd,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use errand_domain::session::BrowserType;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use tokio::{
    process::{Child, Command},
    time::timeout,
};
use tokio_util::task::AbortOnDropHandle;

use crate::{
    guard::{display, processes},
    launch::{Error, LaunchOptions, environment},
};
use output::Output;

/// Longest path of a folder that a socket's path can begin with (108 bytes in all).
const SOCKET_FOLDER_LIMIT: usize = 60;
/// When to see whether the guard is stopped, and clears up nothing.
const LOOK_AFTER: Duration = Duration::from_secs(2);
/// How long the guard may then take to clear up before it is killed itself.
const RELEASE_LIMIT: Duration = Duration::from_secs(12);

/// A ChromeDriver that listens. Letting go of it, also by dying, ends it and all below it.
#[derive(Debug)]
pub(crate) struct Driver {
    guard: Child,
    leash: Leash,
    folders: Folders,
    output: Output,
    port: u16,
    _readers: [AbortOnDropHandle<()>; 2],
}

/// How often a driver is started that finds its port taken.
const PORT_TRIES: u32 = 4;

/// The pipe that the guard watches: it ends with us, or when it is let go.
#[derive(Debug, Clone)]
pub(crate) struct Leash(Arc<Mutex<Option<PipeWriter>>>);

/// The folders of one browser. The guard makes and deletes them.
#[derive(Debug, Clone)]
pub(crate) struct Folders {
    /// Everything of the browser's.
    pub(crate) data: PathBuf,
    /// Its temporary files, if they need a shorter path than `data` has.
    temporary: Option<PathBuf>,
}

impl Driver {
    /// Starts one. ChromeDriver takes a port that is free in one family of addresses and ends when
    /// somebody has it in the other, so that it is started again then.
    pub(crate) async fn start(options: &LaunchOptions, path: &Path) -> Result<Self, Error> {
        let mut left = PORT_TRIES;
        loop {
            left -= 1;
            match Self::try_start(options, path).await {
                Err(Error::DriverEnded { output, .. })
                    if left > 0 && output.contains("Address already in use") =>
                {
                    tracing::debug!("the driver's port was taken; it is started again");
                }
                other => return other,
            }
        }
    }

    async fn try_start(options: &LaunchOptions, path: &Path) -> Result<Self, Error> {
        let folders = Folders::choose(&options.folder)?;
        let command_line = options
            .guard
            .iter()
            .map(|it| it.to_string_lossy())
            .collect::<Vec<_>>()
            .join(" ");
        let refused = |reason: String| Error::Guard {
            command: command_line.clone(),
            reason,
        };
        let (program, prefix) = options
            .guard
            .split_first()
            .ok_or_else(|| refused("it is empty".to_owned()))?;
        let screen = options
            .screen()
            .map(|(width, height)| ["--display".to_owned(), format!("{width}x{height}")]);
        let (input, leash) = Leash::new().map_err(|error| refused(error.to_string()))?;
        let mut guard = Command::new(program)
            .args(prefix)
            .args(folders.args())
            .args(screen.into_iter().flatten())
            .arg("--deadline-seconds")
            .arg(options.deadline.as_secs().max(1).to_string())
            .arg("--")
            .arg(path)
            .arg("--port=0")
            .args(of_kind(options.kind, &folders))
            .env_clear()
            .envs(environment::inherited())
            .env("TMPDIR", folders.temporary())
            .env("XDG_CONFIG_HOME", &folders.data)
            .envs(home(options.kind, &folders))
            .stdin(input)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // An interrupt from the terminal is for the server alone, which then drains.
            .process_group(0)
            .spawn()
            .map_err(|error| refused(error.to_string()))?;
        let (Some(stdout), Some(stderr)) = (guard.stdout.take(), guard.stderr.take()) else {
            return Err(refused("its output can't be read".to_owned()));
        };
        let output = Output::default();
        let readers = [
            AbortOnDropHandle::new(tokio::spawn(output.clone().read(stdout))),
            AbortOnDropHandle::new(tokio::spawn(output.clone().read(stderr))),
        ];
        let mut driver = Self {
            guard,
            leash,
            folders,
            output,
            port: 0,
            _readers: readers,
        };
        match driver.ready(path, options.limits.driver).await {
            Ok(port) => driver.port = port,
            Err(error) => {
                driver.end().await;
                return Err(error);
            }
        }
        Ok(driver)
    }

    async fn ready(&mut self, path: &Path, after: Duration) -> Result<u16, Error> {
        let ended = tokio::select! {
            port = timeout(after, self.output.port()) => match port {
                Ok(Some(port)) => return Ok(port),
                Ok(None) => timeout(Duration::from_secs(1), self.guard.wait()).await.ok(),
                Err(_) => {
                    let output = self.output.tail();
                    return Err(Error::DriverSilent { path: path.to_owned(), after, output });
                }
            },
            status = self.guard.wait() => Some(status),
        };
        // What it wrote last may still be on its way.
        self.output.ended().await;
        let output = self.output.tail();
        let status = ended
            .and_then(Result::ok)
            .map_or_else(|| "killed".to_owned(), |it| it.to_string());
        if output.starts_with("guard: ") {
            return Err(Error::Guard {
                command: "guard".to_owned(),
                reason: output,
            });
        }
        Err(Error::DriverEnded {
            path: path.to_owned(),
            status,
            output,
        })
    }

    /// Where it listens; ends in a slash, for commands are joined to it.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn folders(&self) -> &Folders {
        &self.folders
    }

    /// The last of what driver and browser wrote.
    pub(crate) fn output(&self) -> String {
        self.output.tail()
    }

    /// Comes back when the guard has ended, and with it everything that it guarded.
    pub(crate) async fn ended(&mut self) -> Option<ExitStatus> {
        self.guard.wait().await.ok()
    }

    /// Lets the guard end everything without waiting for it.
    pub(crate) fn leash(&self) -> Leash {
        self.leash.clone()
    }

    /// Ends driver and browser and deletes the folders; bounded.
    pub(crate) async fn end(mut self) {
        self.leash.release();
        let status = match self.cleared_up().await {
            Some(status) => Some(status),
            None => {
                self.guard.kill().await.ok();
                None
            }
        };
        // A guard that was killed could not do its part.
        let folders = self.folders.clone();
        let left = folders.data.exists() || status.and_then(|it| it.code()).is_none();
        if left {
            let swept = tokio::task::spawn_blocking(move || folders.sweep());
            timeout(RELEASE_LIMIT, swept).await.ok();
        }
    }
}

impl Driver {
    /// Waits for the guard to end, if it still can.
    async fn cleared_up(&mut self) -> Option<ExitStatus> {
        if let Ok(status) = timeout(LOOK_AFTER, self.guard.wait()).await {
            return status.ok();
        }
        if self.guard.id().is_some_and(processes::is_stopped) {
            return None;
        }
        timeout(RELEASE_LIMIT, self.guard.wait()).await.ok()?.ok()
    }
}

/// What a kind of driver is told besides the port.
fn of_kind(kind: BrowserType, folders: &Folders) -> Vec<OsString> {
    match kind {
        BrowserType::Chrome | BrowserType::Msedge => Vec::new(),
        BrowserType::Firefox => {
            let root = folders.temporary().as_os_str();
            // Its own choice of a port for BiDi is the same for all of them.
            vec![
                "--websocket-port=0".into(),
                "--profile-root".into(),
                root.into(),
            ]
        }
    }
}

/// Firefox makes folders in its user's home, whatever its profile.
fn home(kind: BrowserType, folders: &Folders) -> Vec<(&'static str, OsString)> {
    match kind {
        BrowserType::Chrome | BrowserType::Msedge => Vec::new(),
        BrowserType::Firefox => vec![
            ("HOME", folders.data.clone().into()),
            ("MOZ_CRASHREPORTER_DISABLE", "1".into()),
        ],
    }
}

impl Leash {
    /// A leash, and the end of it that the guard holds.
    fn new() -> io::Result<(Stdio, Self)> {
        let (input, leash) = io::pipe()?;
        // Whoever moves a deadline never waits for a guard that is stopped.
        fcntl(leash.as_fd(), FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
        Ok((input.into(), Self(Arc::new(Mutex::new(Some(leash))))))
    }

    /// Has the guard end everything when so much time has passed from now on.
    pub(crate) fn set_deadline(&self, deadline: Duration) -> io::Result<()> {
        let mut leash = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let leash = leash.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        let seconds = deadline.as_secs().clamp(1, u32::MAX.into());
        // Short enough to be written as a whole or not at all.
        leash.write_all(format!("deadline {seconds}\n").as_bytes())
    }

    /// Tells the guard to end everything.
    pub(crate) fn release(&self) {
        drop(self.0.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

impl Folders {
    fn choose(parent: &Path) -> Result<Self, Error> {
        let refused = |source| Error::Folder {
            folder: parent.to_owned(),
            source,
        };
        let parent = std::path::absolute(parent).map_err(refused)?;
        fs::create_dir_all(&parent).map_err(refused)?;
        let name = unique();
        let data = parent.join(format!("browser-{name}"));
        let long = data.as_os_str().len() > SOCKET_FOLDER_LIMIT;
        let temporary = long.then(|| std::env::temp_dir().join(format!("errand-{name}")));
        Ok(Self { data, temporary })
    }

    fn args(&self) -> impl Iterator<Item = OsString> {
        let folders = std::iter::once(&self.data).chain(&self.temporary);
        folders.flat_map(|folder| ["--folder".into(), folder.into()])
    }

    fn temporary(&self) -> &Path {
        self.temporary.as_ref().unwrap_or(&self.data)
    }

    /// Where downloads go.
    pub(crate) fn downloads(&self) -> PathBuf {
        self.data.join("downloads")
    }

    /// The guard's part, from outside: kills whatever names the folders, and deletes them.
    fn sweep(&self) {
        display::forget(&self.data);
        for folder in std::iter::once(&self.data).chain(&self.temporary) {
            for _ in 0..100 {
                let users = processes::users_of(folder);
                if users.is_empty() {
                    break;
                }
                users.into_iter().for_each(processes::kill);
                std::thread::sleep(Duration::from_millis(10));
            }
            processes::delete(folder);
        }
    }
}

/// A name that no other browser has: short, for paths of sockets. The guard refuses a folder that
/// is there already.
fn unique() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let nanos = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |it| it.subsec_nanos());
    format!("{:x}-{nanos:x}-{count:x}", std::process::id())
}
