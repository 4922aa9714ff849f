//! What the browser tells without being asked: tabs, dialogs, navigations and requests.
//!
//! One task reads the events of both sockets and keeps this up to date; everybody else looks at it
//! and waits for its changes. Nothing here calls the page, so it is right even while the page spins.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use serde_json::Value;
use tokio::sync::watch;

use super::requests::Requests;
use crate::observation::Dialog;

/// Tabs and popups kept open; what a page opens beyond is closed.
pub(super) const MAX_TABS: usize = 12;
const MAX_OUTSIDE: usize = 1000;
const MAX_ORIGINS: usize = 40;

/// A request that may change something outside: anything but GET, HEAD and OPTIONS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutsideRequest {
    /// `POST`, `PUT`, …
    pub method: String,
    /// Where to.
    pub url: String,
}

#[derive(Debug, Default)]
pub(super) struct TabState {
    pub(super) id: String,
    pub(super) context: String,
    pub(super) url: String,
    pub(super) opener: Option<String>,
    /// The CDP session attached to it.
    pub(super) session: Option<String>,
    pub(super) dialog: Option<Dialog>,
    pub(super) status: Option<u16>,
    /// Counts navigations that began.
    pub(super) begun: u64,
    /// Counts documents that replaced another.
    pub(super) committed: u64,
    pub(super) loaded: bool,
    /// Why the last navigation failed, in Chromium's words.
    pub(super) failed: Option<(String, String)>,
    last_response: Option<(String, u16)>,
    current_navigation: Option<String>,
}

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) tabs: Vec<TabState>,
    /// The context of the tab that is looked at.
    pub(super) current: String,
    pub(super) requests: Requests,
    /// Each frame's parent.
    pub(super) parents: HashMap<String, String>,
    pub(super) outside: VecDeque<OutsideRequest>,
    pub(super) origins: Vec<String>,
    /// How many popups were closed because there were too many.
    pub(super) excess: u32,
    /// What opened last, for the action that opened it.
    pub(super) opened: Vec<String>,
    pub(super) dialogs: u64,
    pub(super) last_dialog: Option<Dialog>,
    /// Attached CDP targets of cross-origin frames, by frame.
    pub(super) frame_sessions: HashMap<String, String>,
    /// Our isolated worlds: (session, number) by frame.
    pub(super) worlds: HashMap<String, (String, i64)>,
    next_tab: u32,
    closing: HashSet<String>,
}

/// What to do about an event that the state alone can't do.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Duty {
    Nothing,
    /// Attach CDP to a new tab.
    Attach(String),
    /// Close a popup too many.
    Close(String),
    /// A frame's target was attached; switch on what is needed there.
    Prepare(String),
}

#[derive(Debug)]
pub(super) struct Watch {
    state: Mutex<State>,
    changes: watch::Sender<u64>,
}

impl Watch {
    pub(super) fn new() -> Self {
        Self {
            state: Mutex::default(),
            changes: watch::Sender::new(0),
        }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes from now on.
    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    pub(super) fn touched(&self) {
        self.changes.send_modify(|count| *count += 1);
    }

    pub(super) fn bidi(&self, event: &Value) -> Duty {
        let duty = self.state().bidi(event);
        self.touched();
        duty
    }

    pub(super) fn cdp(&self, event: &Value) -> Duty {
        let duty = self.state().cdp(event);
        self.touched();
        duty
    }
}

impl State {
    pub(super) fn tab(&self, context: &str) -> Option<&TabState> {
        self.tabs.iter().find(|tab| tab.context == context)
    }

    pub(super) fn tab_mut(&mut self, context: &str) -> Option<&mut TabState> {
        self.tabs.iter_mut().find(|tab| tab.context == context)
    }

    pub(super) fn here(&self) -> Option<&TabState> {
        self.tab(&self.current)
    }

    /// The CDP session that reaches a frame, if one is attached yet.
    pub(super) fn session_of(&self, context: &str) -> Option<String> {
        let mut at = context;
        for _ in 0..64 {
            if let Some(session) = self.frame_sessions.get(at) {
                return Some(session.clone());
            }
            if let Some(tab) = self.tab(at) {
                return tab.session.clone();
            }
            at = self.parents.get(at)?;
        }
        None
    }

    /// The tab that a frame is in.
    pub(super) fn top_of(&self, context: &str) -> String {
        let mut at = context;
        for _ in 0..64 {
            match self.parents.get(at) {
                Some(parent) => at = parent,
                None => break,
            }
        }
        at.to_owned()
    }

