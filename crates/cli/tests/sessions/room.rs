//! Browsers that are ready before they are asked for, and those that are given up to others.

use std::time::Instant;

use errand_api::v1::RunStatus;
use errand_testing::Site;

use crate::{
    server::{Server, task},
    session::{LOG_IN, close, ended, open, sessions, start},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_next_browser_is_up_already_and_none_is_used_twice() {
    let site = Site::start(1).await.unwrap();
    let server = Server::start_with(&["--browsers", "2", "--warm-browsers", "1"]);
    let mut sessions = sessions(&server).await;
    let cold = open(&mut sessions, &site.url("/portal/login")).await;
    // One is made ready beside it.
    let started = Instant::now();
    while browsers(&server) < 2 {
        assert!(started.elapsed().as_secs() < 30, "no warm browser");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let warm = open(&mut sessions, &site.url("/portal/login")).await;
    let took = |session: &errand_api::v1::Session| {
        let millis =
            |at: prost_types::Timestamp| at.seconds * 1_000 + i64::from(at.nanos) / 1_000_000;
        millis(session.started_at.unwrap()) - millis(session.created_at.unwrap())
    };
    assert!(
        took(&warm) < took(&cold),
        "{} ms warm, {} ms cold",
        took(&warm),
        took(&cold)
    );
    for session in [&cold, &warm] {
        close(&mut sessions, &session.browser_session_id).await;
    }
    let mut runs = server.runs().await;
    // A log-in of one run is unknown to the next, warm or not.
    let run = start(&mut runs, task(LOG_IN, &site.url("/portal/login"))).await;
    assert_eq!(
        ended(&mut runs, &run.run_id).await.status(),
        RunStatus::Completed
    );
    let run = task(
        "What is the account balance?",
        &site.url("/portal/dashboard"),
    );
    let run = start(&mut runs, run).await;
    assert_eq!(
        ended(&mut runs, &run.run_id).await.status(),
        RunStatus::Failed
    );
}

/// Folders of browsers that are up.
fn browsers(server: &Server) -> usize {
    std::fs::read_dir(server.data.join("browsers")).map_or(0, Iterator::count)
}
