//! Sessions, two hundred of them, opened and closed with crashes thrown in: what is left of them.
//! Processes, file handles, folders and memory of the server must end where they began.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench has nobody to report to"
)]

use std::{
    fs,
    time::{Duration, Instant},
};

use errand_api::v1::{
    CloseSessionRequest, CreateSessionRequest, GetSessionRequest, Session, SessionStatus,
    session_service_client::SessionServiceClient,
};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tonic::{service::interceptor::InterceptedService, transport::Channel};

#[path = "../tests/runs/server.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod server;

const SESSIONS: usize = 200;
/// How many live at once.
const AT_ONCE: usize = 2;

type Sessions = SessionServiceClient<InterceptedService<Channel, server::Key>>;

/// What a server holds.
#[derive(Debug, Clone, Copy)]
struct Held {
    processes: usize,
    handles: usize,
    folders: usize,
    /// Resident memory of the server itself, in KiB.
    memory: usize,
}

/// The process that holds the server's data folder.
fn pid(server: &server::Server) -> i32 {
    let announced = fs::read_to_string(server.data.join("server.json")).unwrap();
    let announced: serde_json::Value = serde_json::from_str(&announced).unwrap();
    i32::try_from(announced["pid"].as_i64().unwrap()).unwrap()
}

fn descendants(of: i32) -> Vec<i32> {
    let mut found = vec![of];
    let mut at = 0;
    while at < found.len() {
        let tasks = fs::read_dir(format!("/proc/{}/task", found[at]));
        for task in tasks.into_iter().flatten().flatten() {
            let children = fs::read_to_string(task.path().join("children")).unwrap_or_default();
            found.extend(
                children
                    .split_whitespace()
                    .filter_map(|it| it.parse::<i32>().ok()),
            );
        }
        at += 1;
    }
    found.split_off(1)
}

fn held(server: &server::Server) -> Held {
    let pid = pid(server);
    let count = |path: String| fs::read_dir(path).map_or(0, Iterator::count);
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find(|it| it.starts_with("VmRSS:"));
    let memory = line.and_then(|it| it.split_whitespace().nth(1)?.parse().ok());
    Held {
        processes: descendants(pid).len(),
        handles: count(format!("/proc/{pid}/fd")),
        folders: count(server.data.join("browsers").display().to_string()),
        memory: memory.unwrap_or(0),
    }
}

async fn until(
    sessions: &mut Sessions,
    id: &str,
    wanted: impl Fn(SessionStatus) -> bool,
) -> Session {
    let started = Instant::now();
    loop {
        let request = GetSessionRequest {
            browser_session_id: id.to_owned(),
        };
        let answer = sessions.get_session(request).await.unwrap();
        let session = answer.into_inner().session.unwrap();
        if wanted(session.status()) {
            return session;
        }
        // One that is stopped while it starts is given up after a minute.
        assert!(started.elapsed() < Duration::from_secs(150), "{session:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// One session, closed, or ended by the death of what it is made of.
async fn one(mut sessions: Sessions, number: usize, pid: i32) {
    let request = CreateSessionRequest::default();
    let answer = sessions.create_session(request).await.unwrap();
    let id = answer.into_inner().session.unwrap().browser_session_id;
    until(&mut sessions, &id, |it| it != SessionStatus::Starting).await;
    let victims = |name: &str| -> Vec<i32> {
        let named = |pid: &i32| {
            let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            String::from_utf8_lossy(&line).contains(name)
        };
        descendants(pid).into_iter().filter(named).collect()
    };
    // Whichever it hits, its session must end and leave nothing.
    let (name, signal) = match number % 8 {
        1 => ("--user-data-dir", Signal::SIGKILL),
        3 => ("chromedriver", Signal::SIGKILL),
        5 => ("guard", Signal::SIGKILL),
        7 => ("--user-data-dir", Signal::SIGSTOP),
        _ => ("", Signal::SIGCONT),
    };
    if !name.is_empty()
        && let Some(victim) = victims(name).last()
    {
        kill(Pid::from_raw(*victim), signal).ok();
    }
    let request = CloseSessionRequest {
        browser_session_id: id.clone(),
        ..CloseSessionRequest::default()
    };
    sessions.close_session(request).await.unwrap();
    let ended = |it| matches!(it, SessionStatus::Closed | SessionStatus::Failed);
    until(&mut sessions, &id, ended).await;
}

#[tokio::main]
async fn main() {
    let places = (AT_ONCE + 2).to_string();
    let server = server::Server::start_with(&["--browsers", &places, "--warm-browsers", "0"]);
    let channel = server.channel().await;
    let sessions = SessionServiceClient::with_interceptor(channel, server.key());
    // What is set up once, such as the connections to the database, is set up by the first few.
    let mut first = tokio::task::JoinSet::new();
    for _ in 0..2 * AT_ONCE {
        first.spawn(one(sessions.clone(), 0, pid(&server)));
    }
    while let Some(done) = first.join_next().await {
        done.unwrap();
    }
    let before = held(&server);
    let started = Instant::now();
    let mut under_way = tokio::task::JoinSet::new();
    for number in 0..SESSIONS {
        if under_way.len() == AT_ONCE {
            under_way.join_next().await.unwrap().unwrap();
        }
        under_way.spawn(one(sessions.clone(), number, pid(&server)));
    }
    while let Some(done) = under_way.join_next().await {
        done.unwrap();
    }
    let took = started.elapsed();
    // The last of them may still be on its way out.
    let waiting = Instant::now();
    let mut after = held(&server);
    while (after.processes > before.processes || after.folders > before.folders)
        && waiting.elapsed() < Duration::from_secs(30)
    {
        tokio::time::sleep(Duration::from_millis(200)).await;
        after = held(&server);
    }
    println!(
        "{SESSIONS} sessions, every second one crashed, in {:.0} s",
        took.as_secs_f64()
    );
    println!("before: {before:?}");
    println!("after:  {after:?}");
    let ratio = after.memory as f64 / before.memory as f64;
    println!("memory of the server: {ratio:.2}x");
    assert!(after.processes <= before.processes, "processes are left");
    assert!(after.folders <= before.folders, "folders are left");
    assert!(after.handles <= before.handles + 4, "file handles are left");
}
