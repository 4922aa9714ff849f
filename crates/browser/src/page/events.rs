//! The task that reads the browser's events and does what they ask for.

use std::{pin::pin, sync::Arc, task::Poll, time::Duration};

use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    task::{JoinHandle, JoinSet},
    time::timeout,
};
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

use super::{
    Error, Parts, block,
    watch::{Duty, TabState, Watch},
};
use crate::{
    launch::Identity,
    socket::{Error as Refused, Socket},
};

const SETUP_TIMEOUT: Duration = Duration::from_secs(10);
const MAX_DUTIES: usize = 64;

/// Takes up the tabs that are open, and has everything that opens from now on wait until it is
/// listened to.
pub(super) async fn start(
    parts: &Parts,
    watch: &Arc<Watch>,
    gone: &CancellationToken,
) -> Result<JoinHandle<()>, Error> {
    let events = parts.cdp.events();
    let pages = json!({ "filter": [{ "type": "page" }] });
    let method = "Target.getTargets";
    let there = parts.cdp.call_within(SETUP_TIMEOUT, method, pages).await?;
    {
        let mut state = watch.state();
        state.ours.clone_from(&parts.ours);
        for tab in &parts.tabs {
            let infos = there["targetInfos"].as_array();
            let info = infos.and_then(|it| it.iter().find(|it| it["targetId"] == **tab));
            state.take_up(info.ok_or(Error::Gone)?);
        }
    }
    let task = Task {
        cdp: parts.cdp.clone(),
        watch: Arc::clone(watch),
        gone: gone.clone(),
        told: Arc::new(Told {
            identity: parts.identity.clone(),
            settings: parts.settings.clone(),
            blocking: parts.blocking.is_some(),
        }),
    };
    let deciding = parts.blocking.clone().map(|list| {
        let (cdp, events) = (parts.cdp.clone(), parts.cdp.events());
        let deciding = block::decide(list, cdp, Arc::clone(watch), events, gone.clone());
        AbortOnDropHandle::new(tokio::spawn(deciding))
    });
    let task = tokio::spawn(task.run(events, deciding));
    let method = "Target.setAutoAttach";
    if parts.ours.is_some() {
        // Nothing is set for the whole of a browser that others use as well.
        let follow = follow(&["page"]);
        parts.cdp.call_within(SETUP_TIMEOUT, method, follow).await?;
    } else {
        let follow = follow(&["page", "service_worker", "shared_worker"]);
        parts.cdp.call_within(SETUP_TIMEOUT, method, follow).await?;
        // Under a name of the browser's own: what a site calls its file may be there already.
        let behavior = json!({
            "behavior": "allowAndName",
            "downloadPath": parts.downloads.folder,
            "eventsEnabled": true,
        });
        let method = "Browser.setDownloadBehavior";
        parts
            .cdp
            .call_within(SETUP_TIMEOUT, method, behavior)
            .await?;
    }
    let mut changes = watch.changes();
    let attached = async {
        while watch.state().tabs.iter().any(|tab| !tab.ready) {
            changes.changed().await.ok();
        }
    };
    let late = |_| Error::Timeout {
        what: "taking up its tabs".to_owned(),
        after: SETUP_TIMEOUT,
    };
    timeout(SETUP_TIMEOUT, attached).await.map_err(late)?;
    Ok(task)
}

/// Attaches to targets of these kinds as they come, before they do anything.
fn follow(kinds: &[&str]) -> Value {
    let filter: Vec<Value> = kinds.iter().map(|kind| json!({ "type": kind })).collect();
    json!({
        "autoAttach": true,
        "waitForDebuggerOnStart": true,
        "flatten": true,
        "filter": filter,
    })
}

struct Task {
    cdp: Socket,
    watch: Arc<Watch>,
    gone: CancellationToken,
    told: Arc<Told>,
}

