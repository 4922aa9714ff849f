//! The socket of a session, through which programs drive its browser by CDP.

use std::{io, sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::{Path, RawQuery, Request, State},
    response::Response,
};
use errand_artifacts::InvalidLink;
use errand_domain::{OrganizationId, SessionId};
use errand_runner::Live;
use futures_util::{SinkExt as _, StreamExt as _, future::ready};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use hyper_util::rt::TokioIo;
use tokio::time::timeout;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Message,
        handshake::derive_accept_key,
        protocol::{CloseFrame, Role, WebSocketConfig, frame::coding::CloseCode},
    },
};
use tonic::{Status, metadata::MetadataMap};

use crate::{
    edge::Edge,
    fault, json, refusal,
    replica::{Place, Target, socket},
    violations::Violations,
};

/// How long an address with its own permission can be used to connect, in milliseconds.
pub(super) const ADDRESS_LIFE_MS: i64 = 3_600_000;
/// How long the client may take to begin after it was let in.
const UPGRADE: Duration = Duration::from_secs(10);
/// How long the end of a socket may take.
const ENDING: Duration = Duration::from_secs(5);

type Socket = WebSocketStream<TokioIo<hyper::upgrade::Upgraded>>;

/// Answers the handshake; the rest goes on beside the calls.
pub(crate) async fn serve(
    State(edge): State<Arc<Edge>>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Response {
    let id = SessionId::from(id);
    match open(&edge, &id, query.as_deref(), request).await {
        Ok(response) => response,
        Err(status) => json::refuse(&status),
    }
}

async fn open(
    edge: &Arc<Edge>,
    id: &SessionId,
    query: Option<&str>,
    mut request: Request,
) -> Result<Response, Status> {
    let headers = request.headers().clone();
    let owner = caller(edge, id, query, &headers).await?;
    let accept = handshake(&headers)?;
    let target = Target::Session(id.clone());
    let metadata = MetadataMap::from_headers(headers.clone());
    let place = edge.locate(&owner, &target, &metadata).await?;
    let watching = edge.watchers.enter(&owner)?;
    // Connected before the client is let in, so that it hears of a fault.
    let side = match place {
        Place::Here(live) => Side::Here(live),
        Place::There(peer) => {
            let path = format!("/v1/browser_sessions/{id}/cdp");
            let tls = edge.config.tls.as_ref();
            Side::There(Box::new(
                socket(&peer, &path, query, &headers, tls, config()).await?,
            ))
        }
    };
    let upgrade = hyper::upgrade::on(&mut request);
    let stop = edge.stop.clone();
    edge.tasks.spawn(async move {
        let _watching = watching;
        let Ok(Ok(upgraded)) = timeout(UPGRADE, upgrade).await else {
            return tracing::debug!("a program did not begin to speak");
        };
        let io = TokioIo::new(upgraded);
        let client = WebSocketStream::from_raw_socket(io, Role::Server, Some(config())).await;
        match side {
            Side::Here(live) => {
                tokio::select! {
                    () = drive(client, &live) => {}
                    () = stop.cancelled() => {}
                }
            }
            Side::There(owner) => {
                tokio::select! {
                    () = relay(client, *owner) => {}
                    () = stop.cancelled() => {}
                }
            }
        }
    });
    let response = Response::builder()
        .status(StatusCode::SWITCHING_PROTOCOLS)
        .header(header::CONNECTION, "upgrade")
        .header(header::UPGRADE, "websocket")
        .header(header::SEC_WEBSOCKET_ACCEPT, accept)
        .body(Body::empty());
    response.map_err(|error| fault::internal("a socket can't be opened", &error))
}

enum Side {
    Here(Arc<Live>),
    There(Box<crate::replica::OwnerSocket>),
}

fn config() -> WebSocketConfig {
    WebSocketConfig::default()
        .max_message_size(Some(errand_runner::MAX_CLIENT_MESSAGE_BYTES))
        .max_frame_size(Some(errand_runner::MAX_CLIENT_MESSAGE_BYTES))
}

/// By the permission in the address, or by a key.
async fn caller(
    edge: &Edge,
    id: &SessionId,
    query: Option<&str>,
    headers: &HeaderMap,
) -> Result<OrganizationId, Status> {
    let mut pairs = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let Some((_, token)) = pairs.find(|(name, _)| name == "token") else {
        return edge.keys.check(headers).await;
    };
    let now = edge.clock.now(&edge.store).await.map_err(fault::store)?;
    match edge.signer.verify_session(&token, now) {
        Ok((organization, session)) if session == *id => Ok(organization),
        Ok(_) | Err(InvalidLink::Forged) => Err(refusal::key_invalid()),
        Err(InvalidLink::Expired) => Err(refusal::address_expired()),
    }
}

/// What the handshake is answered with (RFC 6455, section 4.2).
fn handshake(headers: &HeaderMap) -> Result<HeaderValue, Status> {
    let has = |name, word: &str| {
        let value = headers.get(name).and_then(|it| it.to_str().ok());
        value.is_some_and(|it| it.split(',').any(|it| it.trim().eq_ignore_ascii_case(word)))
    };
    let key = headers.get(header::SEC_WEBSOCKET_KEY);
    let socket = has(header::CONNECTION, "upgrade")
        && has(header::UPGRADE, "websocket")
        && has(header::SEC_WEBSOCKET_VERSION, "13");
    let Some(key) = key.filter(|_| socket) else {
        let description = "is a WebSocket: connect to it with ws:// or wss://, over HTTP/1.1";
        return Err(Violations::one("", format!("this address {description}")));
    };
    HeaderValue::from_str(&derive_accept_key(key.as_bytes())).map_err(|_| refusal::internal())
}

/// Until the program leaves or the browser ends.
async fn drive(client: Socket, live: &Live) {
    let (sink, source) = client.split();
    let source = source.filter_map(|message| {
        ready(match message {
            Ok(Message::Text(text)) => Some(Ok(text.as_str().to_owned())),
            Ok(Message::Binary(_)) => {
                let wrong = "CDP is spoken in text messages";
                Some(Err(io::Error::new(io::ErrorKind::InvalidData, wrong)))
            }
            Ok(_) => None,
            Err(error) => Some(Err(io::Error::other(error))),
        })
    });
    let mut sink = sink.with(|text: String| {
        ready(Ok::<_, tokio_tungstenite::tungstenite::Error>(
            Message::text(text),
        ))
    });
    let reason = live.program(Box::pin(source), &mut sink).await;
    let frame = CloseFrame {
        code: CloseCode::Normal,
        // A close frame has room for 123 bytes.
        reason: errand_domain::text::clip(&reason, 120).into(),
    };
    let mut sink = sink.into_inner();
    let end = async {
        sink.send(Message::Close(Some(frame))).await.ok();
        sink.close().await.ok();
    };
    timeout(ENDING, end).await.ok();
}

/// Messages as they are, both ways, until either side ends.
async fn relay(client: Socket, owner: crate::replica::OwnerSocket) {
    let (mut to_client, from_client) = client.split();
    let (mut to_owner, from_owner) = owner.split();
    let there = from_client.forward(&mut to_owner);
    let back = from_owner.forward(&mut to_client);
    tokio::select! {
        _ = there => {}
        _ = back => {}
    }
    timeout(ENDING, async {
        to_owner.close().await.ok();
        to_client.close().await.ok();
    })
    .await
    .ok();
}
