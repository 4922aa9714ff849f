//! A stream as server-sent events.

use std::time::Duration;

use axum::{
    body::Body,
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use futures_util::stream;
use http::{HeaderMap, StatusCode, header};
use prost_reflect::DynamicMessage;
use serde_json::{Map, Value};
use tonic::{Status, Streaming};
use tonic_types::StatusExt as _;

use super::{call, method::Method, refusal, write};
use crate::violations::Violations;

/// How often a silent stream says that it is alive.
const ALIVE: Duration = Duration::from_secs(15);
/// How long an answer waits to find out that its stream is empty.
const FIRST: Duration = Duration::from_millis(50);
/// The field to go on from, and the one that numbers what is sent.
const NUMBERED: &[(&str, &str)] = &[
    ("after_sequence", "sequence"),
    ("after_change", "change_number"),
];

fn numbered(method: &Method) -> Option<(&'static str, &'static str)> {
    let of = |it: &&(&str, &str)| method.input.get_field_by_name(it.0).is_some();
    NUMBERED.iter().find(of).copied()
}

/// Lets a client that lost the stream go on: `Last-Event-ID` counts before the query.
pub(super) fn resume(
    method: &Method,
    headers: &HeaderMap,
    fields: &mut Map<String, Value>,
    violations: &mut Violations,
) {
    let Some(last) = headers.get("last-event-id") else {
        return;
    };
    let number = last
        .to_str()
        .ok()
        .and_then(|it| it.trim().parse::<i64>().ok());
    match (numbered(method), number) {
        (Some((field, _)), Some(number)) => {
            fields.insert(field.to_owned(), number.into());
        }
        _ => violations.add("last-event-id", "is no number of an event of this stream"),
    }
}

struct Events {
    method: Method,
    stream: Streaming<Bytes>,
    first: Option<Result<Bytes, Status>>,
    ended: bool,
}

/// The events as they come. A stream that is empty because all was sent before answers 204, which
/// tells an `EventSource` not to connect again.
pub(super) async fn answer(method: &Method, mut stream: Streaming<Bytes>) -> Response {
    let first = match tokio::time::timeout(FIRST, stream.message()).await {
        Ok(Ok(None)) => return StatusCode::NO_CONTENT.into_response(),
        Ok(Ok(Some(message))) => Some(Ok(message)),
        Ok(Err(status)) => return refusal::refuse(&status),
        Err(_) => None,
    };
    let events = Events {
        method: method.clone(),
        stream,
        first,
        ended: false,
    };
    let body = Body::from_stream(stream::unfold(events, |mut events| async move {
        let text = events.next().await?;
        Some((Ok::<_, std::convert::Infallible>(text), events))
    }));
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
        // A proxy in front of the server must not keep events back.
        (header::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    (headers, body).into_response()
}

impl Events {
    async fn next(&mut self) -> Option<String> {
        if self.ended {
            return None;
        }
        let next = match self.first.take() {
            Some(first) => first.map(Some),
            None => match tokio::time::timeout(ALIVE, self.stream.message()).await {
                Ok(next) => next,
                Err(_) => return Some(":\n\n".to_owned()),
            },
        };
        match next.and_then(|it| it.map(|it| self.event(it)).transpose()) {
            Ok(event) => event,
            Err(status) => {
                self.ended = true;
                Some(failed(&status))
            }
        }
    }

    fn event(&self, message: Bytes) -> Result<String, Status> {
        let message = call::decode(&self.method, message)?;
        let message = call::part(&self.method, &message).unwrap_or(message);
        let mut out = String::new();
        if let Some(id) = id(&self.method, &message) {
            out.push_str(&format!("id: {id}\n"));
        }
        // One line: JSON has no line breaks but those that `write` would put in, and it puts none.
        out.push_str("data: ");
        write::message(&mut out, &message);
        out.push_str("\n\n");
        Ok(out)
    }
}

fn id(method: &Method, message: &DynamicMessage) -> Option<i64> {
    let (_, field) = numbered(method)?;
    message.get_field_by_name(field)?.as_i64()
}

fn failed(status: &Status) -> String {
    let pause = status
        .get_details_retry_info()
        .and_then(|it| it.retry_delay);
    let retry = pause
        .map(|it| format!("retry: {}\n", it.as_millis()))
        .unwrap_or_default();
    format!("{retry}event: error\ndata: {}\n\n", refusal::body(status))
}
