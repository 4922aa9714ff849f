//! The latest events, encoded once.

use std::{
    collections::VecDeque,
    sync::{Arc, OnceLock},
};

use bytes::Bytes;
use errand_api::v1::WatchRunResponse;
use errand_domain::{Body, Event};
use prost::Message as _;

use crate::render;

/// Most bytes of a ring, counted by what its events hold at most.
const MAX_RING_BYTES: usize = 256 * 1024;
/// What an event holds besides its body: decoded, and encoded with and without the JSON.
const COPIES: usize = 4;
const OVERHEAD: usize = 1_024;

/// One event, for all who watch.
#[derive(Debug)]
pub(crate) struct Entry {
    event: Event,
    plain: OnceLock<Bytes>,
    with_json: OnceLock<Bytes>,
}

impl Entry {
    pub(crate) fn new(event: Event) -> Self {
        Self {
            event,
            plain: OnceLock::new(),
            with_json: OnceLock::new(),
        }
    }

    pub(crate) fn sequence(&self) -> u64 {
        self.event.sequence
    }

    /// Whether nothing can follow.
    pub(crate) fn is_final(&self) -> bool {
        matches!(self.event.body, Body::RunFinished { .. })
    }

    /// The encoded answer; made by the first who needs it.
    pub(crate) fn encoded(&self, with_json: bool) -> Bytes {
        let cell = if with_json {
            &self.with_json
        } else {
            &self.plain
        };
        let encode = || {
            let event = render::event(&self.event, with_json);
            WatchRunResponse { event: Some(event) }
                .encode_to_vec()
                .into()
        };
        cell.get_or_init(encode).clone()
    }

    /// Bytes of memory, at most.
    pub(crate) fn size(&self) -> usize {
        self.event.body_json.len() * COPIES + OVERHEAD
    }
}

/// What a watcher gets.
#[derive(Debug)]
pub(crate) enum Taken {
    /// The next events.
    Events(Vec<Arc<Entry>>),
    /// They are no longer in the ring: read the store.
    Behind,
    /// There are none yet.
    Nothing,
}

/// Consecutive events, the oldest dropped first.
#[derive(Debug)]
pub(crate) struct Ring {
    entries: VecDeque<Arc<Entry>>,
    bytes: usize,
    /// The number of the last event that was put in.
    last: u64,
}

impl Ring {
    pub(crate) fn new(start: u64) -> Self {
        Self {
            entries: VecDeque::new(),
            bytes: 0,
            last: start,
        }
    }

    /// Takes the next event.
    pub(crate) fn push(&mut self, entry: Entry) {
        self.last = entry.sequence();
        self.bytes += entry.size();
        self.entries.push_back(Arc::new(entry));
        // The newest stays, however large, so that who waits for it finds it.
        while self.bytes > MAX_RING_BYTES && self.entries.len() > 1 {
            if let Some(dropped) = self.entries.pop_front() {
                self.bytes -= dropped.size();
            }
        }
    }

    pub(crate) fn take(&self, position: u64, limit: usize, bytes: usize) -> Taken {
        if position >= self.last {
            return Taken::Nothing;
        }
        let first = self
            .entries
            .front()
            .map_or(self.last + 1, |entry| entry.sequence());
        let Some(skip) = (position + 1).checked_sub(first) else {
            return Taken::Behind;
        };
        let Ok(skip) = usize::try_from(skip) else {
            return Taken::Behind;
        };
        let mut taken = 0;
        let events: Vec<_> = self
            .entries
            .iter()
            .skip(skip)
            .take(limit)
            .take_while(|entry| {
                // The first is always taken, however large.
                let fits = taken < bytes;
                taken += entry.size();
                fits
            })
            .cloned()
            .collect();
        if events.is_empty() {
            Taken::Behind
        } else {
            Taken::Events(events)
        }
    }
}
