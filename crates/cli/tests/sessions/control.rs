//! Live browsers taken over by hand.

use axum::{Router, http::Uri, response::Html};
use errand_api::v1::{
    ControlSessionRequest, InputEvent, KeyAction, KeyInput, MouseAction, MouseInput, PasteInput,
    PauseKind, PointerButton, RunStatus, SendInputRequest, TakeControl, TextInput,
    control_session_request, control_session_response::Answer, input_event::Input,
};
use errand_testing::Site;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Code;

use crate::{
    server::{Server, follow, get, task},
    session::{LOG_IN, ended, events, open, sessions, start, within},
};

fn take(session: &str) -> ControlSessionRequest {
    let take = TakeControl {
        browser_session_id: session.to_owned(),
        name: "Ada".to_owned(),
        ..TakeControl::default()
    };
    ControlSessionRequest {
        step: Some(control_session_request::Step::Take(take)),
    }
}

fn step(input: Input) -> ControlSessionRequest {
    ControlSessionRequest {
        step: Some(control_session_request::Step::Input(event(input))),
    }
}

fn event(input: Input) -> InputEvent {
    InputEvent { input: Some(input) }
}

fn press(key: &str) -> Input {
    Input::Key(KeyInput {
        action: KeyAction::Press.into(),
        key: key.to_owned(),
        ..KeyInput::default()
    })
}

fn text(text: &str) -> Input {
    Input::Text(TextInput {
        text: text.to_owned(),
    })
}

