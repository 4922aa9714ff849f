//! Sessions of a test.

use std::time::{Duration, Instant};

use errand_api::v1::{
    CloseSessionRequest, CreateSessionRequest, GetSessionRequest, ListSessionEventsRequest, Run,
    RunTaskRequest, Session, SessionStatus, session_service_client::SessionServiceClient,
};
use tonic::{service::interceptor::InterceptedService, transport::Channel};

use crate::server::{Key, Runs, Server, get};

/// Longest wait of a test.
pub const BOUND: Duration = Duration::from_secs(60);
pub const LOG_IN: &str = "Log in with user demo@example.com and password errand-demo";

pub type Sessions = SessionServiceClient<InterceptedService<Channel, Key>>;

pub async fn sessions(server: &Server) -> Sessions {
    SessionServiceClient::with_interceptor(server.channel().await, server.key())
}

/// Asks for a session.
pub async fn create(sessions: &mut Sessions, request: CreateSessionRequest) -> Session {
    let answer = sessions.create_session(request).await.unwrap();
    answer.into_inner().session.unwrap()
}

/// A session that begins on a page, once it is up.
pub async fn open(sessions: &mut Sessions, url: &str) -> Session {
    let request = CreateSessionRequest {
        url: url.to_owned(),
        ..CreateSessionRequest::default()
    };
    let id = create(sessions, request).await.browser_session_id;
    until(sessions, &id, |it| it.status() != SessionStatus::Starting).await
}

pub async fn read(sessions: &mut Sessions, id: &str) -> Session {
    let request = GetSessionRequest {
        browser_session_id: id.to_owned(),
    };
    let answer = sessions.get_session(request).await.unwrap();
    answer.into_inner().session.unwrap()
}

/// The session, as soon as it is as wanted.
pub async fn until(
    sessions: &mut Sessions,
    id: &str,
    wanted: impl Fn(&Session) -> bool,
) -> Session {
    let started = Instant::now();
    loop {
        let session = read(sessions, id).await;
        if wanted(&session) {
            return session;
        }
        assert!(started.elapsed() < BOUND, "the session stays {session:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

pub async fn close(sessions: &mut Sessions, id: &str) -> Session {
    let request = CloseSessionRequest {
        browser_session_id: id.to_owned(),
        reason: "the test is done".to_owned(),
    };
    let answer = sessions.close_session(request).await.unwrap();
    answer.into_inner().session.unwrap()
}

/// What happened in a session: kinds and summaries.
pub async fn events(sessions: &mut Sessions, id: &str) -> Vec<(String, String)> {
    let request = ListSessionEventsRequest {
        browser_session_id: id.to_owned(),
        ..ListSessionEventsRequest::default()
    };
    let answer = sessions.list_session_events(request).await.unwrap();
    let events = answer.into_inner().events.into_iter();
    events.map(|it| (it.kind, it.summary)).collect()
}

/// A task in a session.
pub fn within(session: &Session, prompt: &str) -> RunTaskRequest {
    RunTaskRequest {
        prompt: prompt.to_owned(),
        engine: "local".to_owned(),
        browser_session_id: session.browser_session_id.clone(),
        ..RunTaskRequest::default()
    }
}

/// Starts a run.
pub async fn start(runs: &mut Runs, request: RunTaskRequest) -> Run {
    let answer = runs.run_task(request).await.unwrap();
    answer.into_inner().run.unwrap()
}

/// The run, once it has ended.
pub async fn ended(runs: &mut Runs, id: &str) -> Run {
    let started = Instant::now();
    loop {
        let run = get(runs, id).await;
        if run.finished_at.is_some() {
            return run;
        }
        assert!(started.elapsed() < BOUND, "the run stays {run:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
