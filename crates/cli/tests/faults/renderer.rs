//! A page that takes its process with it.

use errand_api::v1::{FailureCategory, RunStatus};
use errand_testing::Site;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use crate::{
    leftover, process,
    server::{Server, follow, get, summaries, task},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_crashes_ends_the_run_at_once() {
    let site = Site::start(1).await.unwrap();
    let server = Server::start();
    let mut runs = server.runs().await;
    // The page is there, and what is asked for never comes.
    let goal = "Click the 'Nowhere' button";
    let request = task(goal, &site.url("/heading"));
    let run = runs.run_task(request).await.unwrap().into_inner().run;
    let id = run.unwrap().run_id;
    follow(&mut runs, &id, |it| it.kind == "action_finished").await;
    let browser = leftover::browsers(&server.data)[0];
    // Those that show pages; the browser has some for itself, which come back.
    for pid in process::descendants(browser, "--type=renderer") {
        kill(Pid::from_raw(pid), Signal::SIGKILL).ok();
    }
    let events = follow(&mut runs, &id, |_| false).await;
    let run = get(&mut runs, &id).await;
    assert_eq!(run.status(), RunStatus::Failed);
    assert_eq!(
        run.failure_category(),
        FailureCategory::BrowserCrashed,
        "{}\n{:#?}",
        run.failure_reason,
        summaries(&events)
    );
    assert!(
        run.failure_reason.contains("crashed"),
        "{}",
        run.failure_reason
    );
    leftover::assert_none(&server.data);
}
