//! Two servers on one PostgreSQL: a browser belongs to one, and is reached through both.

use std::sync::OnceLock;

use errand_api::v1::{
    ControlSessionRequest, CreateProfileRequest, InputEvent, KeyAction, KeyInput, RunStatus,
    SendInputRequest, SessionStatus, TakeControl, WatchSessionRequest,
    control_session_request::Step, control_session_response::Answer, input_event::Input,
    profile_service_client::ProfileServiceClient, watch_session_response::Change,
};
use errand_testing::{Postgres, Site};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_tungstenite::tungstenite::Message;
use tonic::Code;

use crate::{
    server::{Server, task},
    session::{LOG_IN, close, ended, open, read, sessions, start, until, within},
};

/// One server for all tests of this process; its keeper stops it when the process ends.
fn postgres() -> &'static Postgres {
    static SERVER: OnceLock<Postgres> = OnceLock::new();
    SERVER.get_or_init(|| Postgres::start().unwrap())
}

/// Two servers on one database that share their key; only the first has browsers.
fn pair() -> (Server, Server) {
    let database = postgres().database().unwrap();
    let key = "5e".repeat(32);
    let shared = ["--database-url", &database, "--secret-key", &key];
    let first = Server::start_with(&[&shared[..], &["--browsers", "2"]].concat());
    let second = Server::start_with(&[&shared[..], &["--browsers", "0"]].concat());
    (first, second)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_is_watched_and_controlled_through_the_other_replica() {
    let site = Site::start(1).await.unwrap();
    let (first, second) = pair();
    // All calls go to the one that has no browsers.
    let mut there = sessions(&second).await;
    let mut runs = second.runs().await;
    let session = open(&mut there, &site.url("/portal/login")).await;
    let id = &session.browser_session_id;
    assert_eq!(session.status(), SessionStatus::Running);
    let request = WatchSessionRequest {
        browser_session_id: id.clone(),
        ..WatchSessionRequest::default()
    };
    let mut frames = there.watch_session(request).await.unwrap().into_inner();
    let mut seen = (false, false);
    while seen != (true, true) {
        match frames.message().await.unwrap().unwrap().change.unwrap() {
            Change::Frame(frame) => seen.0 = frame.jpeg.starts_with(b"\xff\xd8"),
            Change::State(state) => seen.1 = state.url.contains("/portal/login"),
        }
    }
    let take = TakeControl {
        browser_session_id: id.clone(),
        ..TakeControl::default()
    };
    let press = InputEvent {
        input: Some(Input::Key(KeyInput {
            action: KeyAction::Press.into(),
            key: "Tab".to_owned(),
            ..KeyInput::default()
        })),
    };
    let (steps, inputs) = mpsc::channel(4);
    for step in [Step::Take(take), Step::Input(press.clone())] {
        let step = Some(step);
        steps.send(ControlSessionRequest { step }).await.unwrap();
    }
    let answers = there.control_session(ReceiverStream::new(inputs)).await;
    let mut answers = answers.unwrap().into_inner();
    let granted = answers.message().await.unwrap().unwrap().answer;
    assert!(matches!(granted, Some(Answer::Granted(_))), "{granted:?}");
    let done = answers.message().await.unwrap().unwrap().answer;
    assert!(
        matches!(&done, Some(Answer::Result(it)) if it.error.is_empty()),
        "{done:?}"
    );
    // Held there, so refused here and there.
    let send = SendInputRequest {
        browser_session_id: id.clone(),
        events: vec![press],
        ..SendInputRequest::default()
    };
    for server in [&first, &second] {
        let refused = sessions(server).await.send_input(send.clone()).await;
        assert_eq!(refused.unwrap_err().code(), Code::FailedPrecondition);
    }
    drop((steps, answers));
    // By the address that the other one gave, at the other one.
    assert!(
        session
            .browser_address
            .contains(second.url.trim_start_matches("http"))
    );
    let (mut program, _) = tokio_tungstenite::connect_async(&session.browser_address)
        .await
        .unwrap();
    let ask = r#"{"id":1,"method":"Browser.getVersion"}"#;
    program.send(Message::text(ask)).await.unwrap();
    let version = program.next().await.unwrap().unwrap().into_text().unwrap();
    assert!(version.contains("Chrome/"), "{version}");
    drop(program);
    let saved = ProfileServiceClient::with_interceptor(second.channel().await, second.key())
        .create_profile(CreateProfileRequest {
            name: "through the other".to_owned(),
            browser_session_id: id.clone(),
            ..CreateProfileRequest::default()
        })
        .await;
    assert!(saved.is_ok(), "{saved:?}");
    let run = start(&mut runs, within(&session, LOG_IN)).await;
    let run = ended(&mut runs, &run.run_id).await;
    assert_eq!(run.status(), RunStatus::Completed, "{}", run.failure_reason);
    assert_eq!(close(&mut there, id).await.status(), SessionStatus::Closed);
    while frames.message().await.unwrap().is_some() {}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_fails_when_its_server_dies_and_the_other_says_so() {
    let site = Site::start(1).await.unwrap();
    let (mut first, second) = pair();
    let mut there = sessions(&second).await;
    let session = open(&mut there, &site.url("/portal/login")).await;
    let id = &session.browser_session_id;
    first.kill();
    let request = WatchSessionRequest {
        browser_session_id: id.clone(),
        ..WatchSessionRequest::default()
    };
    let unreachable = there.watch_session(request).await.unwrap_err();
    assert_eq!(unreachable.code(), Code::Unavailable);
    let failed = until(&mut there, id, |it| it.completed_at.is_some()).await;
    assert_eq!(failed.status(), SessionStatus::Failed);
    let mut runs = second.runs().await;
    let late = runs.run_task(within(&session, LOG_IN)).await.unwrap_err();
    assert_eq!(late.code(), Code::FailedPrecondition);
    // Others wait for a browser, and are told so.
    let waiting = runs.run_task(task(LOG_IN, &site.url("/portal/login")));
    let waiting = waiting.await.unwrap().into_inner().run.unwrap();
    assert_eq!(waiting.status(), RunStatus::Queued);
    assert!(waiting.queued_reason.contains("browser"), "{waiting:?}");
    read(&mut there, id).await;
}
