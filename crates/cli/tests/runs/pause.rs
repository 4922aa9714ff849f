//! Runs that wait for a person.

use std::time::Duration;

use errand_api::v1::{
    CancelRunRequest, FailureCategory, PauseKind, RespondToRunRequest, Run, RunStatus,
    run_event::Body,
};
use errand_testing::{
    ScriptedModel, Site,
    model::{Answer, Asked},
};
use serde_json::json;
use tonic::Code;

use crate::{
    flow::seed,
    model::{Configured, KEY, LOG_IN, ended, logs_in, scripted, shown, task},
    server::{errand, follow, get, summaries},
};

/// Asks whether it may, then logs in.
fn asks_first(asked: &Asked) -> Answer {
    let page = shown(asked);
    if page.contains("type=password") && !page.contains("says yes") {
        let question = json!({"question": "Log in for real?", "wants": "yes_or_no"});
        return Answer::call("ask", &question);
    }
    logs_in(asked)
}

struct Setting {
    site: Site,
    configured: Configured,
    _model: ScriptedModel,
}

async fn setting(more: &str) -> Setting {
    let model = scripted(asks_first).await;
    Setting {
        site: Site::start(seed()).await.unwrap(),
        configured: Configured::start_set(&model.openai_url(), KEY, "", more),
        _model: model,
    }
}

/// Starts a run and waits until it asks.
async fn asked(setting: &Setting) -> Run {
    let server = &setting.configured.server;
    let mut runs = server.runs().await;
    let request = task(LOG_IN, &setting.site.url("/portal/login"));
    let run = runs.run_task(request).await.unwrap().into_inner();
    let run_id = run.run.unwrap().run_id;
    follow(&mut runs, &run_id, |event| {
        matches!(event.body, Some(Body::RunPaused(_)))
    })
    .await;
    get(&mut runs, &run_id).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_run_says_what_it_waits_for_and_goes_on_with_the_answer() {
    let setting = setting("").await;
    let server = &setting.configured.server;
    let mut runs = server.runs().await;
    let run = asked(&setting).await;
    assert_eq!(run.status(), RunStatus::Paused);
    let pause = run.pause.unwrap();
    assert_eq!(pause.kind(), PauseKind::Approval);
    assert_eq!(pause.reason, "Log in for real?");
    assert!(pause.deadline.is_some());

    // What doesn't answer the question is refused, and the run still waits.
    let respond = |response: &str| RespondToRunRequest {
        run_id: run.run_id.clone(),
        response: response.to_owned(),
    };
    let refused = runs.respond_to_run(respond(r#"{"answer": "yes"}"#)).await;
    let refused = refused.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    assert!(format!("{refused:?}").contains("approved"), "{refused:?}");

    let mut command = errand();
    command.args(["runs", "respond", &run.run_id, "--yes", "--data-dir"]);
    let said = command.arg(&server.data).output().unwrap();
    assert!(said.status.success(), "{said:?}");
    let events = follow(&mut runs, &run.run_id, |_| false).await;
    let run = get(&mut runs, &run.run_id).await;
    ended(
        &run,
        &events,
        RunStatus::Completed,
        FailureCategory::Unspecified,
    );
    assert!(run.pause.is_none());
    let late = runs.respond_to_run(respond(r#"{"approved": true}"#)).await;
    assert_eq!(late.unwrap_err().code(), Code::FailedPrecondition);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_run_gives_its_browser_up_to_others_and_goes_on_with_the_answer() {
    let setting = setting("browsers = 1\npark_after = \"1s\"\n").await;
    let mut runs = setting.configured.server.runs().await;
    let paused = asked(&setting).await;
    // There is one browser, and the paused run has it.
    let mut other = task("Open the page Contact", &setting.site.url("/"));
    other.engine = "local".to_owned();
    let other = runs.run_task(other).await.unwrap().into_inner();
    let other = other.run.unwrap().run_id;
    let events = follow(&mut runs, &other, |_| false).await;
    let none = FailureCategory::Unspecified;
    ended(
        &get(&mut runs, &other).await,
        &events,
        RunStatus::Completed,
        none,
    );
    let still = get(&mut runs, &paused.run_id).await;
    assert_eq!(still.status(), RunStatus::Paused);
    let request = RespondToRunRequest {
        run_id: paused.run_id.clone(),
        response: r#"{"approved": true}"#.to_owned(),
    };
    runs.respond_to_run(request).await.unwrap();
    let events = follow(&mut runs, &paused.run_id, |_| false).await;
    let run = get(&mut runs, &paused.run_id).await;
    ended(&run, &events, RunStatus::Completed, none);
    assert!(
        events.iter().any(|it| it.kind == "recovered"),
        "{:?}",
        summaries(&events)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_no_or_a_cancel_ends_a_paused_run() {
    let setting = setting("").await;
    let mut runs = setting.configured.server.runs().await;
    let run = asked(&setting).await;
    let request = RespondToRunRequest {
        run_id: run.run_id.clone(),
        response: r#"{"approved": false}"#.to_owned(),
    };
    runs.respond_to_run(request).await.unwrap();
    let events = follow(&mut runs, &run.run_id, |_| false).await;
    let run = get(&mut runs, &run.run_id).await;
    ended(
        &run,
        &events,
        RunStatus::Terminated,
        FailureCategory::RejectedByPerson,
    );

    let run = asked(&setting).await;
    let request = CancelRunRequest {
        run_id: run.run_id.clone(),
        reason: "no longer needed".to_owned(),
    };
    runs.cancel_run(request).await.unwrap();
    let events = follow(&mut runs, &run.run_id, |_| false).await;
    let run = get(&mut runs, &run.run_id).await;
    ended(
        &run,
        &events,
        RunStatus::Terminated,
        FailureCategory::StoppedByCaller,
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_waited_for_longer_than_is_set_and_waiting_takes_none_of_a_runs_time() {
    let setting = setting("pause_timeout = \"4s\"\n").await;
    let mut runs = setting.configured.server.runs().await;
    let mut request = task(LOG_IN, &setting.site.url("/portal/login"));
    request.timeout = Some(prost_types::Duration {
        seconds: 3,
        nanos: 0,
    });
    let run = runs.run_task(request).await.unwrap().into_inner();
    let run_id = run.run.unwrap().run_id;
    let bound = Duration::from_secs(60);
    let events = tokio::time::timeout(bound, follow(&mut runs, &run_id, |_| false));
    let events = events.await.unwrap();
    let run = get(&mut runs, &run_id).await;
    ended(
        &run,
        &events,
        RunStatus::TimedOut,
        FailureCategory::Deadline,
    );
    let told = summaries(&events).join("\n");
    assert!(run.failure_reason.contains("nobody answered"), "{told}");
}
