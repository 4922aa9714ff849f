//! Resolve, check and connect, in one step.

use std::{
    fmt, io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use tokio::{net::TcpStream, time};
use url::{Host, Url};

use crate::{Blocked, Policy, Resolve, Stream, System};

/// Why a connection was not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It is not allowed.
    #[error("{host} is blocked: {why}")]
    Blocked { host: String, why: Blocked },
    /// The name has no address.
    #[error("{host} does not resolve: {reason}")]
    Unresolved { host: String, reason: String },
    /// Nobody listens there.
    #[error("{host}:{port} refused the connection")]
    Refused { host: String, port: u16 },
    /// No answer within the bound.
    #[error("{host}:{port} did not answer within {} s ({phase})", .after.as_secs())]
    Timeout {
        host: String,
        port: u16,
        phase: &'static str,
        after: Duration,
    },
    /// The proxy that everything leaves through does not do as it should.
    #[error("the proxy {proxy} failed: {reason}")]
    Upstream {
        proxy: String,
        host: String,
        reason: String,
    },
    /// Any other failure of the network.
    #[error("{host}:{port} can't be reached: {reason}")]
    Failed {
        host: String,
        port: u16,
        reason: String,
    },
}

impl Error {
    /// One word for machines: `blocked`, `unresolved`, `refused`, `timeout`, `proxy` or `failed`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Blocked { .. } => "blocked",
            Self::Unresolved { .. } => "unresolved",
            Self::Refused { .. } => "refused",
            Self::Timeout { .. } => "timeout",
            Self::Upstream { .. } => "proxy",
            Self::Failed { .. } => "failed",
        }
    }

    /// The host that was asked for.
    #[must_use]
    pub fn host(&self) -> &str {
        match self {
            Self::Blocked { host, .. }
            | Self::Unresolved { host, .. }
            | Self::Refused { host, .. }
            | Self::Timeout { host, .. }
            | Self::Upstream { host, .. }
            | Self::Failed { host, .. } => host,
        }
    }
}

/// Makes connections under a policy. Cheap to clone.
#[derive(Clone)]
pub struct Dialer {
    resolver: Arc<dyn Resolve>,
    /// Longest look-up.
    pub resolve_timeout: Duration,
    /// Longest time for all of a name's addresses together.
    pub connect_timeout: Duration,
}

impl Default for Dialer {
    fn default() -> Self {
        Self::new(Arc::new(System))
    }
}

impl fmt::Debug for Dialer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Dialer")
            .field("connect_timeout", &self.connect_timeout)
            .finish()
    }
}

impl Dialer {
    /// Asks this resolver; 10 s to resolve, 15 s to connect.
    #[must_use]
    pub fn new(resolver: Arc<dyn Resolve>) -> Self {
        Self {
            resolver,
            resolve_timeout: Duration::from_secs(10),
            connect_timeout: Duration::from_secs(15),
        }
    }

    /// The addresses of a host, if the policy allows every one of them.
    ///
    /// # Errors
    /// [`Error::Blocked`], [`Error::Unresolved`] or [`Error::Timeout`].
    pub async fn resolve(
        &self,
        host: &str,
        port: u16,
        policy: &Policy,
    ) -> Result<Vec<SocketAddr>, Error> {
        let blocked = |why| Error::Blocked {
            host: host.to_owned(),
            why,
        };
        policy.check_host(host).map_err(blocked)?;
        let addresses = match literal(host) {
            Some(address) => vec![address],
            None => self.look_up(host, port).await?,
        };
        let targets: Vec<_> = addresses
            .into_iter()
            .map(|address| SocketAddr::new(address, port))
            .collect();
        for target in &targets {
            policy.check_address(*target).map_err(blocked)?;
        }
        Ok(targets)
    }

    async fn look_up(&self, host: &str, port: u16) -> Result<Vec<IpAddr>, Error> {
        let unresolved = |reason: String| Error::Unresolved {
            host: host.to_owned(),
            reason,
        };
        let answer = time::timeout(self.resolve_timeout, self.resolver.resolve(host)).await;
        let addresses = answer
            .map_err(|_| Error::Timeout {
                host: host.to_owned(),
                port,
                phase: "resolving its name",
                after: self.resolve_timeout,
            })?
            .map_err(|error| unresolved(error.to_string()))?;
        if addresses.is_empty() {
            return Err(unresolved("the name has no address".to_owned()));
        }
        Ok(addresses)
    }

    /// Connects to a host that the policy allows, by the way out that it names.
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn leave(&self, host: &str, port: u16, policy: &Policy) -> Result<Stream, Error> {
        match &policy.upstream {
            Some(upstream) => upstream.tunnel(self, policy, host, port).await,
            None => self.dial(host, port, policy).await.map(Stream::Plain),
        }
    }

    /// Connects to a host that the policy allows: to the very addresses that were checked.
    ///
    /// # Errors
    /// Any [`Error`]; of several addresses, that of the last one tried.
    pub async fn dial(&self, host: &str, port: u16, policy: &Policy) -> Result<TcpStream, Error> {
        let targets = self.resolve(host, port, policy).await?;
        let deadline = time::Instant::now() + self.connect_timeout;
        // A dead address may use up its share of the time, never that of the others.
        let share = self.connect_timeout / u32::try_from(targets.len()).unwrap_or(u32::MAX).max(1);
        let timed_out = || Error::Timeout {
            host: host.to_owned(),
            port,
            phase: "connecting",
            after: self.connect_timeout,
        };
        let mut last = timed_out();
        for target in targets {
            let until = deadline.min(time::Instant::now() + share.max(Duration::from_secs(1)));
            match time::timeout_at(until, TcpStream::connect(target)).await {
                Ok(Ok(stream)) => {
                    stream.set_nodelay(true).ok();
                    return Ok(stream);
                }
                Ok(Err(error)) if error.kind() == io::ErrorKind::ConnectionRefused => {
                    last = Error::Refused {
                        host: host.to_owned(),
                        port,
                    };
                }
                Ok(Err(error)) => {
                    last = Error::Failed {
                        host: host.to_owned(),
                        port,
                        reason: error.to_string(),
                    };
                }
                Err(_) => last = timed_out(),
            }
        }
        Err(last)
    }
}

/// Resolves the host of an http(s) URL and checks it, without connecting: for an early answer to a
/// caller. What is reached later is checked again at that time.
///
/// # Errors
/// [`Error::Blocked`], also for another scheme; [`Error::Unresolved`]; [`Error::Timeout`].
pub async fn check(url: &Url, policy: &Policy) -> Result<Vec<SocketAddr>, Error> {
    let scheme = |host: &str| Error::Blocked {
        host: host.to_owned(),
        why: Blocked::Scheme(url.scheme().to_owned()),
    };
    let host = url.host().ok_or_else(|| scheme(url.as_str()))?;
    let name = match host {
        Host::Domain(name) => name.to_owned(),
        Host::Ipv4(address) => address.to_string(),
        Host::Ipv6(address) => address.to_string(),
    };
    if !matches!(url.scheme(), "http" | "https" | "ws" | "wss") {
        return Err(scheme(&name));
    }
    let port = url.port_or_known_default().unwrap_or(80);
    Dialer::default().resolve(&name, port, policy).await
}

/// The address that a host already is, in brackets or not.
fn literal(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[')
        .trim_end_matches(']')
        .parse()
        .ok()
}
