//! The requests of one connection of the browser.

use std::{
    pin::Pin,
    sync::{Arc, atomic::Ordering::Relaxed},
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri, header,
};
use http_body_util::{BodyExt, combinators::BoxBody};
use hyper::{
    body::{Body as _, Frame, Incoming, SizeHint},
    client::conn::http1::{self, SendRequest},
};
use hyper_util::rt::TokioIo;
use tokio::{sync::Mutex, time};
use tokio_util::sync::CancellationToken;

use super::{Shared, Standing, page, tunnel};
use crate::{Blocked, Error, Policy, Upstream as Way, upstream};

pub(super) type Body = BoxBody<Bytes, hyper::Error>;

/// Headers that are about one connection only (RFC 9110, 7.6.1), and those for proxies.
const HOP_BY_HOP: [HeaderName; 7] = [
    header::CONNECTION,
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// Longest wait for a kept connection to be free again; a new one takes its place then.
const REUSE_TIMEOUT: Duration = Duration::from_secs(1);

pub(super) struct Exchange {
    shared: Arc<Shared>,
    kept: Mutex<Option<Upstream>>,
}

/// A connection that was resolved, checked and made under one policy.
struct Upstream {
    host: String,
    port: u16,
    until: CancellationToken,
    sender: SendRequest<Body>,
}

impl Exchange {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            kept: Mutex::new(None),
        }
    }

    pub(super) async fn answer(&self, request: Request<Incoming>) -> Response<Body> {
        let Some((host, port)) = target(request.method(), request.uri()) else {
            return page::malformed("this is a forward proxy; the request names no host");
        };
        let Standing { policy, until } = self.shared.standing().clone();
        let answer = match (policy, request.uri().scheme_str()) {
            (None, _) => Err(blocked(&host, Blocked::NoRun)),
            (Some(policy), _) if request.method() == Method::CONNECT => {
                self.connect(request, &host, port, &policy, until).await
            }
            (Some(policy), Some("http")) => {
                self.forward(request, &host, port, &policy, until).await
            }
            (Some(_), scheme) => Err(blocked(
                &host,
                Blocked::Scheme(scheme.unwrap_or("none").to_owned()),
            )),
        };
        answer.unwrap_or_else(|error| {
            match &error {
                Error::Blocked {
                    why: Blocked::Background,
                    ..
                } => self.shared.ledger.background(),
                // Before a run is attached only the browser itself can be calling.
                Error::Blocked {
                    why: Blocked::NoRun,
                    ..
                } => self.shared.ledger.background(),
                error => self.shared.ledger.incident(error, port),
            }
            page::error(&error)
        })
    }

    async fn connect(
        &self,
        request: Request<Incoming>,
        host: &str,
        port: u16,
        policy: &Policy,
        until: CancellationToken,
    ) -> Result<Response<Body>, Error> {
        let upstream = self.shared.options.dialer.leave(host, port, policy).await?;
        self.shared.ledger.tunnel();
        let carry = tunnel::carry(self.shared.clone(), request, upstream, until);
        self.shared.tasks.spawn(carry);
        Ok(page::empty(StatusCode::OK))
    }

    async fn forward(
        &self,
        request: Request<Incoming>,
        host: &str,
        port: u16,
        policy: &Policy,
        until: CancellationToken,
    ) -> Result<Response<Body>, Error> {
        self.shared.ledger.request();
        let (mut head, body) = request.into_parts();
        rewrite(&mut head, policy)?;
        // Only what may be sent twice goes over a kept connection: the server may be closing it,
        // and then nobody knows whether it took the request.
        let repeatable = head.method.is_safe() && body.is_end_stream();
        let kept = if repeatable {
            self.kept(host, port, &until).await
        } else {
            None
        };
        if let Some(mut upstream) = kept {
            let again = Request::from_parts(head.clone(), empty());
            if let Ok(response) = self.send(&mut upstream, again).await {
                return Ok(self.keep(upstream, response).await);
            }
        }
        let mut upstream = self.open(host, port, policy, until).await?;
        let counted = Counted {
            body,
            shared: self.shared.clone(),
            up: true,
        }
        .boxed();
        let response = self
            .send(&mut upstream, Request::from_parts(head, counted))
            .await?;
        if let Some(proxy) = &policy.upstream
            && response.status() == StatusCode::PROXY_AUTHENTICATION_REQUIRED
        {
            // The browser knows nothing of that proxy and must not be asked.
            return Err(proxy.failed(host, "it wants other credentials (407)".to_owned()));
        }
        Ok(self.keep(upstream, response).await)
    }

    async fn kept(&self, host: &str, port: u16, until: &CancellationToken) -> Option<Upstream> {
        let mut upstream = self.kept.lock().await.take()?;
        let same = upstream.host == host && upstream.port == port;
        if !same || upstream.until.is_cancelled() || until.is_cancelled() {
            return None;
        }
        let ready = time::timeout(REUSE_TIMEOUT, upstream.sender.ready()).await;
        matches!(ready, Ok(Ok(()))).then_some(upstream)
    }

    async fn open(
        &self,
        host: &str,
        port: u16,
        policy: &Policy,
        until: CancellationToken,
    ) -> Result<Upstream, Error> {
        let dialer = &self.shared.options.dialer;
        let stream = match &policy.upstream {
            // It is asked for the page itself.
            Some(proxy) if proxy.takes_requests().is_some() => {
                upstream::allowed(host, port, policy)?;
                proxy.reach(dialer, policy, host).await?
            }
            _ => dialer.leave(host, port, policy).await?,
        };
        let (sender, connection) = http1::Builder::new()
            .preserve_header_case(true)
            .max_headers(256)
            .handshake::<_, Body>(TokioIo::new(stream))
            .await
            .map_err(|error| failed(host, port, &error))?;
        let end = until.clone();
        self.shared.tasks.spawn(async move {
            tokio::select! {
                () = end.cancelled() => {}
                // Its failures reach whoever waits for the response.
                _ = connection => {}
            }
        });
        Ok(Upstream {
            host: host.to_owned(),
            port,
            until,
            sender,
        })
    }

    async fn send(
        &self,
        upstream: &mut Upstream,
        request: Request<Body>,
    ) -> Result<Response<Incoming>, Error> {
        let after = self.shared.options.response_timeout;
        let response = time::timeout(after, upstream.sender.send_request(request)).await;
        response
            .map_err(|_| Error::Timeout {
                host: upstream.host.clone(),
                port: upstream.port,
                phase: "waiting for its response",
                after,
            })?
            .map_err(|error| failed(&upstream.host, upstream.port, &error))
    }

    /// Keeps the connection for the browser's next request, which comes only after this response.
    async fn keep(&self, upstream: Upstream, response: Response<Incoming>) -> Response<Body> {
        *self.kept.lock().await = Some(upstream);
        let (mut head, body) = response.into_parts();
        strip(&mut head.headers);
        let body = Counted {
            body,
            shared: self.shared.clone(),
            up: false,
        };
        Response::from_parts(head, body.boxed())
    }
}

