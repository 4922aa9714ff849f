//! What the proxy itself answers.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};

use super::exchange::Body;
use crate::Error;

/// The answer to a request that was refused (403) or that failed upstream (502, 504).
pub(super) fn error(error: &Error) -> Response<Body> {
    let (status, title) = match error {
        Error::Blocked { .. } => (StatusCode::FORBIDDEN, "Blocked by errand"),
        Error::Timeout { .. } => (StatusCode::BAD_GATEWAY, "The site did not answer"),
        Error::Unresolved { .. } => (StatusCode::BAD_GATEWAY, "The site was not found"),
        _ => (StatusCode::BAD_GATEWAY, "The site can't be reached"),
    };
    page(status, error.code(), title, &error.to_string())
}

/// The answer to what is no request to a proxy.
pub(super) fn malformed(text: &str) -> Response<Body> {
    page(
        StatusCode::BAD_REQUEST,
        "malformed",
        "Not a request to a proxy",
        text,
    )
}

/// An empty answer.
pub(super) fn empty(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(full(Bytes::new()));
    *response.status_mut() = status;
    response
}

fn page(status: StatusCode, code: &'static str, title: &str, text: &str) -> Response<Body> {
    let html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title>\
         <h1>{title}</h1><p>{}</p></html>\n",
        escape(text)
    );
    let mut response = Response::new(full(html.into()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert("x-errand-error", HeaderValue::from_static(code));
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn full(bytes: Bytes) -> Body {
    Full::new(bytes).map_err(|never| match never {}).boxed()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
