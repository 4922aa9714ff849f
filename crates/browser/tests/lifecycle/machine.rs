//! Processes of this machine.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{self, Signal},
    unistd::Pid,
};

/// A process, told from a later one of the same number by its start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    pub pid: i32,
    pub name: String,
    started: String,
}

impl Process {
    fn read(pid: i32) -> Option<(Self, i32)> {
        let stat = fs::read(format!("/proc/{pid}/stat")).ok()?;
        let stat = String::from_utf8_lossy(&stat).into_owned();
        let (head, rest) = stat.rsplit_once(") ")?;
        let fields: Vec<&str> = rest.split(' ').collect();
        if fields[0] == "Z" {
            return None;
        }
        let name = head.split_once('(')?.1.to_owned();
        Some((
            Self {
                pid,
                name,
                started: fields[19].to_owned(),
            },
            fields[1].parse().ok()?,
        ))
    }

    pub fn signal(&self, signal: Signal) {
        signal::kill(Pid::from_raw(self.pid), signal).unwrap();
    }
}

/// The guard of that folder below `ancestor`, and then everything below it.
pub fn under(ancestor: u32, folder: &Path) -> Vec<Process> {
    let ancestor = i32::try_from(ancestor).unwrap();
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let pids = entries.filter_map(|it| it.file_name().to_str()?.parse::<i32>().ok());
    let all: BTreeMap<i32, (Process, i32)> = pids
        .filter_map(|pid| Some((pid, Process::read(pid)?)))
        .collect();
    let Some(guard) = all.values().find(|(process, parent)| {
        let line = fs::read(format!("/proc/{}/cmdline", process.pid)).unwrap_or_default();
        *parent == ancestor && String::from_utf8_lossy(&line).contains(folder.to_str().unwrap())
    }) else {
        return Vec::new();
    };
    let mut found = vec![guard.0.clone()];
    let mut at = 0;
    while at < found.len() {
        let parent = found[at].pid;
        found.extend(
            all.values()
                .filter(|it| it.1 == parent)
                .map(|it| it.0.clone()),
        );
        at += 1;
    }
    found
}

/// Which of them are still there after that time at most.
pub fn gone_within(limit: Duration, processes: &[Process]) -> Vec<Process> {
    let until = Instant::now() + limit;
    loop {
        let left: Vec<Process> = processes
            .iter()
            .filter(|it| Process::read(it.pid).is_some_and(|now| now.0 == **it))
            .cloned()
            .collect();
        if left.is_empty() || Instant::now() >= until {
            return left;
        }
        thread::sleep(Duration::from_millis(10));
    }
}

/// Waits for a condition, and fails when it does not come true.
pub fn until(limit: Duration, condition: impl Fn() -> bool) {
    let until = Instant::now() + limit;
    while !condition() {
        assert!(Instant::now() < until, "not within {limit:?}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// An example of this crate. `cargo test` builds them with the tests, but not for one test alone.
pub fn example(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let path = test
        .parent()
        .unwrap()
        .parent()
        .unwrap()
        .join("examples")
        .join(name);
    assert!(
        path.is_file(),
        "first: cargo build -p errand-browser --examples"
    );
    path
}
