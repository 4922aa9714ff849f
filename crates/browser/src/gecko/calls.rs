//! CDP's calls, one by one.

use std::path::PathBuf;

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{Gecko, Refusal, SANDBOX, events::attached, names};

/// How long a page may take to tell its title.
const TITLE_LIMIT: std::time::Duration = std::time::Duration::from_secs(1);

/// What a call comes to, and what is told before it is answered.
pub(super) struct Answer {
    pub(super) result: Value,
    pub(super) events: Vec<Value>,
}

impl From<Value> for Answer {
    fn from(result: Value) -> Self {
        Self {
            result,
            events: Vec::new(),
        }
    }
}

impl Gecko {
    pub(super) async fn call(
        &self,
        tab: &str,
        method: &str,
        params: Value,
    ) -> Result<Answer, Refusal> {
        let text = |name: &str| params[name].as_str().unwrap_or_default();
        let target = text("targetId");
        let done = match method {
            "Target.setAutoAttach" if tab.is_empty() => return self.attach_all().await,
            "Target.attachToTarget" => {
                let info = self.info(target).await?;
                return Ok(Answer {
                    result: json!({ "sessionId": target }),
                    events: vec![attached(info, false)],
                });
            }
            "Target.getTargets" => self.targets().await,
            "Target.createTarget" => {
                let tab = json!({ "type": "tab", "background": params["background"] == true });
                let made = self.bidi("browsingContext.create", tab).await?;
                Ok(json!({ "targetId": made["context"] }))
            }
            "Target.closeTarget" => {
                let close = json!({ "context": target, "promptUnload": false });
                self.bidi("browsingContext.close", close).await
            }
            "Target.activateTarget" => {
                let activate = json!({ "context": target });
                self.bidi("browsingContext.activate", activate).await
            }
            "Browser.getVersion" => self.version().await,
            "Browser.setDownloadBehavior" => self.take_files(text("downloadPath")).await,
            "Page.navigate" => return self.navigate(tab, text("url")).await.map(Answer::from),
            "Page.reload" => {
                let reload = json!({ "context": tab, "wait": "none" });
                self.bidi("browsingContext.reload", reload).await
            }
            // What there is of a history is not told, but whether one can go there.
            "Page.getNavigationHistory" => {
                let entries = [-1, 0, 1].map(|it| json!({ "id": it }));
                Ok(json!({ "currentIndex": 1, "entries": entries }))
            }
            "Page.navigateToHistoryEntry" => {
                let go = json!({ "context": tab, "delta": params["entryId"] });
                self.bidi("browsingContext.traverseHistory", go).await
            }
            "Page.stopLoading" => {
                let stop = "() => window.stop()";
                self.run(tab, SANDBOX, stop, &[]).await.map(|_| json!({}))
            }
            "Page.handleJavaScriptDialog" => {
                let mut answer = json!({ "context": tab, "accept": params["accept"] });
                if let Some(text) = params["promptText"].as_str() {
                    answer["userText"] = text.into();
                }
                self.bidi("browsingContext.handleUserPrompt", answer).await
            }
            "Page.captureScreenshot" => self.screenshot(tab, &params).await,
            "Page.getLayoutMetrics" => Ok(json!({ "cssVisualViewport": {} })),
            "Page.createIsolatedWorld" => self.world(text("frameId")),
            "Runtime.callFunctionOn" => self.call_function(&params).await,
            "Runtime.evaluate" => self.evaluate(tab, &params).await,
            "Runtime.getProperties" => self.properties(text("objectId")),
            "DOM.describeNode" => self.describe(text("objectId")).await,
            "DOM.resolveNode" => self.resolve(&params),
            "DOM.setFileInputFiles" => self.set_files(text("objectId"), &params["files"]).await,
            "Input.dispatchMouseEvent" => self.mouse(tab, &params).await,
            "Input.dispatchKeyEvent" => self.key(tab, &params).await,
            "Input.insertText" => self.insert(tab, text("text")).await,
            "Network.loadNetworkResource" => self.load(text("frameId"), text("url")).await,
            "IO.read" => self.read(text("handle"), &params["size"]).await,
            "IO.close" => self.close(text("handle")).await,
            "Storage.getCookies" => self.cookies().await,
            "Storage.setCookies" => self.set_cookies(&params["cookies"]).await,
            "Storage.getStorageKeyForFrame" => self.storage_key(text("frameId")).await,
            "Fetch.enable" => self.intercept(tab, &params).await,
            "Fetch.disable" => self.let_through(tab).await,
            "Fetch.fulfillRequest" => self.fulfill(tab, &params).await,
            "Fetch.continueRequest" | "Fetch.failRequest" => {
                let request = json!({ "request": params["requestId"] });
                let method = match method {
                    "Fetch.failRequest" => "network.failRequest",
                    _ => "network.continueRequest",
                };
                self.decide(tab, method, request).await
            }
            // Nothing has to be switched on, and nothing is kept.
            "Browser.cancelDownload"
            | "Emulation.setFocusEmulationEnabled"
            | "Input.setInterceptDrags"
            | "Network.enable"
            | "Network.setBypassServiceWorker"
            | "Page.enable"
            | "Page.resetNavigationHistory"
            | "Runtime.enable"
            | "Runtime.releaseObjectGroup"
            | "Runtime.runIfWaitingForDebugger"
            | "Target.detachFromTarget"
            | "Target.setAutoAttach"
            | "Target.setDiscoverTargets" => Ok(json!({})),
            _ => Err(Refusal::lacking(method)),
        };
        done.map(Answer::from)
    }