    fn bidi(&mut self, event: &Value) -> Duty {
        let params = &event["params"];
        let text = |name: &str| params[name].as_str().unwrap_or_default().to_owned();
        let context = text("context");
        match event["method"].as_str().unwrap_or_default() {
            "browsingContext.contextCreated" => return self.created(params),
            "browsingContext.contextDestroyed" => self.destroyed(&context),
            "browsingContext.navigationStarted" => {
                if let Some(tab) = self.tab_mut(&context) {
                    tab.begun += 1;
                    tab.loaded = false;
                    tab.failed = None;
                    tab.current_navigation = params["navigation"].as_str().map(str::to_owned);
                }
            }
            "browsingContext.navigationCommitted" => self.committed(&context, params),
            "browsingContext.navigationFailed" | "browsingContext.navigationAborted" => {
                let ours = params["navigation"].as_str();
                if let Some(tab) = self.tab_mut(&context)
                    && tab.current_navigation.as_deref() == ours
                {
                    tab.loaded = true;
                }
            }
            "browsingContext.fragmentNavigated" | "browsingContext.historyUpdated" => {
                let url = text("url");
                if let Some(tab) = self.tab_mut(&context) {
                    tab.url = url;
                }
            }
            "browsingContext.domContentLoaded" | "browsingContext.load" => {
                let url = text("url");
                if let Some(tab) = self.tab_mut(&context) {
                    tab.loaded = true;
                    if !url.is_empty() {
                        tab.url = url;
                    }
                }
            }
            "browsingContext.userPromptOpened" => {
                self.dialog_opened(&context, &text("type"), &text("message"));
            }
            "browsingContext.userPromptClosed" => self.dialog_closed(&context),
            "network.beforeRequestSent" => self.request_sent(params),
            "network.responseStarted" => self.response_started(params),
            "network.responseCompleted" => self.requests.finished(params),
            "network.fetchError" => self.request_failed(params),
            _ => {}
        }
        Duty::Nothing
    }

    fn cdp(&mut self, event: &Value) -> Duty {
        let params = &event["params"];
        let session = event["sessionId"].as_str().unwrap_or_default();
        match event["method"].as_str().unwrap_or_default() {
            "Page.javascriptDialogOpening" => {
                let context = self.context_of(session);
                let text = |name: &str| params[name].as_str().unwrap_or_default();
                self.dialog_opened(&context, text("type"), text("message"));
            }
            "Page.javascriptDialogClosed" => {
                let context = self.context_of(session);
                self.dialog_closed(&context);
            }
            "Target.attachedToTarget" => {
                let target = &params["targetInfo"];
                if target["type"] == "iframe"
                    && let (Some(frame), Some(session)) =
                        (target["targetId"].as_str(), params["sessionId"].as_str())
                {
                    self.frame_sessions
                        .insert(frame.to_owned(), session.to_owned());
                    return Duty::Prepare(session.to_owned());
                }
            }
            "Target.detachedFromTarget" => {
                let gone = params["sessionId"].as_str().unwrap_or_default();
                self.frame_sessions.retain(|_, session| session != gone);
                self.worlds.retain(|_, (session, _)| session != gone);
            }
            "Runtime.executionContextDestroyed" => {
                let id = params["executionContextId"].as_i64();
                self.worlds
                    .retain(|_, (at, world)| at != session || Some(*world) != id);
            }
            "Runtime.executionContextsCleared" => {
                self.worlds.retain(|_, (at, _)| at != session);
            }
            _ => {}
        }
        Duty::Nothing
    }

    fn context_of(&self, session: &str) -> String {
        let tab = self
            .tabs
            .iter()
            .find(|tab| tab.session.as_deref() == Some(session));
        tab.map(|tab| tab.context.clone()).unwrap_or_default()
    }

    /// Takes up a context that was there before, or was just made.
    pub(super) fn created(&mut self, params: &Value) -> Duty {
        let context = params["context"].as_str().unwrap_or_default().to_owned();
        if let Some(parent) = params["parent"].as_str() {
            if self.parents.len() < 5000 {
                self.parents.insert(context, parent.to_owned());
            }
            return Duty::Nothing;
        }
        if self.tab(&context).is_some() || self.closing.contains(&context) {
            return Duty::Nothing;
        }
        if self.tabs.len() >= MAX_TABS {
            self.excess += 1;
            if self.closing.len() > 1000 {
                self.closing.clear();
            }
            self.closing.insert(context.clone());
            return Duty::Close(context);
        }
        self.next_tab += 1;
        let id = format!("t{}", self.next_tab);
        let opener = params["originalOpener"].as_str().map(str::to_owned);
        let url = params["url"].as_str().unwrap_or_default().to_owned();
        if self.current.is_empty() {
            self.current.clone_from(&context);
        } else {
            self.opened.push(context.clone());
        }
        let tab = TabState {
            id,
            context: context.clone(),
            url,
            opener,
            ..TabState::default()
        };
        self.tabs.push(tab);
        Duty::Attach(context)
    }

