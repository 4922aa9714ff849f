//! What a program did, for the session's timeline.

use std::{
    collections::VecDeque,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use errand_domain::{Timestamp, text::clip};
use serde_json::Value;
use tokio::{
    sync::mpsc::{self, error::TrySendError},
    time::{Instant, sleep_until},
};

/// How long the same thing done again and again is one record.
const TOGETHER: Duration = Duration::from_secs(1);
/// Different things that are held at a time.
const MAX_HELD: usize = 16;
const MAX_URL_BYTES: usize = 500;

/// Something that a program changed, or may have changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The command: `Page.navigate`.
    pub method: String,
    /// In words, without anything that was typed: `went to https://shop.test/`.
    pub summary: String,
    /// When it was first done.
    pub at: Timestamp,
    /// How often, within about a second.
    pub count: u32,
    /// How many records were dropped before this one, because nobody took them.
    pub missed: u32,
}

/// Puts together what belongs together.
pub(super) struct Recorder {
    out: mpsc::Sender<Record>,
    /// In the order in which they were first done.
    held: VecDeque<(Record, Instant)>,
    missed: u32,
}

impl Recorder {
    pub(super) fn new(out: mpsc::Sender<Record>) -> Self {
        Self {
            out,
            held: VecDeque::new(),
            missed: 0,
        }
    }

    pub(super) fn note(&mut self, method: &str, params: &Value) {
        let Some(summary) = summary(method, params) else {
            return;
        };
        let mut held = self.held.iter_mut().map(|(record, _)| record);
        let same = held.find(|held| held.method == method && held.summary == summary);
        if let Some(same) = same {
            same.count = same.count.saturating_add(1);
            return;
        }
        if self.held.len() >= MAX_HELD {
            self.give_first();
        }
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let micros = since.unwrap_or_default().as_micros();
        let record = Record {
            method: method.to_owned(),
            summary,
            at: Timestamp(i64::try_from(micros).unwrap_or(i64::MAX)),
            count: 1,
            missed: 0,
        };
        self.held.push_back((record, Instant::now() + TOGETHER));
    }

    /// When something that is held is to be given out; never, if nothing is.
    pub(super) async fn due(&self) {
        match self.held.front() {
            Some((_, at)) => sleep_until(*at).await,
            None => std::future::pending().await,
        }
    }

    /// Gives out what was held long enough.
    pub(super) fn give_due(&mut self) {
        let now = Instant::now();
        while self.held.front().is_some_and(|(_, at)| *at <= now) {
            self.give_first();
        }
    }

    /// Gives out everything.
    pub(super) fn flush(&mut self) {
        while !self.held.is_empty() {
            self.give_first();
        }
    }

    fn give_first(&mut self) {
        let Some((mut record, _)) = self.held.pop_front() else {
            return;
        };
        record.missed = self.missed;
        match self.out.try_send(record) {
            Ok(()) => self.missed = 0,
            Err(TrySendError::Full(_)) => self.missed = self.missed.saturating_add(1),
            // Nobody wants to know.
            Err(TrySendError::Closed(_)) => {}
        }
    }
}

/// What a command does, in words; none for those that only read or listen.
fn summary(method: &str, params: &Value) -> Option<String> {
    let kind = params["type"].as_str().unwrap_or_default();
    let address = || {
        let given = params["url"].as_str().unwrap_or_default();
        let mut url = url::Url::parse(given).ok()?;
        // A password may stand there.
        let _ = (url.set_username(""), url.set_password(None));
        Some(clip(url.as_str(), MAX_URL_BYTES))
    };
    let said = match method {
        "Page.navigate" => return Some(format!("went to {}", address()?)),
        "Target.createTarget" => return Some(format!("opened a tab on {}", address()?)),
        "Page.reload" => "loaded the page again",
        "Page.navigateToHistoryEntry" => "went through the history",
        "Page.setDocumentContent" => "replaced the document",
        "Page.handleJavaScriptDialog" => "answered a dialog",
        "Page.close" | "Target.closeTarget" => "closed a tab",
        "Target.createBrowserContext" => "opened a context",
        "Target.disposeBrowserContext" => "closed a context",
        "Input.dispatchMouseEvent" => match kind {
            "mousePressed" => {
                let place = |name: &str| params[name].as_f64().unwrap_or_default();
                return Some(format!("clicked at {:.0},{:.0}", place("x"), place("y")));
            }
            "mouseWheel" => "turned the wheel",
            _ => return None,
        },
        "Input.dispatchTouchEvent" if kind == "touchStart" => "touched the page",
        "Input.dispatchDragEvent" if kind == "drop" => "dropped what was dragged",
        "Input.dispatchKeyEvent" if kind == "keyUp" => return None,
        "Input.dispatchKeyEvent" => "pressed keys",
        "Input.insertText" | "Input.imeSetComposition" => "typed text",
        "Input.synthesizeTapGesture" => "touched the page",
        "Runtime.evaluate" | "Runtime.callFunctionOn" | "Runtime.runScript" => "ran a script",
        "Page.addScriptToEvaluateOnNewDocument" => "added a script to every document",
        "DOM.setAttributeValue" | "DOM.setOuterHTML" | "DOM.removeNode" | "DOM.setNodeValue" => {
            "changed the document"
        }
        "Network.setCookie" | "Network.setCookies" | "Storage.setCookies" => "set cookies",
        "Network.deleteCookies" | "Network.clearBrowserCookies" | "Storage.clearCookies" => {
            "deleted cookies"
        }
        "Storage.clearDataForOrigin" | "Storage.clearDataForStorageKey" | "DOMStorage.clear" => {
            "deleted what a site stored"
        }
        "DOMStorage.setDOMStorageItem" | "DOMStorage.removeDOMStorageItem" => {
            "changed what a site stored"
        }
        "Fetch.fulfillRequest" => "answered a request itself",
        "Fetch.continueRequest" if !params["url"].is_null() || !params["postData"].is_null() => {
            "changed a request"
        }
        _ => return None,
    };
    Some(said.to_owned())
}
