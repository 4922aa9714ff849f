//! What is around the pictures: tabs with their titles, the pointer, dialogs.

use std::{collections::HashMap, sync::Arc, time::Duration};

use errand_domain::{text::clip, view::ViewState};
use serde_json::{Value, json};
use tokio::{
    sync::{
        broadcast::{self, error::RecvError},
        watch,
    },
    time::{Instant, sleep_until},
};
use tokio_util::task::AbortOnDropHandle;

use crate::{
    page::{Here, Page},
    socket::Socket,
};

/// Shortest time between two states: what a page does without end is told so often at most.
const PAUSE: Duration = Duration::from_millis(50);
const MAX_TITLE_BYTES: usize = 500;
/// Titles that are remembered; a browser has fewer tabs.
const MAX_TITLES: usize = 200;

/// Follows what is around the pictures for as long as it is held.
#[derive(Debug)]
pub(super) struct Scene {
    states: watch::Receiver<Arc<ViewState>>,
    here: watch::Receiver<Option<Here>>,
    _task: AbortOnDropHandle<()>,
}

impl Scene {
    pub(super) fn start(page: &Page) -> Self {
        let (here, here_seen) = watch::channel(page.here());
        let (states, states_seen) = watch::channel(Arc::new(page.scene(|_| None)));
        let task = Task {
            page: page.clone(),
            titles: HashMap::new(),
            states,
            here,
        };
        Self {
            states: states_seen,
            here: here_seen,
            _task: AbortOnDropHandle::new(tokio::spawn(task.run())),
        }
    }

    pub(super) fn states(&self) -> watch::Receiver<Arc<ViewState>> {
        self.states.clone()
    }

    /// The current tab.
    pub(super) fn here(&self) -> watch::Receiver<Option<Here>> {
        self.here.clone()
    }
}

struct Task {
    page: Page,
    titles: HashMap<String, String>,
    states: watch::Sender<Arc<ViewState>>,
    here: watch::Sender<Option<Here>>,
}

impl Task {
    async fn run(mut self) {
        let gone = self.page.closed();
        // Without it there are no titles, and the rest all the same.
        let socket = match self.page.another_connection().await {
            Ok(socket) => Some(socket),
            Err(error) => {
                tracing::debug!(%error, "titles of tabs are not to be had");
                None
            }
        };
        let mut events = socket.as_ref().map(Socket::events);
        let discover = async {
            if let Some(socket) = &socket {
                let params = json!({ "discover": true, "filter": [{ "type": "page" }] });
                let _ = socket.call("Target.setDiscoverTargets", params).await;
            }
            std::future::pending::<()>().await;
        };
        tokio::pin!(discover);
        let mut changes = self.page.changes();
        let mut told = Instant::now();
        let mut stale = true;
        loop {
            tokio::select! {
                () = gone.cancelled() => return,
                () = &mut discover => {}
                changed = changes.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    stale = true;
                    self.follow();
                }
                event = told_by(&mut events) => match event {
                    Ok(event) => stale |= self.title(&event),
                    Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => events = None,
                },
                () = sleep_until(told + PAUSE), if stale => {
                    stale = false;
                    told = Instant::now();
                    self.tell();
                }
            }
        }
    }

    /// Pictures follow the current tab at once.
    fn follow(&self) {
        let now = self.page.here();
        self.here.send_if_modified(|here| {
            let moved = *here != now;
            *here = now;
            moved
        });
    }

    fn tell(&self) {
        let state = self.page.scene(|target| self.titles.get(target).cloned());
        self.states.send_if_modified(|told| {
            let changed = **told != state;
            if changed {
                *told = Arc::new(state);
            }
            changed
        });
    }

    /// Takes note of a title; says whether it is another than before.
    fn title(&mut self, event: &Value) -> bool {
        let params = &event["params"];
        match event["method"].as_str() {
            Some("Target.targetCreated" | "Target.targetInfoChanged") => {
                let info = &params["targetInfo"];
                let (id, title) = (info["targetId"].as_str(), info["title"].as_str());
                let (Some(id), Some(title)) = (id, title) else {
                    return false;
                };
                if self.titles.len() >= MAX_TITLES {
                    self.titles.clear();
                }
                let title = clip(&title.replace('\0', "\u{fffd}"), MAX_TITLE_BYTES);
                let before = self.titles.insert(id.to_owned(), title.clone());
                before.as_deref() != Some(&title)
            }
            Some("Target.targetDestroyed") => {
                let id = params["targetId"].as_str().unwrap_or_default();
                self.titles.remove(id).is_some()
            }
            _ => false,
        }
    }
}

async fn told_by(
    events: &mut Option<broadcast::Receiver<Arc<Value>>>,
) -> Result<Arc<Value>, RecvError> {
    match events {
        Some(events) => events.recv().await,
        None => std::future::pending().await,
    }
}
