//! One HTTP call, carried out as the gRPC call that it stands for.

use std::time::Duration;

use axum::{
    Router,
    extract::{RawPathParams, Request},
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use http::{HeaderMap, header, uri::PathAndQuery};
use prost::Message as _;
use prost_reflect::DynamicMessage;
use serde_json::{Map, Value};
use tonic::{Status, client::Grpc, metadata::MetadataMap};

use super::{bind, method::Method, read, refuse, sse, write};
use crate::{codec::Raw, edge::MAX_MESSAGE_BYTES, guard, refusal, violations::Violations};

/// Headers that mean the same on both ways.
const PASSED: &[&str] = &["authorization", "x-api-key", "traceparent", "tracestate"];

/// How long a client may take to send a body.
const BODY_WITHIN: Duration = Duration::from_secs(60);

/// Answers a call.
pub(super) async fn answer(
    method: &Method,
    grpc: Router,
    path: &RawPathParams,
    request: Request,
) -> Response {
    match carry_out(method, grpc, path, request).await {
        Ok(answer) => answer,
        Err(status) => refuse(&status),
    }
}

async fn carry_out(
    method: &Method,
    grpc: Router,
    path: &RawPathParams,
    request: Request,
) -> Result<Response, Status> {
    let (parts, body) = request.into_parts();
    let mut fields = if method.body {
        self::body(&parts.headers, body).await?
    } else {
        Map::new()
    };
    let mut violations = Violations::default();
    let query = parts.uri.query().unwrap_or_default();
    bind::query(&method.input, query, &mut fields, &mut violations);
    if method.streams {
        sse::resume(method, &parts.headers, &mut fields, &mut violations);
    }
    for (name, text) in path {
        // What the path says counts, whatever the body says.
        fields.remove(name);
        if let Err(wrong) = bind::set(&method.input, &mut fields, name, text) {
            violations.add(name, wrong);
        }
    }
    violations.finish()?;
    let message = read::message(&method.input, fields)?.encode_to_vec();

    let mut call = tonic::Request::new(Bytes::from(message));
    *call.metadata_mut() = passed(&parts.headers);
    if let Some(origin) = guard::origin(&Request::from_parts(parts, axum::body::Body::empty())) {
        call.extensions_mut().insert(origin);
    }
    let rpc = PathAndQuery::try_from(method.rpc.as_str()).map_err(|_| refusal::internal())?;
    let mut client = Grpc::new(grpc).max_decoding_message_size(4 * MAX_MESSAGE_BYTES);
    if client.ready().await.is_err() {
        return Err(refusal::internal());
    }
    if method.streams {
        let events = client.server_streaming(call, rpc, Raw).await?.into_inner();
        return Ok(sse::answer(method, events).await);
    }
    let message = client.unary(call, rpc, Raw).await?.into_inner();
    let json = json(method, message)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], json).into_response())
}

/// The fields of a JSON body; none at all is an empty object.
async fn body(headers: &HeaderMap, body: axum::body::Body) -> Result<Map<String, Value>, Status> {
    let bytes = tokio::time::timeout(BODY_WITHIN, axum::body::to_bytes(body, MAX_MESSAGE_BYTES))
        .await
        .map_err(|_| refusal::deadline())?
        .map_err(|_| refusal::message_too_large(MAX_MESSAGE_BYTES))?;
    if bytes.is_empty() {
        return Ok(Map::new());
    }
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|it| it.to_str().ok());
    let is_json = |it: &str| {
        let media = it
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        media == "application/json" || media.ends_with("+json")
    };
    if !kind.is_none_or(is_json) {
        return Err(Violations::one(
            "",
            "the body must be JSON, with content-type application/json",
        ));
    }
    match serde_json::from_slice(&bytes) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err(Violations::one("", "the body must be a JSON object")),
        Err(error) => Err(Violations::one("", format!("the body is no JSON: {error}"))),
    }
}

fn passed(headers: &HeaderMap) -> MetadataMap {
    let mut kept = HeaderMap::new();
    for name in PASSED {
        if let (Some(value), Ok(name)) = (headers.get(*name), name.parse::<http::HeaderName>()) {
            kept.insert(name, value.clone());
        }
    }
    MetadataMap::from_headers(kept)
}

/// The answer, or the field of it that is the whole answer, as JSON.
pub(super) fn json(method: &Method, message: Bytes) -> Result<String, Status> {
    let message = decode(method, message)?;
    let mut out = String::new();
    match part(method, &message) {
        Some(part) => write::message(&mut out, &part),
        None => write::message(&mut out, &message),
    }
    Ok(out)
}

pub(super) fn decode(method: &Method, message: Bytes) -> Result<DynamicMessage, Status> {
    DynamicMessage::decode(method.output.clone(), message).map_err(|_| refusal::internal())
}

/// The message within the answer that stands for all of it.
pub(super) fn part(method: &Method, message: &DynamicMessage) -> Option<DynamicMessage> {
    let value = message.get_field_by_name(&method.response_body)?;
    value.as_message().cloned()
}
