//! What bounds a run that a language model decides: tokens, money, time, and who asked for it.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use errand_api::v1::{CancelRunRequest, FailureCategory, ModelCalled, RunStatus, RunTaskRequest};
use errand_testing::{
    Site,
    model::{Answer, Fault},
};
use serde_json::json;
use tokio::sync::Notify;

use crate::{
    flow::seed,
    model::{
        Configured, KEY, LOG_IN, PRICE, called, carry, ended, logs_in, scripted, task, wanders,
    },
    server::{follow, get, summaries},
};

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
