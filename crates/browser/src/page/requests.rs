//! The requests that are open, and which of them a page's rest hangs on.

use std::{
    collections::{HashMap, HashSet},
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
    /// The document that asked.
    loader: String,
    url: String,
    since: Instant,
    answered: Option<Instant>,
    document: bool,
    stream: bool,
}

#[derive(Debug, Default)]
pub(super) struct Requests {
    /// By the browser's id, which is the same in every session.
    open: HashMap<String, Open>,
    /// Addresses that were asked for while nobody acted: polling, which never rests.
    background: HashSet<String>,
}

impl Requests {
    pub(super) fn sent(&mut self, id: &str, params: &Value, now: Instant) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let url = text(&params["request"]["url"]);
        if !url.starts_with("http") || self.open.len() >= MAX_OPEN {
            return;
        }
        let kind = params["type"].as_str().unwrap_or_default();
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
            context: text(&params["frameId"]),
            loader: text(&params["loaderId"]),
            url: errand_domain::text::clip(&url, 2000),
            // A redirect goes on with the request that it answers.
            since: self.open.get(id).map_or(now, |open| open.since),
            answered: None,
            document: kind == "Document",
            stream: false,
        };
        self.open.insert(id.to_owned(), open);
    }

    pub(super) fn answered(&mut self, id: &str, stream: bool, now: Instant) {
        if let Some(open) = self.open.get_mut(id) {
            open.answered = Some(now);
            open.stream = stream;
        }
    }

    pub(super) fn finished(&mut self, id: &str) {
        self.open.remove(id);
    }

    /// Where an open request goes.
    pub(super) fn url(&self, id: &str) -> Option<String> {
        self.open.get(id).map(|open| open.url.clone())
    }

    pub(super) fn drop_context(&mut self, context: &str) {
        self.open.retain(|_, open| open.context != context);
    }

    /// A new document ends what the old one was waiting for; the document itself is still coming.
    pub(super) fn replaced(&mut self, context: &str, loader: &str) {
        self.open
            .retain(|_, open| open.context != context || open.loader == loader);
    }

    /// What is open when an action begins is none of the action's doing: if it is open for long,
    /// the next one to the same address isn't either.
    pub(super) fn action_begins(&mut self, now: Instant) {
        if self.background.len() > MAX_REMEMBERED {
            self.background.clear();
        }
        for open in self.open.values() {
            if !open.document && now.duration_since(open.since) > Duration::from_millis(400) {
                self.background.insert(path(&open.url));
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
                if self.background.contains(&path(&open.url)) {
                    continue;
                }
                if open.answered.is_none() && age > LONG_POLL_AFTER {
                    polls.push(path(&open.url));
                }
            }
            count += 1;
        }
        self.background.extend(polls);
        count
    }
}

fn path(url: &str) -> String {
    let end = url.find(['?', '#']).unwrap_or(url.len());
    errand_domain::text::clip(&url[..end], 500)
}
