//! What went through a proxy, and what did not.

use std::{
    collections::VecDeque,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::SystemTime,
};

use errand_domain::text::clip;

use crate::Error;

/// Most different incidents that are kept.
const LIMIT: usize = 200;
/// Longest host or reason that is kept, in bytes.
const TEXT_LIMIT: usize = 300;

/// Something that did not go through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// When it happened last.
    pub at: SystemTime,
    /// The host that was asked for.
    pub host: String,
    /// The port that was asked for.
    pub port: u16,
    /// `blocked`, `unresolved`, `refused`, `timeout` or `failed`.
    pub code: &'static str,
    /// The reason, for a person.
    pub reason: String,
    /// How often it happened.
    pub count: u64,
}

/// What went through a proxy so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// Connections of the browser.
    pub connections: u64,
    /// Plain HTTP requests.
    pub requests: u64,
    /// Tunnels opened by CONNECT.
    pub tunnels: u64,
    /// Requests that were refused, without those of the next line.
    pub refused: u64,
    /// Background calls of the browser itself that were refused.
    pub background_refused: u64,
    /// Requests that failed upstream.
    pub failed: u64,
    /// Bytes from the browser: bodies of requests and all of what tunnels carried.
    pub bytes_up: u64,
    /// Bytes to the browser: bodies of responses and all of what tunnels carried.
    pub bytes_down: u64,
}

#[derive(Debug, Default)]
pub(super) struct Ledger {
    connections: AtomicU64,
    requests: AtomicU64,
    tunnels: AtomicU64,
    refused: AtomicU64,
    background_refused: AtomicU64,
    failed: AtomicU64,
    pub(super) bytes_up: AtomicU64,
    pub(super) bytes_down: AtomicU64,
    incidents: Mutex<VecDeque<Incident>>,
}

impl Ledger {
    pub(super) fn connection(&self) {
        self.connections.fetch_add(1, Relaxed);
    }

    pub(super) fn request(&self) {
        self.requests.fetch_add(1, Relaxed);
    }

    pub(super) fn tunnel(&self) {
        self.tunnels.fetch_add(1, Relaxed);
    }

    pub(super) fn background(&self) {
        self.background_refused.fetch_add(1, Relaxed);
    }

    pub(super) fn incident(&self, error: &Error, port: u16) {
        let code = error.code();
        let counter = if code == "blocked" {
            &self.refused
        } else {
            &self.failed
        };
        counter.fetch_add(1, Relaxed);
        let host = clip(error.host(), TEXT_LIMIT);
        let reason = clip(&error.to_string(), TEXT_LIMIT);
        let mut incidents = self.lock();
        let same = |it: &Incident| it.host == host && it.port == port && it.code == code;
        let before = incidents
            .iter()
            .position(same)
            .and_then(|index| incidents.remove(index));
        let count = before.map_or(0, |it| it.count) + 1;
        if incidents.len() >= LIMIT {
            incidents.pop_front();
        }
        incidents.push_back(Incident {
            at: SystemTime::now(),
            host,
            port,
            code,
            reason,
            count,
        });
    }

    pub(super) fn incidents(&self, which: impl Fn(&Incident) -> bool) -> Vec<Incident> {
        self.lock().iter().filter(|it| which(it)).cloned().collect()
    }

    pub(super) fn counters(&self) -> Counters {
        Counters {
            connections: self.connections.load(Relaxed),
            requests: self.requests.load(Relaxed),
            tunnels: self.tunnels.load(Relaxed),
            refused: self.refused.load(Relaxed),
            background_refused: self.background_refused.load(Relaxed),
            failed: self.failed.load(Relaxed),
            bytes_up: self.bytes_up.load(Relaxed),
            bytes_down: self.bytes_down.load(Relaxed),
        }
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Incident>> {
        self.incidents
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
