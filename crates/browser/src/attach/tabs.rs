//! Our tabs in a browser that others use as well.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde_json::json;
use tokio::time::timeout;

use crate::socket::{self, Socket};

const OPEN_TIMEOUT: Duration = Duration::from_secs(10);
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// The tabs that are ours to use and to close, by CDP's target ids. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Ours(Arc<Mutex<BTreeSet<String>>>);

impl Ours {
    /// Opens a tab, in a window of its own where there are windows: what its owner looks at stays
    /// where it is.
    pub(crate) async fn open(cdp: &Socket) -> Result<Self, socket::Error> {
        let own = json!({ "url": "about:blank", "newWindow": true });
        let made = cdp.call_within(OPEN_TIMEOUT, "Target.createTarget", own);
        let made = match made.await {
            Err(socket::Error::Refused { .. }) => {
                let plain = json!({ "url": "about:blank" });
                cdp.call_within(OPEN_TIMEOUT, "Target.createTarget", plain)
                    .await?
            }
            other => other?,
        };
        let ours = Self::default();
        ours.add(made["targetId"].as_str().unwrap_or_default());
        Ok(ours)
    }

    pub(crate) fn add(&self, target: &str) {
        self.lock().insert(target.to_owned());
    }

    pub(crate) fn remove(&self, target: &str) {
        self.lock().remove(target);
    }

    pub(crate) fn list(&self) -> Vec<String> {
        self.lock().iter().cloned().collect()
    }

    /// Closes them, and what they opened in the meantime. Bounded.
    pub(crate) async fn close(&self, cdp: &Socket) {
        if timeout(CLOSE_TIMEOUT, self.close_all(cdp)).await.is_err() {
            tracing::warn!("not all tabs in another's browser could be closed");
        }
    }

    async fn close_all(&self, cdp: &Socket) {
        let mut events = cdp.events();
        let pages = json!({ "discover": true, "filter": [{ "type": "page" }] });
        let told = cdp.call_within(CLOSE_TIMEOUT, "Target.setDiscoverTargets", pages);
        drop(told.await);
        loop {
            let there = cdp.call_within(CLOSE_TIMEOUT, "Target.getTargets", json!({}));
            let there = there.await.unwrap_or_default();
            let infos = there["targetInfos"]
                .as_array()
                .map_or(&[][..], Vec::as_slice);
            for info in infos {
                let text = |name: &str| info[name].as_str().unwrap_or_default();
                if text("type") == "page" && self.lock().contains(text("openerId")) {
                    self.add(text("targetId"));
                }
            }
            let mut ours = self.list();
            ours.retain(|tab| infos.iter().any(|it| it["targetId"] == **tab));
            if ours.is_empty() {
                return;
            }
            let close = ours.iter().map(|tab| {
                let params = json!({ "targetId": tab });
                cdp.call_within(CLOSE_TIMEOUT, "Target.closeTarget", params)
            });
            futures_util::future::join_all(close).await;
            // It is gone only when that is told.
            while let Ok(event) = events.recv().await {
                let target = event["params"]["targetId"].as_str().unwrap_or_default();
                if event["method"] == "Target.targetDestroyed" {
                    ours.retain(|tab| tab != target);
                }
                if ours.is_empty() {
                    break;
                }
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
