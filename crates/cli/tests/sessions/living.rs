//! Sessions from their beginning to their end, and the runs in them.

use errand_api::v1::{
    CreateSessionRequest, ExtendSessionRequest, FailureCategory, ListSessionsRequest, RunStatus,
    SessionCloseReason, SessionStatus, Viewport,
};
use errand_testing::Site;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use crate::{
    server::{Server, follow},
    session::{LOG_IN, close, create, ended, events, open, read, sessions, start, until, within},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn runs_take_turns_and_each_goes_on_from_where_the_one_before_stopped() {
    let site = Site::start(1).await.unwrap();
    let server = Server::start();
    let mut sessions = sessions(&server).await;
    let mut runs = server.runs().await;
    let request = CreateSessionRequest {
        url: site.url("/portal/login"),
        viewport: Some(Viewport {
            width: 1000,
            height: 700,
        }),
        ..CreateSessionRequest::default()
    };
    // Runs can be put into it before it is up.
    let session = create(&mut sessions, request).await;
    assert_eq!(session.timeout, 60);
    let prompts = [
        LOG_IN,
        "What is the account balance?",
        "Open the page Customers",
    ];
    let mut accepted = Vec::new();
    for prompt in prompts {
        accepted.push(start(&mut runs, within(&session, prompt)).await);
    }
    assert_eq!(accepted[2].status(), RunStatus::Created);
    assert!(
        accepted[2]
            .queued_reason
            .contains(&session.browser_session_id)
    );
    let mut done = Vec::new();
    for run in &accepted {
        let run = ended(&mut runs, &run.run_id).await;
        assert_eq!(run.status(), RunStatus::Completed, "{}", run.failure_reason);
        assert_eq!(run.browser_session_id, session.browser_session_id);
        done.push(run);
    }
    assert!(done[1].output.contains("$20,137.51"), "{}", done[1].output);
    let at = |run: usize| {
        let started = done[run].started_at.unwrap();
        let finished = done[run].finished_at.unwrap();
        let nanos = |at: prost_types::Timestamp| (at.seconds, at.nanos);
        (nanos(started), nanos(finished))
    };
    assert!(at(0).1 <= at(1).0 && at(1).1 <= at(2).0, "one at a time");
    let id = &session.browser_session_id;
    let closed = close(&mut sessions, id).await;
    assert_eq!(closed.status(), SessionStatus::Closed);
    assert_eq!(closed.close_reason(), SessionCloseReason::Caller);
    assert!(closed.completed_at.is_some());
    let happened = events(&mut sessions, id).await;
    let kinds: Vec<&str> = happened.iter().map(|it| it.0.as_str()).collect();
    let turns = ["run_started", "run_finished"].repeat(3);
    let expected = [
        &["created", "started"],
        turns.as_slice(),
        &["closing", "ended"],
    ]
    .concat();
    assert_eq!(kinds, expected);
    // Once more is no error; a run for it is.
    assert_eq!(
        close(&mut sessions, id).await.status(),
        SessionStatus::Closed
    );
    let late = runs.run_task(within(&session, LOG_IN)).await.unwrap_err();
    assert_eq!(late.code(), tonic::Code::FailedPrecondition);
    let listed = |include_ended| ListSessionsRequest {
        include_ended,
        ..ListSessionsRequest::default()
    };
    for (all, count) in [(false, 0), (true, 1)] {
        let page = sessions.list_sessions(listed(all)).await.unwrap();
        assert_eq!(page.into_inner().sessions.len(), count);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_a_session_ends_its_run_and_cancels_those_that_wait() {
    let site = Site::start(1).await.unwrap();
    let server = Server::start();
    let mut sessions = sessions(&server).await;
    let mut runs = server.runs().await;
    let session = open(&mut sessions, &site.url("/portal/login")).await;
    let id = &session.browser_session_id;
    let long = "Wait 50 seconds, then open the page Customers";
    let running = start(&mut runs, within(&session, long)).await;
    let waiting = start(&mut runs, within(&session, LOG_IN)).await;
    follow(&mut runs, &running.run_id, |it| it.kind == "step_started").await;
    let seen = read(&mut sessions, id).await;
    assert_eq!(seen.runnable_id, running.run_id);
    assert_eq!(seen.waiting_runs, 1);
    let more = ExtendSessionRequest {
        browser_session_id: id.clone(),
        additional_minutes: 10,
    };
    let longer = sessions.extend_session(more.clone()).await.unwrap();
    assert_eq!(longer.into_inner().session.unwrap().timeout, 70);
    assert_eq!(
        close(&mut sessions, id).await.status(),
        SessionStatus::Closed
    );
    let run = ended(&mut runs, &running.run_id).await;
    assert_eq!(run.status(), RunStatus::Terminated);
    assert_eq!(run.failure_category(), FailureCategory::SessionClosed);
    let run = ended(&mut runs, &waiting.run_id).await;
    assert_eq!(run.status(), RunStatus::Canceled);
    let late = sessions.extend_session(more).await.unwrap_err();
    assert_eq!(late.code(), tonic::Code::FailedPrecondition);
}

/// Lets the time of every session run out: nobody waits five minutes for a test.
async fn run_out(server: &Server) {
    use sqlx::{AssertSqlSafe, Connection as _};
    sqlx::any::install_default_drivers();
    let url = format!("sqlite://{}", server.data.join("errand.db").display());
    let mut database = sqlx::AnyConnection::connect(&url).await.unwrap();
    let sql = "UPDATE sessions SET expires_at = created_at + 1 WHERE state = 'running'";
    sqlx::query(AssertSqlSafe(sql.to_owned()))
        .execute(&mut database)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_whose_time_runs_out_ends_its_run_and_makes_room_for_the_next() {
    let site = Site::start(1).await.unwrap();
    let server = Server::start_with(&["--browsers", "1", "--warm-browsers", "0"]);
    let mut sessions = sessions(&server).await;
    let mut runs = server.runs().await;
    let first = open(&mut sessions, &site.url("/portal/login")).await;
    let long = "Wait 50 seconds, then open the page Customers";
    let run = start(&mut runs, within(&first, long)).await;
    let stranded = start(&mut runs, within(&first, LOG_IN)).await;
    follow(&mut runs, &run.run_id, |it| it.kind == "step_started").await;
    let next = create(&mut sessions, CreateSessionRequest::default()).await;
    let waiting = until(&mut sessions, &next.browser_session_id, |it| {
        it.queued_reason.contains("all 1 of the server are in use")
    });
    assert_eq!(waiting.await.status(), SessionStatus::Starting);
    run_out(&server).await;
    let run = ended(&mut runs, &run.run_id).await;
    assert_eq!(run.status(), RunStatus::TimedOut);
    assert_eq!(run.failure_category(), FailureCategory::SessionClosed);
    assert!(
        run.failure_reason.contains("60 minutes"),
        "{}",
        run.failure_reason
    );
    // The one behind it never began.
    let stranded = ended(&mut runs, &stranded.run_id).await;
    assert_eq!(stranded.status(), RunStatus::Canceled, "{stranded:?}");
    let gone = |it: &errand_api::v1::Session| it.completed_at.is_some();
    let first = until(&mut sessions, &first.browser_session_id, gone).await;
    assert_eq!(first.status(), SessionStatus::Closed);
    assert_eq!(first.close_reason(), SessionCloseReason::Timeout);
    let up = |it: &errand_api::v1::Session| it.status() == SessionStatus::Running;
    until(&mut sessions, &next.browser_session_id, up).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crashed_browser_fails_its_session_and_its_run_within_seconds() {
    let site = Site::start(1).await.unwrap();
    let server = Server::start();
    let mut sessions = sessions(&server).await;
    let mut runs = server.runs().await;
    let session = open(&mut sessions, &site.url("/portal/login")).await;
    let id = &session.browser_session_id;
    let long = "Wait 50 seconds, then open the page Customers";
    let run = start(&mut runs, within(&session, long)).await;
    follow(&mut runs, &run.run_id, |it| it.kind == "step_started").await;
    for pid in browsers_of(&server) {
        kill(Pid::from_raw(pid), Signal::SIGKILL).ok();
    }
    let failed = until(&mut sessions, id, |it| it.completed_at.is_some()).await;
    assert_eq!(failed.status(), SessionStatus::Failed);
    assert_eq!(failed.close_reason(), SessionCloseReason::BrowserCrashed);
    let run = ended(&mut runs, &run.run_id).await;
    assert_eq!(run.status(), RunStatus::Failed);
    assert_eq!(run.failure_category(), FailureCategory::BrowserCrashed);
}

/// Chromium's own processes among the descendants of the server.
fn browsers_of(server: &Server) -> Vec<i32> {
    let folder = server.data.join("browsers").display().to_string();
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    processes
        .filter_map(|it| it.file_name().to_str()?.parse::<i32>().ok())
        .filter(|pid| {
            let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            let line = String::from_utf8_lossy(&line).into_owned();
            line.contains(&folder) && line.contains("chrom") && !line.contains("guard")
        })
        .collect()
}
