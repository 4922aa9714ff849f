//! WatchRun: every event, in order, once.

use errand_api::v1::{
    DeleteRunRequest, RunEvent, WatchRunRequest, WatchRunResponse, run_event::Body,
};
use errand_domain::{RunState, StepId, log};
use errand_server::Config;
use futures_util::future::join_all;
use tonic::{Code, Status, Streaming};

use crate::{
    drafts::{Held, finished, step},
    refusal::{invalid, refused},
    server::{Server, on_both_databases, soon},
};

on_both_databases!(
    a_watcher_sees_what_was_and_what_comes,
    a_watcher_that_comes_back_misses_nothing_and_sees_nothing_twice,
    a_log_can_be_verified_by_its_reader,
    watchers_end_when_the_run_is_deleted,
);

async fn watch(
    server: &Server,
    run_id: &str,
    after: i64,
) -> Result<Streaming<WatchRunResponse>, Status> {
    let request = WatchRunRequest {
        run_id: run_id.to_owned(),
        after_sequence: after,
        include_body_json: false,
    };
    Ok(soon(server.runs().watch_run(request)).await?.into_inner())
}

async fn next(stream: &mut Streaming<WatchRunResponse>) -> Option<RunEvent> {
    let answer = soon(stream.message()).await.unwrap()?;
    Some(answer.event.unwrap())
}

/// The numbers of what is left.
async fn rest(stream: &mut Streaming<WatchRunResponse>) -> Vec<i64> {
    let mut found = Vec::new();
    while let Some(event) = next(stream).await {
        found.push(event.sequence);
    }
    found
}

async fn a_watcher_sees_what_was_and_what_comes(server: Server) {
    let held = server.running().await;
    let mut stream = watch(&server, &held.run_id, 0).await.unwrap();
    for (number, kind) in [(1, "run_created"), (2, "run_queued"), (3, "run_started")] {
        let event = next(&mut stream).await.unwrap();
        assert_eq!((event.sequence, event.kind.as_str()), (number, kind));
        assert_eq!(event.run_id, held.run_id);
        assert!(!event.summary.is_empty() && event.created_at.is_some());
        assert_eq!(event.body_json, "");
    }
    held.append(step(1)).await;
    let event = next(&mut stream).await.unwrap();
    assert_eq!(event.sequence, 4);
    let Some(Body::StepStarted(started)) = event.body else {
        panic!("{event:?}");
    };
    assert_eq!(started.step_id, StepId::from("stp_1").as_str());
    held.append(vec![finished(RunState::Completed)]).await;
    assert_eq!(rest(&mut stream).await, [5, 6, 7, 8, 9, 10]);
    // The end: from the last number on there is nothing, at once.
    let mut stream = watch(&server, &held.run_id, 10).await.unwrap();
    assert_eq!(rest(&mut stream).await, [] as [i64; 0]);
    let ahead = watch(&server, &held.run_id, 11).await.unwrap_err();
    let refusal = refused(ahead, Code::OutOfRange, "POSITION_AHEAD");
    assert!(refusal.message.contains("11") && refusal.message.contains("10"));
    invalid(
        watch(&server, &held.run_id, -1).await.unwrap_err(),
        &["after_sequence"],
    );
}

/// Reads some events, drops the stream, and goes on from the last number, again and again, while
/// the log is written.
async fn reader(server: &Server, held: &Held, pieces: usize) -> Vec<i64> {
    let mut seen: Vec<i64> = Vec::new();
    loop {
        let after = seen.last().copied().unwrap_or(0);
        let mut stream = watch(server, &held.run_id, after).await.unwrap();
        for _ in 0..pieces {
            match next(&mut stream).await {
                Some(event) => seen.push(event.sequence),
                None => return seen,
            }
        }
    }
}

