//! What happens in tabs: documents that come and go, dialogs, requests.

use std::time::Instant;

use serde_json::Value;

use super::{MAX_AWAITED, MAX_OUTSIDE, MAX_VISITS, OutsideRequest, State, Visit};
use crate::observation::Dialog;

impl State {
    pub(super) fn page(&mut self, method: &str, session: &str, params: &Value) {
        let text = |name: &str| params[name].as_str().unwrap_or_default();
        let frame = text("frameId");
        match method {
            "Page.frameAttached" => self.frame_in(frame, text("parentFrameId")),
            // A frame that moves to another process is still there.
            "Page.frameDetached" if text("reason") != "swap" => {
                self.frames_gone(frame);
                self.parents.remove(frame);
                self.requests.drop_context(frame);
                self.worlds.remove(frame);
            }
            "Page.frameRequestedNavigation" => {
                let loads = ["http:", "https:", "about:", "blob:", "data:"];
                let url = text("url");
                if text("disposition") == "download" {
                    self.downloads.announce();
                } else if text("disposition") == "currentTab"
                    && loads.iter().any(|scheme| url.starts_with(scheme))
                    && let Some(tab) = self.tab_mut(frame)
                {
                    tab.leave();
                }
            }
            "Page.windowOpen" => {
                self.awaited.truncate(MAX_AWAITED - 1);
                self.awaited.push(Instant::now());
            }
            "Page.frameNavigated" => self.navigated(&params["frame"], text("type")),
            "Page.navigatedWithinDocument" => {
                let url = text("url").to_owned();
                if let Some(tab) = self.tab_mut(frame) {
                    tab.url = url;
                    tab.leaving = None;
                }
            }
            "Page.domContentEventFired" | "Page.loadEventFired" => {
                if let Some(context) = self.context_of(session)
                    && let Some(tab) = self.tab_mut(&context)
                {
                    tab.reading = false;
                }
            }
            "Page.frameStoppedLoading" => {
                if let Some(tab) = self.tab_mut(frame) {
                    tab.reading = false;
                    tab.leaving = None;
                }
            }
            "Page.javascriptDialogOpening" => {
                self.dialog_opened(session, text("type"), text("message"));
            }
            "Page.javascriptDialogClosed" => {
                let context = self.context_of(session).unwrap_or_default();
                let top = self.top_of(&context);
                if let Some(tab) = self.tab_mut(&top) {
                    tab.dialog = None;
                }
            }
            _ => {}
        }
    }

    fn navigated(&mut self, frame: &Value, kind: &str) {
        let text = |name: &str| frame[name].as_str().unwrap_or_default();
        let (context, loader) = (text("id"), text("loaderId"));
        let url = format!("{}{}", text("url"), text("urlFragment"));
        self.visited(context, &url);
        self.frames_gone(context);
        self.requests.replaced(context, loader);
        if let Some(tab) = self.tab_mut(context) {
            tab.committed += 1;
            tab.url = url;
            (tab.crashed, tab.blocked) = (false, 0);
            // What comes out of the cache is whole.
            tab.reading = kind != "BackForwardCacheRestore";
            (tab.coming, tab.leaving) = (None, None);
            let told = tab.last_response.take().filter(|(told, _)| told == loader);
            tab.status = told.map(|(_, status)| status);
        }
    }

    fn visited(&mut self, context: &str, url: &str) {
        let top = self.top_of(context);
        if self.helpers.contains(&top) {
            return;
        }
        let Some(origin) = origin_of(url) else { return };
        let above = self.tab(&top).filter(|_| top != context);
        let above = above.and_then(|tab| origin_of(&tab.url));
        let visit = Visit {
            top: above.filter(|it| *it != origin),
            origin,
        };
        if !self.visits.contains(&visit) && self.visits.len() < MAX_VISITS {
            self.visits.push(visit);
        }
    }

    fn dialog_opened(&mut self, session: &str, kind: &str, message: &str) {
        let context = self.context_of(session).unwrap_or_default();
        let top = self.top_of(&context);
        let message = errand_domain::text::clip(&message.replace('\0', "\u{fffd}"), 2000);
        let kind = kind.to_owned();
        let dialog = Dialog { kind, message };
        // A tab and a frame in it may both tell; the second telling is the same dialog.
        let Some(tab) = self.tab_mut(&top) else {
            return;
        };
        if tab.dialog.as_ref() != Some(&dialog) {
            tab.dialog = Some(dialog.clone());
            self.dialogs += 1;
            self.last_dialog = Some(dialog);
        }
    }

    pub(super) fn network(&mut self, method: &str, params: &Value) {
        let now = Instant::now();
        let id = params["requestId"].as_str().unwrap_or_default();
        match method {
            "Network.requestWillBeSent" => self.request_sent(id, params, now),
            "Network.responseReceived" => {
                let response = &params["response"];
                let status = response["status"].as_u64();
                let frame = params["frameId"].as_str().unwrap_or_default();
                if params["type"] == "Document"
                    && let Some(status) = status.and_then(|it| u16::try_from(it).ok())
                    && let Some(tab) = self.tab_mut(frame)
                {
                    let loader = params["loaderId"].as_str().unwrap_or_default();
                    tab.last_response = Some((loader.to_owned(), status));
                }
                let stream = response["mimeType"] == "text/event-stream";
                self.requests.answered(id, stream, now);
            }
            "Network.loadingFinished" => self.requests.finished(id),
            "Network.loadingFailed" => {
                let text = params["errorText"].as_str().unwrap_or_default();
                self.request_failed(id, text);
            }
            _ => {}
        }
    }

    fn request_sent(&mut self, id: &str, params: &Value, now: Instant) {
        let request = &params["request"];
        let method = request["method"].as_str().unwrap_or_default();
        let url = request["url"].as_str().unwrap_or_default();
        if !matches!(method, "GET" | "HEAD" | "OPTIONS" | "") && url.starts_with("http") {
            if self.outside.len() >= MAX_OUTSIDE {
                self.outside.pop_front();
            }
            let url = errand_domain::text::clip(url, 2000);
            let method = method.to_owned();
            self.outside.push_back(OutsideRequest { method, url });
        }
        // Workers have no frame, and nobody waits for what they do.
        let Some(frame) = params["frameId"].as_str() else {
            return;
        };
        if params["type"] == "Document"
            && url.starts_with("http")
            && let Some(tab) = self.tab_mut(frame)
        {
            tab.coming = Some(id.to_owned());
            (tab.leaving, tab.failed) = (None, None);
        }
        self.requests.sent(id, params, now);
    }

    fn request_failed(&mut self, id: &str, text: &str) {
        let url = self.requests.url(id);
        let mut tabs = self.tabs.iter_mut();
        if let Some(tab) = tabs.find(|tab| tab.coming.as_deref() == Some(id)) {
            tab.coming = None;
            if text == "net::ERR_ABORTED" {
                // A file instead of a document ends so.
                self.downloads.announce();
            } else {
                tab.failed = Some((url.unwrap_or_default(), text.to_owned()));
            }
        }
        self.requests.finished(id);
    }
}

/// The origin of a web page's address.
fn origin_of(url: &str) -> Option<String> {
    let url = url::Url::parse(url).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| url.origin().ascii_serialization())
}
