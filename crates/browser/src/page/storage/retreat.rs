//! A tab of our own that shows empty documents of any origin, of which no server ever hears.

use std::{
    collections::HashSet,
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::json;
use tokio::{
    sync::{broadcast::error::RecvError, oneshot},
    task::JoinHandle,
    time::timeout,
};

use super::LOOK_AGAIN;
use crate::{
    page::{Error, Page, block, watch::Watch},
    socket::Socket,
};

const STEP: Duration = Duration::from_secs(10);

/// The tab. Dropped, it closes by itself.
pub(super) struct Retreat {
    pub(super) context: String,
    session: String,
    done: Option<oneshot::Sender<()>>,
    answering: Option<JoinHandle<()>>,
}

impl Retreat {
    /// Opens a tab for it.
    pub(super) async fn open(page: &Page) -> Result<Self, Error> {
        let context = page.create_helper().await?;
        match page.session_of(&context).await {
            Ok(session) => Self::begin(page, context, session, true).await,
            Err(error) => {
                page.watch().state().helping -= 1;
                page.close_target(&context).await?;
                Err(error)
            }
        }
    }

    /// Takes the current tab for it, which stays.
    pub(super) async fn here(page: &Page) -> Result<Self, Error> {
        let (context, session) = page.current()?;
        Self::begin(page, context, session, false).await
    }

    async fn begin(
        page: &Page,
        context: String,
        session: String,
        own: bool,
    ) -> Result<Self, Error> {
        page.watch().state().helpers.insert(context.clone());
        let (done, over) = oneshot::channel();
        let answers = Answers {
            cdp: page.cdp().clone(),
            watch: Arc::clone(&page.shared.watch),
            context: context.clone(),
            session: session.clone(),
            own,
            blocking: page.shared.parts.blocking.is_some(),
        };
        // It outlives whoever hangs up on the call, for as long as it takes to tidy up: bounded.
        let answering = tokio::spawn(answers.give(over));
        let retreat = Self {
            context,
            session,
            done: Some(done),
            answering: Some(answering),
        };
        let pattern = json!({ "patterns": [{ "urlPattern": "*", "requestStage": "Request" }] });
        let calls = [
            ("Fetch.enable", pattern),
            // A site's own worker would answer in our place.
            ("Network.setBypassServiceWorker", json!({ "bypass": true })),
        ];
        for (method, params) in calls {
            let call = page
                .cdp()
                .call_in_within(STEP, &retreat.session, method, params);
            call.await?;
        }
        Ok(retreat)
    }

    /// Goes to an empty document of that origin.
    pub(super) async fn go(&self, page: &Page, url: &str) -> Result<(), Error> {
        let documents = || {
            let state = page.watch().state();
            state.tab(&self.context).map(|tab| tab.committed)
        };
        let before = documents();
        let mut changes = page.watch().changes();
        let params = json!({ "url": url });
        let method = "Page.navigate";
        let went = page
            .cdp()
            .call_in_within(STEP, &self.session, method, params);
        match went.await?["errorText"].as_str() {
            Some(text) if !text.is_empty() => {
                let reason = text.to_owned();
                return Err(Error::Browser { reason });
            }
            _ => {}
        }
        // It is answered before the document is there.
        let there = async {
            while documents().is_some_and(|it| Some(it) == before) {
                changes.changed().await.map_err(|_| Error::Gone)?;
            }
            documents().map(drop).ok_or(Error::Gone)
        };
        timeout(STEP, there).await.map_err(|_| Error::Timeout {
            what: "opening an empty document".to_owned(),
            after: STEP,
        })?
    }

    /// Goes to an empty document with empty frames of these origins in it, and says which frame is
    /// whose. Those that do not come in time are missing.
    pub(super) async fn go_around(
        &self,
        page: &Page,
        top: &str,
        origins: &[String],
        until: Instant,
    ) -> Result<Vec<(String, String)>, Error> {
        self.go(page, top).await?;
        let input = json!({ "urls": origins });
        let embedded = page.ask_storage::<bool>(STEP, &self.context, "embed", &input);
        embedded.await?.map_err(|refusal| refusal.into_error(top))?;
        let mut there: Vec<(String, String)> = Vec::new();
        let mut changes = page.watch().changes();
        while there.len() < origins.len() && Instant::now() < until {
            let frames: Vec<String> = {
                let state = page.watch().state();
                let mine = state.parents.iter().filter(|(_, it)| **it == self.context);
                mine.map(|(frame, _)| frame.clone()).collect()
            };
            for frame in frames {
                if there.iter().any(|(known, _)| *known == frame) {
                    continue;
                }
                // It may be on its way to another process.
                match page
                    .ask_storage::<String>(STEP, &frame, "place", &json!({}))
                    .await
                {
                    Ok(Ok(origin)) if origins.contains(&origin) => there.push((frame, origin)),
                    Err(Error::Gone) => return Err(Error::Gone),
                    _ => {}
                }
            }
            if there.len() < origins.len() {
                let _ = timeout(LOOK_AGAIN, changes.changed()).await;
            }
        }
        Ok(there)
    }

    /// Ends it, and waits until its tab is closed.
    pub(super) async fn close(mut self) {
        drop(self.done.take());
        if let Some(answering) = self.answering.take() {
            // The task bounds itself.
            let _ = answering.await;
        }
    }
}

/// Answers every request of the tab with an empty document.
struct Answers {
    cdp: Socket,
    watch: Arc<Watch>,
    context: String,
    session: String,
    own: bool,
    blocking: bool,
}

impl Answers {
    async fn give(self, mut over: oneshot::Receiver<()>) {
        let mut events = self.cdp.events();
        let closed = self.cdp.closed();
        let mut listening = HashSet::from([self.session.clone()]);
        loop {
            let event = tokio::select! {
                // It only ever ends.
                _ = &mut over => break,
                () = closed.cancelled() => break,
                event = events.recv() => match event {
                    Ok(event) => event,
                    Err(RecvError::Lagged(_)) => continue,
                    Err(RecvError::Closed) => break,
                },
            };
            let session = event["sessionId"].as_str().unwrap_or_default();
            if event["method"] != "Fetch.requestPaused" || !listening.contains(session) {
                continue;
            }
            listening.insert(session.to_owned());
            let params = json!({
                "requestId": event["params"]["requestId"],
                "responseCode": 200,
                "responseHeaders": [
                    { "name": "content-type", "value": "text/html" },
                    { "name": "cache-control", "value": "no-store" },
                ],
                // Browsers with a window would ask for an icon.
                "body": "PGxpbmsgcmVsPWljb24gaHJlZj1kYXRhOiw+",
            });
            let answer = self
                .cdp
                .call_in_within(STEP, session, "Fetch.fulfillRequest", params);
            if let Err(error) = answer.await {
                tracing::debug!(%error, "a request of ours was not answered");
            }
        }
        self.tidy().await;
    }

    async fn tidy(self) {
        let done = if self.own {
            let params = json!({ "targetId": self.context });
            let close = self.cdp.call_within(STEP, "Target.closeTarget", params);
            close.await
        } else {
            let method = "Network.setBypassServiceWorker";
            let params = json!({ "bypass": false });
            let both = async {
                let session = &self.session;
                let calls = self.cdp.call_in_within(STEP, session, method, params);
                calls.await?;
                let (method, params) = block::at_rest(self.blocking);
                let stop = self.cdp.call_in_within(STEP, session, method, params);
                stop.await
            };
            both.await
        };
        if let Err(error) = done {
            tracing::debug!(%error, "a tab of ours did not close");
        }
        let mut state = self.watch.state();
        state.helpers.remove(&self.context);
        state.helping = state.helping.saturating_sub(u32::from(self.own));
    }
}
