//! Starting points that lead nowhere, each with its category and a reason that names it.

use errand_api::v1::FailureCategory;
use errand_testing::Site;

use crate::{
    flow::seed,
    leftover,
    server::{Server, summaries, task},
};

#[tokio::test(flavor = "multi_thread")]
async fn addresses_that_cannot_be_opened_fail_with_their_reason() {
    let site = Site::start(seed()).await.unwrap();
    let server = Server::start();
    let own = format!("{}/healthz", server.url);
    for (url, category, said) in [
        (site.refused(), FailureCategory::NavigationFailed, "refused"),
        (
            "http://no-such-host.invalid/".to_owned(),
            FailureCategory::NavigationFailed,
            "no-such-host",
        ),
        (own, FailureCategory::EgressBlocked, "port of this service"),
        (
            site.url("/redirects/loop"),
            FailureCategory::NavigationFailed,
            "",
        ),
    ] {
        let (run, events) = server.carry(task("Extract the main heading", &url)).await;
        let reason = &run.failure_reason;
        assert_eq!(
            run.failure_category(),
            category,
            "{url}: {reason} {:#?}",
            summaries(&events)
        );
        assert!(reason.contains(said), "{url}: {reason}");
    }
    leftover::assert_none(&server.data);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_goal_without_meaning_is_quoted() {
    let site = Site::start(seed()).await.unwrap();
    let server = Server::start();
    let (run, _) = server
        .carry(task("Frobnicate the gizmo", &site.url("/")))
        .await;
    assert_eq!(run.failure_category(), FailureCategory::GoalNotUnderstood);
    assert!(
        run.failure_reason.contains("Frobnicate the gizmo"),
        "{}",
        run.failure_reason
    );
}
