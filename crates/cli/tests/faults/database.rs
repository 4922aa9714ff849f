//! PostgreSQL restarts in mid-run.

use errand_api::v1::RunStatus;
use errand_testing::{Postgres, Site};

use crate::{
    leftover,
    server::{Server, follow, get, summaries, task},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_run_goes_on_over_a_restart_of_the_database() {
    let site = Site::start(1).await.unwrap();
    let postgres = Postgres::start().unwrap();
    let url = postgres.database().unwrap();
    let server = Server::start_with(&["--database-url", &url]);
    let mut runs = server.runs().await;
    let slow = task("Extract the main heading", &site.url("/slow?ms=4000"));
    let run = runs.run_task(slow).await.unwrap().into_inner().run.unwrap();
    let begun = follow(&mut runs, &run.run_id, |it| it.kind == "action_started").await;
    postgres.restart().unwrap();

    // The same stream of numbers, from a stream that was opened after the restart.
    let events = follow(&mut runs, &run.run_id, |_| false).await;
    assert_eq!(summaries(&events[..begun.len()]), summaries(&begun));
    let run = get(&mut runs, &run.run_id).await;
    assert_eq!(
        run.status(),
        RunStatus::Completed,
        "{}\n{:#?}",
        run.failure_reason,
        summaries(&events)
    );
    assert_eq!(run.attempt, 1);

    // And what is asked for afterwards is as if nothing had been.
    let next = task("Extract the main heading", &site.url("/heading"));
    let (run, events) = server.carry(next).await;
    assert_eq!(
        run.status(),
        RunStatus::Completed,
        "{:#?}",
        summaries(&events)
    );
    leftover::assert_none(&server.data);
}
