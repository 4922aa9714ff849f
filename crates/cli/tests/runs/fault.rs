//! Browsers that die, hang or are missing; pages that never come to rest.

use errand_api::v1::{CancelRunRequest, FailureCategory, RunStatus};
use errand_testing::Site;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use crate::{
    flow::seed,
    leftover,
    server::{Server, follow, get, summaries, task},
};

async fn struck(signal: Signal) {
    let site = Site::start(seed()).await.unwrap();
    let server = Server::start();
    let mut runs = server.runs().await;
    let request = task("Extract the main heading", &site.url("/slow?ms=20000"));
    let run = runs
        .run_task(request)
        .await
        .unwrap()
        .into_inner()
        .run
        .unwrap();
    follow(&mut runs, &run.run_id, |it| it.kind == "action_started").await;
    for pid in leftover::browsers(&server.data) {
        kill(Pid::from_raw(pid), signal).unwrap();
    }
    let events = follow(&mut runs, &run.run_id, |_| false).await;
    let run = get(&mut runs, &run.run_id).await;
    assert_eq!(
        run.failure_category(),
        FailureCategory::BrowserCrashed,
        "{:#?}",
        summaries(&events)
    );
    leftover::assert_none(&server.data);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_browser_ends_the_run() {
    struck(Signal::SIGKILL).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_browser_ends_the_run() {
    struck(Signal::SIGSTOP).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_driver_is_named() {
    let site = Site::start(seed()).await.unwrap();
    let server = Server::start_with(&["--chromedriver", "/nowhere/chromedriver"]);
    let (run, _) = server
        .carry(task("Extract the main heading", &site.url("/")))
        .await;
    assert_eq!(run.status(), RunStatus::Failed);
    assert!(
        run.failure_reason.contains("/nowhere/chromedriver"),
        "{}",
        run.failure_reason
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_canceled_run_ends_terminated_and_leaves_nothing() {
    let site = Site::start(seed()).await.unwrap();
    let server = Server::start();
    let mut runs = server.runs().await;
    let request = task("Extract the main heading", &site.url("/slow?ms=20000"));
    let run = runs
        .run_task(request)
        .await
        .unwrap()
        .into_inner()
        .run
        .unwrap();
    follow(&mut runs, &run.run_id, |it| it.kind == "action_started").await;
    let cancel = CancelRunRequest {
        run_id: run.run_id.clone(),
        reason: "enough".to_owned(),
    };
    runs.cancel_run(cancel).await.unwrap();
    follow(&mut runs, &run.run_id, |_| false).await;
    let run = get(&mut runs, &run.run_id).await;
    assert_eq!(run.status(), RunStatus::Terminated);
    assert_eq!(run.failure_category(), FailureCategory::StoppedByCaller);
    leftover::assert_none(&server.data);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_that_never_rest_end_within_bounds() {
    let site = Site::start(seed()).await.unwrap();
    let server = Server::start();
    for path in [
        "/never-settles",
        "/reloads",
        "/spins",
        "/popups/endless",
        "/dialogs/loop",
    ] {
        let mut request = task("Extract the main heading", &site.url(path));
        request.timeout = Some(prost_types::Duration {
            seconds: 60,
            nanos: 0,
        });
        let (run, events) = server.carry(request).await;
        eprintln!(
            "{path}: {:?} {} {}",
            run.status(),
            run.failure_reason,
            run.output
        );
        assert_ne!(
            run.status(),
            RunStatus::TimedOut,
            "{path}: {:#?}",
            summaries(&events)
        );
    }
    leftover::assert_none(&server.data);
}

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_hands_a_run_back_and_the_next_server_goes_on() {
    let site = Site::start(seed()).await.unwrap();
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("data");
    let mut server = Server::start_on(&data, &["--drain", "1s"]);
    let mut runs = server.runs().await;
    let request = task("Extract the main heading", &site.url("/slow?ms=4000"));
    let run = runs
        .run_task(request)
        .await
        .unwrap()
        .into_inner()
        .run
        .unwrap();
    follow(&mut runs, &run.run_id, |it| it.kind == "action_started").await;
    server.signal(Signal::SIGTERM);
    server.wait();
    leftover::assert_none(&data);
    let server = Server::start_on(&data, &[]);
    let mut runs = server.runs().await;
    let events = follow(&mut runs, &run.run_id, |_| false).await;
    let run = get(&mut runs, &run.run_id).await;
    assert_eq!(
        run.status(),
        RunStatus::Completed,
        "{:#?}",
        summaries(&events)
    );
}
