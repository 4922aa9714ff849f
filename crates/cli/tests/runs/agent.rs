//! Runs that a language model decides: the scripted model in place of a provider.

use std::{
    net::{Ipv4Addr, TcpListener},
    time::{Duration, Instant},
};

use errand_api::v1::{FailureCategory, GetRunTimelineRequest, RunStatus, timeline_entry::Content};
use errand_testing::{
    Site,
    model::{Answer, Fault, Wanted},
};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::json;

use crate::{
    flow::seed,
    model::{
        Configured, KEY, LOG_IN, PASSWORD, PRICE, called, carry, ended, logs_in, scripted, task,
    },
    server::{self, errand, follow, get, summaries},
};

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

    // Rules come first, so what they make of it can be told without a page or a call.
    for (goal, says) in [
        (LOG_IN, "no model is asked"),
        ("Kindly frob the widget", "a model does what they can't"),
    ] {
        let said = configured.command(&[goal, "--url", &url, "--dry-run"]);
        let out = String::from_utf8_lossy(&said.stdout);
        assert!(said.status.success() && out.contains(says), "{said:?}");
    }
    assert_eq!(model.count(), 2);

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
