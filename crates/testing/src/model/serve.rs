//! The server behind the scripted model.

use std::{
    collections::VecDeque,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::post,
};
use futures_util::stream;
use serde_json::{Value, json};
use tokio::time;
use tokio_util::sync::CancellationToken;

use super::{
    Answer, Asked, Exchange, Fault, Options, Rule, Wire, cache::Cache, chat, messages, responses,
};

/// Exchanges that are kept.
const KEPT: usize = 1_000;

pub struct Shared {
    options: Options,
    rule: Mutex<Box<dyn Rule>>,
    cache: Cache,
    record: Mutex<Record>,
    stop: CancellationToken,
}

#[derive(Default)]
struct Record {
    count: usize,
    exchanges: VecDeque<Exchange>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Shared")
    }
}

impl Shared {
    pub fn new(options: Options, rule: Box<dyn Rule>, stop: CancellationToken) -> Self {
        Self {
            options,
            rule: Mutex::new(rule),
            cache: Cache::default(),
            record: Mutex::default(),
            stop,
        }
    }

    pub fn exchanges(&self) -> Vec<Exchange> {
        self.record().exchanges.iter().cloned().collect()
    }

    pub fn count(&self) -> usize {
        self.record().count
    }

    fn record(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next(&self) -> usize {
        let mut record = self.record();
        record.count += 1;
        record.count
    }

    fn keep(&self, exchange: Exchange) {
        let mut record = self.record();
        if record.exchanges.len() == KEPT {
            record.exchanges.pop_front();
        }
        record.exchanges.push_back(exchange);
    }

    fn rule(&self, asked: &Asked) -> Answer {
        let rule = self.rule.lock().unwrap_or_else(PoisonError::into_inner);
        rule.answer(asked)
    }
}

pub fn router(shared: &Arc<Shared>) -> Router {
    let azure = |State(shared), Path(deployment): Path<String>, uri, headers, body| async move {
        answer(shared, Wire::Chat, Some(deployment), uri, headers, body).await
    };
    Router::new()
        .route("/v1/chat/completions", post(chat_completions))
        .route("/v1/responses", post(responses_create))
        .route("/v1/messages", post(messages_create))
        .route("/openai/v1/responses", post(responses_create))
        .route(
            "/openai/deployments/{deployment}/chat/completions",
            post(azure),
        )
        .fallback(|| async {
            let body = json!({"error": {"message": "Invalid URL", "type": "invalid_request_error",
                "param": null, "code": null}});
            (StatusCode::NOT_FOUND, axum::Json(body))
        })
        .layer(axum::extract::DefaultBodyLimit::max(64 << 20))
        .with_state(shared.clone())
}

async fn chat_completions(
    State(shared): State<Arc<Shared>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    answer(shared, Wire::Chat, None, uri, headers, body).await
}

async fn responses_create(
    State(shared): State<Arc<Shared>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    answer(shared, Wire::Responses, None, uri, headers, body).await
}

async fn messages_create(
    State(shared): State<Arc<Shared>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    answer(shared, Wire::Messages, None, uri, headers, body).await
}

async fn answer(
    shared: Arc<Shared>,
    wire: Wire,
    deployment: Option<String>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let number = shared.next();
    let mut exchange = Exchange {
        wire,
        path: uri.to_string(),
        headers: headers
            .iter()
            .map(|(name, value)| {
                (
                    name.to_string(),
                    String::from_utf8_lossy(value.as_bytes()).into_owned(),
                )
            })
            .collect(),
        request: serde_json::from_slice(&body).unwrap_or_default(),
        status: 0,
        response: String::new(),
    };
    let request = &exchange.request;
    let asked = match wire {
        Wire::Chat => chat::read(request, number, deployment.as_deref()),
        Wire::Responses => responses::read(request, number),
        Wire::Messages => messages::read(request, number),
    };
    if let Some((status, kind, message)) = refusal(&shared.options, &asked, &headers) {
        let body = error(wire, kind, &message);
        exchange.status = status;
        exchange.response.clone_from(&body);
        shared.keep(exchange);
        return respond(status, "application/json", &[], Body::from(body));
    }
    let answer = shared.rule(&asked).placed(&asked);
    let length = answer.text.len() + answer.calls.iter().map(|it| it.1.len()).sum::<usize>();
    let tokens = shared
        .cache
        .count(wire, &exchange.request, asked.is_marked, length);
    let text = match wire {
        Wire::Chat => chat::write(&asked, &answer, tokens),
        Wire::Responses => responses::write(&asked, &answer, tokens),
        Wire::Messages => messages::write(&asked, &answer, tokens),
    };
    let media = if asked.stream {
        "text/event-stream"
    } else {
        "application/json"
    };
    exchange.status = 200;
    exchange.response.clone_from(&text);
    let response = match answer.fault {
        None => respond(200, media, &[], Body::from(text)),
        Some(Fault::Headers(headers)) => respond(200, media, &headers, Body::from(text)),
        Some(Fault::Slow(late)) => {
            tokio::select! {
                () = shared.stop.cancelled() => {}
                () = time::sleep(late) => {}
            }
            respond(200, media, &[], Body::from(text))
        }
        Some(Fault::Cut) => {
            let half = Bytes::copy_from_slice(&text.as_bytes()[..text.len() / 2]);
            let length = [("content-length".to_owned(), text.len().to_string())];
            let end = io::Error::other("cut");
            let body = Body::from_stream(stream::iter([Ok(half), Err(end)]));
            respond(200, media, &length, body)
        }
        Some(Fault::HalfJson) => {
            let half = text.as_bytes()[..text.len() / 2].to_vec();
            respond(200, media, &[], Body::from(half))
        }
        Some(Fault::Html) => {
            let page =
                "<!DOCTYPE html>\n<html><head><title>Sign in to the proxy</title></head></html>";
            respond(200, "text/html; charset=utf-8", &[], Body::from(page))
        }
        Some(Fault::Nothing) => respond(200, media, &[], Body::empty()),
        Some(Fault::RateLimited(after)) => {
            let message = "Rate limit reached for requests per minute.";
            let body = error(wire, "rate_limit_error", message);
            let after = after.map(|it| ("retry-after".to_owned(), it));
            exchange.status = 429;
            exchange.response.clone_from(&body);
            let headers: Vec<_> = after.into_iter().collect();
            respond(429, "application/json", &headers, Body::from(body))
        }
        Some(Fault::Status {
            status,
            headers,
            body,
        }) => {
            exchange.status = status;
            exchange.response.clone_from(&body);
            respond(status, "application/json", &headers, Body::from(body))
        }
    };
    shared.keep(exchange);
    response
}

/// A wrong key or an unknown model, in the vendors' words.
fn refusal(
    options: &Options,
    asked: &Asked,
    headers: &HeaderMap,
) -> Option<(u16, &'static str, String)> {
    let header = |name: &str| headers.get(name).and_then(|it| it.to_str().ok());
    let bearer = header("authorization").and_then(|it| it.strip_prefix("Bearer "));
    let key = match asked.wire {
        Wire::Messages => header("x-api-key"),
        Wire::Chat | Wire::Responses => bearer.or_else(|| header("api-key")),
    };
    if options.key.is_some() && key != options.key.as_deref() {
        let message = match asked.wire {
            Wire::Messages => "invalid x-api-key".to_owned(),
            _ => format!("Incorrect API key provided: {}.", key.unwrap_or_default()),
        };
        return Some((401, "authentication_error", message));
    }
    if !options.models.is_empty() && !options.models.contains(&asked.model) {
        let message = match asked.wire {
            Wire::Messages => format!("model: {}", asked.model),
            _ => format!("The model `{}` does not exist.", asked.model),
        };
        return Some((404, "not_found_error", message));
    }
    None
}

fn error(wire: Wire, kind: &str, message: &str) -> String {
    let body = match wire {
        Wire::Messages => json!({
            "type": "error",
            "error": {"type": kind, "message": message},
            "request_id": "req_scripted",
        }),
        _ => json!({
            "error": {"message": message, "type": kind, "param": null, "code": Value::Null},
        }),
    };
    body.to_string()
}

fn respond(status: u16, media: &str, headers: &[(String, String)], body: Body) -> Response {
    let mut response = Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, media);
    for (name, value) in headers {
        response = response.header(name, value);
    }
    response
        .body(body)
        .unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}
