//! Signed links: content for whoever has the link, without a key.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Path, State},
    response::{IntoResponse as _, Response},
};
use errand_artifacts::{Content, InvalidLink};
use errand_store::ArtifactRow;
use futures_util::StreamExt as _;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

use super::range::{self, Asked};
use crate::edge::Edge;

/// Media types that a browser may show; all else is saved, so that no page from the web ever runs
/// on this origin.
const SHOWN: &[&str] = &[
    "image/png",
    "image/jpeg",
    "image/webp",
    "image/gif",
    "video/webm",
    "video/mp4",
    "text/plain",
    "application/json",
    "application/pdf",
];

/// Answers GET and HEAD.
pub(crate) async fn serve(
    State(edge): State<Arc<Edge>>,
    method: Method,
    Path((token, _)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    match find(&edge, &token).await {
        Ok(row) => content(&edge, &method, &headers, row).await,
        Err(refused) => refused,
    }
}

async fn find(edge: &Edge, token: &str) -> Result<ArtifactRow, Response> {
    let unavailable = |error: errand_store::Error| {
        tracing::warn!(%error, "a signed link can't be looked up");
        text(
            StatusCode::SERVICE_UNAVAILABLE,
            "the database can't be reached: try again",
        )
    };
    let now = edge.store.now().await.map_err(unavailable)?;
    let (organization, id) = edge
        .signer
        .verify(token, now)
        .map_err(|refused| match refused {
            InvalidLink::Forged => text(StatusCode::FORBIDDEN, "the link is not valid"),
            InvalidLink::Expired => {
                text(StatusCode::GONE, "the link has expired: ask for a new one")
            }
        })?;
    let found = edge
        .store
        .artifact(&organization, &id)
        .await
        .map_err(unavailable)?;
    found.ok_or_else(|| text(StatusCode::NOT_FOUND, "the artifact was deleted"))
}

async fn content(edge: &Edge, method: &Method, headers: &HeaderMap, row: ArtifactRow) -> Response {
    let tag = format!("\"{}\"", row.id);
    let of = |name| {
        headers
            .get(name)
            .and_then(|it: &HeaderValue| it.to_str().ok())
    };
    if of(header::IF_NONE_MATCH).is_some_and(|it| names(it, &tag)) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response();
    }
    // A range of something else than the client has begun with would be garbage.
    let same = of(header::IF_RANGE).is_none_or(|it| it == tag);
    let asked = range::read(of(header::RANGE).filter(|_| same), row.size);
    let (status, part) = match asked {
        Asked::Whole => (StatusCode::OK, 0..row.size),
        Asked::Part(part) => (StatusCode::PARTIAL_CONTENT, part),
        Asked::Unsatisfiable => {
            let mut refused = text(
                StatusCode::RANGE_NOT_SATISFIABLE,
                "the range is behind the end",
            );
            put(
                &mut refused,
                header::CONTENT_RANGE,
                &format!("bytes */{}", row.size),
            );
            return refused;
        }
    };
    let body = if *method == Method::HEAD {
        Body::empty()
    } else {
        match edge.artifacts.get(&row.location, part.clone()).await {
            Ok(content) => body(edge, content),
            Err(error) => {
                tracing::warn!(%error, artifact.id = %row.id, "a linked artifact can't be read");
                return text(
                    StatusCode::NOT_FOUND,
                    "the content is no longer in the storage",
                );
            }
        }
    };
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    describe(&mut answer, &row);
    put(&mut answer, header::ETAG, &tag);
    put(
        &mut answer,
        header::CONTENT_LENGTH,
        &(part.end - part.start).to_string(),
    );
    if status == StatusCode::PARTIAL_CONTENT {
        let range = format!("bytes {}-{}/{}", part.start, part.end - 1, row.size);
        put(&mut answer, header::CONTENT_RANGE, &range);
    }
    answer
}

/// Whether a list of tags has this one. Content never changes, so weak and strong are the same.
fn names(list: &str, tag: &str) -> bool {
    let mut tags = list.split(',').map(str::trim);
    tags.any(|it| it == "*" || it.trim_start_matches("W/") == tag)
}

/// The content, cut off when the server stops: clients go on by range.
fn body(edge: &Edge, content: Content) -> Body {
    let stop = edge.stop.clone();
    Body::from_stream(content.take_until(async move { stop.cancelled().await }))
}

fn describe(answer: &mut Response, row: &ArtifactRow) {
    let media = row
        .content_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim();
    let how = if SHOWN.contains(&media) {
        "inline"
    } else {
        "attachment"
    };
    // RFC 8187: the name in percent-encoded UTF-8, whatever characters a site put into it.
    let name: String = url::form_urlencoded::byte_serialize(row.filename.as_bytes()).collect();
    let name = name.replace('+', "%20");
    let media = if media.is_empty() {
        "application/octet-stream"
    } else {
        &row.content_type
    };
    put(answer, header::CONTENT_TYPE, media);
    put(
        answer,
        header::CONTENT_DISPOSITION,
        &format!("{how}; filename*=UTF-8''{name}"),
    );
    put(answer, header::ACCEPT_RANGES, "bytes");
    put(
        answer,
        header::CACHE_CONTROL,
        "private, max-age=3600, immutable",
    );
    put(answer, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(
        answer,
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; sandbox",
    );
    put(answer, header::REFERRER_POLICY, "no-referrer");
}

fn put(answer: &mut Response, name: header::HeaderName, value: &str) {
    // A value that is no header comes from a site's file name or type; the answer does without.
    if let Ok(value) = HeaderValue::from_str(value) {
        answer.headers_mut().insert(name, value);
    }
}

fn text(status: StatusCode, message: &'static str) -> Response {
    (status, message).into_response()
}
