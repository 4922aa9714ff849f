//! The way out: one HTTP request and its answer.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use url::Url;

/// A request to another machine.
#[derive(Debug, Clone)]
pub struct HttpRequest {
    /// Any method.
    pub method: Method,
    /// `http` or `https`. A name and password in it become basic authorization.
    pub url: Url,
    /// Headers besides `host` and `content-length`. Those that are marked as sensitive
    /// ([`http::HeaderValue::set_sensitive`]) are not sent on to another origin.
    pub headers: HeaderMap,
    /// What is sent.
    pub body: Bytes,
    /// For everything together: name, connection, redirects, and the answer to its last byte.
    pub timeout: Duration,
    /// Longest answer, in bytes.
    pub max_body: usize,
    /// How many redirects are followed. Further ones are answers like any other.
    pub max_redirects: u8,
}

impl HttpRequest {
    /// A request without headers and body, for which nothing is followed: 30 s, 1 MiB.
    #[must_use]
    pub fn new(method: Method, url: Url) -> Self {
        Self {
            method,
            url,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            timeout: Duration::from_secs(30),
            max_body: 1024 * 1024,
            max_redirects: 0,
        }
    }
}

/// A whole answer. A status that is an error is an answer all the same.
#[derive(Debug, Clone)]
pub struct HttpAnswer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, as it came: nothing is decompressed.
    pub body: Bytes,
    /// Who answered, after redirects.
    pub url: Url,
}

/// Why there is no whole answer. The texts name hosts, never a path, a query or a header.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EgressError {
    /// The request can't be sent as it is: another scheme, no host.
    #[error("{0}")]
    Unusable(String),
    /// The address is one that is not to be reached.
    #[error("{0}")]
    Blocked(String),
    /// No connection came about: the name, the port, the network or the certificate. Nothing was
    /// sent.
    #[error("{0}")]
    Unreachable(String),
    /// The connection ended before the answer did. The other side may have done what was asked.
    #[error("{host} cut the connection after {received} bytes of its answer: {reason}")]
    Cut {
        host: String,
        received: usize,
        reason: String,
    },
    /// The time was up. The other side may have done what was asked.
    #[error("{host} did not answer within {} s", .after.as_secs_f64())]
    Timeout { host: String, after: Duration },
    /// The answer is longer than was allowed.
    #[error("{host} answered with more than {limit} bytes")]
    TooLarge { host: String, limit: usize },
}

/// Sends requests to other machines: the only way to do so.
///
/// Names are resolved, their addresses checked and connected to in one step, under the policy that
/// the implementation was made with; each redirect is checked the same way. Dropping the future
/// ends the request.
#[async_trait]
pub trait Egress: Send + Sync {
    /// Sends the request and reads the answer whole.
    ///
    /// # Errors
    /// [`EgressError`], if there is none.
    async fn send(&self, request: HttpRequest) -> Result<HttpAnswer, EgressError>;
}
