//! From start to ready, and memory at rest: `errand serve` against a process that serves health
//! checks by tonic and nothing else.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::panic,
    reason = "a bench has nobody to report to"
)]

use std::{
    fs,
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tonic::transport::{Channel, Endpoint, Server};
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};

const ROUNDS: usize = 9;
const BOUND: Duration = Duration::from_secs(60);
/// How long a process rests before its memory is looked at.
const REST: Duration = Duration::from_secs(3);

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(address) = arguments.iter().skip_while(|it| *it != "empty").nth(1) {
        return empty(address.parse().unwrap()).await;
    }
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let first = errand(&data).await;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        theirs.push(nothing().await);
        ours.push(errand(&data).await);
    }
    let (ours, theirs) = (median(ours), median(theirs));
    println!(
        "start to ready: {:.1}x an empty tonic server ({:.0} ms against {:.0} ms; {:.0} ms on a new \
         data folder)",
        ours.ready / theirs.ready,
        ours.ready,
        theirs.ready,
        first.ready
    );
    println!(
        "memory at rest: {:.1}x an empty tonic server ({:.1} MiB against {:.1} MiB; without what \
         files back {:.1} against {:.1})",
        ours.resident / theirs.resident,
        ours.resident,
        theirs.resident,
        ours.anonymous,
        theirs.anonymous
    );
}

/// The process that it is compared with.
async fn empty(address: SocketAddr) {
    let (_health, service) = tonic_health::server::health_reporter();
    Server::builder()
        .add_service(service)
        .serve(address)
        .await
        .unwrap();
}

/// Milliseconds and mebibytes.
#[derive(Clone, Copy)]
struct Figures {
    ready: f64,
    resident: f64,
    anonymous: f64,
}

async fn errand(data: &Path) -> Figures {
    let mut command = Command::new(env!("CARGO_BIN_EXE_errand"));
    command
        .arg("serve")
        .arg("--data-dir")
        .arg(data)
        .arg("--listen");
    measure(command).await
}

async fn nothing() -> Figures {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.arg("empty");
    measure(command).await
}

/// Starts a process that gets its address as the last argument.
async fn measure(mut command: Command) -> Figures {
    let address = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    command
        .arg(address.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let started = Instant::now();
    let process = Process(command.spawn().unwrap());
    while !serves(address).await {
        assert!(started.elapsed() < BOUND, "the server did not start");
        tokio::time::sleep(Duration::from_micros(500)).await;
    }
    let ready = started.elapsed().as_secs_f64() * 1_000.0;
    tokio::time::sleep(REST).await;
    Figures {
        ready,
        resident: process.memory("VmRSS:"),
        anonymous: process.memory("RssAnon:"),
    }
}

/// Whether a health check is answered, over a connection of its own.
async fn serves(address: SocketAddr) -> bool {
    let endpoint: Endpoint = Channel::from_shared(format!("http://{address}")).unwrap();
    let Ok(channel) = endpoint.connect().await else {
        return false;
    };
    let request = HealthCheckRequest::default();
    HealthClient::new(channel).check(request).await.is_ok()
}

/// By the time to be ready; memory hardly differs.
fn median(mut figures: Vec<Figures>) -> Figures {
    figures.sort_by(|one, other| one.ready.total_cmp(&other.ready));
    figures[figures.len() / 2]
}

/// Ended when dropped.
struct Process(Child);

impl Process {
    fn memory(&self, name: &str) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap();
        let line = status.lines().find(|it| it.starts_with(name));
        let Some(kib) = line.and_then(|it| it.split_whitespace().nth(1)) else {
            panic!("there is no {name}");
        };
        kib.parse::<f64>().unwrap() / 1_024.0
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // In order, so that the next start finds no log of the database to repair.
        let process = Pid::from_raw(self.0.id().cast_signed());
        kill(process, Signal::SIGTERM).ok();
        self.0.wait().ok();
    }
}
