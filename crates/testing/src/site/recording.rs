//! What the site was sent.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use serde::Serialize;

/// Requests kept; the oldest go first.
pub const MAX_RECORDED: usize = 10_000;
/// Names of counters kept.
const MAX_COUNTERS: usize = 1_000;

/// Which of the site's origins was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The address of [`Site::url`](super::Site::url).
    Main,
    /// The second port, for frames of another origin.
    Other,
}

/// A request as it came in.
#[derive(Clone, Debug, Serialize)]
pub struct Recorded {
    /// 1 for the first request of the site's life.
    pub sequence: u64,
    /// When the whole request was there.
    #[serde(serialize_with = "milliseconds")]
    pub at: SystemTime,
    /// Which port it came to.
    pub origin: Origin,
    /// In capitals, as sent.
    pub method: String,
    /// Without the query.
    pub path: String,
    /// Decoded, in order.
    pub query: Vec<(String, String)>,
    /// Names in small letters, in order.
    pub headers: Vec<(String, String)>,
    /// Fields of a form (either encoding) or the top level of a JSON object, decoded, in order.
    pub fields: Vec<(String, String)>,
    /// Files of a multipart form.
    pub files: Vec<RecordedFile>,
    /// The beginning of a body that is no multipart form, at most 64 KiB.
    pub body: String,
}

/// A file that came with a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RecordedFile {
    /// The field's name.
    pub field: String,
    /// As the browser gave it.
    pub filename: String,
    /// In bytes.
    pub size: u64,
    /// In small hexadecimal letters.
    pub sha256: String,
}

impl Recorded {
    /// The first field of this name.
    pub fn field(&self, name: &str) -> Option<&str> {
        first(&self.fields, name)
    }

    /// Every field of this name: several where options or boxes share one.
    pub fn fields_named(&self, name: &str) -> Vec<&str> {
        let named = self.fields.iter().filter(|field| field.0 == name);
        named.map(|field| field.1.as_str()).collect()
    }

    /// The first query parameter of this name.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        first(&self.query, name)
    }

    /// The first query parameter of this name, if it is a whole number.
    pub fn number(&self, name: &str) -> Option<u64> {
        self.parameter(name)?.parse().ok()
    }

    /// A header's value; the name in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        first(&self.headers, name)
    }
}

fn first<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs
        .iter()
        .find(|pair| pair.0 == name)
        .map(|pair| pair.1.as_str())
}

fn milliseconds<S: serde::Serializer>(at: &SystemTime, to: S) -> Result<S::Ok, S::Error> {
    let since = at
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    to.serialize_u64(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// The bounded log of requests, and the counters of what was submitted.
#[derive(Debug, Default)]
pub struct Recording {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    count: u64,
    requests: VecDeque<Arc<Recorded>>,
    submits: BTreeMap<String, u32>,
}

impl Recording {
    /// Keeps a request and gives it its number.
    pub fn add(&self, mut request: Recorded) -> Arc<Recorded> {
        let mut kept = self.lock();
        kept.count += 1;
        request.sequence = kept.count;
        if kept.requests.len() == MAX_RECORDED {
            kept.requests.pop_front();
        }
        let request = Arc::new(request);
        kept.requests.push_back(Arc::clone(&request));
        request
    }

    /// Counts a submit before it is answered, so that a client that dies meanwhile is counted too.
    pub fn count(&self, name: &str) -> u32 {
        let mut kept = self.lock();
        if kept.submits.len() >= MAX_COUNTERS && !kept.submits.contains_key(name) {
            return 0;
        }
        let counter = kept.submits.entry(name.to_owned()).or_default();
        *counter = counter.saturating_add(1);
        *counter
    }

    /// How often `name` was submitted.
    pub fn submits(&self, name: &str) -> u32 {
        self.lock().submits.get(name).copied().unwrap_or_default()
    }

    /// All counters.
    pub fn counters(&self) -> BTreeMap<String, u32> {
        self.lock().submits.clone()
    }

    /// Every request kept, the oldest first.
    pub fn requests(&self) -> Vec<Recorded> {
        self.lock()
            .requests
            .iter()
            .map(|it| Recorded::clone(it))
            .collect()
    }

    /// Forgets requests and counters; the numbering goes on.
    pub fn clear(&self) {
        let mut kept = self.lock();
        kept.requests.clear();
        kept.submits.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_bounded_and_keeps_the_newest() {
        let recording = Recording::default();
        for _ in 0..MAX_RECORDED + 50 {
            recording.add(Recorded {
                sequence: 0,
                at: SystemTime::UNIX_EPOCH,
                origin: Origin::Main,
                method: "GET".to_owned(),
                path: "/".to_owned(),
                query: Vec::new(),
                headers: Vec::new(),
                fields: Vec::new(),
                files: Vec::new(),
                body: String::new(),
            });
        }
        let kept = recording.requests();
        assert_eq!((kept.len(), kept[0].sequence), (MAX_RECORDED, 51));
        let names = MAX_COUNTERS + 5;
        assert_eq!(
            (0..names)
                .filter(|it| recording.count(&it.to_string()) > 0)
                .count(),
            1_000
        );
    }
}
