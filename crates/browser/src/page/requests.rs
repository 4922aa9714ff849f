//! The requests that are open, and which of them a page's rest hangs on.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    time::{Duration, Instant},
};

use serde_json::Value;

const MAX_OPEN: usize = 2000;
const MAX_REMEMBERED: usize = 1000;
/// An answer that still comes after this long is a stream, and no reason to wait.
const STREAM_AFTER: Duration = Duration::from_millis(1500);
/// A request without an answer for this long is remembered as a long poll.
const LONG_POLL_AFTER: Duration = Duration::from_secs(4);

#[derive(Debug)]
struct Open {
    context: String,
    path: String,
    since: Instant,
    answered: Option<Instant>,
    document: bool,
    stream: bool,
}

type Key = (String, u64);

#[derive(Debug, Default)]
pub(super) struct Requests {
    open: HashMap<Key, Open>,
    /// Some events come out of order: an end before its beginning.
    ended: VecDeque<Key>,
    /// Addresses that were asked for while nobody acted: polling, which never rests.
    background: HashSet<String>,
}

impl Requests {
    pub(super) fn sent(&mut self, params: &Value, now: Instant) {
        let (Some(key), Some(context)) = (key(params), params["context"].as_str()) else {
            return;
        };
        let request = &params["request"];
        let url = request["url"].as_str().unwrap_or_default();
        if !url.starts_with("http") || self.open.len() >= MAX_OPEN {
            return;
        }
        if let Some(at) = self.ended.iter().position(|ended| *ended == key) {
            self.ended.remove(at);
            return;
        }
        let kind = request["goog:resourceType"].as_str().unwrap_or_default();
        // Nobody waits for these: they are not part of what the page shows.
        if matches!(
            kind,
            "WebSocket"
                | "EventSource"
                | "Ping"
                | "Preflight"
                | "Manifest"
                | "Other"
                | "Media"
                | "Prefetch"
                | "CSPViolationReport"
        ) {
            return;
        }
        let open = Open {
            context: context.to_owned(),
            path: path(url),
            since: now,
            answered: None,
            document: kind == "Document",
            stream: false,
        };
        self.open.insert(key, open);
    }

    pub(super) fn answered(&mut self, params: &Value, now: Instant) {
        let Some(key) = key(params) else { return };
        if let Some(open) = self.open.get_mut(&key) {
            open.answered = Some(now);
            open.stream = params["response"]["mimeType"] == "text/event-stream";
        }
    }

    pub(super) fn finished(&mut self, params: &Value) {
        let Some(key) = key(params) else { return };
        if self.open.remove(&key).is_none() {
            if self.ended.len() >= MAX_REMEMBERED {
                self.ended.pop_front();
            }
            self.ended.push_back(key);
        }
    }

    pub(super) fn drop_context(&mut self, context: &str) {
        self.open.retain(|_, open| open.context != context);
    }

    /// A new document ends what the old one was waiting for; the document itself is still coming.
    pub(super) fn drop_older_than_navigation(&mut self, context: &str) {
        let since = self
            .open
            .values()
            .filter(|open| open.document && open.context == context)
            .map(|open| open.since)
            .max();
        if let Some(since) = since {
            self.open
                .retain(|_, open| open.context != context || open.since >= since);
        }
    }

    /// What is open when an action begins is none of the action's doing: if it is open for long,
    /// the next one to the same address isn't either.
    pub(super) fn action_begins(&mut self, now: Instant) {
        if self.background.len() > MAX_REMEMBERED {
            self.background.clear();
        }
        for open in self.open.values() {
            if !open.document && now.duration_since(open.since) > Duration::from_millis(400) {
                self.background.insert(open.path.clone());
            }
        }
    }

    /// How many requests that began at or after `since` the tab still waits for.
    pub(super) fn waited_for(
        &mut self,
        since: Instant,
        now: Instant,
        in_tab: impl Fn(&str) -> bool,
    ) -> usize {
        let mut polls = Vec::new();
        let mut count = 0;
        for open in self.open.values() {
            let age = now.duration_since(open.since);
            if open.since < since || open.stream || !in_tab(&open.context) {
                continue;
            }
            if !open.document {
                if open
                    .answered
                    .is_some_and(|at| now.duration_since(at) > STREAM_AFTER)
                {
                    continue;
                }
                if self.background.contains(&open.path) {
                    continue;
                }
                if open.answered.is_none() && age > LONG_POLL_AFTER {
                    polls.push(open.path.clone());
                }
            }
            count += 1;
        }
        self.background.extend(polls);
        count
    }
}

fn key(params: &Value) -> Option<Key> {
    let id = params["request"]["request"].as_str()?.to_owned();
    Some((id, params["redirectCount"].as_u64().unwrap_or_default()))
}

fn path(url: &str) -> String {
    let end = url.find(['?', '#']).unwrap_or(url.len());
    errand_domain::text::clip(&url[..end], 500)
}
