//! The HTTP client of everything that is no browser.

mod connect;
mod redirect;
mod stream;

use std::{error::Error as _, fmt, sync::Arc};

use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::{Bytes, BytesMut};
use errand_domain::port::{Egress, EgressError, HttpAnswer, HttpRequest};
use http::{HeaderMap, HeaderValue, Request, Uri, header};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body as _, Incoming};
use hyper_util::{
    client::legacy,
    rt::{TokioExecutor, TokioIo, TokioTimer},
};
use rustls::RootCertStore;
use tokio::time;
use url::Url;

use crate::{Dialer, Error, Policy};
use connect::{Connector, Wire};
pub use stream::Stream;

/// Who we say we are, where the request doesn't.
const USER_AGENT: &str = concat!("errand/", env!("CARGO_PKG_VERSION"));

/// How a client is set up.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Where it may go. Chromium's background hosts are of no concern here and always allowed.
    pub policy: Policy,
    /// Resolves and connects.
    pub dialer: Dialer,
    /// Whose certificates are believed; the system's, if none are given.
    pub roots: Option<RootCertStore>,
}

/// A connection of its own, with or without TLS.
pub type Line = TokioIo<Wire>;

/// Sends requests under a policy, HTTP/1.1 over plain connections and TLS. Connections are kept
/// for the next request to the same place. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    inner: legacy::Client<Connector, Full<Bytes>>,
    connector: Connector,
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Client")
    }
}

impl Client {
    /// A client under this policy.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        Self::with(Options {
            policy,
            ..Options::default()
        })
    }

    /// The same with every setting.
    #[must_use]
    pub fn with(options: Options) -> Self {
        let policy = Policy {
            allow_background: true,
            ..options.policy
        };
        let connector = Connector::new(options.dialer, Arc::new(policy), options.roots);
        let inner = legacy::Client::builder(TokioExecutor::new())
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(time::Duration::from_secs(50))
            .pool_max_idle_per_host(8)
            .build(connector.clone());
        Self { inner, connector }
    }

    /// Connects to where an `http`, `https`, `ws` or `wss` URL leads, with TLS where the scheme
    /// asks for it: for what is spoken there that is more than a request and its answer.
    ///
    /// # Errors
    /// [`EgressError::Blocked`], [`EgressError::Unreachable`], or [`EgressError::Unusable`] for
    /// another URL.
    pub async fn connect(&self, url: &Url) -> Result<Line, EgressError> {
        if !matches!(url.scheme(), "http" | "https" | "ws" | "wss") {
            let reason = format!("nothing can be connected to by {}", url.scheme());
            return Err(EgressError::Unusable(reason));
        }
        let wire = self.connector.clone().connect(uri(url)?).await;
        wire.map(Line::new)
            .map_err(|error| match error.downcast_ref::<Error>() {
                Some(Error::Blocked { .. }) => EgressError::Blocked(error.to_string()),
                Some(_) => EgressError::Unreachable(error.to_string()),
                None => {
                    let host = url.host_str().unwrap_or_default();
                    EgressError::Unreachable(format!("{host} can't be reached: {error}"))
                }
            })
    }

    async fn follow(&self, mut request: HttpRequest) -> Result<HttpAnswer, EgressError> {
        authorize(&mut request);
        loop {
            let answer = self.exchange(&request).await?;
            let Some(next) = redirect::next(&request, &answer)? else {
                return read(answer, &request).await;
            };
            request = next;
        }
    }

    async fn exchange(
        &self,
        request: &HttpRequest,
    ) -> Result<http::Response<Incoming>, EgressError> {
        let host = host(&request.url)?;
        let mut built = Request::new(Full::new(request.body.clone()));
        *built.method_mut() = request.method.clone();
        *built.uri_mut() = uri(&request.url)?;
        *built.headers_mut() = request.headers.clone();
        built
            .headers_mut()
            .entry(header::USER_AGENT)
            .or_insert(HeaderValue::from_static(USER_AGENT));
        self.inner.request(built).await.map_err(|error| {
            if let Some(error) = dialed(&error) {
                return match error {
                    Error::Blocked { .. } => EgressError::Blocked(error.to_string()),
                    other => EgressError::Unreachable(other.to_string()),
                };
            }
            if error.is_connect() {
                let reason = root(&error);
                return EgressError::Unreachable(format!("{host} can't be reached: {reason}"));
            }
            EgressError::Cut {
                host,
                received: 0,
                reason: root(&error),
            }
        })
    }
}

