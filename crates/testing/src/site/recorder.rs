//! Reads each request whole, records it, and hands it on; pages take what was sent from there
//! (`Extension<Arc<Recorded>>`), so that what a page shows is what tests see.

use std::{sync::Arc, time::SystemTime};

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Multipart, Request, State},
    http::{StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};
use url::form_urlencoded;

use super::{
    recording::{Origin, Recorded, RecordedFile},
    state::Shared,
};

/// The largest request body; larger ones are refused with 413.
const MAX_BODY: usize = 32 << 20;
/// The largest text kept of a field or a body.
const MAX_TEXT: usize = 64 << 10;
/// Fields and files kept of one request.
const MAX_FIELDS: usize = 1_000;

/// The middleware. The site's own reports and decorations are not recorded.
pub async fn record(
    State((shared, origin)): State<(Arc<Shared>, Origin)>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path();
    if path.starts_with("/assets/") || path == "/recorded" {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, MAX_BODY).await else {
        return (
            StatusCode::PAYLOAD_TOO_LARGE,
            "the body is larger than 32 MiB",
        )
            .into_response();
    };
    let sent = shared.recording.add(recorded(&parts, &body, origin).await);
    let mut request = Request::from_parts(parts, Body::from(body));
    request.extensions_mut().insert(sent);
    next.run(request).await
}

async fn recorded(parts: &Parts, body: &Bytes, origin: Origin) -> Recorded {
    let media_type = parts.headers.get(header::CONTENT_TYPE);
    let media_type = media_type
        .and_then(|it| it.to_str().ok())
        .unwrap_or_default();
    let mut fields = Vec::new();
    let mut files = Vec::new();
    if media_type.starts_with("application/x-www-form-urlencoded") {
        fields = pairs(body);
    } else if media_type.starts_with("application/json") {
        fields = json_fields(body);
    } else if media_type.starts_with("multipart/form-data") {
        (fields, files) = multipart(parts, body.clone()).await;
    }
    let text = if files.is_empty() {
        &body[..body.len().min(MAX_TEXT)]
    } else {
        &[]
    };
    Recorded {
        sequence: 0,
        at: SystemTime::now(),
        origin,
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: pairs(parts.uri.query().unwrap_or_default().as_bytes()),
        headers: headers(parts),
        fields,
        files,
        body: String::from_utf8_lossy(text).into_owned(),
    }
}

fn headers(parts: &Parts) -> Vec<(String, String)> {
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    let all = parts.headers.iter();
    all.map(|(name, value)| (name.to_string(), text(value.as_bytes())))
        .collect()
}

fn pairs(encoded: &[u8]) -> Vec<(String, String)> {
    let parsed = form_urlencoded::parse(encoded).take(MAX_FIELDS);
    parsed
        .map(|(name, value)| (name.into_owned(), clip(&value)))
        .collect()
}

fn json_fields(body: &[u8]) -> Vec<(String, String)> {
    let Ok(serde_json::Value::Object(object)) = serde_json::from_slice(body) else {
        return Vec::new();
    };
    let text = |value: serde_json::Value| match value {
        serde_json::Value::String(text) => text,
        other => other.to_string(),
    };
    object
        .into_iter()
        .take(MAX_FIELDS)
        .map(|(name, value)| (name, clip(&text(value))))
        .collect()
}

async fn multipart(parts: &Parts, body: Bytes) -> (Vec<(String, String)>, Vec<RecordedFile>) {
    let (mut fields, mut files) = (Vec::new(), Vec::new());
    let mut request = Request::new(Body::from(body));
    *request.headers_mut() = parts.headers.clone();
    let Ok(mut form) = Multipart::from_request(request, &()).await else {
        return (fields, files);
    };
    while fields.len() + files.len() < MAX_FIELDS {
        let Ok(Some(field)) = form.next_field().await else {
            break;
        };
        let name = field.name().unwrap_or_default().to_owned();
        let filename = field.file_name().map(str::to_owned);
        let Ok(content) = field.bytes().await else {
            break;
        };
        match filename {
            // An empty file field is sent with an empty name.
            Some(filename) if filename.is_empty() => {}
            Some(filename) => files.push(RecordedFile {
                field: name,
                filename,
                size: content.len() as u64,
                sha256: hexadecimal(&Sha256::digest(&content)),
            }),
            None => fields.push((name, clip(&String::from_utf8_lossy(&content)))),
        }
    }
    (fields, files)
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn clip(text: &str) -> String {
    text[..text.floor_char_boundary(MAX_TEXT)].to_owned()
}