    async fn attach_all(&self) -> Result<Answer, Refusal> {
        self.state().attaching = true;
        let targets = self.tabs().await?;
        let events = targets.into_iter().map(|info| attached(info, false));
        Ok(Answer {
            result: json!({}),
            events: events.collect(),
        })
    }

    async fn tabs(&self) -> Result<Vec<Value>, Refusal> {
        let tree = json!({ "maxDepth": 0 });
        let mut tree = self.bidi("browsingContext.getTree", tree).await?;
        let contexts = match tree["contexts"].take() {
            Value::Array(contexts) => contexts,
            _ => Vec::new(),
        };
        let info = |context: Value| {
            json!({
                "targetId": context["context"],
                "type": "page",
                "url": context["url"],
                "openerId": context["originalOpener"],
            })
        };
        Ok(contexts.into_iter().map(info).collect())
    }

    async fn info(&self, target: &str) -> Result<Value, Refusal> {
        let tabs = self.tabs().await?;
        let found = tabs.into_iter().find(|it| it["targetId"] == target);
        found.ok_or_else(|| Refusal::new("No target with given id found"))
    }

    async fn targets(&self) -> Result<Value, Refusal> {
        let tabs = self.tabs().await?;
        let titled = tabs.into_iter().map(async |mut info| {
            let tab = info["targetId"].as_str().unwrap_or_default().to_owned();
            // A page with a dialog answers nothing.
            let silent = self.state().dialogs.contains(&tab);
            let title = self.run(&tab, SANDBOX, "() => document.title", &[]);
            let title = tokio::time::timeout(TITLE_LIMIT, title);
            if !silent && let Ok(Ok(mut title)) = title.await {
                info["title"] = title["value"].take();
            }
            info
        });
        let infos = join_all(titled).await;
        Ok(json!({ "targetInfos": infos }))
    }

    async fn version(&self) -> Result<Value, Refusal> {
        // Only whether it answers is asked for.
        self.bidi("session.status", json!({})).await?;
        Ok(json!({ "product": "Firefox" }))
    }

    async fn take_files(&self, folder: &str) -> Result<Value, Refusal> {
        self.state().folder = Some(PathBuf::from(folder));
        let behavior = json!({ "type": "allowed", "destinationFolder": folder });
        let params = json!({ "downloadBehavior": behavior });
        self.bidi("browser.setDownloadBehavior", params).await
    }

    async fn navigate(&self, tab: &str, url: &str) -> Result<Value, Refusal> {
        let params = json!({ "context": tab, "url": url, "wait": "none" });
        match self.bidi("browsingContext.navigate", params).await {
            Ok(went) => Ok(json!({ "frameId": tab, "loaderId": went["navigation"] })),
            Err(refusal) if refusal.code == "unknown error" => {
                Ok(json!({ "frameId": tab, "errorText": names::failure(&refusal.message) }))
            }
            Err(refusal) => Err(refusal),
        }
    }

    async fn screenshot(&self, tab: &str, params: &Value) -> Result<Value, Refusal> {
        let mut wanted = json!({ "context": tab, "origin": "viewport" });
        if params["format"] == "jpeg" {
            let quality = params["quality"].as_f64().unwrap_or(80.0) / 100.0;
            wanted["format"] = json!({ "type": "image/jpeg", "quality": quality });
        }
        self.bidi("browsingContext.captureScreenshot", wanted).await
    }
}
