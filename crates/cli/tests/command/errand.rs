//! The binary with a home of its own.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::Value;
use tempfile::TempDir;

/// Longest that a command of a test may take.
const BOUND: Duration = Duration::from_secs(90);

/// A person's machine: a home, a data folder in it, no variables.
pub struct Errand {
    home: TempDir,
}

/// What a command said.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// A command that goes on.
pub struct Going {
    child: Child,
    out: PathBuf,
    err: PathBuf,
}

impl Errand {
    pub fn new() -> Self {
        Self {
            home: tempfile::tempdir().unwrap(),
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Writes a file into the home and says where.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    pub fn data(&self) -> PathBuf {
        self.path("state/errand")
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_errand"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("ERRAND_") {
                command.env_remove(name);
            }
        }
        command
            .args(arguments)
            .current_dir(self.home.path())
            .env("HOME", self.home.path())
            .env("XDG_STATE_HOME", self.path("state"))
            .stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Said {
        self.go(arguments).end()
    }

    pub fn run_with(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Said {
        let mut command = self.command(arguments);
        command.envs(variables.iter().copied());
        self.begin(command).end()
    }

    pub fn go(&self, arguments: &[&str]) -> Going {
        self.begin(self.command(arguments))
    }

    pub fn begin(&self, mut command: Command) -> Going {
        let folder = tempfile::tempdir_in(self.home.path()).unwrap().keep();
        let (out, err) = (folder.join("out"), folder.join("err"));
        let child = command
            .stdout(File::create(&out).unwrap())
            .stderr(File::create(&err).unwrap())
            .spawn()
            .unwrap();
        Going { child, out, err }
    }

    /// A server on the data folder and a spare port, ready.
    pub fn serve(&self, arguments: &[&str]) -> Going {
        let mut all = vec!["serve", "--listen", "127.0.0.1:0"];
        all.extend(arguments);
        let server = self.go(&all);
        until("a server", || self.announced().is_some());
        server
    }

    /// What the folder's server says about itself, while it serves.
    pub fn announced(&self) -> Option<Value> {
        let text = fs::read_to_string(self.data().join("server.json")).ok()?;
        serde_json::from_str(&text).ok()
    }

    pub fn url(&self) -> String {
        self.announced().unwrap()["url"]
            .as_str()
            .unwrap()
            .to_owned()
    }
}

impl Drop for Errand {
    fn drop(&mut self) {
        // A server that a command started stays for a while; the folder goes now.
        if let Some(pid) = self.announced().and_then(|it| it["pid"].as_i64()) {
            kill(Pid::from_raw(pid.try_into().unwrap()), Signal::SIGKILL).ok();
        }
    }
}

impl Going {
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn out(&self) -> String {
        fs::read_to_string(&self.out).unwrap()
    }

    pub fn err(&self) -> String {
        fs::read_to_string(&self.err).unwrap()
    }

    /// Waits until the error output has this text.
    pub fn says(&self, text: &str) {
        until(text, || self.err().contains(text));
    }

    pub fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.child.id().cast_signed()), signal).unwrap();
    }

    /// Waits for the end.
    pub fn end(mut self) -> Said {
        let started = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(started.elapsed() < BOUND, "no end: {}", self.err());
            std::thread::sleep(Duration::from_millis(5));
        };
        Said {
            code: status.code().expect("an exit code, not a signal"),
            out: self.out(),
            err: self.err(),
        }
    }

    /// As a machine that loses the process.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Going {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Said {
    /// The same, if the command ended with this code.
    #[track_caller]
    pub fn with(self, code: i32) -> Self {
        assert_eq!(self.code, code, "out: {}\nerr: {}", self.out, self.err);
        self
    }

    /// The standard output, which must be one JSON value.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }

    /// The standard output, which must be one JSON value a line.
    #[track_caller]
    pub fn lines(&self) -> Vec<Value> {
        let parse = |line| {
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in line {line:?}"))
        };
        self.out.lines().map(parse).collect()
    }
}

/// The run that a command's error output names.
pub fn run_id(err: &str) -> String {
    let line = err.lines().find_map(|it| it.strip_prefix("run "));
    line.unwrap_or_else(|| panic!("no run in {err}")).to_owned()
}

/// Waits for a condition, within a bound.
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < Duration::from_secs(40), "no {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

pub fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}
