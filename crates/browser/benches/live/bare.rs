//! A screencast taken from the browser by hand: what it gives at best.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use errand_browser::{Browser, Socket};
use serde_json::{Value, json};
use tokio::sync::{Mutex, broadcast::Receiver};

pub(crate) struct Bare<'a> {
    socket: Socket,
    session: String,
    events: Mutex<Receiver<Arc<Value>>>,
    _browser: &'a Browser,
}

impl<'a> Bare<'a> {
    pub(crate) async fn start(browser: &'a Browser) -> Self {
        let tree = browser
            .bidi()
            .unwrap()
            .call("browsingContext.getTree", json!({}));
        let target = tree.await.unwrap()["contexts"][0]["context"].clone();
        let socket = Socket::connect(browser.cdp().url()).await.unwrap();
        let params = json!({ "targetId": target, "flatten": true });
        let attached = socket.call("Target.attachToTarget", params).await.unwrap();
        let session = attached["sessionId"].as_str().unwrap().to_owned();
        let events = Mutex::new(socket.events());
        let cast = Self {
            socket,
            session,
            events,
            _browser: browser,
        };
        let params =
            json!({ "format": "jpeg", "quality": 60, "maxWidth": 1280, "maxHeight": 1280 });
        cast.call("Page.startScreencast", params).await;
        cast
    }

    pub(crate) async fn call(&self, method: &str, params: Value) {
        let call = self.socket.call_in(&self.session, method, params);
        call.await.unwrap();
    }

    /// The next frame, which is taken at once.
    pub(crate) async fn frame(&self) {
        let mut events = self.events.lock().await;
        loop {
            let event = events.recv().await.unwrap();
            if event["method"] == "Page.screencastFrame" {
                let number = &event["params"]["sessionId"];
                let params = json!({ "sessionId": number });
                self.call("Page.screencastFrameAck", params).await;
                return;
            }
        }
    }

    pub(crate) async fn count(&self, span: Duration) -> usize {
        let end = Instant::now() + span;
        let mut frames = 0;
        while tokio::time::timeout_at(end.into(), self.frame())
            .await
            .is_ok()
        {
            frames += 1;
        }
        frames
    }

    pub(crate) async fn stop(&self) {
        self.call("Page.stopScreencast", json!({})).await;
    }
}
