//! Asking a program for its version.

use std::{
    io,
    path::{Path, PathBuf},
    process::Stdio,
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use nix::{
    sys::signal::{self, Signal},
    unistd::Pid,
};
use tokio::{
    io::AsyncReadExt,
    process::{Child, Command},
    time::timeout,
};

use super::{Error, Kind};
use crate::launch::environment;

/// A cold disk makes a browser slow to start.
const LIMIT: Duration = Duration::from_secs(20);
/// Most bytes of an answer that are read.
const ANSWER_LIMIT: u64 = 4096;

/// What was asked before: a file, as it was then, and its version.
static KNOWN: Mutex<Vec<(Stamp, String)>> = Mutex::new(Vec::new());

#[derive(Clone, PartialEq, Eq)]
struct Stamp {
    path: PathBuf,
    modified: SystemTime,
    size: u64,
}

/// Runs `PATH --version` and takes the version from its answer.
pub(crate) async fn read(kind: Kind, path: &Path) -> Result<String, Error> {
    let unusable = |error: io::Error| Error::Unusable {
        kind,
        path: path.to_owned(),
        reason: error.to_string(),
    };
    let metadata = std::fs::metadata(path).map_err(unusable)?;
    let modified = metadata.modified().map_err(unusable)?;
    let stamp = Stamp {
        path: path.to_owned(),
        modified,
        size: metadata.len(),
    };
    if let Some(version) = known(&stamp) {
        return Ok(version);
    }
    let mut child = Command::new(path)
        .arg("--version")
        .env_clear()
        .envs(environment::inherited())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .map_err(unusable)?;
    let answer = timeout(LIMIT, answer(&mut child)).await;
    if answer.is_err() {
        // A wrapper script's own children as well.
        end_group(&child);
    }
    let wrong = |reason: String| Error::NoVersion {
        kind,
        path: path.to_owned(),
        reason,
    };
    let answer = answer
        .map_err(|_| wrong(format!("gave no answer within {} s", LIMIT.as_secs())))?
        .map_err(|error| wrong(error.to_string()))?;
    let first = answer.lines().next().unwrap_or_default();
    let version = parse(kind, &answer).ok_or_else(|| wrong(format!("answered {first:?}")))?;
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    known.retain(|(it, _)| it.path != stamp.path);
    known.push((stamp, version.clone()));
    Ok(version)
}

async fn answer(child: &mut Child) -> io::Result<String> {
    let mut bytes = Vec::new();
    if let Some(stdout) = child.stdout.take() {
        stdout.take(ANSWER_LIMIT).read_to_end(&mut bytes).await?;
    }
    child.wait().await?;
    Ok(String::from_utf8_lossy(&bytes).trim().to_owned())
}

fn end_group(child: &Child) {
    if let Some(pid) = child.id().and_then(|id| i32::try_from(id).ok()) {
        signal::killpg(Pid::from_raw(pid), Signal::SIGKILL).ok();
    }
}

fn known(stamp: &Stamp) -> Option<String> {
    let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    known
        .iter()
        .find(|(it, _)| it == stamp)
        .map(|(_, version)| version.clone())
}

/// `Chromium 156.0.8078.79 built on …`, `Google Chrome 156.0…`, `ChromeDriver 156.0… (…)`,
/// `Microsoft Edge 156.0…`, `Microsoft Edge WebDriver 156.0…`, `Mozilla Firefox 153.7.0esr`,
/// `geckodriver 0.37.1 (…)`.
fn parse(kind: Kind, answer: &str) -> Option<String> {
    let says = |words: &str| answer.contains(words);
    let (is_it, parts) = match kind {
        // Four numbers: other programs that answer `--version` have three at most.
        Kind::Chromium => (!says("ChromeDriver") && !says("WebDriver"), 4..=4),
        Kind::ChromeDriver => (says("ChromeDriver"), 4..=4),
        Kind::Edge => (says("Microsoft Edge") && !says("WebDriver"), 4..=4),
        Kind::EdgeDriver => (says("Edge WebDriver"), 4..=4),
        Kind::Firefox => (says("Firefox"), 2..=4),
        Kind::GeckoDriver => (says("geckodriver"), 2..=4),
    };
    if !is_it {
        return None;
    }
    let words = answer.split_whitespace().map(|word| {
        let end = word.find(|it: char| !it.is_ascii_digit() && it != '.');
        &word[..end.unwrap_or(word.len())]
    });
    let version = words.filter(|word| {
        let numbers: Vec<&str> = word.split('.').collect();
        parts.contains(&numbers.len()) && numbers.iter().all(|it| !it.is_empty())
    });
    version.map(str::to_owned).next()
}
