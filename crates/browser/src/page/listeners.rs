//! Elements that only a listener makes clickable.
//!
//! A page's listeners can't be seen from the isolated world, so the browser is asked through CDP
//! and the answer is handed into the world. Frameworks that keep one listener at the root show in
//! the pointer's shape instead, which the walk looks at itself.

use std::{
    collections::HashSet,
    sync::{MutexGuard, PoisonError},
};

use serde_json::{Value, json};

use super::{Error, Page, world};

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
        let marking = async {
            let (session, world) = self.world(context).await?;
            let expression = json!({
                "expression": "document", "contextId": world, "objectGroup": "errand-listeners",
            });
            let document = self
                .inspect(context, &session, "Runtime.evaluate", expression)
                .await?;
            let document = document["result"]["objectId"].as_str();
            let below: Vec<String> = document.map(str::to_owned).into_iter().collect();
            self.mark_below(context, &session, world, &below).await
        };
        if let Err(error) = Box::pin(marking).await {
            tracing::debug!(%error, "listeners could not be asked for");
        }
    }

    /// The same for the shadow roots that were seen; says whether there is news.
    pub(super) async fn mark_roots(&self, context: &str) -> bool {
        let marking = async {
            let found = self.ask_objects(context, "roots", json!({})).await?;
            let (session, world) = self.world(context).await?;
            self.mark_below(context, &session, world, &found.ids).await
        };
        Box::pin(marking).await.unwrap_or_else(|error: Error| {
            tracing::debug!(%error, "listeners in shadow roots could not be asked for");
            false
        })
    }

    /// Without piercing, the browser tells the listeners of the world that it is asked in, so the
    /// nodes are taken into the page's own first. Tried with Chromium 156: asked to pierce, it goes
    /// into the frames as well, and the page's thread hangs at its next collection of garbage.
    async fn mark_below(
        &self,
        context: &str,
        session: &str,
        world: i64,
        below: &[String],
    ) -> Result<bool, Error> {
        let call = async |method: &str, params: Value| {
            self.inspect(context, session, method, params).await
        };
        let asked = below.iter().map(async |object| {
            let here = call("DOM.describeNode", json!({ "objectId": object })).await?;
            let params = json!({
                "backendNodeId": here["node"]["backendNodeId"],
                "objectGroup": "errand-listeners",
            });
            let there = call("DOM.resolveNode", params).await?;
            let params = json!({ "objectId": there["object"]["objectId"], "depth": -1 });
            call("DOMDebugger.getEventListeners", params).await
        });
        let asked = futures_util::future::join_all(asked).await;
        // A root may have gone meanwhile.
        let listeners = asked.into_iter().filter_map(Result::ok);
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
            listeners
                .flat_map(|mut found| match found["listeners"].take() {
                    Value::Array(listeners) => listeners,
                    _ => Vec::new(),
                })
                .filter(|listener| {
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
        // Nodes that are gone meanwhile do not resolve.
        let objects: Vec<Value> = futures_util::future::join_all(resolved)
            .await
            .into_iter()
            .filter_map(Result::ok)
            .map(|node| json!({ "objectId": node["object"]["objectId"] }))
            .collect();
        let news = !objects.is_empty();
        if news {
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
        Ok(news)
    }
}
