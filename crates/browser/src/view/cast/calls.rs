//! Commands to one tab that nobody waits for: a dialog may hold them up.

use std::time::Duration;

use futures_util::{FutureExt, future::BoxFuture, stream::FuturesUnordered};
use serde_json::{Value, json};

use super::Kind;
use crate::socket::{Error, Socket};

const CALL_TIMEOUT: Duration = Duration::from_secs(10);

/// Commands under way in one tab.
pub(super) struct Calls {
    socket: Socket,
    session: String,
    pub(super) running: FuturesUnordered<BoxFuture<'static, Result<(), Error>>>,
}

impl Calls {
    pub(super) fn new(socket: &Socket, session: &str) -> Self {
        Self {
            socket: socket.clone(),
            session: session.to_owned(),
            running: FuturesUnordered::new(),
        }
    }

    pub(super) fn start(&mut self, kind: Kind) {
        let params = json!({
            "format": "jpeg",
            "quality": kind.quality,
            "maxWidth": kind.width,
            "maxHeight": kind.height,
        });
        self.push("Page.startScreencast", params);
    }

    /// Begins anew, which has the browser send the page as it is.
    pub(super) fn restart(&mut self, kind: Kind) {
        self.push("Page.stopScreencast", json!({}));
        self.start(kind);
    }

    pub(super) fn take(&mut self, number: i64) {
        self.push("Page.screencastFrameAck", json!({ "sessionId": number }));
    }

    fn push(&mut self, method: &'static str, params: Value) {
        let (socket, session) = (self.socket.clone(), self.session.clone());
        let call = async move {
            let call = socket.call_in_within(CALL_TIMEOUT, &session, method, params);
            call.await.map(drop)
        };
        let mut call = call.boxed();
        // Sent now, so that all of them go in the order in which they were asked for.
        match (&mut call).now_or_never() {
            Some(done) => self.running.push(std::future::ready(done).boxed()),
            None => self.running.push(call),
        }
    }
}
