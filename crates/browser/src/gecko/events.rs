//! BiDi's events, as CDP tells them.

use serde_json::{Value, json};

use super::{Gecko, names};
use crate::socket::Line;

/// Where Chromium says that it is when a page could not be opened.
const ERROR_PAGE: &str = "chrome-error://chromewebdata/";

impl Gecko {
    /// Tells it on, and gives the call that it asks for, if it does.
    pub(super) fn event(&self, event: &Value, line: &Line) -> Option<(&'static str, Value)> {
        let params = &event["params"];
        let text = |name: &str| params[name].as_str().unwrap_or_default();
        let context = text("context");
        let method = event["method"].as_str().unwrap_or_default();
        if let Some(what) = method.strip_prefix("network.") {
            return self.network_event(what, params, line);
        }
        let top = self.state().top_of(context);
        let tell = |method: &str, params: Value| {
            line.tell(json!({ "method": method, "sessionId": top, "params": params }));
        };
        let url = text("url");
        match method {
            "browsingContext.contextCreated" => self.created(params, line),
            "browsingContext.contextDestroyed" => self.destroyed(context, &top, line),
            "browsingContext.navigationStarted" => tell(
                "Page.frameRequestedNavigation",
                json!({ "frameId": context, "url": url, "disposition": "currentTab" }),
            ),
            "browsingContext.navigationAborted" | "browsingContext.navigationFailed" => {
                self.unload(text("navigation"), &top, "net::ERR_ABORTED", line);
                tell("Page.frameStoppedLoading", json!({ "frameId": context }));
            }
            "browsingContext.navigationCommitted" => {
                let loader = text("navigation").to_owned();
                self.state()
                    .loaders
                    .insert(context.to_owned(), loader.clone());
                let url = match url.strip_prefix("about:") {
                    Some(rest) if rest.starts_with("neterror") || rest.starts_with("certerror") => {
                        ERROR_PAGE
                    }
                    _ => url,
                };
                let (bare, fragment) = match url.find('#') {
                    Some(at) => url.split_at(at),
                    None => (url, ""),
                };
                let frame = json!({
                    "id": context, "url": bare, "urlFragment": fragment, "loaderId": loader,
                });
                tell(
                    "Page.frameNavigated",
                    json!({ "frame": frame, "type": "Navigation" }),
                );
            }
            "browsingContext.fragmentNavigated" | "browsingContext.historyUpdated" => tell(
                "Page.navigatedWithinDocument",
                json!({ "frameId": context, "url": url }),
            ),
            "browsingContext.domContentLoaded" if context == top => {
                tell("Page.domContentEventFired", json!({}));
            }
            "browsingContext.load" => {
                if context == top {
                    tell("Page.loadEventFired", json!({}));
                }
                tell("Page.frameStoppedLoading", json!({ "frameId": context }));
            }
            "browsingContext.userPromptOpened" => {
                self.state().dialogs.insert(top.clone());
                let dialog = json!({
                    "type": text("type"), "message": text("message"), "url": "",
                });
                tell("Page.javascriptDialogOpening", dialog);
            }
            "browsingContext.userPromptClosed" => {
                self.state().dialogs.remove(&top);
                tell("Page.javascriptDialogClosed", json!({}));
            }
            "browsingContext.downloadWillBegin" => {
                let navigation = text("navigation");
                // A file instead of a document ends the way to it.
                self.unload(navigation, &top, "net::ERR_ABORTED", line);
                let guid = {
                    let mut state = self.state();
                    let guid = format!("gecko-{}", state.next());
                    state.files.insert(navigation.to_owned(), guid.clone());
                    guid
                };
                let begins = json!({
                    "guid": guid, "url": url, "suggestedFilename": text("suggestedFilename"),
                });
                line.tell(json!({ "method": "Browser.downloadWillBegin", "params": begins }));
            }
            "browsingContext.downloadEnd" => self.download_ended(params, line),
            _ => {}
        }
        None
    }

    fn created(&self, params: &Value, line: &Line) {
        let context = params["context"].as_str().unwrap_or_default();
        let parent = params["parent"].as_str();
        let mut state = self.state();
        if !state.created(context, parent) {
            return;
        }
        match parent {
            Some(parent) => {
                let top = state.top_of(context);
                let attached = json!({ "frameId": context, "parentFrameId": parent });
                line.tell(json!({
                    "method": "Page.frameAttached", "sessionId": top, "params": attached,
                }));
            }
            None if state.attaching => {
                let info = json!({
                    "targetId": context,
                    "type": "page",
                    "url": params["url"],
                    "openerId": params["originalOpener"],
                });
                line.tell(attached(info, true));
            }
            None => {}
        }
    }

