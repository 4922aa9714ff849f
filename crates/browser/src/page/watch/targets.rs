//! Tabs, popups, cross-origin frames and workers: what comes and goes in the browser.

use serde_json::Value;

use super::{Duty, MAX_FRAMES, MAX_TABS, MAX_WORKERS, State, TabState};

impl State {
    /// Takes up a tab that was there before.
    pub(in crate::page) fn take_up(&mut self, info: &Value) {
        let text = |name: &str| info[name].as_str().unwrap_or_default();
        self.add_tab(text("targetId"), text("url"), info["openerId"].as_str());
    }

    /// Notes which frame a frame is in.
    pub(in crate::page) fn frame_in(&mut self, frame: &str, parent: &str) {
        if self.parents.len() < MAX_FRAMES {
            self.parents.insert(frame.to_owned(), parent.to_owned());
        }
    }

    pub(super) fn target(&mut self, method: &str, params: &Value) -> Duty {
        let Some(session) = params["sessionId"].as_str() else {
            return Duty::Nothing;
        };
        match method {
            "Target.attachedToTarget" => self.attached(session.to_owned(), params),
            "Target.detachedFromTarget" => {
                self.detached(session);
                Duty::Nothing
            }
            _ => Duty::Nothing,
        }
    }

    fn attached(&mut self, session: String, params: &Value) -> Duty {
        let info = &params["targetInfo"];
        let text = |name: &str| info[name].as_str().unwrap_or_default();
        let target = text("targetId");
        match text("type") {
            "iframe" => {
                self.frame_sessions
                    .insert(target.to_owned(), session.clone());
                Duty::Page { session, tab: None }
            }
            "page" => {
                // What was there before and is no tab is the driver's own.
                let fresh = params["waitingForDebugger"] == true && text("subtype").is_empty();
                // A guest keeps what its own tabs open.
                let ours = self.ours.is_none() || self.tab(text("openerId")).is_some();
                let fresh = fresh && ours;
                if self.tab(target).is_none() {
                    if !fresh {
                        return Duty::Detach(session);
                    }
                    if !self.awaited.is_empty() {
                        self.awaited.remove(0);
                    }
                    if self.tabs.len() >= MAX_TABS + self.helping as usize {
                        self.excess += 1;
                        return Duty::Close(target.to_owned());
                    }
                    self.add_tab(target, text("url"), info["openerId"].as_str());
                    self.opened.push(target.to_owned());
                }
                if self.tab(target).is_some_and(|tab| tab.session.is_some()) {
                    return Duty::Nothing;
                }
                let tab = Some(target.to_owned());
                Duty::Page { session, tab }
            }
            _ => {
                if self.workers.len() < MAX_WORKERS {
                    self.workers.insert(session.clone());
                }
                Duty::Worker(session)
            }
        }
    }

    fn add_tab(&mut self, context: &str, url: &str, opener: Option<&str>) {
        self.next_tab += 1;
        if let Some(ours) = &self.ours {
            ours.add(context);
        }
        if self.current.is_empty() {
            context.clone_into(&mut self.current);
        }
        self.tabs.push(TabState {
            id: format!("t{}", self.next_tab),
            context: context.to_owned(),
            url: url.to_owned(),
            opener: opener.map(str::to_owned),
            ..TabState::default()
        });
    }

    fn detached(&mut self, session: &str) {
        let context = self.context_of(session);
        self.workers.remove(session);
        self.frame_sessions
            .retain(|_, attached| attached != session);
        self.worlds.retain(|_, (at, _)| at != session);
        let Some(context) = context else { return };
        let Some(at) = self.tabs.iter().position(|tab| tab.context == context) else {
            return;
        };
        let gone = self.tabs.remove(at);
        if let Some(ours) = &self.ours {
            ours.remove(&context);
        }
        self.frames_gone(&context);
        self.requests.drop_context(&context);
        self.opened.retain(|opened| *opened != context);
        if self.current == context {
            let opener = gone.opener.filter(|opener| self.tab(opener).is_some());
            let last = self.tabs.last().map(|tab| tab.context.clone());
            self.current = opener.or(last).unwrap_or_default();
        }
    }

    /// Forgets all frames in that frame.
    pub(super) fn frames_gone(&mut self, context: &str) {
        let inside: Vec<String> = self
            .parents
            .keys()
            .filter(|frame| self.is_in(frame, context))
            .cloned()
            .collect();
        for frame in inside {
            self.parents.remove(&frame);
            self.requests.drop_context(&frame);
            self.worlds.remove(&frame);
        }
    }

    fn is_in(&self, frame: &str, context: &str) -> bool {
        let mut at = frame;
        for _ in 0..64 {
            match self.parents.get(at) {
                Some(parent) if parent == context => return true,
                Some(parent) => at = parent,
                None => return false,
            }
        }
        false
    }

    /// A renderer died. A frame's takes only that frame with it.
    pub(super) fn crashed(&mut self, session: &str) {
        self.worlds.retain(|_, (at, _)| at != session);
        self.frame_sessions
            .retain(|_, attached| attached != session);
        let tab = self
            .tabs
            .iter_mut()
            .find(|tab| tab.session.as_deref() == Some(session));
        // Where another document is on its way, another renderer is as well.
        if let Some(tab) = tab.filter(|tab| tab.coming.is_none()) {
            tab.crashed = true;
            tab.dialog = None;
            (tab.reading, tab.coming, tab.leaving) = (false, None, None);
            let context = tab.context.clone();
            self.frames_gone(&context);
            self.requests.drop_context(&context);
        }
    }
}
