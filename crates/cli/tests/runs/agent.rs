//! Runs that a language model decides: the scripted model in place of a provider.

use std::{
    net::{Ipv4Addr, TcpListener},
    os::unix::fs::DirBuilderExt as _,
    process::Output,
    sync::Arc,
    time::{Duration, Instant},
};

use errand_api::v1::{
    CancelRunRequest, FailureCategory, GetRunTimelineRequest, ModelCalled, Run, RunEvent,
    RunStatus, RunTaskRequest, run_event::Body, timeline_entry::Content,
};
use errand_testing::{
    ScriptedModel, Site,
    model::{Answer, Asked, Fault, Options, Wanted},
};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::json;
use tempfile::TempDir;
use tokio::sync::Notify;

use crate::{
    flow::seed,
    server::{self, Server, errand, follow, get, summaries},
};

const KEY: &str = "sk-test-0123456789abcdef";
const PASSWORD: &str = "errand-demo";
const LOG_IN: &str = "Log in with username 'demo@example.com' and password 'errand-demo'";

/// A server whose one model is at this address.
struct Configured {
    server: Server,
    _home: TempDir,
}

impl Configured {
    fn start(base_url: &str, key: &str, price: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        let data = home.path().join("data");
        let mut folder = std::fs::DirBuilder::new();
        folder.mode(0o700).create(&data).unwrap();
        let settings = format!(
            "[llm.models.main]\nmodel = \"gpt-test\"\nbase_url = \"{base_url}\"\n\
             api_key = \"{key}\"\nmax_output_tokens = 1000\n{price}\n"
        );
        std::fs::write(data.join("errand.toml"), settings).unwrap();
        Self {
            server: Server::start_on(&data, &["--drain", "1s"]),
            _home: home,
        }
    }

    /// Stops the server and starts another one on its data.
    fn restart(&mut self) {
        self.stop();
        self.start_again();
    }

    fn stop(&mut self) {
        self.server.signal(Signal::SIGTERM);
        self.server.wait();
    }

    fn start_again(&mut self) {
        self.server = Server::start_on(&self.server.data, &["--drain", "1s"]);
    }

    /// `errand run` against this server.
    fn command(&self, arguments: &[&str]) -> Output {
        errand()
            .args(["run", "--data-dir"])
            .arg(&self.server.data)
            .args(arguments)
            .output()
            .unwrap()
    }
}

const PRICE: &str = "price = { input = 2.0, cached_input = 0.5, output = 8.0 }";

