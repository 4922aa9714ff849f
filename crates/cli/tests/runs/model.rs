//! A server with a scripted model, and what models say to errands on the demo site.

use std::{os::unix::fs::DirBuilderExt as _, process::Output};

use errand_api::v1::{
    FailureCategory, ModelCalled, Run, RunEvent, RunStatus, RunTaskRequest, run_event::Body,
};
use errand_testing::{
    ScriptedModel,
    model::{Answer, Asked, Options, Wanted},
};
use nix::sys::signal::Signal;
use serde_json::json;
use tempfile::TempDir;

use crate::server::{self, Server, errand, summaries};

pub const KEY: &str = "sk-test-0123456789abcdef";
pub const PASSWORD: &str = "errand-demo";
pub const LOG_IN: &str = "Log in with username 'demo@example.com' and password 'errand-demo'";

/// A server whose one model is at this address.
pub struct Configured {
    pub server: Server,
    _home: TempDir,
}

impl Configured {
    pub fn start(base_url: &str, key: &str, price: &str) -> Self {
        Self::start_set(base_url, key, price, "")
    }

    /// The same with more settings.
    pub fn start_set(base_url: &str, key: &str, price: &str, more: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        let data = home.path().join("data");
        let mut folder = std::fs::DirBuilder::new();
        folder.mode(0o700).create(&data).unwrap();
        let settings = format!(
            "{more}[llm.models.main]\nmodel = \"gpt-test\"\nbase_url = \"{base_url}\"\n\
             api_key = \"{key}\"\nmax_output_tokens = 1000\n{price}\n"
        );
        std::fs::write(data.join("errand.toml"), settings).unwrap();
        Self {
            server: Server::start_on(&data, &["--drain", "1s"]),
            _home: home,
        }
    }

    /// Stops the server and starts another one on its data.
    pub fn restart(&mut self) {
        self.stop();
        self.start_again();
    }

    pub fn stop(&mut self) {
        self.server.signal(Signal::SIGTERM);
        self.server.wait();
    }

    pub fn start_again(&mut self) {
        self.server = Server::start_on(&self.server.data, &["--drain", "1s"]);
    }

    /// `errand run` against this server.
    pub fn command(&self, arguments: &[&str]) -> Output {
        errand()
            .args(["run", "--data-dir"])
            .arg(&self.server.data)
            .args(arguments)
            .output()
            .unwrap()
    }
}

pub const PRICE: &str = "price = { input = 2.0, cached_input = 0.5, output = 8.0 }";

pub async fn scripted(rule: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> ScriptedModel {
    let options = Options {
        key: Some(KEY.to_owned()),
        models: Vec::new(),
    };
    ScriptedModel::with(options, rule).await.unwrap()
}

/// A task for the engine `agent`.
pub fn task(prompt: &str, url: &str) -> RunTaskRequest {
    RunTaskRequest {
        engine: "agent".to_owned(),
        ..server::task(prompt, url)
    }
}

/// Everything that was said about the page so far.
pub fn shown(asked: &Asked) -> String {
    let said = asked.said.iter().flat_map(|it| {
        let results = it.results.iter().map(|it| it.text.as_str());
        results.chain([it.text.as_str()]).collect::<Vec<_>>()
    });
    said.collect::<Vec<_>>().join("\n")
}

/// The id of the element that was seen last in a line that fits.
pub fn id(page: &str, fits: impl Fn(&str) -> bool) -> String {
    let lines = page.lines().map(|it| it.trim_start_matches(['+', ' ']));
    let ids = lines.filter_map(|line| {
        let (id, rest) = line.strip_prefix('[')?.split_once("] ")?;
        fits(rest).then(|| id.to_owned())
    });
    ids.last()
        .unwrap_or_else(|| panic!("not found in:\n{page}"))
}

/// Logs in to the demo portal, whatever its fields are called this time.
pub fn logs_in(asked: &Asked) -> Answer {
    if matches!(asked.wanted, Wanted::Json(_)) {
        let clauses = ["demo@example.com", "/portal/dashboard"]
            .map(|quote| json!({ "clause": quote, "holds": "yes", "quote": quote }));
        return Answer::json(json!({ "clauses": clauses }));
    }
    let page = shown(asked);
    let is_secret = |it: &str| it.contains("type=password");
    let user = id(&page, |it| it.starts_with("textbox") && !is_secret(it));
    let secret = id(&page, is_secret);
    let actions = json!([
        {"do": "type", "id": user, "text": "demo@example.com"},
        {"do": "type", "id": secret, "text": PASSWORD},
        {"do": "press", "id": secret, "values": ["Enter"]}
    ]);
    let claims = json!([{"clause": "logged in", "by": "url", "is": "/portal/dashboard"}]);
    let done = json!({ "summary": "Logged in.", "claims": claims });
    Answer::call("act", &json!({ "thought": "the form", "actions": actions }))
        .and_call("done", &done)
}

/// Goes on for ever, to another page each time.
pub fn wanders(from: String) -> impl Fn(&Asked) -> Answer + Send + Sync + 'static {
    move |asked| {
        let next = format!("{from}?page={}", asked.number);
        let actions = json!([{"do": "navigate", "url": next}]);
        Answer::call(
            "act",
            &json!({ "thought": "once more", "actions": actions }),
        )
    }
}

pub async fn carry(server: &Server, request: RunTaskRequest) -> (Run, Vec<RunEvent>) {
    let (run, events) = server.carry(request).await;
    let told = format!("{run:?} {events:?}");
    assert!(!told.contains(KEY), "the key was told: {told}");
    (run, events)
}

pub fn called(events: &[RunEvent]) -> Vec<&ModelCalled> {
    let calls = events.iter().filter_map(|it| match &it.body {
        Some(Body::ModelCalled(call)) => Some(call),
        _ => None,
    });
    calls.collect()
}

#[track_caller]
pub fn ended(run: &Run, events: &[RunEvent], status: RunStatus, category: FailureCategory) {
    assert_eq!(
        (run.status(), run.failure_category()),
        (status, category),
        "{}\n{:#?}",
        run.failure_reason,
        summaries(events)
    );
}
