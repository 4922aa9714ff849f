//! Elements that only a listener makes clickable.
//!
//! A page's listeners can't be seen from the isolated world, so the browser is asked through CDP
//! and the answer is handed into the world. Frameworks that keep one listener at the root show in
//! the pointer's shape instead, which the walk looks at itself.

use std::{
    collections::HashSet,
    sync::{MutexGuard, PoisonError},
    time::Duration,
};

use serde_json::{Value, json};

use super::{Error, Page, world};

const TIMEOUT: Duration = Duration::from_secs(5);
/// Elements marked per look. A page with more has them in rows that all look alike.
const MAX_MARKED: usize = 400;
const CLICKS: [&str; 6] = [
    "click",
    "mousedown",
    "mouseup",
    "pointerdown",
    "pointerup",
    "dblclick",
];

/// What was told to one document's world already.
#[derive(Debug, Default)]
pub(super) struct Marked {
    world: i64,
    nodes: HashSet<i64>,
}

impl Page {
    fn marked(&self) -> MutexGuard<'_, std::collections::HashMap<String, Marked>> {
        self.shared
            .marked
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the frame's world which elements listen for clicks. A browser that can't say is no
    /// reason to see nothing, so failures are only noted.
    pub(super) async fn mark_listeners(&self, context: &str) {
        if let Err(error) = Box::pin(self.try_mark_listeners(context)).await {
            tracing::debug!(%error, "listeners could not be asked for");
        }
    }

    async fn try_mark_listeners(&self, context: &str) -> Result<(), Error> {
        let (session, world) = self.world(context).await?;
        let call = async |method: &str, params: Value| {
            self.cdp()
                .call_in_within(TIMEOUT, &session, method, params)
                .await
        };
        let document = call(
            "Runtime.evaluate",
            json!({ "expression": "document", "contextId": world, "objectGroup": "errand-listeners" }),
        )
        .await?;
        let listeners = call(
            "DOMDebugger.getEventListeners",
            json!({ "objectId": document["result"]["objectId"], "depth": -1, "pierce": true }),
        )
        .await?;
        let fresh: Vec<i64> = {
            let mut marked = self.marked();
            if marked.len() > 200 {
                marked.clear();
            }
            let marked = marked.entry(context.to_owned()).or_default();
            if marked.world != world {
                *marked = Marked {
                    world,
                    nodes: HashSet::new(),
                };
            }
            let all = listeners["listeners"].as_array().into_iter().flatten();
            all.filter(|listener| {
                listener["type"]
                    .as_str()
                    .is_some_and(|kind| CLICKS.contains(&kind))
            })
            .filter_map(|listener| listener["backendNodeId"].as_i64())
            .filter(|node| marked.nodes.insert(*node))
            .take(MAX_MARKED)
            .collect()
        };
        let resolved = fresh.iter().map(|node| {
            let params = json!({
                "backendNodeId": node,
                "executionContextId": world,
                "objectGroup": "errand-listeners",
            });
            call("DOM.resolveNode", params)
        });
        // Nodes of other frames, or gone meanwhile, do not resolve here.
        let objects: Vec<Value> = futures_util::future::join_all(resolved)
            .await
            .into_iter()
            .filter_map(Result::ok)
            .map(|node| json!({ "objectId": node["object"]["objectId"] }))
            .collect();
        if !objects.is_empty() {
            let mut arguments = vec![
                json!({ "value": "listen" }),
                json!({ "value": json!({ "count": objects.len() }).to_string() }),
            ];
            arguments.extend(objects);
            call(
                "Runtime.callFunctionOn",
                json!({
                    "functionDeclaration": world::CALL,
                    "executionContextId": world,
                    "arguments": arguments,
                    "returnByValue": true,
                }),
            )
            .await?;
        }
        call(
            "Runtime.releaseObjectGroup",
            json!({ "objectGroup": "errand-listeners" }),
        )
        .await?;
        Ok(())
    }
}
