//! Browsers of somebody who is not root, with Chromium's own sandbox on. Where the tests run as
//! root, a user is made up for them: a number that nobody else has.
#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "lifecycle/machine.rs"]
#[expect(dead_code, reason = "shared with the other tests")]
mod machine;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use axum::{Router, response::Html, routing::get};
use machine::{Process, example, gone_within, under};
use nix::unistd::{Gid, Uid, chown, geteuid};
use serde_json::Value;
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    time::timeout,
};
use tokio_util::task::AbortOnDropHandle;

const NOBODY_ELSE: u32 = 54_321;

/// A parent that holds a browser, as another user than root.
struct Parent {
    child: Child,
    /// What it said when its browser was up.
    up: Value,
    below: Vec<Process>,
    folder: PathBuf,
    _home: TempDir,
}

impl Parent {
    async fn start(url: Option<&str>) -> Self {
        // Root's own folders are closed to others, so the programs are copied to where they can go.
        let home = tempfile::tempdir().unwrap();
        let mut command = Command::new(home.path().join("launch"));
        for name in ["launch", "guard"] {
            fs::copy(example(name), home.path().join(name)).unwrap();
        }
        if geteuid().is_root() {
            let (user, group) = (Uid::from_raw(NOBODY_ELSE), Gid::from_raw(NOBODY_ELSE));
            chown(home.path(), Some(user), Some(group)).unwrap();
            command.uid(NOBODY_ELSE).gid(NOBODY_ELSE);
        }
        let folder = home.path().join("browsers");
        let mut child = command
            .arg(&folder)
            .args(url)
            .current_dir(home.path())
            .env("HOME", home.path())
            .env("TMPDIR", home.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = timeout(Duration::from_secs(60), lines.next_line()).await;
        let up = serde_json::from_str(&line.unwrap().unwrap().unwrap()).unwrap();
        let below = under(child.id().unwrap(), &folder);
        assert!(below.len() > 3, "{below:?}");
        Self {
            child,
            up,
            below,
            folder,
            _home: home,
        }
    }

    /// Nothing of it is there any more.
    fn left_nothing(&self) {
        let left = gone_within(Duration::from_secs(2), &self.below);
        assert_eq!(left, Vec::<Process>::new());
        let gone = || self.folder.read_dir().unwrap().next().is_none();
        machine::until(Duration::from_secs(2), gone);
        for port in self.up["ports"].as_array().unwrap() {
            assert!(std::net::TcpStream::connect(port.as_str().unwrap()).is_err());
        }
    }
}

/// What the system says of a process: `NSpid` holds a number for each namespace that it is in.
fn status(process: &Process, field: &str) -> Vec<String> {
    let path = Path::new("/proc").join(process.pid.to_string());
    let status = fs::read_to_string(path.join("status")).unwrap_or_default();
    let mut lines = status.lines();
    let line = lines.find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
    line.unwrap_or_default()
        .split_whitespace()
        .map(str::to_owned)
        .collect()
}

fn command_line(process: &Process) -> String {
    let line = fs::read(format!("/proc/{}/cmdline", process.pid)).unwrap_or_default();
    String::from_utf8_lossy(&line).replace('\0', " ")
}

#[tokio::test]
async fn a_user_s_browser_is_sandboxed_opens_pages_and_leaves_nothing() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let site = Router::new().route("/", get(async || Html("<h1>Read in a sandbox</h1>")));
    let serve = async { axum::serve(listener, site).await.unwrap() };
    let _site = AbortOnDropHandle::new(tokio::spawn(serve));

    let mut parent = Parent::start(Some(&url)).await;
    assert_eq!(parent.up["text"], "Read in a sandbox");
    for process in &parent.below {
        assert_ne!(status(process, "Uid")[0], "0", "{process:?}");
        assert!(!command_line(process).contains("--no-sandbox"));
    }
    let renderers = parent
        .below
        .iter()
        .filter(|it| command_line(it).contains("--type=renderer"));
    let mut count = 0;
    for renderer in renderers {
        count += 1;
        // In a process namespace of its own, and behind a filter of system calls.
        assert!(status(renderer, "NSpid").len() > status(&parent.below[0], "NSpid").len());
        assert_eq!(status(renderer, "Seccomp"), ["2"]);
    }
    assert!(count > 0, "{:?}", parent.below);

    drop(parent.child.stdin.take());
    let ended = timeout(Duration::from_secs(10), parent.child.wait()).await;
    assert!(ended.unwrap().unwrap().success());
    parent.left_nothing();
}

#[tokio::test]
async fn nothing_of_a_sandboxed_browser_is_left_when_its_parent_is_killed() {
    let mut parent = Parent::start(None).await;
    let before = Instant::now();
    parent.child.start_kill().unwrap();
    parent.child.wait().await.unwrap();
    parent.left_nothing();
    assert!(before.elapsed() < Duration::from_secs(3));
}
