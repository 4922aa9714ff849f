//! GetRun, RetryRun, DeleteRun and RespondToRun.

use errand_api::v1::{
    DeleteRunRequest, FailureCategory, GetRunRequest, ListArtifactsRequest, RespondToRunRequest,
    RetryRunRequest, Run, RunStatus,
};
use errand_domain::{RunState, TaskRequest, Timestamp};
use errand_store::Command;
use tonic::Code;

use crate::{
    drafts::{finished, output, step, task},
    refusal::{invalid, refused},
    server::{Server, on_both_databases},
};

on_both_databases!(
    a_run_shows_what_its_log_says,
    a_retry_is_a_new_run_of_the_same_request,
    a_deleted_run_is_gone_with_its_files,
    a_response_reaches_the_run_that_waits,
);

async fn get(server: &Server, run_id: &str) -> Run {
    let run_id = run_id.to_owned();
    let answer = server.runs().get_run(GetRunRequest { run_id }).await;
    answer.unwrap().into_inner().run.unwrap()
}

async fn a_run_shows_what_its_log_says(server: Server) {
    let held = server.running().await;
    held.append(step(1)).await;
    let shot = server
        .keep(&held, "screenshot_action", "shot.png", b"png")
        .await;
    let running = get(&server, &held.run_id).await;
    assert_eq!(running.status(), RunStatus::Running);
    assert_eq!(
        (running.step_count, running.action_count, running.attempt),
        (1, 1, 1)
    );
    assert_eq!(
        (running.queue_position, running.queued_reason.as_str()),
        (0, "")
    );
    assert_eq!(running.screenshot_artifact_ids, std::slice::from_ref(&shot));
    let link = &running.screenshot_urls[0];
    assert!(link.starts_with(&server.url("/artifacts/")), "{link}");
    assert!(running.started_at.is_some() && running.finished_at.is_none());

    held.append(vec![output(r#"{"b":1.50,"a":12345678901234567890}"#)])
        .await;
    held.append(vec![finished(RunState::Completed)]).await;
    let done = get(&server, &held.run_id).await;
    assert_eq!(done.status(), RunStatus::Completed);
    // Exact in numbers and order.
    assert_eq!(done.output, r#"{"b":1.50,"a":12345678901234567890}"#);
    assert_eq!(done.output_notes, ["price: not on the page"]);
    assert_eq!(done.summary, "ended completed");
    assert_eq!(done.failure_category(), FailureCategory::Unspecified);
    assert!(done.finished_at.is_some());

    let failed = server.ended(RunState::Failed).await;
    let failed = get(&server, &failed.run_id).await;
    assert_eq!(failed.status(), RunStatus::Failed);
    assert_eq!(failed.failure_category(), FailureCategory::ElementNotFound);
    assert_eq!(failed.failure_reason, "no button \"Buy\"");
}

async fn a_retry_is_a_new_run_of_the_same_request(server: Server) {
    let request = TaskRequest {
        not_after: Some(Timestamp(4_000_000_000_000_000)),
        max_steps: Some(3),
        ..task("look around")
    };
    server.queued_by(&server.organization, request).await;
    let held = server.claim().await;
    let retry = || RetryRunRequest {
        run_id: held.run_id.clone(),
        request_id: String::new(),
    };
    let refusal = refused(
        server.runs().retry_run(retry()).await.unwrap_err(),
        Code::FailedPrecondition,
        "RUN_NOT_FINAL",
    );
    assert!(
        refusal.message.contains("is running"),
        "{}",
        refusal.message
    );
    held.append(vec![finished(RunState::Failed)]).await;
    let before = get(&server, &held.run_id).await;
    let run = server
        .runs()
        .retry_run(retry())
        .await
        .unwrap()
        .into_inner()
        .run
        .unwrap();
    assert_ne!(run.run_id, held.run_id);
    assert_eq!(run.retry_of, held.run_id);
    assert_eq!(run.status(), RunStatus::Queued);
    let asked = run.run_request.unwrap();
    assert_eq!(
        (asked.prompt.as_str(), asked.max_steps),
        ("look around", Some(3))
    );
    assert_eq!(asked.not_after, None);
    // The old one stays as it is.
    let after = get(&server, &held.run_id).await;
    assert_eq!(
        (after.status, after.last_sequence),
        (before.status, before.last_sequence)
    );
}

async fn a_deleted_run_is_gone_with_its_files(server: Server) {
    let held = server.running().await;
    let kept = server.keep(&held, "download", "file.csv", b"a;b").await;
    let delete = || DeleteRunRequest {
        run_id: held.run_id.clone(),
    };
    refused(
        server.runs().delete_run(delete()).await.unwrap_err(),
        Code::FailedPrecondition,
        "RUN_NOT_FINAL",
    );
    held.append(vec![finished(RunState::Completed)]).await;
    let row = server
        .store
        .artifact(&server.organization, &kept.as_str().into())
        .await;
    let location = row.unwrap().unwrap().location;
    server.runs().delete_run(delete()).await.unwrap();
    for again in [
        server.runs().delete_run(delete()).await.unwrap_err(),
        server
            .runs()
            .get_run(GetRunRequest {
                run_id: held.run_id.clone(),
            })
            .await
            .unwrap_err(),
        server
            .files()
            .list_artifacts(ListArtifactsRequest {
                run_id: held.run_id.clone(),
                ..Default::default()
            })
            .await
            .unwrap_err(),
    ] {
        refused(again, Code::NotFound, "RUN_NOT_FOUND");
    }
    assert!(
        server.artifacts.size(&location).await.is_err(),
        "the file is still there"
    );
}

async fn a_response_reaches_the_run_that_waits(server: Server) {
    let held = server.running().await;
    let respond = async |response: &str| {
        let request = RespondToRunRequest {
            run_id: held.run_id.clone(),
            response: response.to_owned(),
        };
        server.runs().respond_to_run(request).await
    };
    let refusal = refused(
        respond("{}").await.unwrap_err(),
        Code::FailedPrecondition,
        "RUN_NOT_PAUSED",
    );
    assert!(
        refusal.message.contains("is running"),
        "{}",
        refusal.message
    );
    held.pause().await;
    for bad in [
        String::new(),
        "{".to_owned(),
        "{\"code\": \"123456\"}".to_owned(),
        "{\"approved\": true}".to_owned(),
        format!("\"{}\"", "x".repeat(16 * 1024)),
    ] {
        invalid(respond(&bad).await.unwrap_err(), &["response"]);
    }
    let run = respond(r#"{"answer":"123456"}"#)
        .await
        .unwrap()
        .into_inner()
        .run
        .unwrap();
    assert_eq!(run.status(), RunStatus::Paused);
    let commands = server.store.pending_commands(&held.id, 1).await.unwrap();
    let response = r#"{"answer":"123456"}"#.to_owned();
    assert_eq!(commands[0].command, Command::Respond { response });
    held.append(vec![finished(RunState::Terminated)]).await;
    refused(
        respond("{}").await.unwrap_err(),
        Code::FailedPrecondition,
        "RUN_NOT_PAUSED",
    );
}
