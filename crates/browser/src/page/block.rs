//! Requests for advertisements and trackers are stopped before they leave the browser.
//!
//! Only kinds of requests that such things come as are held back for a decision; what can't be
//! decided goes on. A request that is held by mistake would hang, so whatever goes wrong here ends
//! in letting go.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use serde_json::{Value, json};
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

use super::watch::{Duty, Watch};
use crate::{
    block::{AdBlock, Asked},
    socket::Socket,
};

/// Kinds of requests that are decided on. Fonts and style sheets are what pages look like.
const KINDS: [&str; 9] = [
    "Document",
    "Image",
    "Media",
    "Script",
    "XHR",
    "Fetch",
    "Ping",
    "EventSource",
    "Other",
];
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// Answers on their way at once.
const MAX_ANSWERS: usize = 256;
/// Hosts that are counted by name.
const MAX_HOSTS: usize = 200;

/// What was blocked in a browser.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Blocked {
    /// Requests, since the start.
    pub total: u64,
    /// Requests of the document that the current tab shows.
    pub here: u64,
    /// Requests by the host that they were for, the 200 first met.
    pub hosts: BTreeMap<String, u64>,
}

/// Counts of what was blocked.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) total: u64,
    pub(super) hosts: BTreeMap<String, u64>,
}

impl Tally {
    pub(super) fn count(&mut self, url: &str) {
        self.total += 1;
        let parsed = url::Url::parse(url).ok();
        let Some(host) = parsed.as_ref().and_then(url::Url::host_str) else {
            return;
        };
        if let Some(count) = self.hosts.get_mut(host) {
            *count += 1;
        } else if self.hosts.len() < MAX_HOSTS {
            self.hosts.insert(host.to_owned(), 1);
        }
    }
}

/// What has the requests of a target held back: `Fetch.enable`.
pub(super) fn holding() -> (&'static str, Value) {
    let pattern = |kind| json!({ "urlPattern": "http*", "resourceType": kind });
    let patterns: Vec<Value> = KINDS.into_iter().map(pattern).collect();
    ("Fetch.enable", json!({ "patterns": patterns }))
}

/// What is held where nobody holds anything for a reason of his own.
pub(super) fn at_rest(blocking: bool) -> (&'static str, Value) {
    match blocking {
        true => holding(),
        false => ("Fetch.disable", json!({})),
    }
}

/// Decides on what is held, until the browser ends.
pub(super) async fn decide(
    block: AdBlock,
    cdp: Socket,
    watch: Arc<Watch>,
    mut events: Receiver<Arc<Value>>,
    gone: CancellationToken,
) {
    let mut answers = JoinSet::new();
    loop {
        let event = tokio::select! {
            event = events.recv() => event,
            Some(_) = answers.join_next() => continue,
            () = gone.cancelled() => return,
        };
        let event = match event {
            Ok(event) => event,
            Err(RecvError::Lagged(lost)) => {
                tracing::warn!(lost, "requests that may be held are let go");
                let sessions = watch.state().sessions();
                answers.spawn(let_go(cdp.clone(), sessions));
                continue;
            }
            Err(RecvError::Closed) => return,
        };
        if event["method"] != "Fetch.requestPaused" {
            continue;
        }
        let session = event["sessionId"].as_str().unwrap_or_default();
        let params = &event["params"];
        // Others hold requests as well, and answer them.
        if !watch.state().decides(session) {
            continue;
        }
        let id = &params["requestId"];
        let blocked = blocked(&block, &watch, session, params);
        let (method, answer) = match blocked {
            None => ("Fetch.continueRequest", json!({ "requestId": id })),
            Some(_) => (
                "Fetch.failRequest",
                json!({ "requestId": id, "errorReason": "BlockedByClient" }),
            ),
        };
        if answers.len() >= MAX_ANSWERS {
            answers.join_next().await;
        }
        let (cdp, session) = (cdp.clone(), session.to_owned());
        answers.spawn(async move {
            let answer = cdp.call_in_within(ANSWER_TIMEOUT, &session, method, answer);
            if let Err(error) = answer.await {
                // What asked is gone.
                tracing::debug!(%error, "a held request could not be answered");
            }
            if let Some(Duty::Close(target)) = blocked {
                let params = json!({ "targetId": target });
                let close = cdp.call_within(ANSWER_TIMEOUT, "Target.closeTarget", params);
                close.await.ok();
            }
        });
    }
}

/// Whether the request is blocked, and what to do besides.
fn blocked(block: &AdBlock, watch: &Watch, session: &str, params: &Value) -> Option<Duty> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let request = &params["request"];
    let (url, method) = (text(&request["url"]), text(&request["method"]));
    let kind = text(&params["resourceType"]);
    let place = watch.state().place(session, &text(&params["frameId"]));
    let popup = match (kind.as_str(), &place.opener) {
        ("Document", Some(_)) if place.top => true,
        // Where somebody wants to go is nobody else's business.
        ("Document", None) if place.top => return None,
        _ => false,
    };
    let headers = &request["headers"];
    let asker = ["Referer", "referer"]
        .iter()
        .find_map(|it| headers[it].as_str());
    let source = asker
        .or_else(|| place.opener.as_deref().filter(|_| popup))
        .unwrap_or(&place.url);
    let asked = Asked {
        url: &url,
        source,
        kind: &kind,
        method: &method,
    };
    if !block.blocks(asked) {
        return None;
    }
    let mut state = watch.state();
    state.blocked(&place.tab, &url, &method);
    drop(state);
    watch.touched();
    // A window that was opened for an advertisement goes with it.
    Some(if popup {
        Duty::Close(place.tab)
    } else {
        Duty::Nothing
    })
}

/// Has the browser go on with all that is held, and hold again what comes.
async fn let_go(cdp: Socket, sessions: Vec<String>) {
    for session in sessions {
        let (enable, patterns) = holding();
        for (method, params) in [("Fetch.disable", json!({})), (enable, patterns)] {
            let call = cdp.call_in_within(ANSWER_TIMEOUT, &session, method, params);
            if let Err(error) = call.await {
                tracing::debug!(%error, "requests could not be let go");
            }
        }
    }
}