    fn destroyed(&self, context: &str, top: &str, line: &Line) {
        let was_tab = self.state().is_tab(context);
        self.state().destroyed(context);
        if was_tab {
            let detached = json!({ "sessionId": context, "targetId": context });
            line.tell(json!({ "method": "Target.detachedFromTarget", "params": detached }));
        } else {
            let detached = json!({ "frameId": context, "reason": "remove" });
            line.tell(json!({
                "method": "Page.frameDetached", "sessionId": top, "params": detached,
            }));
        }
    }

    /// Ends the request of a navigation that leads to no document.
    fn unload(&self, navigation: &str, top: &str, reason: &str, line: &Line) {
        if let Some(request) = self.state().documents.remove(navigation) {
            let failed = json!({ "requestId": request, "errorText": reason });
            line.tell(json!({
                "method": "Network.loadingFailed", "sessionId": top, "params": failed,
            }));
        }
    }

    fn download_ended(&self, params: &Value, line: &Line) {
        let text = |name: &str| params[name].as_str().unwrap_or_default();
        let (guid, folder) = {
            let mut state = self.state();
            let guid = state.files.remove(text("navigation"));
            (guid, state.folder.clone())
        };
        let Some(guid) = guid else { return };
        // Under a name of its own: what a site calls its file may be there already.
        let moved = folder.map(|folder| {
            let path = folder.join(&guid);
            std::fs::rename(text("filepath"), &path)?;
            std::fs::metadata(&path).map(|it| it.len())
        });
        let progress = match (text("status"), moved) {
            ("complete", Some(Ok(bytes))) => json!({
                "guid": guid, "state": "completed", "receivedBytes": bytes, "totalBytes": bytes,
            }),
            (_, moved) => {
                if let Some(Err(error)) = moved {
                    tracing::debug!(%error, "a file could not be taken");
                }
                json!({ "guid": guid, "state": "canceled" })
            }
        };
        line.tell(json!({ "method": "Browser.downloadProgress", "params": progress }));
    }

    fn network_event(
        &self,
        what: &str,
        params: &Value,
        line: &Line,
    ) -> Option<(&'static str, Value)> {
        let mut duty = None;
        let request = &params["request"];
        let id = request["request"].as_str().unwrap_or_default();
        let context = params["context"].as_str();
        let url = request["url"].as_str().unwrap_or_default();
        let navigation = params["navigation"].as_str();
        let (top, loader) = {
            let mut state = self.state();
            if let Some(navigation) = navigation.filter(|_| what == "beforeRequestSent") {
                state.remember_document(navigation, id);
            }
            let known = context.and_then(|it| state.loaders.get(it).cloned());
            let loader = navigation.map(str::to_owned).or(known);
            (context.map(|it| state.top_of(it)), loader)
        };
        let text = |name: &str| request[name].as_str().unwrap_or_default();
        let kind = names::kind(
            navigation.is_some(),
            text("destination"),
            text("initiatorType"),
            url,
        );
        let tell = |method: &str, params: Value| {
            line.tell(json!({
                "method": method, "sessionId": top.clone().unwrap_or_default(), "params": params,
            }));
        };
        let mut told = json!({ "requestId": id, "type": kind, "loaderId": loader });
        if let Some(context) = context {
            told["frameId"] = context.into();
        }
        match what {
            "beforeRequestSent" => {
                told["request"] = json!({ "method": request["method"], "url": url });
                let waits = params["isBlocked"] == true;
                if waits && !self.paused(&told, line, top.as_deref().unwrap_or_default()) {
                    duty = Some(("network.continueRequest", json!({ "request": id })));
                }
                tell("Network.requestWillBeSent", told);
            }
            "responseStarted" => {
                let response = &params["response"];
                let mime = response["mimeType"].as_str().unwrap_or_default();
                let mime = mime.split(';').next().unwrap_or_default().trim();
                told["response"] = json!({
                    "status": response["status"], "mimeType": mime, "url": url,
                });
                tell("Network.responseReceived", told);
            }
            "responseCompleted" => tell("Network.loadingFinished", told),
            "fetchError" => {
                let message = params["errorText"].as_str().unwrap_or_default();
                told["errorText"] = names::failure(message).into();
                tell("Network.loadingFailed", told);
            }
            _ => {}
        }
        duty
    }
}

/// A target that is attached to.
pub(super) fn attached(info: Value, fresh: bool) -> Value {
    let params = json!({
        "sessionId": info["targetId"], "targetInfo": info, "waitingForDebugger": fresh,
    });
    json!({ "method": "Target.attachedToTarget", "params": params })
}
