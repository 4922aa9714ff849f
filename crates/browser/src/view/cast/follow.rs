//! Following the current tab with a screencast, from tab to tab.

use std::{sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use errand_domain::view::Frame;
use futures_util::StreamExt;
use serde_json::{Value, json};
use tokio::{
    sync::{broadcast::error::RecvError, watch},
    time::{Instant, sleep_until, timeout},
};

use super::{Kind, Output, calls::Calls};
use crate::{
    page::{Here, Page},
    socket::{self, Socket},
    view::{
        pace::{Due, Pace},
        poll,
    },
};

/// How long until a tab that could not be followed is tried again.
const AGAIN: Duration = Duration::from_millis(500);

/// Why a tab is no longer followed.
enum Left {
    /// Another one is current, or this one could not be followed.
    Tab,
    /// The connection ended.
    Closed,
    /// The browser has no screencasts.
    Lacking,
}

pub(super) struct Follow {
    page: Page,
    here: watch::Receiver<Option<Here>>,
    fps: watch::Receiver<u8>,
    out: Output,
    kind: Kind,
}

impl Follow {
    pub(super) fn new(
        page: &Page,
        here: watch::Receiver<Option<Here>>,
        fps: watch::Receiver<u8>,
        frames: watch::Sender<Option<Arc<Frame>>>,
        kind: Kind,
    ) -> Self {
        Self {
            page: page.clone(),
            here,
            fps,
            out: Output::new(frames),
            kind,
        }
    }

    pub(super) async fn run(mut self) {
        let gone = self.page.closed();
        let work = async {
            match self.page.another_connection().await {
                Ok(socket) => {
                    if !self.follow_all(&socket).await {
                        return;
                    }
                }
                Err(error) => tracing::debug!(%error, "no connection for a screencast"),
            }
            poll::run(&self.page, self.kind, &self.fps, &mut self.out).await;
        };
        tokio::select! {
            () = gone.cancelled() => {}
            () = work => {}
        }
    }

    /// Follows the current tab, whichever it is; says whether pictures have to be had otherwise.
    async fn follow_all(&mut self, socket: &Socket) -> bool {
        loop {
            let Some(here) = self.here.borrow_and_update().clone() else {
                if self.here.changed().await.is_err() {
                    return false;
                }
                continue;
            };
            let params = json!({ "targetId": here.target, "flatten": true });
            let left = match socket.call("Target.attachToTarget", params).await {
                Ok(attached) => {
                    let session = attached["sessionId"]
                        .as_str()
                        .unwrap_or_default()
                        .to_owned();
                    let left = self.follow(socket, &session, &here).await;
                    let params = json!({ "sessionId": session });
                    let detach = socket.call("Target.detachFromTarget", params);
                    // A tab that is gone has no session either.
                    let _ = timeout(AGAIN, detach).await;
                    left
                }
                Err(socket::Error::Closed) => Left::Closed,
                Err(_) => Left::Tab,
            };
            match left {
                Left::Closed => return false,
                Left::Lacking => return true,
                Left::Tab => {
                    // Where it is the same tab as before, it is not tried without end.
                    let same = self.here.borrow().as_ref() == Some(&here);
                    if same {
                        let _ = timeout(AGAIN, self.here.changed()).await;
                    }
                }
            }
        }
    }

    async fn follow(&mut self, socket: &Socket, session: &str, here: &Here) -> Left {
        let mut events = socket.events();
        let mut calls = Calls::new(socket, session);
        let pause = |fps: u8| Duration::from_secs(1) / u32::from(fps.max(1));
        let mut pace = Pace::new(pause(*self.fps.borrow_and_update()), Instant::now());
        calls.start(self.kind);
        loop {
            let wake = pace.wake();
            let at = wake.unwrap_or_else(Instant::now);
            tokio::select! {
                event = events.recv() => match event {
                    Ok(event) if event["method"] == "Target.detachedFromTarget" => {
                        if event["params"]["sessionId"] == session {
                            return Left::Tab;
                        }
                    }
                    Ok(event) if event["sessionId"] == session => {
                        match self.picture(&event, here) {
                            Picture::None => {}
                            Picture::Given(number) => pace.came(number, Instant::now()),
                            Picture::TooLarge(number) => {
                                self.kind = self.kind.less();
                                calls.take(number);
                                calls.restart(self.kind);
                            }
                        }
                    }
                    Ok(_) | Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return Left::Closed,
                },
                Some(done) = calls.running.next() => match done {
                    Err(socket::Error::Closed) => return Left::Closed,
                    // -32601: there is no such method.
                    Err(socket::Error::Refused { code, .. }) if code == "-32601" => {
                        return Left::Lacking;
                    }
                    Err(socket::Error::Refused { method, message, .. })
                        if method == "Page.startScreencast" =>
                    {
                        tracing::debug!(message, "a tab is not followed");
                        return Left::Tab;
                    }
                    _ => {}
                },
                () = sleep_until(at), if wake.is_some() => match pace.due(Instant::now()) {
                    Some(Due::Take(number)) => calls.take(number),
                    Some(Due::Refresh(numbers)) => {
                        numbers.into_iter().for_each(|number| calls.take(number));
                        calls.restart(self.kind);
                    }
                    None => {}
                },
                changed = self.fps.changed() => {
                    if changed.is_err() {
                        return Left::Closed;
                    }
                    pace.set(pause(*self.fps.borrow_and_update()));
                }
                changed = self.here.changed() => {
                    if changed.is_err() {
                        return Left::Closed;
                    }
                    if self.here.borrow_and_update().as_ref() != Some(here) {
                        return Left::Tab;
                    }
                }
                () = closed(socket) => return Left::Closed,
            }
        }
    }

    /// Gives out the picture of an event, if it has one.
    fn picture(&mut self, event: &Value, here: &Here) -> Picture {
        let params = &event["params"];
        if event["method"] != "Page.screencastFrame" {
            return Picture::None;
        }
        let data = params["data"].as_str().unwrap_or_default();
        let number = params["sessionId"].as_i64().unwrap_or_default();
        let Ok(jpeg) = STANDARD.decode(data) else {
            return Picture::Given(number);
        };
        let metadata = &params["metadata"];
        if self.out.give(jpeg.into(), &here.tab, metadata) {
            Picture::Given(number)
        } else {
            Picture::TooLarge(number)
        }
    }
}

/// What became of an event's picture, with the browser's number of it.
enum Picture {
    None,
    Given(i64),
    TooLarge(i64),
}

async fn closed(socket: &Socket) {
    socket.closed().cancelled_owned().await;
}
