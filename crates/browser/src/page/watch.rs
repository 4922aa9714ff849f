//! What the browser tells without being asked: tabs, frames, dialogs, navigations and requests.
//!
//! All of it comes over the CDP socket, on which scripts and input go as well: what a click set off
//! is told before the click is answered, however busy the machine is. One task reads the events
//! and keeps this up to date; everybody else looks at it and waits for its changes. Nothing here
//! calls the page, so it is right even while the page spins.

mod blocked;
mod documents;
mod downloads;
mod targets;

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use errand_domain::action::Point;
use serde_json::Value;
use tokio::sync::watch;

pub(super) use self::downloads::{Downloads, Progress, Transfer, safe_name};
use super::{block::Tally, requests::Requests};
use crate::{attach::Ours, observation::Dialog};

/// Tabs and popups kept open; what a page opens beyond is closed.
pub(super) const MAX_TABS: usize = 12;
const MAX_OUTSIDE: usize = 1000;
const MAX_VISITS: usize = 150;
const MAX_FRAMES: usize = 5000;
const MAX_WORKERS: usize = 1000;
/// How long a window may take to be there after it was asked for.
const OPENING: Duration = Duration::from_secs(1);
const MAX_AWAITED: usize = 50;
/// How long a page that said it goes elsewhere may take to ask for the new document.
const LEAVING: Duration = Duration::from_secs(2);

/// A request that may change something outside: anything but GET, HEAD and OPTIONS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutsideRequest {
    /// `POST`, `PUT`, …
    pub method: String,
    /// Where to.
    pub url: String,
}

/// An origin whose documents were opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Visit {
    pub(super) origin: String,
    /// The origin of the page around it, for a frame in another one's.
    pub(super) top: Option<String>,
}

#[derive(Debug, Default)]
pub(super) struct TabState {
    pub(super) id: String,
    pub(super) context: String,
    pub(super) url: String,
    pub(super) opener: Option<String>,
    /// The CDP session attached to it.
    pub(super) session: Option<String>,
    /// All that is listened to in it is switched on.
    pub(super) ready: bool,
    pub(super) dialog: Option<Dialog>,
    pub(super) status: Option<u16>,
    /// Counts documents that replaced another.
    pub(super) committed: u64,
    /// Why the last navigation failed: the address, and Chromium's words.
    pub(super) failed: Option<(String, String)>,
    /// Its renderer died; only another document brings it back.
    pub(super) crashed: bool,
    /// Requests of its document that were blocked.
    pub(super) blocked: u64,
    /// The document is still being read.
    reading: bool,
    /// The request for the document that is to replace this one.
    coming: Option<String>,
    /// When it said that it goes elsewhere, until something comes of that.
    leaving: Option<Instant>,
    last_response: Option<(String, u16)>,
}

impl TabState {
    /// Whether another document is on its way, or this one not read to its end.
    pub(super) fn loading(&self) -> bool {
        self.reading
            || self.coming.is_some()
            || self.leaving.is_some_and(|since| since.elapsed() < LEAVING)
    }

    /// Notes that it was told to go elsewhere, which takes a moment to show.
    pub(super) fn leave(&mut self) {
        self.leaving = Some(Instant::now());
    }
}

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) tabs: Vec<TabState>,
    /// Where others use the browser as well; what they open is none of ours.
    pub(super) ours: Option<Ours>,
    /// The context of the tab that is looked at.
    pub(super) current: String,
    pub(super) requests: Requests,
    /// Each frame's parent.
    pub(super) parents: HashMap<String, String>,
    pub(super) outside: VecDeque<OutsideRequest>,
    pub(super) tally: Tally,
    /// Where its tabs and frames have been, each once.
    pub(super) visits: Vec<Visit>,
    /// Tabs of our own, which nobody visits anything in.
    pub(super) helpers: HashSet<String>,
    /// How many of them may be there beside the others.
    pub(super) helping: u32,
    /// How many popups were closed because there were too many.
    pub(super) excess: u32,
    /// What opened last, for the action that opened it.
    pub(super) opened: Vec<String>,
    pub(super) dialogs: u64,
    pub(super) last_dialog: Option<Dialog>,
    /// Files that the browser saves.
    pub(super) downloads: Downloads,
    /// Where the pointer was put last.
    pub(super) cursor: Option<Point>,
    /// What the browser handed over of a drag that a page began.
    pub(super) drag: Option<Value>,
    /// Attached CDP targets of cross-origin frames, by frame.
    pub(super) frame_sessions: HashMap<String, String>,
    /// Attached CDP sessions of workers.
    pub(super) workers: HashSet<String>,
    /// Our isolated worlds: (session, number) by frame.
    pub(super) worlds: HashMap<String, (String, i64)>,
    /// Windows that pages asked for and that are not there yet.
    awaited: Vec<Instant>,
    next_tab: u32,
}