#[async_trait]
impl Egress for Client {
    async fn send(&self, request: HttpRequest) -> Result<HttpAnswer, EgressError> {
        let host = host(&request.url)?;
        let after = request.timeout;
        time::timeout(after, self.follow(request))
            .await
            .unwrap_or(Err(EgressError::Timeout { host, after }))
    }
}

async fn read(
    answer: http::Response<Incoming>,
    request: &HttpRequest,
) -> Result<HttpAnswer, EgressError> {
    let host = host(&request.url)?;
    let limit = request.max_body;
    let too_large = || EgressError::TooLarge {
        host: host.clone(),
        limit,
    };
    let (head, mut body) = answer.into_parts();
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > limit {
        return Err(too_large());
    }
    let mut content = BytesMut::with_capacity(announced.min(64 * 1024));
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| EgressError::Cut {
            host: host.clone(),
            received: content.len(),
            reason: root(&error),
        })?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if content.len() + data.len() > limit {
            return Err(too_large());
        }
        content.extend_from_slice(&data);
    }
    Ok(HttpAnswer {
        status: head.status,
        headers: head.headers,
        body: content.freeze(),
        url: request.url.clone(),
    })
}

/// Moves name and password of a URL to where HTTP wants them.
fn authorize(request: &mut HttpRequest) {
    let url = &mut request.url;
    if url.username().is_empty() && url.password().is_none() {
        return;
    }
    let (name, password) = (
        decoded(url.username()),
        decoded(url.password().unwrap_or("")),
    );
    let basic = format!("Basic {}", STANDARD.encode(format!("{name}:{password}")));
    // Neither fails for a URL that has a host, and one without is refused before it is sent.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    if let Ok(mut value) = HeaderValue::from_str(&basic) {
        value.set_sensitive(true);
        let headers: &mut HeaderMap = &mut request.headers;
        headers.entry(header::AUTHORIZATION).or_insert(value);
    }
}

fn decoded(text: &str) -> String {
    // A `+` in a URL's authority is a plus, not a space as in forms.
    let text = text.replace('+', "%2B");
    url::form_urlencoded::parse(format!("x={text}").as_bytes())
        .next()
        .map_or(text, |(_, value)| value.into_owned())
}

fn host(url: &Url) -> Result<String, EgressError> {
    let scheme = url.scheme();
    if !matches!(scheme, "http" | "https") {
        let reason = format!("only http and https are sent to, not {scheme}");
        return Err(EgressError::Unusable(reason));
    }
    url.host_str()
        .map(str::to_owned)
        .ok_or_else(|| EgressError::Unusable("the URL has no host".to_owned()))
}

fn uri(url: &Url) -> Result<Uri, EgressError> {
    let mut url = url.clone();
    url.set_fragment(None);
    url.as_str()
        .parse()
        .map_err(|error| EgressError::Unusable(format!("the URL can't be sent: {error}")))
}

/// The dialer's own error inside of the client's.
fn dialed(error: &legacy::Error) -> Option<&Error> {
    let mut source = error.source();
    while let Some(error) = source {
        if let Some(found) = error.downcast_ref::<Error>() {
            return Some(found);
        }
        source = error.source();
    }
    None
}

/// The innermost cause, in its own words.
fn root(error: &(dyn std::error::Error + 'static)) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
