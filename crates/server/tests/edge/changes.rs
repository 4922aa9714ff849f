//! WatchRuns: every change of state of the organization's runs.

use errand_api::v1::{RunChange, RunStatus, WatchRunsRequest, WatchRunsResponse};
use errand_domain::RunState;
use tonic::{Code, Status, Streaming};

use crate::{
    drafts::{finished, task},
    refusal::{invalid, refused},
    server::{Server, on_both_databases, soon},
};

on_both_databases!(changes_are_numbered_and_resumed, a_fresh_watch_begins_now);

async fn watch(
    server: &Server,
    after: Option<i64>,
) -> Result<Streaming<WatchRunsResponse>, Status> {
    let request = WatchRunsRequest {
        after_change: after,
    };
    Ok(soon(server.runs().watch_runs(request)).await?.into_inner())
}

async fn take(stream: &mut Streaming<WatchRunsResponse>, count: usize) -> Vec<RunChange> {
    let mut changes = Vec::new();
    while changes.len() < count {
        let answer = soon(stream.message()).await.unwrap().unwrap();
        changes.push(answer.change.unwrap());
    }
    changes
}

async fn changes_are_numbered_and_resumed(server: Server) {
    let mut stream = watch(&server, Some(0)).await.unwrap();
    let (other, _) = server.stranger().await;
    server.queued_by(&other, task("theirs")).await;
    let held = {
        // The stranger's run is first in the queue.
        server.claim().await;
        server.queued().await;
        server.claim().await
    };
    held.append_thoughts(5, "no change").await;
    held.pause().await;
    held.append(vec![finished(RunState::Terminated)]).await;
    let changes = take(&mut stream, 5).await;
    let states: Vec<_> = changes.iter().map(RunChange::status).collect();
    let expected = [
        RunStatus::Created,
        RunStatus::Queued,
        RunStatus::Running,
        RunStatus::Paused,
        RunStatus::Terminated,
    ];
    assert_eq!(states, expected);
    let numbers: Vec<_> = changes
        .iter()
        .map(|it| (it.change_number, it.sequence))
        .collect();
    assert_eq!(numbers, [(1, 1), (2, 2), (3, 3), (4, 9), (5, 10)]);
    assert!(
        changes
            .iter()
            .all(|it| it.run_id == held.run_id && it.created_at.is_some())
    );

    for after in 0..5 {
        let mut resumed = watch(&server, Some(after)).await.unwrap();
        let rest = take(&mut resumed, usize::try_from(5 - after).unwrap()).await;
        assert_eq!(rest, &changes[usize::try_from(after).unwrap()..]);
    }
    let ahead = watch(&server, Some(6)).await.unwrap_err();
    refused(ahead, Code::OutOfRange, "POSITION_AHEAD");
    invalid(
        watch(&server, Some(-1)).await.unwrap_err(),
        &["after_change"],
    );
}

async fn a_fresh_watch_begins_now(server: Server) {
    server.ended(RunState::Completed).await;
    let mut stream = watch(&server, None).await.unwrap();
    let queued = server.queued().await;
    let changes = take(&mut stream, 2).await;
    assert!(
        changes.iter().all(|it| it.run_id == queued.id.as_str()),
        "{changes:?}"
    );
}
