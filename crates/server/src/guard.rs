//! What every gRPC call passes before its service: the caller's key, the caller's deadline, and a
//! net under panics.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use errand_api::v1::{
    admin_service_server, artifact_service_server, profile_service_server, run_service_server,
    session_service_server,
};
use futures_util::FutureExt as _;
use http::{HeaderMap, header, uri::Authority};
use tonic::{Code, Status};
use tracing::Instrument as _;

use crate::{
    edge::{Caller, Edge, MAX_MESSAGE_BYTES, Origin},
    ending::Ending,
    refusal,
    violations::Violations,
};

/// Services of ours; all but one method of them need a key. Health and reflection do not.
const SERVICES: &[&str] = &[
    admin_service_server::SERVICE_NAME,
    artifact_service_server::SERVICE_NAME,
    profile_service_server::SERVICE_NAME,
    run_service_server::SERVICE_NAME,
    session_service_server::SERVICE_NAME,
];
const OPEN: &str = "/errand.v1.AdminService/GetServerInfo";
/// How much longer than the longest wait a call may take until its answer begins: a client that
/// never sends its message whole is not waited for without end.
const SLACK: Duration = Duration::from_secs(60);
/// Longest `traceparent` that is noted.
const TRACE_BYTES: usize = 64;

/// Whether the connection is encrypted, put into each request by the one who accepted it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Secure(pub(crate) bool);

/// Stands before every gRPC method.
pub(crate) async fn guard(
    State(edge): State<Arc<Edge>>,
    mut request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path().to_owned();
    let traceparent = text(request.headers(), "traceparent")
        .filter(|it| it.len() <= TRACE_BYTES)
        .unwrap_or_default()
        .to_owned();
    let span = tracing::info_span!("call", rpc = path, traceparent);
    let longest = edge.config.max_wait + SLACK;
    let deadline = deadline(request.headers()).map_or(longest, |it| it.min(longest));
    let ours = is_ours(&path);
    let told = edge.told.clone();
    let call = async {
        if needs_key(&path) {
            let organization = edge.keys.check(request.headers()).await?;
            request.extensions_mut().insert(Caller { organization });
        }
        if request.extensions().get::<Origin>().is_none()
            && let Some(origin) = origin(&request)
        {
            request.extensions_mut().insert(origin);
        }
        Ok(next.run(request).await)
    };
    let bounded = async {
        let answer = tokio::time::timeout(deadline, call).await;
        answer.unwrap_or_else(|_| Err(refusal::deadline()))
    };
    let answer = AssertUnwindSafe(bounded)
        .catch_unwind()
        .instrument(span)
        .await;
    match answer {
        Ok(Ok(response)) if ours => clarified(response),
        Ok(Ok(response)) => response.map(|body| Body::new(Ending::new(body, told))),
        Ok(Err(status)) => status.into_http(),
        Err(_) => {
            tracing::error!(rpc = path, "a call panicked");
            refusal::internal().into_http()
        }
    }
}

fn needs_key(path: &str) -> bool {
    path != OPEN && is_ours(path)
}

fn is_ours(path: &str) -> bool {
    let service = path.trim_start_matches('/').split('/').next();
    service.is_some_and(|it| SERVICES.contains(&it))
}

/// Scheme and authority by which the request came.
pub(crate) fn origin<B>(request: &http::Request<B>) -> Option<Origin> {
    let secure = request.extensions().get::<Secure>().is_some_and(|it| it.0);
    let host = || {
        text(request.headers(), header::HOST.as_str())?
            .parse::<Authority>()
            .ok()
    };
    let authority = request.uri().authority().cloned().or_else(host)?;
    let scheme = if secure { "https" } else { "http" };
    Some(Origin(format!("{scheme}://{authority}")))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|it| it.to_str().ok())
}

/// The caller's deadline: up to eight digits and a unit. One that can't be read is none.
fn deadline(headers: &HeaderMap) -> Option<Duration> {
    let given = text(headers, "grpc-timeout")?;
    let (digits, unit) = given.split_at_checked(given.len().checked_sub(1)?)?;
    if digits.is_empty() || digits.len() > 8 || !digits.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    let value: u64 = digits.parse().ok()?;
    Some(match unit {
        "H" => Duration::from_secs(value * 3_600),
        "M" => Duration::from_secs(value * 60),
        "S" => Duration::from_secs(value),
        "m" => Duration::from_millis(value),
        "u" => Duration::from_micros(value),
        "n" => Duration::from_nanos(value),
        _ => return None,
    })
}

/// What the codec refused before a service saw it, in our words and with our details.
fn clarified(response: Response) -> Response {
    let Some(status) = response.extensions().get::<Status>() else {
        return response;
    };
    if !status.details().is_empty() {
        return response;
    }
    match status.code() {
        Code::OutOfRange if status.message().contains("length too large") => {
            refusal::message_too_large(MAX_MESSAGE_BYTES).into_http()
        }
        // Our own faults carry details, so this one is the decoder's.
        Code::Internal => {
            Violations::one("", "the message is not of the method's type").into_http()
        }
        _ => response,
    }
}
