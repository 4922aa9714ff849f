//! Numbering, hashing and checking of a run's log.

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{
    RunId, Text, Timestamp,
    error::LogError,
    event::{Body, Draft, Event, MAX_BODY_BYTES, MAX_EVENTS},
};

/// The version that this release writes.
pub const VERSION: u32 = 1;

/// SHA-256 over, each followed by a line feed: the hash before it in hex, the run's id, the number,
/// the time in microseconds, the version, the summary as a JSON string, and the body as stored.
#[must_use]
pub fn hash(
    previous: &[u8; 32],
    run_id: &RunId,
    sequence: u64,
    created_at: Timestamp,
    version: u32,
    summary: &str,
    body_json: &str,
) -> [u8; 32] {
    let mut digest = Sha256::new();
    let quoted = serde_json::Value::from(summary).to_string();
    for part in [
        hex(previous).as_str(),
        run_id.as_str(),
        &sequence.to_string(),
        &created_at.micros().to_string(),
        &version.to_string(),
        &quoted,
        body_json,
    ] {
        digest.update(part.as_bytes());
        digest.update(b"\n");
    }
    digest.finalize().into()
}

/// SHA-256 in lower-case hexadecimal.
#[must_use]
pub fn sha256(content: &[u8]) -> String {
    hex(&Sha256::digest(content))
}

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a string can't fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Gives drafts their numbers, times and hashes.
///
/// # Errors
/// If a body is too large or the log is full; no event is made then.
pub fn seal(
    run_id: &RunId,
    last_sequence: u64,
    last_hash: [u8; 32],
    now: Timestamp,
    drafts: Vec<Draft>,
) -> Result<Vec<Event>, LogError> {
    let mut previous_hash = last_hash;
    let mut sealed = Vec::with_capacity(drafts.len());
    for (offset, draft) in (1..).zip(drafts) {
        let sequence = last_sequence + offset;
        if sequence > MAX_EVENTS {
            return Err(LogError::Full);
        }
        let (body, body_json) = storable(draft.body).map_err(|error| LogError::Unreadable {
            sequence,
            reason: error.to_string(),
        })?;
        if body_json.len() > MAX_BODY_BYTES {
            let kind = body.kind().to_owned();
            return Err(LogError::TooLarge {
                kind,
                size: body_json.len(),
            });
        }
        let hash = hash(
            &previous_hash,
            run_id,
            sequence,
            now,
            VERSION,
            &draft.summary,
            &body_json,
        );
        sealed.push(Event {
            run_id: run_id.clone(),
            sequence,
            version: VERSION,
            created_at: now,
            summary: draft.summary,
            body,
            body_json,
            previous_hash,
            hash,
        });
        previous_hash = hash;
    }
    Ok(sealed)
}

/// The body as text that PostgreSQL takes, and as it is read back from there. NUL inside a JSON
/// string is written as an escape, which the database would take, but what it decodes to could
/// be stored nowhere else.
fn storable(body: Body) -> Result<(Body, String), serde_json::Error> {
    let text = serde_json::to_string(&body)?;
    if !text.contains("\\u0000") {
        return Ok((body, text));
    }
    let mut value = serde_json::to_value(&body)?;
    replace_nul(&mut value);
    let text = value.to_string();
    Ok((serde_json::from_value(value)?, text))
}

fn replace_nul(value: &mut Value) {
    match value {
        Value::String(text) => *text = Text::new(std::mem::take(text)).into_string(),
        Value::Array(items) => items.iter_mut().for_each(replace_nul),
        Value::Object(fields) => {
            *fields = std::mem::take(fields)
                .into_iter()
                .map(|(key, mut value)| {
                    replace_nul(&mut value);
                    (Text::new(key).into_string(), value)
                })
                .collect();
        }
        _ => {}
    }
}

/// Reads a stored body.
///
/// # Errors
/// If it is not a JSON object.
pub fn parse_body(sequence: u64, body_json: &str) -> Result<Body, LogError> {
    serde_json::from_str(body_json).map_err(|error| LogError::Unreadable {
        sequence,
        reason: error.to_string(),
    })
}

/// Checks numbers and hashes of consecutive events that follow one with `last_hash`.
///
/// # Errors
/// At the first event that does not fit.
pub fn verify(last_sequence: u64, last_hash: [u8; 32], events: &[Event]) -> Result<(), LogError> {
    let mut previous = last_hash;
    for (expected, event) in (last_sequence + 1..).zip(events) {
        if event.sequence != expected {
            return Err(LogError::Gap {
                expected,
                found: event.sequence,
            });
        }
        let hash = hash(
            &previous,
            &event.run_id,
            event.sequence,
            event.created_at,
            event.version,
            &event.summary,
            &event.body_json,
        );
        if event.previous_hash != previous || event.hash != hash {
            return Err(LogError::Tampered {
                sequence: event.sequence,
            });
        }
        previous = hash;
    }
    Ok(())
}
