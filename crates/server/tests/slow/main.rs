//! A watcher that stops reading, and goes on later, costs the server next to nothing and misses
//! nothing. The server is a process of its own: this program, started with `serve`.
//!
//! `cargo test -p errand-server --test slow -- --stall 60` lets the watcher rest for a minute.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test with a main function of its own"
)]

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _},
    process::{Child, Command, Stdio},
    time::Duration,
};

use errand_api::v1::{WatchRunRequest, WatchRunResponse, run_service_client::RunServiceClient};
use errand_domain::RunState;
use errand_server::Config;
use errand_store::Options;
use errand_testing::Postgres;
use tonic::{Streaming, transport::Channel};

use drafts::{Held, finished};
use server::{Key, Server};

#[path = "../edge/drafts.rs"]
#[expect(dead_code, reason = "the other tests use the rest")]
mod drafts;
#[path = "../edge/server.rs"]
#[expect(
    dead_code,
    unused_imports,
    unused_macros,
    reason = "the other tests use the rest"
)]
mod server;

const EVENTS: usize = 20_000;
const MOST_GROWTH_KIB: i64 = 1_024;
/// Longest time for any one event to come.
const BOUND: Duration = Duration::from_secs(60);

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some([_, url]) = arguments
        .get(1..)
        .filter(|it| it.first().is_some_and(|it| it == "serve"))
    {
        return serve(url).await;
    }
    let stall = arguments.iter().position(|it| it == "--stall");
    let stall = stall.map_or(0, |place| arguments[place + 1].parse().unwrap());
    check(Duration::from_secs(stall)).await;
}

/// Serves until its input ends.
async fn serve(url: &str) {
    let server = Server::on(Config::default(), url, Options::default()).await;
    println!("{} {}", server.address, server.key);
    let ended = || std::io::stdin().read_to_end(&mut Vec::new());
    tokio::task::spawn_blocking(ended).await.unwrap().unwrap();
}

/// The other process; ends when dropped.
struct Process {
    child: Child,
    url: String,
    key: String,
}

impl Process {
    fn start(url: &str) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["serve", url])
            // The allocator gives back what is free: what counts is what is held.
            .env("MALLOC_ARENA_MAX", "1")
            .env("MALLOC_TRIM_THRESHOLD_", "0")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        output.read_line(&mut line).unwrap();
        let (address, key) = line.trim().split_once(' ').unwrap();
        Self {
            url: format!("http://{address}"),
            key: key.to_owned(),
            child,
        }
    }

    async fn watch(&self, held: &Held) -> Streaming<WatchRunResponse> {
        // A connection of its own: one that is not read from would hold up the others.
        let channel = Channel::from_shared(self.url.clone()).unwrap();
        let channel = channel.connect().await.unwrap();
        let mut runs = RunServiceClient::with_interceptor(channel, Key::new(&self.key));
        let request = WatchRunRequest {
            run_id: held.run_id.clone(),
            ..Default::default()
        };
        runs.watch_run(request).await.unwrap().into_inner()
    }

    /// What the process has in memory that no file backs.
    fn memory_kib(&self) -> i64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|it| it.starts_with("RssAnon:"));
        let number = line.unwrap().split_whitespace().nth(1).unwrap();
        number.parse().unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        self.child.wait().unwrap();
    }
}

async fn read(stream: &mut Streaming<WatchRunResponse>, expected: usize) {
    let next = tokio::time::timeout(BOUND, stream.message()).await;
    let event = next.unwrap().unwrap().unwrap().event.unwrap();
    assert_eq!(event.sequence, i64::try_from(expected).unwrap());
}

/// Writes a long run, which a watcher reads to its end as it is written.
async fn long_run(writer: &Server, server: &Process, held: &Held) {
    let mut stream = server.watch(held).await;
    let writing = async {
        held.append_thoughts(EVENTS, &"thinking ".repeat(30)).await;
        held.append(vec![finished(RunState::Completed)]).await;
    };
    let reading = async {
        for expected in 1..=EVENTS + 4 {
            read(&mut stream, expected).await;
        }
        assert!(stream.message().await.unwrap().is_none());
    };
    tokio::join!(writing, reading);
    let run = writer.store.get_run(&writer.organization, &held.id).await;
    assert_eq!(run.unwrap().unwrap().last_sequence as usize, EVENTS + 4);
}

async fn check(stall: Duration) {
    // SQLite's cache of pages comes and goes within the process, and is larger than the bound.
    let postgres = Postgres::start().unwrap();
    let url = postgres.database().unwrap();
    let writer = Server::on(Config::default(), &url, Options::default()).await;
    let server = Process::start(&url);
    // Twice, so that connections are open and the allocator has what it wants.
    for _ in 0..2 {
        long_run(&writer, &server, &writer.running().await).await;
    }
    let held = writer.running().await;
    let mut slow = server.watch(&held).await;
    read(&mut slow, 1).await;
    let before = server.memory_kib();
    long_run(&writer, &server, &held).await;
    tokio::time::sleep(stall).await;
    let growth = server.memory_kib() - before;
    for expected in 2..=EVENTS + 4 {
        read(&mut slow, expected).await;
    }
    assert!(slow.message().await.unwrap().is_none());
    println!(
        "a watcher that rested for {} events and {} s got them all in order; the server's memory \
         grew by {growth} KiB from {before} KiB",
        EVENTS + 3,
        stall.as_secs()
    );
    assert!(
        growth <= MOST_GROWTH_KIB,
        "the server's memory grew by {growth} KiB"
    );
}