/// Host and port of a request to a proxy.
fn target(method: &Method, uri: &Uri) -> Option<(String, u16)> {
    let authority = uri.authority()?;
    let host = authority
        .host()
        .trim_start_matches('[')
        .trim_end_matches(']');
    let port = match authority.port() {
        Some(port) => port.as_str().parse().ok()?,
        None if method == Method::CONNECT => return None,
        None => 80,
    };
    (!host.is_empty()).then(|| (host.to_owned(), port))
}

/// From a request to a proxy to a request to a server.
fn rewrite(head: &mut http::request::Parts, policy: &Policy) -> Result<(), Error> {
    let uri = std::mem::take(&mut head.uri);
    let authority = uri.authority().map_or("", |it| it.as_str());
    // Browsers send no user name here; a server must not see one either.
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host)
        .to_owned();
    let path = uri.path_and_query().map_or("/", |it| it.as_str());
    let invalid = |reason: String| Error::Failed {
        host: host.clone(),
        port: 0,
        reason,
    };
    let proxy = policy.upstream.as_ref().and_then(Way::takes_requests);
    let place = match &proxy {
        Some(_) => format!("http://{host}{path}"),
        None => path.to_owned(),
    };
    head.uri = place
        .parse()
        .map_err(|error: http::uri::InvalidUri| invalid(error.to_string()))?;
    let value = HeaderValue::from_str(&host).map_err(|error| invalid(error.to_string()))?;
    strip(&mut head.headers);
    // What the URL says counts, or the check was of another host than the server answers for.
    head.headers.insert(header::HOST, value);
    if let Some(Some(credentials)) = proxy {
        let mut value =
            HeaderValue::from_str(&credentials).map_err(|error| invalid(error.to_string()))?;
        value.set_sensitive(true);
        head.headers.insert(header::PROXY_AUTHORIZATION, value);
    }
    head.version = http::Version::HTTP_11;
    Ok(())
}

fn strip(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in named.iter().chain(&HOP_BY_HOP) {
        headers.remove(name);
    }
    headers.remove("keep-alive");
    headers.remove("proxy-connection");
}

fn blocked(host: &str, why: Blocked) -> Error {
    Error::Blocked {
        host: host.to_owned(),
        why,
    }
}

fn failed(host: &str, port: u16, error: &hyper::Error) -> Error {
    let mut reason = error.to_string();
    if let Some(source) = std::error::Error::source(error) {
        reason = format!("{reason}: {source}");
    }
    Error::Failed {
        host: host.to_owned(),
        port,
        reason,
    }
}

fn empty() -> Body {
    http_body_util::Empty::new()
        .map_err(|never| match never {})
        .boxed()
}

/// A body that counts what passes.
struct Counted {
    body: Incoming,
    shared: Arc<Shared>,
    up: bool,
}

impl hyper::body::Body for Counted {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        if let Some(data) = frame
            .as_ref()
            .and_then(|it| it.as_ref().ok())
            .and_then(Frame::data_ref)
        {
            let ledger = &self.shared.ledger;
            let counter = if self.up {
                &ledger.bytes_up
            } else {
                &ledger.bytes_down
            };
            counter.fetch_add(data.len() as u64, Relaxed);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
