//! `kill -9` of the server: nothing is done twice, nothing is left.

use errand_api::v1::{FailureCategory, RunStatus};
use errand_testing::Site;

use crate::{
    flow::seed,
    leftover,
    server::{Server, follow, get, summaries, task},
};

/// Kills the server at the first event that fits, starts another, and follows the run to its end.
async fn interrupted(
    prompt: &str,
    url: &str,
    at: fn(&errand_api::v1::RunEvent) -> bool,
) -> (errand_api::v1::Run, Vec<errand_api::v1::RunEvent>) {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("data");
    let mut server = Server::start_on(&data, &[]);
    let mut runs = server.runs().await;
    let run = runs
        .run_task(task(prompt, url))
        .await
        .unwrap()
        .into_inner()
        .run
        .unwrap();
    follow(&mut runs, &run.run_id, at).await;
    server.kill();
    leftover::assert_none(&data);
    let server = Server::start_on(&data, &[]);
    let mut runs = server.runs().await;
    let events = follow(&mut runs, &run.run_id, |_| false).await;
    (get(&mut runs, &run.run_id).await, events)
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_before_the_first_action_the_run_begins_anew() {
    let site = Site::start(seed()).await.unwrap();
    let (run, events) = interrupted("Extract the main heading", &site.url("/"), |it| {
        it.kind == "browser_started"
    })
    .await;
    assert_eq!(
        run.status(),
        RunStatus::Completed,
        "{:#?}",
        summaries(&events)
    );
    assert!(events.iter().any(|it| it.kind == "recovered"));
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_during_navigation_the_run_goes_on() {
    let site = Site::start(seed()).await.unwrap();
    let (run, events) = interrupted(
        "Extract the main heading",
        &site.url("/slow?ms=1500"),
        |it| it.kind == "action_started",
    )
    .await;
    assert_eq!(
        run.status(),
        RunStatus::Completed,
        "{:#?}",
        summaries(&events)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_after_a_submit_the_run_ends_and_submits_once() {
    let site = Site::start(seed()).await.unwrap();
    let (run, events) = interrupted(
        "Click the 'Send' button",
        &site.url("/submit?delay_ms=1500"),
        |it| it.kind == "action_started" && it.summary.starts_with("click"),
    )
    .await;
    assert_eq!(run.status(), RunStatus::Failed, "{:#?}", summaries(&events));
    assert_eq!(run.failure_category(), FailureCategory::Interrupted);
    assert!(
        run.failure_reason.contains("click"),
        "{}",
        run.failure_reason
    );
    assert!(site.submits("submit") <= 1, "{:?}", site.counters());
}
