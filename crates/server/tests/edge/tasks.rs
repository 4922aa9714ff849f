//! RunTask: what is accepted, and what is refused with every reason.

use std::{collections::HashMap, time::SystemTime};

use errand_api::v1::{
    GetRunRequest, ListRunsRequest, RunDetail, RunStatus, RunTaskRequest, WatchRunsRequest,
};
use errand_domain::RunId;
use prost_types::{Duration, Timestamp};
use tonic::Status;

use crate::{
    refusal::invalid,
    server::{Server, on_both_databases},
};

on_both_databases!(
    a_task_becomes_a_queued_run,
    a_request_that_is_only_checked_creates_nothing,
);

pub fn task() -> RunTaskRequest {
    RunTaskRequest {
        prompt: "Get the heading".to_owned(),
        url: "https://a.example/".to_owned(),
        ..RunTaskRequest::default()
    }
}

fn map(entries: &[(&str, &str)]) -> HashMap<String, String> {
    entries
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

fn in_an_hour() -> Timestamp {
    SystemTime::now()
        .checked_add(std::time::Duration::from_secs(3_600))
        .unwrap()
        .into()
}

/// Everything that can be asked for.
fn full() -> RunTaskRequest {
    RunTaskRequest {
        prompt: "Get the number and the price of each".to_owned(),
        url: "https://a.example/x?y=1".to_owned(),
        engine: "local".to_owned(),
        data_extraction_schema: r#"{"type":"object","properties":{"n":{"type":"number"}}}"#
            .to_owned(),
        max_steps: Some(7),
        timeout: Some(Duration {
            seconds: 90,
            nanos: 500_000_000,
        }),
        not_after: Some(in_an_hour()),
        title: "Prices ✓".to_owned(),
        user_agent: "Test/1.0".to_owned(),
        extra_http_headers: map(&[("x-one", "1")]),
        labels: map(&[("team", "blue"), ("a/b.c_d-e", "")]),
        detail: RunDetail::Debug.into(),
        priority: -5,
        ..RunTaskRequest::default()
    }
}

async fn a_task_becomes_a_queued_run(server: Server) {
    let asked = full();
    let mut runs = server.runs();
    let answer = runs.run_task(asked.clone()).await.unwrap();
    let run = answer.into_inner().run.unwrap();
    assert!(run.run_id.starts_with("tsk_"));
    assert_eq!(run.status(), RunStatus::Queued);
    assert_eq!(run.queue_position, 1);
    assert!(!run.queued_reason.is_empty());
    assert_eq!(
        (run.run_type.as_str(), run.engine.as_str()),
        ("task", "local")
    );
    assert_eq!((run.last_sequence, run.attempt), (2, 0));
    assert_eq!(run.organization_id, server.organization.as_str());
    let mut accepted = run.run_request.clone().unwrap();
    // The database keeps microseconds.
    let mut expected = asked;
    let nanos = &mut expected.not_after.as_mut().unwrap().nanos;
    *nanos -= *nanos % 1_000;
    assert_eq!(accepted, expected);

    let run_id = run.run_id.clone();
    let read = runs.get_run(GetRunRequest { run_id }).await.unwrap();
    assert_eq!(read.into_inner().run.unwrap(), run);

    // The start is taken from the prompt, and an engine may be called by its other name.
    let second = RunTaskRequest {
        prompt: "Open b.example/shop. Get the heading.".to_owned(),
        request_id: "not echoed".to_owned(),
        ..RunTaskRequest::default()
    };
    let run = runs
        .run_task(second)
        .await
        .unwrap()
        .into_inner()
        .run
        .unwrap();
    accepted = run.run_request.unwrap();
    assert_eq!(accepted.url, "https://b.example/shop");
    assert_eq!(
        (accepted.engine.as_str(), accepted.request_id.as_str()),
        ("", "")
    );
    // Of higher priority than the first.
    assert_eq!(run.queue_position, 1);
    assert!(run.engine_reason.contains("no engine was named"));
}

async fn a_request_that_is_only_checked_creates_nothing(server: Server) {
    let request = RunTaskRequest {
        validate_only: true,
        request_id: "checked".to_owned(),
        ..full()
    };
    let mut runs = server.runs();
    let run = runs
        .run_task(request)
        .await
        .unwrap()
        .into_inner()
        .run
        .unwrap();
    assert_eq!(run.run_id, "");
    assert_eq!(run.status(), RunStatus::Queued);
    assert_eq!(run.run_request.unwrap().max_steps, Some(7));
    let list = runs.list_runs(ListRunsRequest::default()).await.unwrap();
    assert!(list.into_inner().runs.is_empty());
    let ahead = WatchRunsRequest {
        after_change: Some(1),
    };
    assert!(
        runs.watch_runs(ahead).await.is_err(),
        "a change was counted"
    );

    let wrong = RunTaskRequest {
        validate_only: true,
        ..RunTaskRequest::default()
    };
    invalid(runs.run_task(wrong).await.unwrap_err(), &["prompt", "url"]);
}

async fn refused(server: &Server, request: RunTaskRequest) -> Status {
    let answer = server.runs().run_task(request).await;
    answer.map(|it| panic!("accepted: {it:?}")).unwrap_err()
}

#[tokio::test]
async fn every_violation_is_told_at_once() {
    let server = Server::start().await;
    let request = RunTaskRequest {
        prompt: " \n".to_owned(),
        url: "ftp://a.example".to_owned(),
        engine: "magic".to_owned(),
        data_extraction_schema: "{".to_owned(),
        max_steps: Some(0),
        timeout: Some(Duration {
            seconds: -1,
            nanos: 0,
        }),
        not_after: Some(Timestamp {
            seconds: 1,
            nanos: 0,
        }),
        title: "t".repeat(201),
        user_agent: "line\nbreak".to_owned(),
        extra_http_headers: map(&[("host", "a"), ("a b", "c")]),
        labels: map(&[("Upper", "a")]),
        detail: 9,
        priority: 101,
        request_id: "r".repeat(129),
        webhook_url: "https://a.example/hook".to_owned(),
        ..RunTaskRequest::default()
    };
    let fields = [
        "prompt",
        "engine",
        "url",
        "data_extraction_schema",
        "max_steps",
        "timeout",
        "not_after",
        "title",
        "user_agent",
        "extra_http_headers[\"a b\"]",
        "extra_http_headers[\"host\"]",
        "labels[\"Upper\"]",
        "detail",
        "priority",
        "request_id",
        "webhook_url",
    ];
    let mut expected = fields.to_vec();
    let refusal = crate::refusal::refused(
        refused(&server, request).await,
        tonic::Code::InvalidArgument,
        "INVALID_REQUEST",
    );
    let mut found = refusal.fields();
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
    assert!(
        refusal.message.ends_with("(and 15 more)"),
        "{}",
        refusal.message
    );
    let list = server.runs().list_runs(ListRunsRequest::default()).await;
    assert!(list.unwrap().into_inner().runs.is_empty());
}

type Spoil = Box<dyn Fn(&mut RunTaskRequest)>;

#[tokio::test]
async fn each_bad_input_is_named_and_explained() {
    let server = Server::start().await;
    let big = format!("{{\"description\":\"{}\"}}", "x".repeat(17 * 1024));
    let cases: Vec<(&str, &str, Spoil)> = vec![
        ("prompt", "is empty", Box::new(|it| it.prompt.clear())),
        (
            "prompt",
            "at most 32000",
            Box::new(|it| it.prompt = "x".repeat(32_001)),
        ),
        ("url", "names no URL", Box::new(|it| it.url.clear())),
        (
            "url",
            "no absolute http",
            Box::new(|it| it.url = "a.example".into()),
        ),
        (
            "url",
            "must begin with http",
            Box::new(|it| it.url = "file:///etc/passwd".into()),
        ),
        (
            "url",
            "must begin with http",
            Box::new(|it| it.url = "javascript:alert(1)".into()),
        ),
        (
            "url",
            "user name or password",
            Box::new(|it| it.url = "http://me:pw@a.example".into()),
        ),
        (
            "url",
            "metadata",
            Box::new(|it| it.url = "http://169.254.169.254/latest".into()),
        ),
        (
            "url",
            "metadata",
            Box::new(|it| it.url = "http://0xa9fea9fe/".into()),
        ),
        (
            "url",
            "metadata",
            Box::new(|it| it.url = "http://[::ffff:169.254.169.254]/".into()),
        ),
        (
            "url",
            "metadata",
            Box::new(|it| it.url = "http://METADATA.google.internal./".into()),
        ),
        (
            "prompt",
            "can't be opened",
            Box::new(|it| {
                it.url.clear();
                it.prompt = "Open http://169.254.169.254/ and get the heading".into();
            }),
        ),
        (
            "url",
            "longer than",
            Box::new(|it| it.url = format!("http://a.example/{}", "x".repeat(9_000))),
        ),
        (
            "engine",
            "there is no engine",
            Box::new(|it| it.engine = "computer".into()),
        ),
        (
            "data_extraction_schema",
            "is no JSON",
            Box::new(|it| it.data_extraction_schema = "{,}".into()),
        ),
        (
            "data_extraction_schema",
            "must be an object",
            Box::new(|it| it.data_extraction_schema = "[1]".into()),
        ),
        (
            "data_extraction_schema",
            "is no JSON Schema",
            Box::new(|it| it.data_extraction_schema = r#"{"type":"strin"}"#.into()),
        ),
        (
            "data_extraction_schema",
            "another document",
            Box::new(|it| {
                it.data_extraction_schema =
                    r#"{"properties":{"a":{"$ref":"https://a.example/s.json"}}}"#.into();
            }),
        ),
        (
            "data_extraction_schema",
            "at most 16384",
            Box::new(move |it| it.data_extraction_schema.clone_from(&big)),
        ),
        (
            "max_steps",
            "must be 1 to 1000",
            Box::new(|it| it.max_steps = Some(0)),
        ),
        (
            "max_steps",
            "must be 1 to 1000",
            Box::new(|it| it.max_steps = Some(-3)),
        ),
        (
            "max_steps",
            "must be 1 to 1000",
            Box::new(|it| it.max_steps = Some(i32::MAX)),
        ),
        (
            "timeout",
            "must be 1 to",
            Box::new(|it| it.timeout = Some(Duration::default())),
        ),
        (
            "timeout",
            "must be 1 to",
            Box::new(|it| {
                it.timeout = Some(Duration {
                    seconds: i64::MAX,
                    nanos: 0,
                })
            }),
        ),
        (
            "not_after",
            "has passed",
            Box::new(|it| it.not_after = Some(Timestamp::default())),
        ),
        (
            "not_after",
            "no point in time",
            Box::new(|it| {
                it.not_after = Some(Timestamp {
                    seconds: i64::MAX,
                    nanos: 0,
                })
            }),
        ),
        (
            "labels",
            "at most 32",
            Box::new(|it| it.labels = (0..33).map(|n| (format!("k{n}"), String::new())).collect()),
        ),
        (
            "labels[\"k\"]",
            "at most 256",
            Box::new(|it| it.labels = map(&[("k", &"v".repeat(257))])),
        ),
        (
            "extra_http_headers[\"x\"]",
            "printable ASCII",
            Box::new(|it| it.extra_http_headers = map(&[("x", "a\r\nb: c")])),
        ),
        (
            "extra_http_headers[\"User-Agent\"]",
            "user_agent",
            Box::new(|it| it.extra_http_headers = map(&[("User-Agent", "a")])),
        ),
    ];
    for (field, says, spoil) in cases {
        let mut request = task();
        spoil(&mut request);
        let refusal = invalid(refused(&server, request).await, &[field]);
        let (_, description) = &refusal.violations[0];
        assert!(description.contains(says), "{field}: {description}");
        assert!(refusal.message.starts_with(field), "{}", refusal.message);
    }
}

#[tokio::test]
async fn fields_of_later_releases_are_refused_by_name() {
    let server = Server::start().await;
    let request = RunTaskRequest {
        proxy_location: "RESIDENTIAL".to_owned(),
        webhook_url: "https://a.example".to_owned(),
        totp_identifier: "me".to_owned(),
        totp_url: "https://a.example".to_owned(),
        max_screenshot_scrolls: Some(0),
        run_with: "code".to_owned(),
        include_action_history_in_verification: true,
        ..task()
    };
    let fields = [
        "proxy_location",
        "webhook_url",
        "totp_identifier",
        "totp_url",
        "max_screenshot_scrolls",
        "run_with",
        "include_action_history_in_verification",
    ];
    invalid(refused(&server, request).await, &fields);
}

/// Violations travel in a header, which clients bound at 8 KiB.
#[tokio::test]
async fn many_violations_are_counted_where_they_do_not_fit() {
    let server = Server::start().await;
    let labels = (0..500).map(|n| (format!("Label {n} {}", "ü".repeat(200)), String::new()));
    let request = RunTaskRequest {
        labels: labels.collect(),
        ..task()
    };
    let status = refused(&server, request).await;
    assert!(
        status.details().len() < 6 * 1024,
        "{}",
        status.details().len()
    );
    let refusal = crate::refusal::Refusal::of(&status);
    let (field, last) = refusal.violations.last().unwrap();
    assert!(
        field.is_empty() && last.ends_with("more violations are not listed"),
        "{last}"
    );
    // A run could be made still.
    let run = server
        .runs()
        .run_task(task())
        .await
        .unwrap()
        .into_inner()
        .run
        .unwrap();
    let found = server
        .store
        .get_run(&server.organization, &RunId::from(run.run_id))
        .await;
    assert!(found.unwrap().is_some());
}
