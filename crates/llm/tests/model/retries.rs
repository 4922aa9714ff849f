//! Asking again: when, after how long, and when not.

use std::time::Duration;

use errand_llm::{Kind, Meter};
use errand_testing::model::{Answer, Asked, Fault};

use crate::support::{Bench, clicks, request};

/// Plays these faults, one a request, then answers.
fn faults(faults: Vec<Fault>) -> impl Fn(&Asked) -> Answer + Send + Sync {
    move |asked| match faults.get(asked.number - 1) {
        Some(fault) => Answer::fault(fault.clone()),
        None => clicks(asked),
    }
}

fn status(status: u16, headers: &[(&str, &str)]) -> Fault {
    let owned = |it: &(&str, &str)| (it.0.to_owned(), it.1.to_owned());
    Fault::Status {
        status,
        headers: headers.iter().map(owned).collect(),
        body: "{\"error\": {\"message\": \"later\"}}".to_owned(),
    }
}

fn seconds(all: &[Duration]) -> Vec<f64> {
    all.iter().map(Duration::as_secs_f64).collect()
}

#[tokio::test]
async fn the_provider_says_how_long_to_wait() {
    let bench = Bench::new(
        "openai",
        "",
        faults(vec![
            Fault::RateLimited(Some("7".to_owned())),
            // Ten seconds after what the clock then shows.
            Fault::RateLimited(Some("Thu, 01 Jan 2026 12:00:17 GMT".to_owned())),
            status(503, &[("retry-after-ms", "250")]),
        ]),
    )
    .await;
    let call = bench.ask(&request()).await;
    assert!(call.answer.is_ok(), "{:?}", call.answer);
    assert_eq!(seconds(&bench.clock.slept()), [7.0, 10.0, 0.25]);
    let statuses: Vec<_> = call.tries.iter().map(|it| it.status.unwrap()).collect();
    assert_eq!(statuses, [429, 429, 503, 200]);
    assert_eq!(call.tries[1].waited, Duration::from_secs(7));
    let error = call.tries[0].error.as_ref().unwrap();
    assert_eq!(error.retry_after, Some(Duration::from_secs(7)));
}

#[tokio::test]
async fn waits_grow_with_chance_in_them_and_tries_are_counted() {
    let always = |_: &Asked| Answer::fault(status(529, &[]));
    let bench = Bench::new("anthropic", "", always).await;
    let call = bench.ask(&request()).await;
    let error = call.answer.unwrap_err();
    assert_eq!((error.kind, error.status), (Kind::Server, Some(529)));
    assert_eq!(call.tries.len(), 4);
    let slept = seconds(&bench.clock.slept());
    for (slept, full) in slept.iter().zip([0.5, 1.0, 2.0]) {
        assert!((full / 2.0..=full).contains(slept), "{slept} of {full}");
    }
    assert_eq!(slept.len(), 3);
}

#[tokio::test]
async fn connections_that_break_are_tried_again_and_wrong_requests_are_not() {
    for (fault, kind, tries) in [
        (Fault::Cut, Kind::Truncated, 4),
        (Fault::HalfJson, Kind::Truncated, 4),
        (status(400, &[]), Kind::BadRequest, 1),
        (status(401, &[]), Kind::Unauthorized, 1),
        (status(408, &[]), Kind::Server, 4),
        (status(409, &[]), Kind::Server, 4),
        (status(500, &[]), Kind::Server, 4),
        (status(500, &[("x-should-retry", "false")]), Kind::Server, 1),
        (Fault::Html, Kind::NotJson, 1),
        (Fault::Nothing, Kind::NotJson, 1),
    ] {
        let shown = format!("{fault:?}");
        let rule = move |_: &Asked| Answer::fault(fault.clone());
        let bench = Bench::new("openai", "", rule).await;
        let call = bench.ask(&request()).await;
        assert_eq!(call.answer.unwrap_err().kind, kind, "{shown}");
        assert_eq!(bench.server.count(), tries, "{shown}");
    }
}

#[tokio::test]
async fn no_call_outlives_its_time() {
    // A wait that is longer than the call may take is not begun.
    let rule = |_: &Asked| Answer::fault(Fault::RateLimited(Some("300".to_owned())));
    let bench = Bench::new("openai", "timeout = \"60s\"", rule).await;
    let call = bench.ask(&request()).await;
    let error = call.answer.unwrap_err();
    assert_eq!(error.kind, Kind::RateLimited);
    assert_eq!(error.retry_after, Some(Duration::from_secs(300)));
    assert!(bench.clock.slept().is_empty());

    let slow = |_: &Asked| Answer::say("late").with(Fault::Slow(Duration::from_secs(60)));
    let bench = Bench::new("openai", "", slow).await;
    let mut question = request();
    question.timeout = Some(Duration::from_millis(100));
    let meter = Meter::unlimited();
    let call = bench.metered(&question, &meter).await;
    assert_eq!(call.answer.unwrap_err().kind, Kind::Deadline);
    assert_eq!(call.tries.len(), 1);
    // It may have been charged.
    assert!(meter.spent().cost_is_partial);
}

#[tokio::test]
async fn limits_that_are_announced_or_set_are_kept() {
    let headers = |wait: &'static str| {
        move |asked: &Asked| {
            let left = [
                ("x-ratelimit-remaining-requests".to_owned(), "0".to_owned()),
                ("x-ratelimit-reset-requests".to_owned(), wait.to_owned()),
            ];
            clicks(asked).with(Fault::Headers(left.to_vec()))
        }
    };
    let bench = Bench::new("openai", "", headers("1m2.5s")).await;
    for _ in 0..2 {
        bench.ask(&request()).await.answer.unwrap();
    }
    // At most a minute: beyond, the provider is asked.
    assert_eq!(seconds(&bench.clock.slept()), [60.0]);

    let anthropic = |asked: &Asked| {
        let left = [
            (
                "anthropic-ratelimit-input-tokens-remaining".to_owned(),
                "3".to_owned(),
            ),
            (
                "anthropic-ratelimit-input-tokens-reset".to_owned(),
                "2026-01-01T12:00:20Z".to_owned(),
            ),
        ];
        clicks(asked).with(Fault::Headers(left.to_vec()))
    };
    let bench = Bench::new("anthropic", "", anthropic).await;
    for _ in 0..2 {
        bench.ask(&request()).await.answer.unwrap();
    }
    assert_eq!(seconds(&bench.clock.slept()), [20.0]);

    let bench = Bench::new("openai", "rpm = 2", clicks).await;
    for _ in 0..3 {
        bench.ask(&request()).await.answer.unwrap();
    }
    assert_eq!(seconds(&bench.clock.slept()), [60.0]);

    let bench = Bench::new("openai", "tpm = 90\ntimeout = \"30s\"", clicks).await;
    bench.ask(&request()).await.answer.unwrap();
    let error = bench.ask(&request()).await.answer.unwrap_err();
    assert_eq!((error.kind, bench.server.count()), (Kind::RateLimited, 1));
}