async fn scripted(rule: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> ScriptedModel {
    let options = Options {
        key: Some(KEY.to_owned()),
        models: Vec::new(),
    };
    ScriptedModel::with(options, rule).await.unwrap()
}

/// A task for the engine `agent`.
fn task(prompt: &str, url: &str) -> RunTaskRequest {
    RunTaskRequest {
        engine: "agent".to_owned(),
        ..server::task(prompt, url)
    }
}

/// Everything that was said about the page so far.
fn shown(asked: &Asked) -> String {
    let said = asked.said.iter().flat_map(|it| {
        let results = it.results.iter().map(|it| it.text.as_str());
        results.chain([it.text.as_str()]).collect::<Vec<_>>()
    });
    said.collect::<Vec<_>>().join("\n")
}

/// The id of the element that was seen last in a line that fits.
fn id(page: &str, fits: impl Fn(&str) -> bool) -> String {
    let lines = page.lines().map(|it| it.trim_start_matches(['+', ' ']));
    let ids = lines.filter_map(|line| {
        let (id, rest) = line.strip_prefix('[')?.split_once("] ")?;
        fits(rest).then(|| id.to_owned())
    });
    ids.last()
        .unwrap_or_else(|| panic!("not found in:\n{page}"))
}

/// Logs in to the demo portal, whatever its fields are called this time.
fn logs_in(asked: &Asked) -> Answer {
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
fn wanders(from: String) -> impl Fn(&Asked) -> Answer + Send + Sync + 'static {
    move |asked| {
        let next = format!("{from}?page={}", asked.number);
        let actions = json!([{"do": "navigate", "url": next}]);
        Answer::call(
            "act",
            &json!({ "thought": "once more", "actions": actions }),
        )
    }
}

async fn carry(server: &Server, request: RunTaskRequest) -> (Run, Vec<RunEvent>) {
    let (run, events) = server.carry(request).await;
    let told = format!("{run:?} {events:?}");
    assert!(!told.contains(KEY), "the key was told: {told}");
    (run, events)
}

fn called(events: &[RunEvent]) -> Vec<&ModelCalled> {
    let calls = events.iter().filter_map(|it| match &it.body {
        Some(Body::ModelCalled(call)) => Some(call),
        _ => None,
    });
    calls.collect()
}

#[track_caller]
fn ended(run: &Run, events: &[RunEvent], status: RunStatus, category: FailureCategory) {
    assert_eq!(
        (run.status(), run.failure_category()),
        (status, category),
        "{}\n{:#?}",
        run.failure_reason,
        summaries(events)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_logs_in_and_what_it_used_is_counted() {
    let site = Site::start(seed()).await.unwrap();
    let model = scripted(logs_in).await;
    let configured = Configured::start(&model.openai_url(), KEY, PRICE);
    let server = &configured.server;
    let url = site.url("/portal/login");
    let (run, events) = carry(server, task(LOG_IN, &url)).await;
    ended(
        &run,
        &events,
        RunStatus::Completed,
        FailureCategory::Unspecified,
    );
    assert_eq!(run.engine, "agent");
    assert_eq!(run.engine_reason, "the request names it");

    let calls = called(&events);
    let roles: Vec<&str> = calls.iter().map(|it| it.role.as_str()).collect();
    assert_eq!(roles, ["decide", "verify"]);
    assert_eq!(model.count(), 2);
    let usage = run.usage.unwrap();
    assert_eq!(usage.model_calls, 2);
    assert!(usage.input_tokens > 500 && usage.output_tokens > 20);
    let plain = usage.input_tokens - usage.cached_input_tokens;
    // In halves of a millionth: the prices are 2, 0.5 and 8 a million.
    let cost = plain * 4 + usage.cached_input_tokens + usage.output_tokens * 16;
    let told = usage.cost_micros.unwrap() * 2;
    assert!((cost - told).abs() <= 2, "{cost} {told}");
    assert!(!usage.cost_is_partial);

    let mut runs = server.runs().await;
    let request = GetRunTimelineRequest {
        run_id: run.run_id.clone(),
        ..GetRunTimelineRequest::default()
    };
    let timeline = runs.get_run_timeline(request).await.unwrap().into_inner();
    let under_steps = timeline.entries.iter().map(|it| match &it.content {
        Some(Content::Step(step)) => step.model_calls.len(),
        None => 0,
    });
    assert_eq!(under_steps.sum::<usize>(), 2);

    let kept = server.artifacts(&run.run_id).await;
    for kind in [
        "llm_prompt",
        "llm_request",
        "llm_response",
        "llm_response_parsed",
    ] {
        assert_eq!(kept.iter().filter(|it| it.0 == kind).count(), 2, "{kind}");
    }
    for (kind, content) in kept.iter().filter(|it| it.0.starts_with("llm_")) {
        let text = String::from_utf8_lossy(content);
        assert!(
            !text.contains(PASSWORD) && !text.contains(KEY),
            "{kind}: {text}"
        );
    }

    // The same at the command line, as a person sees it.
    let said = configured.command(&[
        LOG_IN,
        "--url",
        &url,
        "--engine",
        "agent",
        "--max-tokens",
        "100000",
        "--max-cost",
        "0.5",
    ]);
    let err = String::from_utf8_lossy(&said.stderr);
    assert!(said.status.success(), "{err}");
    assert!(
        err.contains("2 model calls: ") && err.contains("$0.0"),
        "{err}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_knows_the_start_and_rules_do_what_they_can() {
    let site = Site::start(seed()).await.unwrap();
    let login = site.url("/portal/login");
    let start = login.clone();
    let model = scripted(move |asked| {
        let Wanted::Json(schema) = &asked.wanted else {
            return Answer::fault(Fault::Nothing);
        };
        if schema["properties"].get("parts").is_none() {
            return logs_in(asked);
        }
        let part = json!({ "goal": LOG_IN, "output": false });
        Answer::json(json!({ "parts": [part], "start_url": start }))
    })
    .await;
    let configured = Configured::start(&model.openai_url(), KEY, PRICE);
    let (run, events) = carry(&configured.server, server::task(LOG_IN, "")).await;
    ended(
        &run,
        &events,
        RunStatus::Completed,
        FailureCategory::Unspecified,
    );
    assert_eq!(run.engine, "planner");
    assert!(run.engine_reason.contains("a language model is configured"));
    let roles: Vec<&str> = called(&events).iter().map(|it| it.role.as_str()).collect();
    assert_eq!(roles, ["plan", "verify"]);

    // Where a page is open, this goal needs no model at all.
    let (run, events) = carry(&configured.server, server::task(LOG_IN, &login)).await;
    ended(
        &run,
        &events,
        RunStatus::Completed,
        FailureCategory::Unspecified,
    );
    assert_eq!(run.usage.unwrap().model_calls, 0);

    let lost = scripted(|_| {
        let part = json!({ "goal": LOG_IN, "output": false });
        Answer::json(json!({ "parts": [part], "start_url": null }))
    });
    let lost = lost.await;
    let configured = Configured::start(&lost.openai_url(), KEY, "");
    let (run, events) = carry(&configured.server, server::task(LOG_IN, "")).await;
    let category = FailureCategory::InputInvalid;
    ended(&run, &events, RunStatus::Failed, category);
    assert!(
        run.failure_reason.contains("set url"),
        "{}",
        run.failure_reason
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_ends_before_it_crosses_a_bound() {
    /// Tokens, and millionths of a dollar.
    const MOST: i64 = 25_000;
    let site = Site::start(seed()).await.unwrap();
    let model = scripted(wanders(site.url("/news"))).await;
    let configured = Configured::start(&model.openai_url(), KEY, PRICE);
    let bounded = RunTaskRequest {
        max_steps: Some(200),
        ..task("Find the lighthouse", &site.url("/news"))
    };
    let tokens = RunTaskRequest {
        max_tokens: Some(MOST),
        ..bounded.clone()
    };
    let cost = RunTaskRequest {
        max_cost_micros: Some(MOST),
        ..bounded
    };
    for (request, name) in [(tokens, "max_tokens"), (cost, "max_cost")] {
        let (run, events) = carry(&configured.server, request).await;
        ended(&run, &events, RunStatus::TimedOut, FailureCategory::Budget);
        assert!(run.failure_reason.contains(name), "{}", run.failure_reason);
        let mut calls = called(&events);
        // The call that was not made says so, and counts nothing.
        let stopped = calls.pop().unwrap();
        assert_eq!((stopped.tries, stopped.input_tokens), (0, 0));
        let usage = run.usage.unwrap();
        assert_eq!(usage.model_calls, i32::try_from(calls.len()).unwrap());
        let used = |calls: &[&ModelCalled]| match name {
            "max_tokens" => calls
                .iter()
                .map(|it| it.input_tokens + it.output_tokens)
                .sum(),
            _ => calls.iter().filter_map(|it| it.cost_micros).sum::<i64>(),
        };
        // A prompt is only estimated before it is sent.
        assert!(used(&calls) < MOST * 11 / 10, "{usage:?}");
        assert!(used(&calls[..calls.len() - 1]) < MOST, "{usage:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_used_before_a_hand_over_counts_after_it() {
    let site = Site::start(seed()).await.unwrap();
    let wander = wanders(site.url("/news"));
    let asked_again = Arc::new(Notify::new());
    let told = asked_again.clone();
    let model = scripted(move |asked| match asked.number {
        1 => Answer::call("give_up", &json!({ "why": "other", "reason": "no" })),
        3 => {
            told.notify_one();
            Answer::fault(Fault::Slow(Duration::from_secs(60)))
        }
        _ => wander(asked),
    })
    .await;
    let mut configured = Configured::start(&model.openai_url(), KEY, PRICE);
    let request = task("Find the lighthouse", &site.url("/news"));
    let (run, _) = carry(&configured.server, request.clone()).await;
    let usage = run.usage.unwrap();
    // Enough for two such calls, not for three.
    let most = (usage.input_tokens + usage.output_tokens) * 24 / 10;
    let request = RunTaskRequest {
        max_tokens: Some(most),
        ..request
    };
    let mut runs = configured.server.runs().await;
    let made = runs.run_task(request).await.unwrap().into_inner();
    let run_id = made.run.unwrap().run_id;
    let waited = tokio::time::timeout(Duration::from_secs(60), asked_again.notified()).await;
    assert!(waited.is_ok(), "the model was not asked a second time");
    configured.restart();
    let mut runs = configured.server.runs().await;
    let events = follow(&mut runs, &run_id, |_| false).await;
    let run = get(&mut runs, &run_id).await;
    ended(&run, &events, RunStatus::TimedOut, FailureCategory::Budget);
    assert_eq!(run.attempt, 2);
    assert_eq!(model.count(), 4, "{:#?}", summaries(&events));
    assert_eq!(run.usage.unwrap().model_calls, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_takes_its_time_holds_nobody_up() {
    let site = Site::start(seed()).await.unwrap();
    let model = scripted(|_| Answer::fault(Fault::Slow(Duration::from_secs(60)))).await;
    let configured = Configured::start(&model.openai_url(), KEY, PRICE);
    let request = task("Find the lighthouse", &site.url("/news"));
    let hurried = RunTaskRequest {
        timeout: Some(prost_types::Duration {
            seconds: 3,
            nanos: 0,
        }),
        ..request.clone()
    };
    let started = Instant::now();
    let (run, events) = carry(&configured.server, hurried).await;
    let category = FailureCategory::Deadline;
    ended(&run, &events, RunStatus::TimedOut, category);

    let before = model.count();
    let mut runs = configured.server.runs().await;
    let made = runs.run_task(request).await.unwrap().into_inner();
    let run_id = made.run.unwrap().run_id;
    while model.count() == before {
        assert!(
            started.elapsed() < Duration::from_secs(30),
            "it was not asked"
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let cancel = CancelRunRequest {
        run_id: run_id.clone(),
        reason: "enough".to_owned(),
    };
    runs.cancel_run(cancel).await.unwrap();
    let events = follow(&mut runs, &run_id, |_| false).await;
    let run = get(&mut runs, &run_id).await;
    let category = FailureCategory::StoppedByCaller;
    ended(&run, &events, RunStatus::Terminated, category);
    assert!(
        started.elapsed() < Duration::from_secs(40),
        "it was waited for"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_whose_model_was_taken_away_says_what_to_set() {
    let mut configured = Configured::start("http://127.0.0.1:9/v1", KEY, "");
    let folder = configured.server.data.clone();
    configured.stop();
    let settings = std::fs::read_to_string(folder.join("errand.toml")).unwrap();
    let idle = format!("browsers = 0\n{settings}");
    std::fs::write(folder.join("errand.toml"), idle).unwrap();
    configured.start_again();
    let mut runs = configured.server.runs().await;
    let request = task(LOG_IN, "http://127.0.0.1:9/");
    let made = runs.run_task(request).await.unwrap().into_inner();
    let run_id = made.run.unwrap().run_id;
    configured.stop();
    std::fs::write(folder.join("errand.toml"), "").unwrap();
    configured.start_again();
    let mut runs = configured.server.runs().await;
    let events = follow(&mut runs, &run_id, |_| false).await;
    let run = get(&mut runs, &run_id).await;
    ended(
        &run,
        &events,
        RunStatus::Failed,
        FailureCategory::ModelError,
    );
    let told = &run.failure_reason;
    assert!(told.contains("ERRAND_LLM_MODEL"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bound_of_the_cost_needs_a_price() {
    let model = scripted(logs_in).await;
    let configured = Configured::start(&model.openai_url(), KEY, "");
    let arguments = [LOG_IN, "--url", "http://127.0.0.1:1/", "--max-cost", "1"];
    let said = configured.command(&arguments);
    let err = String::from_utf8_lossy(&said.stderr);
    assert_eq!(said.status.code(), Some(2), "{err}");
    assert!(err.contains("llm.models.main.price"), "{err}");
    assert_eq!(model.count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_can_not_be_used_is_named_and_its_key_is_not() {
    let site = Site::start(seed()).await.unwrap();
    let model = scripted(|_| Answer::fault(Fault::Html)).await;
    let url = model.openai_url();
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let nobody = format!("http://{}/v1", free.local_addr().unwrap());
    drop(free);
    for (base_url, key, told) in [
        (
            &url,
            "sk-wrong-9876543210fedcba",
            "Incorrect API key provided",
        ),
        (&url, KEY, "Sign in to the proxy"),
        (&nobody, KEY, "can't be reached"),
    ] {
        let configured = Configured::start(base_url, key, "");
        let (run, events) = carry(&configured.server, task(LOG_IN, &site.url("/"))).await;
        ended(
            &run,
            &events,
            RunStatus::Failed,
            FailureCategory::ModelError,
        );
        assert!(run.failure_reason.contains(told), "{}", run.failure_reason);
        let all = format!("{run:?} {events:?}");
        assert!(!all.contains(key), "{all}");
        let usage = run.usage.unwrap();
        assert_eq!(usage.model_calls, 1, "{:#?}", summaries(&events));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_started_for_a_run_takes_the_models_of_the_environment() {
    let site = Site::start(seed()).await.unwrap();
    let model = scripted(logs_in).await;
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("data");
    let url = site.url("/portal/login");
    let run = |variables: &[(&str, &str)]| {
        let mut command = errand();
        command.args([
            "run",
            LOG_IN,
            "--url",
            &url,
            "--engine",
            "agent",
            "--data-dir",
        ]);
        let command = command.arg(&data).envs(variables.iter().copied());
        command.output().unwrap()
    };
    let base_url = model.openai_url();
    let shared = [
        ("ERRAND_LLM_MODEL", "gpt-test"),
        ("ERRAND_LLM_API_KEY", KEY),
    ];
    let wrong = [
        ("ERRAND_LLM_BASE_URL", "nowhere"),
        ("ERRAND_LLM_MAX_OUTPUT_TOKENS", "0"),
    ];
    let said = run(&[shared, wrong].concat());
    let err = String::from_utf8_lossy(&said.stderr);
    assert_eq!(said.status.code(), Some(2), "{err}");
    for setting in ["base_url", "max_output_tokens"] {
        assert!(err.contains(setting), "{setting}: {err}");
    }
    assert!(!err.contains(KEY), "{err}");

    let said = run(&[&shared[..], &[("ERRAND_LLM_BASE_URL", &base_url)]].concat());
    let err = String::from_utf8_lossy(&said.stderr);
    assert!(said.status.success(), "{err}");
    assert!(err.contains("2 model calls: "), "{err}");
    assert!(err.contains("at a cost that is not known"), "{err}");

    let announced = std::fs::read_to_string(data.join("server.json")).unwrap();
    let announced: serde_json::Value = serde_json::from_str(&announced).unwrap();
    let pid = i32::try_from(announced["pid"].as_i64().unwrap()).unwrap();
    kill(Pid::from_raw(pid), Signal::SIGTERM).unwrap();
    let started = Instant::now();
    while data.join("server.json").exists() {
        assert!(
            started.elapsed() < Duration::from_secs(30),
            "it did not stop"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}
