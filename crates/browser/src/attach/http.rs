//! Small questions over HTTP, one connection each.

use std::{sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderValue, Method, Request, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::time::timeout;
use tokio_util::task::AbortOnDropHandle;
use url::Url;

use super::{Address, Dial, Error};

/// Longest answer that is read, in bytes.
const MAX_ANSWER_BYTES: usize = 4 << 20;
/// Longest piece of an answer that is shown.
const SHOWN_BYTES: usize = 120;

/// Asks the other side of an attachment.
#[derive(Clone)]
pub(super) struct Asker {
    pub(super) address: Address,
    pub(super) dial: Arc<dyn Dial>,
}

pub(super) struct Answer {
    pub(super) status: u16,
    kind: String,
    body: Bytes,
}

impl Answer {
    pub(super) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    pub(super) fn text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }

    /// What it is, for somebody who expected something else.
    pub(super) fn described(&self) -> String {
        let text = self.text();
        let text = text.trim();
        let status = match self.status {
            200 => String::new(),
            other => format!(" (HTTP {other})"),
        };
        let shown = |text: &str| errand_domain::text::clip(&one_line(text), SHOWN_BYTES);
        let lower = errand_domain::text::clip(text, 4096).to_lowercase();
        if self.kind.contains("html")
            || lower.starts_with("<!doctype")
            || lower.starts_with("<html")
        {
            let title = lower
                .find("<title>")
                .and_then(|at| text.get(at + 7..))
                .and_then(|rest| rest.split('<').next())
                .map(str::trim)
                .filter(|title| !title.is_empty());
            return match title {
                Some(title) => format!("a web page, \"{}\"{status}", shown(title)),
                None => format!("a web page{status}"),
            };
        }
        if text.is_empty() {
            return format!("an empty answer{status}");
        }
        let what = if self.json().is_some() {
            "JSON"
        } else {
            "text"
        };
        format!(
            "{what} that is none of a browser's: {}{status}",
            shown(text)
        )
    }
}

fn one_line(text: &str) -> String {
    text.chars()
        .map(|it| if it.is_control() { ' ' } else { it })
        .collect()
}

impl Asker {
    pub(super) fn shown(&self) -> String {
        self.address.to_string()
    }

    /// Asks at a path below the address; everything within `limit`.
    pub(super) async fn ask(
        &self,
        limit: Duration,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Answer, Error> {
        let mut url = self.address.base.clone();
        let joined = format!("{}{path}", url.path());
        url.set_path(&joined);
        let first = Box::pin(self.ask_at(limit, method.clone(), &url, body, None)).await?;
        // Chrome talks to names only if they are its own machine's.
        if first.status == 500 && first.text().contains("Host header is specified") {
            let host = format!("localhost:{}", self.address.port());
            return Box::pin(self.ask_at(limit, method, &url, body, Some(&host))).await;
        }
        Ok(first)
    }

    async fn ask_at(
        &self,
        limit: Duration,
        method: Method,
        url: &Url,
        body: Option<&Value>,
        host: Option<&str>,
    ) -> Result<Answer, Error> {
        let address = self.shown();
        let broken = |reason: String| Error::NotABrowser {
            address: self.shown(),
            found: reason,
        };
        let request = self
            .request(method, url, body, host)
            .map_err(|error| broken(error.to_string()))?;
        let exchange = async {
            let stream = self
                .dial
                .dial(url)
                .await
                .map_err(|reason| Error::Unreachable {
                    address: self.shown(),
                    reason,
                })?;
            let garbled = |error: hyper::Error| {
                let found = if error.is_parse() {
                    "something that is not HTTP".to_owned()
                } else {
                    format!("a connection that broke off ({error})")
                };
                broken(found)
            };
            let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
                .await
                .map_err(garbled)?;
            let _connection = AbortOnDropHandle::new(tokio::spawn(connection));
            let answer = sender.send_request(request).await.map_err(garbled)?;
            let status = answer.status().as_u16();
            let kind = answer.headers().get(header::CONTENT_TYPE);
            let kind = kind.and_then(|it| it.to_str().ok()).unwrap_or_default();
            let kind = kind.to_ascii_lowercase();
            let body = Limited::new(answer.into_body(), MAX_ANSWER_BYTES)
                .collect()
                .await
                .map_err(|error| broken(format!("an answer that can't be read ({error})")))?
                .to_bytes();
            Ok(Answer { status, kind, body })
        };
        match timeout(limit, exchange).await {
            Ok(answer) => answer,
            Err(_) => Err(Error::Silent {
                address,
                after: limit,
            }),
        }
    }

    fn request(
        &self,
        method: Method,
        url: &Url,
        body: Option<&Value>,
        host: Option<&str>,
    ) -> Result<Request<Full<Bytes>>, http::Error> {
        let target = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        let mut request = Request::builder()
            .method(method)
            .uri(target)
            .header(
                header::HOST,
                host.map_or_else(|| host_of(url), str::to_owned),
            )
            .header(header::CONNECTION, "close");
        if let Some(authorization) = authorization(url) {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        let body = match body {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json; charset=utf-8");
                Bytes::from(body.to_string())
            }
            None => Bytes::new(),
        };
        request.body(Full::new(body))
    }
}

/// Host and port as a header has them.
pub(super) fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// User and password of an address, as a header.
pub(super) fn authorization(url: &Url) -> Option<HeaderValue> {
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let pair = format!(
        "{}:{}",
        decoded(url.username()),
        decoded(url.password().unwrap_or_default())
    );
    let mut value = HeaderValue::from_str(&format!("Basic {}", STANDARD.encode(pair))).ok()?;
    value.set_sensitive(true);
    Some(value)
}

fn decoded(text: &str) -> String {
    // A `+` in a URL's authority is a plus, not a space as in forms.
    let text = text.replace('+', "%2B");
    url::form_urlencoded::parse(format!("x={text}").as_bytes())
        .next()
        .map_or(text, |(_, value)| value.into_owned())
}
