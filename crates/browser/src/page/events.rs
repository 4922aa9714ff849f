//! The task that reads both sockets' events and does what they ask for.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    task::{JoinHandle, JoinSet},
};
use tokio_util::sync::CancellationToken;

use super::{
    Error, Parts,
    watch::{Duty, Watch},
};
use crate::socket::Socket;

const SETUP_TIMEOUT: Duration = Duration::from_secs(10);
const MAX_DUTIES: usize = 64;

/// Subscribes, takes up what is open, and starts the task.
pub(super) async fn start(
    parts: &Parts,
    watch: &Arc<Watch>,
    gone: &CancellationToken,
) -> Result<JoinHandle<()>, Error> {
    let (bidi_events, cdp_events) = (parts.bidi.events(), parts.cdp.events());
    let events = json!({ "events": [
        "browsingContext", "network.beforeRequestSent", "network.responseStarted",
        "network.responseCompleted", "network.fetchError",
    ] });
    parts
        .bidi
        .call_within(SETUP_TIMEOUT, "session.subscribe", events)
        .await?;
    let tree = parts
        .bidi
        .call_within(SETUP_TIMEOUT, "browsingContext.getTree", json!({}))
        .await?;
    for context in tree["contexts"].as_array().into_iter().flatten() {
        let duty = watch.state().created(context);
        if let Duty::Attach(context) = duty {
            attach(&parts.cdp, watch, &context).await?;
        }
        take_up_frames(watch, context);
    }
    let task = Task {
        bidi: parts.bidi.clone(),
        cdp: parts.cdp.clone(),
        watch: Arc::clone(watch),
        gone: gone.clone(),
    };
    Ok(tokio::spawn(task.run(bidi_events, cdp_events)))
}

fn take_up_frames(watch: &Watch, context: &Value) {
    for child in context["children"].as_array().into_iter().flatten() {
        let mut made = child.clone();
        made["parent"] = context["context"].clone();
        watch.state().created(&made);
        take_up_frames(watch, child);
    }
}

struct Task {
    bidi: Socket,
    cdp: Socket,
    watch: Arc<Watch>,
    gone: CancellationToken,
}

impl Task {
    async fn run(self, mut bidi: Receiver<Arc<Value>>, mut cdp: Receiver<Arc<Value>>) {
        let _gone = self.gone.clone().drop_guard();
        let (bidi_closed, cdp_closed) = (self.bidi.closed(), self.cdp.closed());
        let mut duties = JoinSet::new();
        loop {
            let duty = tokio::select! {
                event = bidi.recv() => match event {
                    Ok(event) => self.watch.bidi(&event),
                    Err(RecvError::Lagged(lost)) => { self.lagged(lost); Duty::Nothing }
                    Err(RecvError::Closed) => break,
                },
                event = cdp.recv() => match event {
                    Ok(event) => self.watch.cdp(&event),
                    Err(RecvError::Lagged(lost)) => { self.lagged(lost); Duty::Nothing }
                    Err(RecvError::Closed) => break,
                },
                Some(_) = duties.join_next() => continue,
                () = bidi_closed.cancelled() => break,
                () = cdp_closed.cancelled() => break,
            };
            if duty != Duty::Nothing {
                // A page that opens popups without end must not make tasks without end.
                if duties.len() >= MAX_DUTIES {
                    duties.join_next().await;
                }
                let (bidi, cdp) = (self.bidi.clone(), self.cdp.clone());
                duties.spawn(perform(duty, bidi, cdp, Arc::clone(&self.watch)));
            }
        }
    }

    /// What ended meanwhile is not known any more: nothing is waited for that may be over.
    fn lagged(&self, lost: u64) {
        tracing::warn!(lost, "events of the browser were lost");
        self.watch.state().requests = super::requests::Requests::default();
        self.watch.touched();
    }
}

async fn perform(duty: Duty, bidi: Socket, cdp: Socket, watch: Arc<Watch>) {
    let done = match duty {
        Duty::Nothing => Ok(()),
        Duty::Attach(context) => attach(&cdp, &watch, &context).await,
        Duty::Close(context) => {
            let params = json!({ "context": context, "promptUnload": false });
            let close = bidi.call_within(SETUP_TIMEOUT, "browsingContext.close", params);
            close.await.map(drop).map_err(Error::from)
        }
        Duty::Prepare(session) => prepare(&cdp, &session).await,
    };
    if let Err(error) = done {
        // The tab may be gone again already.
        tracing::debug!(%error, "an event of the browser could not be followed");
    }
}

/// Attaches CDP to a tab.
async fn attach(cdp: &Socket, watch: &Watch, context: &str) -> Result<(), Error> {
    let params = json!({ "targetId": context, "flatten": true });
    let attached = cdp
        .call_within(SETUP_TIMEOUT, "Target.attachToTarget", params)
        .await?;
    let session = attached["sessionId"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    if let Some(tab) = watch.state().tab_mut(context) {
        tab.session = Some(session.clone());
    }
    watch.touched();
    prepare(cdp, &session).await
}

/// Switches on what is listened to in a target, and attaches to its cross-origin frames.
async fn prepare(cdp: &Socket, session: &str) -> Result<(), Error> {
    let follow = json!({
        "autoAttach": true,
        "waitForDebuggerOnStart": false,
        "flatten": true,
        "filter": [{ "type": "iframe" }],
    });
    let calls = [
        ("Page.enable", json!({})),
        ("Runtime.enable", json!({})),
        ("Target.setAutoAttach", follow),
        // A tab behind another still draws frames and takes keys.
        (
            "Emulation.setFocusEmulationEnabled",
            json!({ "enabled": true }),
        ),
    ];
    let calls =
        calls.map(|(method, params)| cdp.call_in_within(SETUP_TIMEOUT, session, method, params));
    for done in futures_util::future::join_all(calls).await {
        done?;
    }
    Ok(())
}
