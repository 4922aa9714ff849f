//! CancelRun and CancelRuns.

use std::collections::HashMap;

use errand_api::v1::{
    CancelRunRequest, CancelRunsRequest, CancelRunsResponse, Run, RunFilter, RunStatus,
};
use errand_domain::{RunState, TaskRequest};
use errand_store::Command;
use tonic::Status;

use crate::{
    drafts::task,
    refusal::invalid,
    server::{Server, on_both_databases},
};

on_both_databases!(
    what_waits_is_canceled_and_what_runs_is_asked_to_stop,
    several_runs_are_canceled_by_id_or_filter,
);

async fn cancel(server: &Server, run_id: &str, reason: &str) -> Result<Run, Status> {
    let request = CancelRunRequest {
        run_id: run_id.to_owned(),
        reason: reason.to_owned(),
    };
    let answer = server.runs().cancel_run(request).await?;
    Ok(answer.into_inner().run.unwrap())
}

async fn what_waits_is_canceled_and_what_runs_is_asked_to_stop(server: Server) {
    let queued = server.queued().await;
    let run = cancel(&server, queued.id.as_str(), "no need")
        .await
        .unwrap();
    assert_eq!(run.status(), RunStatus::Canceled);
    assert!(run.summary.contains("no need"), "{}", run.summary);

    let held = server.running().await;
    for _ in 0..2 {
        let run = cancel(&server, &held.run_id, "enough\0").await.unwrap();
        assert_eq!(run.status(), RunStatus::Running);
    }
    let commands = server.store.pending_commands(&held.id, 1).await.unwrap();
    assert_eq!(commands.len(), 1, "the second cancel changes nothing");
    assert!(matches!(&commands[0].command, Command::Cancel { reason } if !reason.contains('\0')));

    let ended = server.ended(RunState::Completed).await;
    let run = cancel(&server, &ended.run_id, "").await.unwrap();
    assert_eq!(run.status(), RunStatus::Completed);
    let long = cancel(&server, &ended.run_id, &"x".repeat(501)).await;
    invalid(long.unwrap_err(), &["reason"]);
}

async fn several(server: &Server, request: CancelRunsRequest) -> CancelRunsResponse {
    let answer = server.runs().cancel_runs(request).await;
    answer.unwrap().into_inner()
}

async fn several_runs_are_canceled_by_id_or_filter(server: Server) {
    let (other, _) = server.stranger().await;
    let foreign = server.queued_by(&other, task("theirs")).await;
    let ended = server.ended(RunState::Completed).await;
    let blue = TaskRequest {
        labels: [("team".to_owned(), "blue".to_owned())].into(),
        ..task("blue")
    };
    let first = server.queued_by(&server.organization, blue.clone()).await;
    let second = server.queued_by(&server.organization, blue).await;
    let third = server.queued().await;

    let run_ids = vec![
        first.id.to_string(),
        ended.run_id.clone(),
        foreign.id.to_string(),
        "nothing".to_owned(),
    ];
    let answer = several(
        &server,
        CancelRunsRequest {
            run_ids,
            ..Default::default()
        },
    )
    .await;
    assert_eq!(answer.run_ids, [first.id.to_string()]);
    assert_eq!(answer.ended_run_ids, std::slice::from_ref(&ended.run_id));
    assert_eq!(
        answer.not_found_run_ids,
        [foreign.id.to_string(), "nothing".to_owned()]
    );

    let labels = HashMap::from([("team".to_owned(), "blue".to_owned())]);
    let filter = Some(RunFilter {
        labels,
        ..RunFilter::default()
    });
    let answer = several(
        &server,
        CancelRunsRequest {
            filter,
            ..Default::default()
        },
    )
    .await;
    assert_eq!(answer.run_ids, [second.id.to_string()]);

    let filter = Some(RunFilter::default());
    let answer = several(
        &server,
        CancelRunsRequest {
            filter,
            ..Default::default()
        },
    )
    .await;
    assert_eq!(answer.run_ids, [third.id.to_string()]);
    assert!(!answer.more);
    let theirs = server
        .store
        .get_run(&other, &foreign.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(theirs.state, RunState::Queued);
}

#[tokio::test]
async fn a_call_that_names_no_runs_too_many_or_twice_is_refused() {
    let server = Server::start().await;
    let filter = Some(RunFilter::default());
    let one = vec!["a".to_owned()];
    for (run_ids, filter, field) in [
        (Vec::new(), None, "run_ids"),
        (one, filter.clone(), "filter"),
        (vec!["a".to_owned(); 1_001], None, "run_ids"),
        (
            Vec::new(),
            Some(RunFilter {
                statuses: vec![0],
                ..RunFilter::default()
            }),
            "filter.statuses",
        ),
    ] {
        let request = CancelRunsRequest {
            run_ids,
            filter,
            ..Default::default()
        };
        invalid(
            server.runs().cancel_runs(request).await.unwrap_err(),
            &[field],
        );
    }
}
