//! Requests that are held up and answered.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::{Gecko, Refusal};
use crate::socket::Line;

/// What holds up the requests of a tab.
pub(super) struct Intercept {
    /// BiDi's id of it.
    id: String,
    /// The kinds that are wanted; all, if none are named.
    kinds: Vec<String>,
    /// Those that wait.
    waiting: HashSet<String>,
}

impl Gecko {
    /// Holds up the requests of a tab.
    pub(super) async fn intercept(&self, tab: &str, params: &Value) -> Result<Value, Refusal> {
        self.let_through(tab).await?;
        let patterns = params["patterns"].as_array().into_iter().flatten();
        let kinds: Vec<String> = patterns
            .filter_map(|it| it["resourceType"].as_str().map(str::to_owned))
            .collect();
        let add = json!({ "phases": ["beforeRequestSent"], "contexts": [tab] });
        let made = self.bidi("network.addIntercept", add).await?;
        let intercept = Intercept {
            id: made["intercept"].as_str().unwrap_or_default().to_owned(),
            kinds,
            waiting: HashSet::new(),
        };
        self.state().intercepts.insert(tab.to_owned(), intercept);
        Ok(json!({}))
    }

    /// Holds up nothing more, and lets go of what waits.
    pub(super) async fn let_through(&self, tab: &str) -> Result<Value, Refusal> {
        let intercept = self.state().intercepts.remove(tab);
        if let Some(intercept) = intercept {
            let remove = json!({ "intercept": intercept.id });
            self.bidi("network.removeIntercept", remove).await?;
            for request in intercept.waiting {
                let go_on = json!({ "request": request });
                // It may have been answered a moment ago, or its page be gone.
                let _ = self.bidi("network.continueRequest", go_on).await;
            }
        }
        Ok(json!({}))
    }

    /// Tells of a request that waits; says so where nobody wants to know.
    pub(super) fn paused(&self, told: &Value, line: &Line, tab: &str) -> bool {
        let id = told["requestId"].as_str().unwrap_or_default();
        let kind = told["type"].as_str().unwrap_or_default();
        {
            let mut state = self.state();
            let Some(intercept) = state.intercepts.get_mut(tab) else {
                return false;
            };
            if !(intercept.kinds.is_empty() || intercept.kinds.iter().any(|it| it == kind)) {
                return false;
            }
            intercept.waiting.insert(id.to_owned());
        }
        let paused = json!({
            "requestId": id,
            "networkId": id,
            "request": told["request"],
            "frameId": told["frameId"],
            "resourceType": kind,
        });
        line.tell(json!({
            "method": "Fetch.requestPaused", "sessionId": tab, "params": paused,
        }));
        true
    }

    /// Does with a request that waits what was decided.
    pub(super) async fn decide(
        &self,
        tab: &str,
        method: &str,
        mut params: Value,
    ) -> Result<Value, Refusal> {
        let request = params["request"].as_str().unwrap_or_default().to_owned();
        if let Some(intercept) = self.state().intercepts.get_mut(tab) {
            intercept.waiting.remove(&request);
        }
        params["request"] = request.into();
        self.bidi(method, params).await
    }

    /// Answers in the place of a server.
    pub(super) async fn fulfill(&self, tab: &str, params: &Value) -> Result<Value, Refusal> {
        let given = params["responseHeaders"].as_array().into_iter().flatten();
        let header = |it: &Value| {
            let value = json!({ "type": "string", "value": it["value"] });
            json!({ "name": it["name"], "value": value })
        };
        let headers: Vec<Value> = given.map(header).collect();
        let body = params["body"].as_str().unwrap_or_default();
        let answer = json!({
            "request": params["requestId"],
            "statusCode": params["responseCode"],
            "reasonPhrase": "OK",
            "headers": headers,
            "body": { "type": "base64", "value": body },
        });
        self.decide(tab, "network.provideResponse", answer).await
    }
}
