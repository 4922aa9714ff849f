//! WaitRun.

use std::time::{Duration, Instant};

use errand_api::v1::{Run, RunStatus, WaitRunRequest};
use errand_domain::RunState;
use errand_server::Config;
use tonic::Status;

use crate::{
    drafts::finished,
    refusal::invalid,
    server::{Server, on_both_databases, soon},
};

on_both_databases!(a_wait_ends_with_the_run);

async fn wait(server: &Server, run_id: &str, milliseconds: Option<i64>) -> Result<Run, Status> {
    let request = WaitRunRequest {
        run_id: run_id.to_owned(),
        wait: milliseconds.map(|it| prost_types::Duration {
            seconds: it / 1_000,
            nanos: i32::try_from(it % 1_000).unwrap() * 1_000_000,
        }),
    };
    let answer = soon(server.runs().wait_run(request)).await?;
    Ok(answer.into_inner().run.unwrap())
}

async fn a_wait_ends_with_the_run(server: Server) {
    let held = server.running().await;
    let at_once = wait(&server, &held.run_id, Some(0)).await.unwrap();
    assert_eq!(at_once.status(), RunStatus::Running);
    let short = wait(&server, &held.run_id, Some(30)).await.unwrap();
    assert_eq!(short.status(), RunStatus::Running);
    let waiting = wait(&server, &held.run_id, None);
    let ending = async {
        held.append_thoughts(3, "on my way").await;
        held.append(vec![finished(RunState::Completed)]).await;
    };
    let (ended, ()) = tokio::join!(waiting, ending);
    assert_eq!(ended.unwrap().status(), RunStatus::Completed);
    let after = wait(&server, &held.run_id, None).await.unwrap();
    assert_eq!(after.status(), RunStatus::Completed);
    invalid(
        wait(&server, &held.run_id, Some(-1_000)).await.unwrap_err(),
        &["wait"],
    );
}

#[tokio::test]
async fn the_server_bounds_the_wait() {
    let server = Server::start_with(Config {
        max_wait: Duration::from_millis(50),
        ..Config::default()
    })
    .await;
    let held = server.running().await;
    let started = Instant::now();
    let run = wait(&server, &held.run_id, Some(3_600_000)).await.unwrap();
    assert_eq!(run.status(), RunStatus::Running);
    assert!(started.elapsed() >= Duration::from_millis(50));
}