async fn a_watcher_that_comes_back_misses_nothing_and_sees_nothing_twice(server: Server) {
    let held = server.running().await;
    let readers = join_all([1, 3, 17, 100, 10_000].map(|pieces| reader(&server, &held, pieces)));
    let writing = async {
        // More than the ring of the latest events holds, in pieces of several sizes.
        for round in 0..30 {
            let text = "thinking ".repeat(1 + 40 * (round % 7));
            held.append_thoughts(1 + round % 5, &text).await;
        }
        held.append(vec![finished(RunState::Completed)]).await;
    };
    let (seen, ()) = tokio::join!(readers, writing);
    let run = server.store.get_run(&server.organization, &held.id).await;
    let last = i64::try_from(run.unwrap().unwrap().last_sequence).unwrap();
    let all: Vec<i64> = (1..=last).collect();
    for seen in seen {
        assert_eq!(seen, all);
    }
}

async fn a_log_can_be_verified_by_its_reader(server: Server) {
    let held = server.running().await;
    held.append(step(1)).await;
    held.append(vec![finished(RunState::Completed)]).await;
    let request = WatchRunRequest {
        run_id: held.run_id.clone(),
        after_sequence: 0,
        include_body_json: true,
    };
    let mut stream = server.runs().watch_run(request).await.unwrap().into_inner();
    let mut previous = [0; 32];
    while let Some(event) = next(&mut stream).await {
        let at = event.created_at.unwrap();
        let hash = log::hash(
            &previous,
            &held.id,
            event.sequence.cast_unsigned(),
            errand_domain::Timestamp(at.seconds * 1_000_000 + i64::from(at.nanos / 1_000)),
            event.version.cast_unsigned(),
            &event.summary,
            &event.body_json,
        );
        assert_eq!(event.previous_hash, &previous[..]);
        assert_eq!(event.hash, &hash[..]);
        previous = hash;
    }
    assert_ne!(previous, [0; 32]);
}

async fn watchers_end_when_the_run_is_deleted(server: Server) {
    let held = server.running().await;
    held.append_thoughts(200, &"x".repeat(3_000)).await;
    held.append(vec![finished(RunState::Completed)]).await;
    // It has read the first event and nothing of the ring's.
    let mut behind = watch(&server, &held.run_id, 0).await.unwrap();
    next(&mut behind).await.unwrap();
    let delete = DeleteRunRequest {
        run_id: held.run_id.clone(),
    };
    server.runs().delete_run(delete).await.unwrap();
    let end = soon(async {
        loop {
            match behind.message().await {
                Ok(Some(_)) => {}
                end => return end,
            }
        }
    })
    .await;
    match end {
        // What was left of the log had been read before.
        Ok(_) => {}
        Err(status) => drop(refused(status, Code::NotFound, "RUN_NOT_FOUND")),
    }
    let gone = watch(&server, &held.run_id, 0).await.unwrap_err();
    refused(gone, Code::NotFound, "RUN_NOT_FOUND");
}

#[tokio::test]
async fn no_more_streams_than_allowed() {
    let server = Server::start_with(Config {
        max_watchers: 2,
        ..Config::default()
    })
    .await;
    let held = server.running().await;
    let first = watch(&server, &held.run_id, 0).await.unwrap();
    let mut second = watch(&server, &held.run_id, 0).await.unwrap();
    let third = watch(&server, &held.run_id, 0).await.unwrap_err();
    let refusal = refused(third, Code::ResourceExhausted, "TOO_MANY_WATCHERS");
    assert!(refusal.retry.is_some());
    // Another organization has a count of its own.
    let (other, key) = server.stranger().await;
    let theirs = server
        .queued_by(&other, crate::drafts::task("theirs"))
        .await;
    let request = WatchRunRequest {
        run_id: theirs.id.to_string(),
        ..Default::default()
    };
    server.with_key(&key).watch_run(request).await.unwrap();
    // One that hangs up makes room.
    drop(first);
    soon(async {
        while watch(&server, &held.run_id, 0).await.is_err() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(next(&mut second).await.unwrap().sequence, 1);
}
