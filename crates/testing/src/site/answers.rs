//! Answers that are late, wrong, elsewhere, or never come.

use std::sync::Arc;

use axum::{
    Extension,
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use futures_util::{StreamExt, stream};

use super::{
    html::{self, fixed, see_other},
    recording::Recorded,
    router::Area,
    state::Shared,
};

pub fn area() -> Area {
    let routes = axum::Router::<Arc<Shared>>::new()
        .route("/slow", get(slow))
        .route("/ping", get(|| async { "pong" }))
        .route("/status/{code}", get(status))
        .route("/redirects/{steps}", get(redirect))
        .route(
            "/redirects/loop",
            get(|| async { found("/redirects/loop/back") }),
        )
        .route(
            "/redirects/loop/back",
            get(|| async { found("/redirects/loop") }),
        )
        .route(
            "/redirects/meta",
            fixed("Moved", include_str!("pages/redirect_meta.html")),
        )
        .route(
            "/redirects/script",
            fixed("Moved", include_str!("pages/redirect_script.html")),
        )
        .route(
            "/redirects/metadata",
            get(|| async { found("http://169.254.169.254/latest/") }),
        )
        .route(
            "/redirects/file",
            get(|| async { found("file:///etc/hostname") }),
        )
        .route("/hang", get(hang))
        .route("/hang/body", get(hang_body))
        .route(
            "/hang/asset",
            fixed("A hanging picture", include_str!("pages/hang_asset.html")),
        )
        .route("/cut", get(cut))
        // Answered by the listener, which drops the connection.
        .route("/cut/empty", get(hang));
    Area {
        title: "Answers",
        pages: &[
            ("/slow?ms=1500", "Answers after a second and a half"),
            ("/status/404", "An error page: not found"),
            ("/status/403", "An error page: forbidden"),
            ("/status/500", "An error page: server error"),
            ("/redirects/5", "Five redirects"),
            ("/redirects/loop", "A redirect loop"),
            ("/redirects/meta", "A redirect by the page's head"),
            ("/redirects/script", "A redirect by script"),
            ("/redirects/metadata", "A redirect to a cloud's metadata"),
            ("/redirects/file", "A redirect to a file"),
            ("/hang", "Never answers"),
            ("/hang/body", "Begins to answer and never ends"),
            ("/hang/asset", "A picture and a script that never come"),
            ("/cut", "Cut in the middle of the answer"),
            ("/cut/empty", "Cut without an answer"),
        ],
        routes,
    }
}

async fn slow(
    State(shared): State<Arc<Shared>>,
    Extension(sent): Extension<Arc<Recorded>>,
) -> Html<String> {
    let milliseconds = sent.number("ms").unwrap_or(1_500);
    shared.pause(milliseconds).await;
    let body =
        format!("<h1>Slow page</h1><p>It took {milliseconds} ms.</p><button>At last</button>");
    html::page("Slow", &body)
}

async fn status(Path(code): Path<u16>) -> Response {
    let code = StatusCode::from_u16(code)
        .ok()
        .filter(|code| code.as_u16() >= 200);
    let Some(code) = code else {
        return html::not_found("status");
    };
    let reason = code.canonical_reason().unwrap_or("Unnamed");
    let body = format!(
        "<h1>{} {reason}</h1><p role=\"alert\">The server says no.</p>",
        code.as_u16()
    );
    let mut answer = (code, html::page(reason, &body)).into_response();
    if code == StatusCode::SERVICE_UNAVAILABLE || code == StatusCode::TOO_MANY_REQUESTS {
        answer
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    answer
}

async fn redirect(Path(steps): Path<u32>) -> Response {
    match steps {
        0 | 1 => see_other("/heading"),
        more => found(&format!("/redirects/{}", more - 1)),
    }
}

fn found(to: &str) -> Response {
    let mut answer = see_other(to);
    *answer.status_mut() = StatusCode::FOUND;
    answer
}

/// Answers when the site ends, so that a hanging request does not hold it.
async fn hang(State(shared): State<Arc<Shared>>) -> StatusCode {
    shared.stop.cancelled().await;
    StatusCode::SERVICE_UNAVAILABLE
}

async fn hang_body(State(shared): State<Arc<Shared>>) -> Response {
    const FIRST: &[u8] = b"<!doctype html><title>Half</title><h1>Half a page</h1><p>The rest ";
    let first = stream::once(async { Ok::<_, std::io::Error>(Bytes::from_static(FIRST)) });
    let end = stream::once(async move {
        shared.stop.cancelled().await;
        Ok(Bytes::from_static(b"never came.</p>"))
    });
    markup(Body::from_stream(first.chain(end)))
}

/// Promises more than it sends: the body ends with an error, and the connection with it.
async fn cut(State(shared): State<Arc<Shared>>) -> Response {
    const FIRST: &[u8] = b"<!doctype html><title>Cut</title><h1>Cut</h1><p>And then ";
    let first = stream::once(async { Ok(Bytes::from_static(FIRST)) });
    let end = stream::once(async move {
        // Time for the first part to leave: an error drops what is still in the buffer.
        shared.pause(100).await;
        Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))
    });
    markup(Body::from_stream(first.chain(end)))
}

fn markup(body: Body) -> Response {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], body).into_response()
}