    fn destroyed(&mut self, context: &str) {
        self.closing.remove(context);
        self.parents.remove(context);
        self.requests.drop_context(context);
        self.worlds.remove(context);
        self.opened.retain(|opened| opened != context);
        let Some(at) = self.tabs.iter().position(|tab| tab.context == context) else {
            return;
        };
        let gone = self.tabs.remove(at);
        if self.current == context {
            let opener = gone.opener.filter(|opener| self.tab(opener).is_some());
            let last = self.tabs.last().map(|tab| tab.context.clone());
            self.current = opener.or(last).unwrap_or_default();
        }
    }

    fn committed(&mut self, context: &str, params: &Value) {
        let navigation = params["navigation"].as_str().unwrap_or_default();
        let url = params["url"].as_str().unwrap_or_default().to_owned();
        if let Ok(parsed) = url::Url::parse(&url)
            && matches!(parsed.scheme(), "http" | "https")
        {
            let origin = parsed.origin().ascii_serialization();
            if !self.origins.contains(&origin) && self.origins.len() < MAX_ORIGINS {
                self.origins.push(origin);
            }
        }
        if let Some(tab) = self.tab_mut(context) {
            tab.committed += 1;
            tab.url = url;
            let told = tab
                .last_response
                .take()
                .filter(|(told, _)| told == navigation);
            tab.status = told.map(|(_, status)| status);
            self.requests.drop_older_than_navigation(context);
        }
    }

    fn dialog_opened(&mut self, context: &str, kind: &str, message: &str) {
        let context = self.top_of(context);
        let message = errand_domain::text::clip(&message.replace('\0', "\u{fffd}"), 2000);
        let dialog = Dialog {
            kind: kind.to_owned(),
            message,
        };
        // Both sockets tell; the second telling is the same dialog.
        let Some(tab) = self.tab_mut(&context) else {
            return;
        };
        if tab.dialog.as_ref() != Some(&dialog) {
            tab.dialog = Some(dialog.clone());
            self.dialogs += 1;
            self.last_dialog = Some(dialog);
        }
    }

    fn dialog_closed(&mut self, context: &str) {
        let context = self.top_of(context);
        if let Some(tab) = self.tab_mut(&context) {
            tab.dialog = None;
        }
    }

    fn request_sent(&mut self, params: &Value) {
        let request = &params["request"];
        let method = request["method"].as_str().unwrap_or_default();
        let url = request["url"].as_str().unwrap_or_default();
        if !matches!(method, "GET" | "HEAD" | "OPTIONS" | "") {
            if self.outside.len() >= MAX_OUTSIDE {
                self.outside.pop_front();
            }
            let url = errand_domain::text::clip(url, 2000);
            self.outside.push_back(OutsideRequest {
                method: method.to_owned(),
                url,
            });
        }
        self.requests.sent(params, Instant::now());
    }

    fn response_started(&mut self, params: &Value) {
        let context = params["context"].as_str().unwrap_or_default().to_owned();
        let status = params["response"]["status"]
            .as_u64()
            .and_then(|it| u16::try_from(it).ok());
        if let (Some(navigation), Some(status)) = (params["navigation"].as_str(), status)
            && params["request"]["goog:resourceType"] == "Document"
            && let Some(tab) = self.tab_mut(&context)
        {
            tab.last_response = Some((navigation.to_owned(), status));
        }
        self.requests.answered(params, Instant::now());
    }

    fn request_failed(&mut self, params: &Value) {
        let context = params["context"].as_str().unwrap_or_default().to_owned();
        let text = params["errorText"].as_str().unwrap_or_default().to_owned();
        let url = params["request"]["url"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        if params["navigation"].is_string()
            && params["request"]["goog:resourceType"] == "Document"
            && text != "net::ERR_ABORTED"
            && let Some(tab) = self.tab_mut(&context)
        {
            tab.failed = Some((url, text));
        }
        self.requests.finished(params);
    }
}
