//! A server of a test's own, as a process, and calls to it.

use std::{
    fs,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use errand_api::v1::{
    DownloadArtifactRequest, GetRunRequest, ListArtifactsRequest, Run, RunEvent, RunTaskRequest,
    WatchRunRequest, artifact_service_client::ArtifactServiceClient,
    run_service_client::RunServiceClient,
};
use tempfile::TempDir;
use tonic::{
    Request, Status,
    metadata::AsciiMetadataValue,
    service::interceptor::{InterceptedService, Interceptor},
    transport::Channel,
};

/// Longest run of a test.
const BOUND: Duration = Duration::from_secs(120);

#[derive(Clone)]
pub struct Key(AsciiMetadataValue);

impl Interceptor for Key {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        request.metadata_mut().insert("x-api-key", self.0.clone());
        Ok(request)
    }
}

pub type Runs = RunServiceClient<InterceptedService<Channel, Key>>;

/// Killed when dropped.
pub struct Server {
    child: Child,
    pub data: PathBuf,
    pub url: String,
    _home: Option<TempDir>,
}

impl Server {
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    pub fn start_with(arguments: &[&str]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut server = Self::start_on(&home.path().join("data"), arguments);
        server._home = Some(home);
        server
    }

    /// Starts on a data folder, which may have been another server's.
    pub fn start_on(data: &Path, arguments: &[&str]) -> Self {
        let announcement = data.join("server.json");
        fs::remove_file(&announcement).ok();
        let mut command = errand();
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(data)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(if std::env::var_os("SHOW_SERVER").is_some() {
                Stdio::inherit()
            } else {
                Stdio::null()
            });
        // A signal to the test's process group must not reach it by another way.
        command.process_group(0);
        let mut child = command.spawn().unwrap();
        let started = Instant::now();
        let announced = loop {
            let text = fs::read_to_string(&announcement).unwrap_or_default();
            if let Ok(json) = serde_json::from_str::<serde_json::Value>(&text) {
                break json;
            }
            assert!(
                child.try_wait().unwrap().is_none(),
                "the server ended at its start"
            );
            assert!(
                started.elapsed() < Duration::from_secs(30),
                "the server did not start"
            );
            std::thread::sleep(Duration::from_millis(10));
        };
        let url = announced["url"].as_str().unwrap().to_owned();
        Self {
            child,
            data: data.to_owned(),
            url,
            _home: None,
        }
    }

    pub async fn runs(&self) -> Runs {
        RunServiceClient::with_interceptor(self.channel().await, self.key())
    }

    pub fn key(&self) -> Key {
        let key = fs::read_to_string(self.data.join("api-key")).unwrap();
        Key(key.trim().parse().unwrap())
    }

    pub async fn channel(&self) -> Channel {
        let channel = Channel::from_shared(self.url.clone()).unwrap();
        channel.connect().await.unwrap()
    }

    /// What a run left: types and contents, the oldest first.
    pub async fn artifacts(&self, run_id: &str) -> Vec<(String, Vec<u8>)> {
        let channel = self.channel().await;
        let mut files = ArtifactServiceClient::with_interceptor(channel, self.key());
        let request = ListArtifactsRequest {
            run_id: run_id.to_owned(),
            page_size: 100,
            ..ListArtifactsRequest::default()
        };
        let listed = files.list_artifacts(request).await.unwrap().into_inner();
        assert_eq!(listed.next_page_token, "");
        let mut kept = Vec::new();
        for artifact in listed.artifacts {
            let request = DownloadArtifactRequest {
                artifact_id: artifact.artifact_id,
                offset: 0,
            };
            let parts = files.download_artifact(request).await.unwrap();
            let mut parts = parts.into_inner();
            let mut content = Vec::new();
            while let Some(part) = parts.message().await.unwrap() {
                content.extend_from_slice(&part.data);
            }
            kept.push((artifact.artifact_type, content));
        }
        kept
    }

    /// Starts a task and follows it to its end.
    pub async fn carry(&self, request: RunTaskRequest) -> (Run, Vec<RunEvent>) {
        let mut runs = self.runs().await;
        let run = runs
            .run_task(request)
            .await
            .unwrap()
            .into_inner()
            .run
            .unwrap();
        let events = follow(&mut runs, &run.run_id, |_| false).await;
        (get(&mut runs, &run.run_id).await, events)
    }

    /// As a machine that loses the process: nothing of it can clear up.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub fn signal(&self, signal: nix::sys::signal::Signal) {
        let pid = nix::unistd::Pid::from_raw(self.child.id().cast_signed());
        nix::sys::signal::kill(pid, signal).unwrap();
    }

    /// Waits for its end by itself.
    pub fn wait(&mut self) -> std::process::ExitStatus {
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(
                started.elapsed() < Duration::from_secs(40),
                "the server did not end"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// The program, without the settings of whoever runs the tests.
pub fn errand() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_errand"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("ERRAND_") {
            command.env_remove(name);
        }
    }
    command
}

pub fn task(prompt: &str, url: &str) -> RunTaskRequest {
    RunTaskRequest {
        prompt: prompt.to_owned(),
        url: url.to_owned(),
        ..RunTaskRequest::default()
    }
}

/// The events of a run until one that fits, or the last.
pub async fn follow(
    runs: &mut Runs,
    run_id: &str,
    until: impl Fn(&RunEvent) -> bool,
) -> Vec<RunEvent> {
    let request = WatchRunRequest {
        run_id: run_id.to_owned(),
        ..WatchRunRequest::default()
    };
    let mut stream = runs.watch_run(request).await.unwrap().into_inner();
    let mut events = Vec::new();
    let reading = async {
        while let Some(answer) = stream.message().await.unwrap() {
            let event = answer.event.unwrap();
            let found = until(&event);
            events.push(event);
            if found {
                break;
            }
        }
    };
    let in_time = tokio::time::timeout(BOUND, reading).await.is_ok();
    assert!(
        in_time,
        "the run did not end; its last events: {:?}",
        summaries(&events)
    );
    for (sequence, event) in (1..).zip(&events) {
        assert_eq!(event.sequence, sequence);
    }
    events
}

pub fn summaries(events: &[RunEvent]) -> Vec<String> {
    events
        .iter()
        .map(|it| format!("{} {}: {}", it.sequence, it.kind, it.summary))
        .collect()
}

pub async fn get(runs: &mut Runs, run_id: &str) -> Run {
    let request = GetRunRequest {
        run_id: run_id.to_owned(),
    };
    runs.get_run(request)
        .await
        .unwrap()
        .into_inner()
        .run
        .unwrap()
}

/// The output as JSON, or what went wrong with all that happened.
pub fn output(run: &Run, events: &[RunEvent]) -> serde_json::Value {
    use errand_api::v1::RunStatus;
    assert_eq!(
        run.status(),
        RunStatus::Completed,
        "{}\n{:#?}",
        run.failure_reason,
        summaries(events)
    );
    serde_json::from_str(&run.output).unwrap_or_default()
}