/// What everything that opens is told first.
struct Told {
    identity: Option<Identity>,
    settings: Vec<(&'static str, Value)>,
    blocking: bool,
}

impl Task {
    /// Follows the events, and ends with the browser. What decides on requests ends with it.
    async fn run(self, mut events: Receiver<Arc<Value>>, _deciding: Option<AbortOnDropHandle<()>>) {
        let _gone = self.gone.clone().drop_guard();
        let closed = self.cdp.closed();
        let mut duties = JoinSet::new();
        loop {
            let duty = tokio::select! {
                event = events.recv() => match event {
                    Ok(event) => self.watch.event(&event),
                    Err(RecvError::Lagged(lost)) => { self.lagged(lost); Duty::Nothing }
                    Err(RecvError::Closed) => break,
                },
                Some(_) = duties.join_next() => continue,
                () = closed.cancelled() => break,
            };
            if duty != Duty::Nothing {
                // A page that opens popups without end must not make tasks without end.
                if duties.len() >= MAX_DUTIES {
                    duties.join_next().await;
                }
                let (told, watch) = (Arc::clone(&self.told), Arc::clone(&self.watch));
                duties.spawn(perform(duty, self.cdp.clone(), watch, told));
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

async fn perform(duty: Duty, cdp: Socket, watch: Arc<Watch>, told: Arc<Told>) {
    let done = match duty {
        Duty::Nothing => Ok(()),
        Duty::Page { session, tab } => {
            let mut calls = listening(&["iframe", "worker"], &told, Identity::of_page);
            calls.insert(0, ("Page.enable", json!({})));
            calls.insert(1, ("Runtime.enable", json!({})));
            // A tab behind another still draws frames and takes keys.
            let focus = json!({ "enabled": true });
            calls.insert(2, ("Emulation.setFocusEmulationEnabled", focus));
            if tab.is_some() {
                calls.splice(0..0, told.settings.iter().cloned());
            }
            let mut prepared = pin!(call_all(&cdp, &session, calls));
            // All is sent now, and so before whatever anybody asks of the session later.
            let done = futures_util::poll!(&mut prepared);
            let change = |how: fn(&mut TabState, &str)| {
                let mut state = watch.state();
                if let Some(tab) = tab.as_ref().and_then(|tab| state.tab_mut(tab)) {
                    how(tab, &session);
                }
                drop(state);
                watch.touched();
            };
            change(|tab, session| tab.session = Some(session.to_owned()));
            let done = match done {
                Poll::Ready(done) => done,
                Poll::Pending => prepared.await,
            };
            change(|tab, _| tab.ready = true);
            done
        }
        Duty::Worker(session) => {
            let calls = listening(&["worker"], &told, Identity::of_worker);
            call_all(&cdp, &session, calls).await
        }
        Duty::Close(target) => {
            let params = json!({ "targetId": target });
            let close = cdp.call_within(SETUP_TIMEOUT, "Target.closeTarget", params);
            close.await.map(drop)
        }
        Duty::Cancel(guid) => {
            let params = json!({ "guid": guid });
            let cancel = cdp.call_within(SETUP_TIMEOUT, "Browser.cancelDownload", params);
            cancel.await.map(drop)
        }
        Duty::Detach(session) => {
            let params = json!({ "sessionId": session });
            let detach = cdp.call_within(SETUP_TIMEOUT, "Target.detachFromTarget", params);
            detach.await.map(drop)
        }
    };
    if let Err(error) = done {
        // The target may be gone again already.
        tracing::debug!(%error, "an event of the browser could not be followed");
    }
}

/// What is switched on everywhere; the last lets go of a target that waits for it.
fn listening(
    inner: &[&str],
    all: &Told,
    told: fn(&Identity) -> Value,
) -> Vec<(&'static str, Value)> {
    // Nobody asks for bodies, so none are kept.
    let none = json!({ "maxTotalBufferSize": 0, "maxResourceBufferSize": 0, "maxPostDataSize": 0 });
    let told = all.identity.as_ref().map(told);
    let told = told.map(|it| ("Emulation.setUserAgentOverride", it));
    let held = all.blocking.then(block::holding);
    let rest = [
        ("Network.enable", none),
        ("Target.setAutoAttach", follow(inner)),
        ("Runtime.runIfWaitingForDebugger", json!({})),
    ];
    told.into_iter().chain(held).chain(rest).collect()
}

async fn call_all(
    cdp: &Socket,
    session: &str,
    calls: Vec<(&'static str, Value)>,
) -> Result<(), Refused> {
    let calls = calls
        .into_iter()
        .map(|(method, params)| cdp.call_in_within(SETUP_TIMEOUT, session, method, params));
    join_all(calls)
        .await
        .into_iter()
        .try_for_each(|done| done.map(drop))
}