/// What to do about an event that the state alone can't do.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Duty {
    Nothing,
    /// A tab or frame waits to be listened to.
    Page {
        session: String,
        /// The tab, where it is one and not a frame.
        tab: Option<String>,
    },
    /// A worker waits to be listened to.
    Worker(String),
    /// Close a popup too many.
    Close(String),
    /// Stop a download.
    Cancel(String),
    /// Let go of a target that is none of ours.
    Detach(String),
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

    pub(super) fn event(&self, event: &Value) -> Duty {
        let duty = self.state().event(event);
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

    /// Every session that reaches a part of that tab.
    pub(super) fn sessions_in(&self, tab: &str) -> Vec<String> {
        let frames = self.frame_sessions.iter();
        let inside = frames.filter(|(frame, _)| self.top_of(frame) == tab);
        let own = self.tab(tab).and_then(|tab| tab.session.clone());
        own.into_iter()
            .chain(inside.map(|(_, session)| session.clone()))
            .collect()
    }

    /// Whether a window was asked for that is still to come. A blocked one never does.
    pub(super) fn opening(&self) -> bool {
        self.awaited.iter().any(|since| since.elapsed() < OPENING)
    }

    /// How many requests that began at or after `since` the tab still waits for.
    pub(super) fn waited_for(&mut self, since: Instant, tab: &str) -> usize {
        let parents = &self.parents;
        let inside = |context: &str| top_of(parents, context) == tab;
        self.requests.waited_for(since, Instant::now(), inside)
    }

    /// The tab that a frame is in.
    pub(super) fn top_of(&self, context: &str) -> String {
        top_of(&self.parents, context).to_owned()
    }

    /// The frame that a session was attached to.
    fn context_of(&self, session: &str) -> Option<String> {
        let tab = self
            .tabs
            .iter()
            .find(|tab| tab.session.as_deref() == Some(session));
        let frame = || {
            let mut frames = self.frame_sessions.iter();
            frames
                .find(|(_, attached)| *attached == session)
                .map(|(frame, _)| frame)
        };
        tab.map(|tab| &tab.context).or_else(frame).cloned()
    }

    fn event(&mut self, event: &Value) -> Duty {
        let params = &event["params"];
        let session = event["sessionId"].as_str().unwrap_or_default();
        let method = event["method"].as_str().unwrap_or_default();
        // Others may look on over the same socket, in sessions of their own.
        if !session.is_empty() && !self.is_ours(session) {
            return Duty::Nothing;
        }
        match method.split_once('.').unwrap_or_default() {
            ("Target", _) => return self.target(method, params),
            ("Browser", _) => return self.browser(method, params),
            ("Page", _) => self.page(method, session, params),
            ("Network", _) => self.network(method, params),
            ("Input", "dragIntercepted") => self.drag = Some(params["data"].clone()),
            ("Inspector", "targetCrashed") => self.crashed(session),
            ("Runtime", "executionContextDestroyed") => {
                let id = params["executionContextId"].as_i64();
                let gone = |at: &str, world| at == session && Some(world) == id;
                self.worlds.retain(|_, (at, world)| !gone(at, *world));
            }
            ("Runtime", "executionContextsCleared") => {
                self.worlds.retain(|_, (at, _)| at != session);
            }
            _ => {}
        }
        Duty::Nothing
    }
}

fn top_of<'a>(parents: &'a HashMap<String, String>, context: &'a str) -> &'a str {
    let mut at = context;
    for _ in 0..64 {
        match parents.get(at) {
            Some(parent) => at = parent,
            None => break,
        }
    }
    at
}