fn click(x: f64, y: f64) -> Input {
    Input::Mouse(MouseInput {
        action: MouseAction::Click.into(),
        x,
        y,
        button: PointerButton::Left.into(),
        ..MouseInput::default()
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_pauses_while_a_person_acts_and_goes_on_with_what_they_left() {
    let site = Site::start(1).await.unwrap();
    let server = Server::start();
    let mut sessions = sessions(&server).await;
    let mut runs = server.runs().await;
    let session = open(&mut sessions, &site.url("/portal/login")).await;
    let id = &session.browser_session_id;
    let (steps, inputs) = mpsc::channel(8);
    steps.send(take(id)).await.unwrap();
    let answers = sessions.control_session(ReceiverStream::new(inputs)).await;
    let mut answers = answers.unwrap().into_inner();
    let granted = answers.message().await.unwrap().unwrap().answer;
    assert!(
        matches!(&granted, Some(Answer::Granted(by)) if by.name == "Ada"),
        "{granted:?}"
    );
    // One at a time.
    let (more, others) = mpsc::channel(1);
    more.send(take(id)).await.unwrap();
    let second = sessions.control_session(ReceiverStream::new(others)).await;
    let second = second.unwrap_err();
    assert_eq!(second.code(), Code::FailedPrecondition);
    assert!(second.message().contains("Ada"), "{}", second.message());
    let run = start(&mut runs, within(&session, "What is the account balance?")).await;
    let paused = follow(&mut runs, &run.run_id, |it| it.kind == "run_paused").await;
    assert!(paused.last().unwrap().summary.contains("Ada"));
    let waiting = get(&mut runs, &run.run_id).await;
    assert_eq!(waiting.status(), RunStatus::Paused);
    assert_eq!(waiting.pause.unwrap().kind(), PauseKind::Control);
    // What the run could not do: log in.
    let by_hand = [
        // Past the link to all pages.
        press("Tab"),
        press("Tab"),
        text("demo@example.com"),
        press("Tab"),
        text("errand-demo"),
        press("Enter"),
    ];
    for (input, number) in by_hand.into_iter().zip(1..) {
        steps.send(step(input)).await.unwrap();
        let answer = answers.message().await.unwrap().unwrap().answer;
        let done = |it: &Answer| matches!(it, Answer::Result(it) if it.number == number && it.error.is_empty());
        assert!(answer.as_ref().is_some_and(done), "{answer:?}");
    }
    for wrong in [click(5_000.0, 10.0), press("NoSuchKey"), text("")] {
        steps.send(step(wrong)).await.unwrap();
        let answer = answers.message().await.unwrap().unwrap().answer;
        assert!(
            matches!(&answer, Some(Answer::Result(it)) if !it.error.is_empty()),
            "{answer:?}"
        );
    }
    // Ten megabytes are more than a message may have; control is given back with the stream.
    let paste = Input::Paste(PasteInput {
        text: "x".repeat(10 << 20),
    });
    steps.send(step(paste)).await.unwrap();
    let refused = answers.message().await.unwrap_err();
    assert_eq!(refused.code(), Code::ResourceExhausted, "{refused:?}");
    drop((steps, answers));
    let run = ended(&mut runs, &run.run_id).await;
    assert_eq!(run.status(), RunStatus::Completed, "{}", run.failure_reason);
    assert!(run.output.contains("$20,137.51"), "{}", run.output);
    let happened = events(&mut sessions, id).await;
    for kind in ["control_taken", "control_returned"] {
        let by = happened.iter().find(|it| it.0 == kind);
        assert_eq!(by.map(|it| it.1.as_str()), Some("Ada"), "{happened:?}");
    }
}

/// A page behind a captcha that a person can read.
async fn gate() -> String {
    const PAGE: &str = "<title>Gate</title><p>Verify you are human</p>\
        <form action=/in><label>Type the characters you see <input name=captcha></label></form>";
    const INSIDE: &str = "<title>Inside</title><h1>Welcome</h1>\
        <button onclick=\"out.textContent='Gone on'\">Continue</button><p id=out></p>";
    let answer = |uri: Uri| async move {
        Html(match uri.query() {
            Some("captcha=W7KX") => INSIDE,
            _ => PAGE,
        })
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let router = Router::new().fallback(answer);
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_needs_a_person_goes_on_with_what_they_did_in_its_browser() {
    let site = gate().await;
    let server = Server::start();
    let mut sessions = sessions(&server).await;
    let mut runs = server.runs().await;
    let mut request = task("Click Continue and wait for 'Gone on'", &site);
    request.engine = "local".to_owned();
    let run = start(&mut runs, request).await;
    follow(&mut runs, &run.run_id, |it| it.kind == "run_paused").await;
    let paused = get(&mut runs, &run.run_id).await;
    assert_eq!(paused.pause.unwrap().kind(), PauseKind::Help);
    let step = |events: Vec<Input>, token: &str, release| SendInputRequest {
        run_id: run.run_id.clone(),
        control_token: token.to_owned(),
        events: events.into_iter().map(event).collect(),
        release,
        ..SendInputRequest::default()
    };
    let typed = vec![press("Tab"), text("W7KX"), press("Enter")];
    let sent = sessions.send_input(step(typed, "", false)).await.unwrap();
    let sent = sent.into_inner();
    let failed = sent.results.iter().find(|it| !it.error.is_empty());
    assert!(failed.is_none(), "{failed:?}");
    let back = step(Vec::new(), &sent.control_token, true);
    sessions.send_input(back).await.unwrap();
    let run = ended(&mut runs, &run.run_id).await;
    assert_eq!(run.status(), RunStatus::Completed, "{}", run.failure_reason);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn inputs_call_by_call_need_the_token_that_came_with_control() {
    let site = Site::start(1).await.unwrap();
    let server = Server::start();
    let mut sessions = sessions(&server).await;
    let mut runs = server.runs().await;
    let session = open(&mut sessions, &site.url("/portal/login")).await;
    let send = |events: Vec<Input>, token: &str, release| SendInputRequest {
        browser_session_id: session.browser_session_id.clone(),
        control_token: token.to_owned(),
        events: events.into_iter().map(event).collect(),
        release,
        ..SendInputRequest::default()
    };
    let first = sessions
        .send_input(send(vec![press("Tab")], "", false))
        .await;
    let token = first.unwrap().into_inner().control_token;
    let stranger = sessions.send_input(send(vec![], "", false)).await;
    assert_eq!(stranger.unwrap_err().code(), Code::FailedPrecondition);
    let forged = sessions.send_input(send(vec![], "forged", false)).await;
    assert_eq!(forged.unwrap_err().code(), Code::Aborted);
    let wrong = send(vec![press("Tab"), press("NoSuchKey")], &token, false);
    let wrong = sessions.send_input(wrong).await.unwrap_err();
    assert_eq!(wrong.code(), Code::InvalidArgument);
    assert!(wrong.message().contains("events[1]"), "{}", wrong.message());
    let last = sessions
        .send_input(send(vec![press("Tab")], &token, true))
        .await;
    assert_eq!(last.unwrap().into_inner().control_token, "");
    let run = start(&mut runs, within(&session, LOG_IN)).await;
    let run = ended(&mut runs, &run.run_id).await;
    assert_eq!(run.status(), RunStatus::Completed, "{}", run.failure_reason);
}
