//! What a browser remembers, to go on elsewhere.

mod cookies;

use std::time::Duration;

use errand_domain::storage::{OriginState, StorageState};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Error, Page};

const STORAGE_TIMEOUT: Duration = Duration::from_secs(10);
const MAX_ORIGIN_BYTES: usize = 5 << 20;

#[derive(Debug, Default, Deserialize)]
struct Kept {
    origin: String,
    local: Vec<(String, String)>,
    session: Vec<(String, String)>,
}

impl Page {
    /// What the browser remembers now. Origins that are not open any more are read in a tab of
    /// their own, without asking their servers.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn storage_state(&self) -> Result<StorageState, Error> {
        let _turn = self.shared.turn.lock().await;
        let (context, _) = self.current()?;
        let cookies = self.cookies().await?;
        let (url, visited, frames) = {
            let state = self.watch().state();
            let url = state.here().map(|tab| tab.url.clone()).unwrap_or_default();
            let tabs = state.tabs.iter().map(|tab| tab.context.clone());
            let frames = state.parents.keys().cloned();
            let open: Vec<String> = tabs.chain(frames).take(60).collect();
            (url, state.origins.clone(), open)
        };
        let mut origins: Vec<OriginState> = Vec::new();
        // The current tab first: its session storage is the one that counts.
        let mut open = vec![context.clone()];
        open.extend(frames.into_iter().filter(|frame| *frame != context));
        for frame in open {
            let here = self.watch().state().top_of(&frame) == context;
            let Ok(Ok(kept)) = self.ask::<Kept>(&frame, "storage", json!({})).await else {
                continue;
            };
            let session = if here { kept.session } else { Vec::new() };
            merge(
                &mut origins,
                OriginState {
                    origin: kept.origin,
                    local: kept.local,
                    session,
                    ..OriginState::default()
                },
            );
        }
        let unread: Vec<String> = visited
            .into_iter()
            .filter(|origin| origins.iter().all(|known| known.origin != *origin))
            .collect();
        for kept in Box::pin(self.read_closed(&unread)).await? {
            let state = OriginState {
                origin: kept.origin,
                local: kept.local,
                ..OriginState::default()
            };
            merge(&mut origins, state);
        }
        origins.retain(|origin| !(origin.local.is_empty() && origin.session.is_empty()));
        Ok(StorageState {
            url,
            cookies,
            origins,
            ..StorageState::default()
        })
    }

    /// Puts back what a browser remembered and opens its address.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn restore(&self, state: &StorageState) -> Result<(), Error> {
        Box::pin(self.put_state(state)).await?;
        if state.url.starts_with("http") {
            let action = errand_domain::Action::Navigate {
                url: state.url.clone(),
            };
            Box::pin(self.act(&action)).await?;
        }
        Ok(())
    }

    /// Puts back what a browser remembered, before anything is opened in this one. Its sites'
    /// servers are not asked. Returns what could not be put back, one sentence each.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn put_state(&self, state: &StorageState) -> Result<Vec<String>, Error> {
        let _turn = self.shared.turn.lock().await;
        let refused = self.put_cookies(&state.cookies).await?;
        let notes = refused
            .into_iter()
            .map(|cookie| format!("the browser refused the cookie {cookie}"))
            .collect();
        Box::pin(self.write_origins(&state.origins)).await?;
        Ok(notes)
    }

    async fn read_closed(&self, origins: &[String]) -> Result<Vec<Kept>, Error> {
        if origins.is_empty() {
            return Ok(Vec::new());
        }
        let context = self.create_tab().await?;
        let mut kept = Vec::new();
        for origin in origins {
            match self.open_empty(&context, origin).await {
                Ok(()) => {
                    let answer = self.ask::<Kept>(&context, "storage", json!({})).await?;
                    kept.extend(answer.ok());
                }
                Err(Error::Gone) => return Err(Error::Gone),
                Err(error) => tracing::warn!(%error, origin, "its storage could not be read"),
            }
        }
        self.close_target(&context).await?;
        Ok(kept)
    }

    async fn write_origins(&self, origins: &[OriginState]) -> Result<(), Error> {
        let (context, _) = self.current()?;
        for origin in origins {
            self.open_empty(&context, &origin.origin).await?;
            let input = json!({ "local": origin.local, "session": origin.session });
            let written = self.ask::<Value>(&context, "restore", input).await?;
            written.map_err(|refusal| refusal.into_error(&origin.origin))?;
        }
        Ok(())
    }

    /// Opens an empty document of an origin that its server never hears of.
    async fn open_empty(&self, context: &str, origin: &str) -> Result<(), Error> {
        let session = self.session_of(context).await?;
        let mut events = self.cdp().events();
        let pattern = json!({ "patterns": [{ "urlPattern": "*", "requestStage": "Request" }] });
        self.cdp()
            .call_in(&session, "Fetch.enable", pattern)
            .await?;
        let answer = async {
            loop {
                let event = events.recv().await.map_err(|_| Error::Gone)?;
                if event["method"] != "Fetch.requestPaused" || event["sessionId"] != *session {
                    continue;
                }
                let params = json!({
                    "requestId": event["params"]["requestId"],
                    "responseCode": 200,
                    "responseHeaders": [
                        { "name": "content-type", "value": "text/html" },
                        { "name": "cache-control", "value": "no-store" },
                    ],
                    "body": "",
                });
                self.cdp()
                    .call_in(&session, "Fetch.fulfillRequest", params)
                    .await?;
            }
        };
        let params = json!({ "url": origin });
        let open = self
            .cdp()
            .call_in_within(STORAGE_TIMEOUT, &session, "Page.navigate", params);
        let opened = tokio::select! {
            opened = open => opened.map(drop).map_err(Error::from),
            error = answer => match error { Ok(()) => Ok(()), Err(error) => Err(error) },
        };
        self.cdp()
            .call_in(&session, "Fetch.disable", json!({}))
            .await?;
        opened
    }
}

fn merge(origins: &mut Vec<OriginState>, more: OriginState) {
    let size: usize = more
        .local
        .iter()
        .chain(&more.session)
        .map(|(k, v)| k.len() + v.len())
        .sum();
    if size > 2 * MAX_ORIGIN_BYTES || !more.origin.starts_with("http") {
        return;
    }
    match origins.iter_mut().find(|known| known.origin == more.origin) {
        Some(known) if known.session.is_empty() => known.session = more.session,
        Some(_) => {}
        None => origins.push(more),
    }
}
