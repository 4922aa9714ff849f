//! A creating call that is repeated creates once.

use errand_api::v1::{ListRunsRequest, RetryRunRequest, RunTaskRequest};
use errand_domain::RunState;
use tonic::Code;

use crate::{
    refusal::refused,
    server::{Server, on_both_databases},
    tasks::task,
};

on_both_databases!(
    the_same_request_is_the_same_run,
    repeats_at_the_same_time_make_one_run,
);

fn with(request_id: &str) -> RunTaskRequest {
    RunTaskRequest {
        request_id: request_id.to_owned(),
        ..task()
    }
}

async fn run_id(server: &Server, request: RunTaskRequest) -> String {
    let answer = server.runs().run_task(request).await.unwrap();
    answer.into_inner().run.unwrap().run_id
}

async fn the_same_request_is_the_same_run(server: Server) {
    let first = run_id(&server, with("one")).await;
    // Also when the run has moved on since.
    server.claim().await;
    assert_eq!(run_id(&server, with("one")).await, first);
    assert_ne!(run_id(&server, with("two")).await, first);

    let other = RunTaskRequest {
        priority: 1,
        ..with("one")
    };
    let refusal = refused(
        server.runs().run_task(other).await.unwrap_err(),
        Code::AlreadyExists,
        "REQUEST_ID_REUSED",
    );
    assert_eq!(
        refusal.resource,
        Some(("request_id".to_owned(), "one".to_owned()))
    );

    // The token is the organization's and the method's own.
    let (_, key) = server.stranger().await;
    let theirs = server.with_key(&key).run_task(with("one")).await.unwrap();
    assert_ne!(theirs.into_inner().run.unwrap().run_id, first);
    let ended = server.ended(RunState::Completed).await;
    let retry = RetryRunRequest {
        run_id: ended.run_id.clone(),
        request_id: "one".to_owned(),
    };
    let retried = server.runs().retry_run(retry.clone()).await.unwrap();
    let retried = retried.into_inner().run.unwrap().run_id;
    let again = server
        .runs()
        .retry_run(retry)
        .await
        .unwrap()
        .into_inner()
        .run
        .unwrap();
    assert_eq!(again.run_id, retried);
    let other = RetryRunRequest {
        run_id: server.ended(RunState::Failed).await.run_id,
        request_id: "one".to_owned(),
    };
    refused(
        server.runs().retry_run(other).await.unwrap_err(),
        Code::AlreadyExists,
        "REQUEST_ID_REUSED",
    );
}

async fn repeats_at_the_same_time_make_one_run(server: Server) {
    let calls = (0..8).map(|_| run_id(&server, with("same")));
    let ids = futures_util::future::join_all(calls).await;
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    let list = server.runs().list_runs(ListRunsRequest::default()).await;
    assert_eq!(list.unwrap().into_inner().runs.len(), 1);
}
