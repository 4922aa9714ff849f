//! Live browsers that are watched.

use std::time::Duration;

use errand_api::v1::{
    Frame, ViewOptions, ViewState, WatchSessionRequest, WatchSessionResponse,
    watch_session_response::Change,
};
use errand_testing::Site;
use tokio::time::timeout;
use tonic::Streaming;

use crate::{
    server::Server,
    session::{BOUND, LOG_IN, Sessions, close, ended, open, sessions, start, within},
};

async fn watch(sessions: &mut Sessions, id: &str, rate: i32, quality: i32) -> Watcher {
    let request = WatchSessionRequest {
        browser_session_id: id.to_owned(),
        options: Some(ViewOptions {
            max_frames_per_second: rate,
            quality,
            ..ViewOptions::default()
        }),
        ..WatchSessionRequest::default()
    };
    let answer = sessions.watch_session(request).await.unwrap();
    Watcher(answer.into_inner())
}

struct Watcher(Streaming<WatchSessionResponse>);

impl Watcher {
    async fn next(&mut self) -> Option<Change> {
        let message = timeout(BOUND, self.0.message()).await.unwrap().unwrap();
        message.map(|it| it.change.unwrap())
    }

    async fn frame(&mut self) -> Frame {
        loop {
            if let Some(Change::Frame(frame)) = self.next().await {
                return frame;
            }
        }
    }

    async fn state(&mut self, wanted: impl Fn(&ViewState) -> bool) -> ViewState {
        loop {
            match self.next().await.unwrap() {
                Change::State(state) if wanted(&state) => return state,
                _ => {}
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_watch_at_different_rates_until_the_browser_ends() {
    let site = Site::start(1).await.unwrap();
    let server = Server::start();
    let mut sessions = sessions(&server).await;
    let session = open(&mut sessions, &site.url("/portal/login")).await;
    let id = &session.browser_session_id;
    let mut fine = watch(&mut sessions, id, 20, 90).await;
    let mut coarse = watch(&mut sessions, id, 1, 20).await;
    let first = fine.frame().await;
    assert_eq!(&first.jpeg[..3], b"\xff\xd8\xff");
    assert_eq!(first.width, 1280);
    let small = coarse.frame().await;
    assert!(small.jpeg.len() < first.jpeg.len());
    // A page that stands still costs nothing.
    let still = timeout(Duration::from_millis(1_500), coarse.frame()).await;
    assert!(still.is_err(), "a frame of a page that stands still");
    let mut runs = server.runs().await;
    let run = start(&mut runs, within(&session, LOG_IN)).await;
    let by = coarse.state(|it| it.controller.as_ref().is_some_and(|by| !by.name.is_empty()));
    assert_eq!(by.await.controller.unwrap().name, run.run_id);
    coarse.state(|it| it.url.contains("dashboard")).await;
    fine.frame().await;
    ended(&mut runs, &run.run_id).await;
    close(&mut sessions, id).await;
    while fine.next().await.is_some() {}
    while coarse.next().await.is_some() {}
    let request = WatchSessionRequest {
        browser_session_id: id.clone(),
        ..WatchSessionRequest::default()
    };
    let late = sessions.watch_session(request).await.unwrap_err();
    assert_eq!(late.code(), tonic::Code::FailedPrecondition);
}
