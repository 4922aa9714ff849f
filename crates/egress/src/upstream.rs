//! A caller's own proxy, that its browser's traffic leaves through.
//!
//! HTTP proxies are spoken to by CONNECT (RFC 9110, 9.3.6) with Basic credentials (RFC 7617), SOCKS5
//! ones by RFC 1928 with user and password (RFC 1929). Names are resolved on the other side, so what is
//! checked here is the name itself, and the address where one is given instead.

use std::{fmt, io, net::IpAddr, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    time::timeout,
};
use url::Url;

use crate::{Blocked, Dialer, Error, Policy, Stream};

/// How long the proxy may take to say yes or no.
const PATIENCE: Duration = Duration::from_secs(20);
/// Longest answer to a CONNECT, in bytes.
const MAX_HEAD: usize = 16 * 1024;
/// SOCKS5 has one byte for the length of a name, a user and a password.
const MAX_SHORT: usize = 255;

/// What is spoken with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Http,
    Https,
    Socks5,
}

/// A proxy to leave through. Its password is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Upstream {
    kind: Kind,
    host: String,
    port: u16,
    credentials: Option<(String, String)>,
}

impl fmt::Debug for Upstream {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Upstream({})", self.name())
    }
}

impl Upstream {
    /// Reads `http://`, `https://` or `socks5://`, with `user:password@` if it needs them.
    ///
    /// # Errors
    /// What is wrong with it, and what would be right; never with the password.
    pub fn parse(text: &str) -> Result<Self, String> {
        const RIGHT: &str = "write http://user:password@host:port, https://… or socks5://…";
        let url =
            Url::parse(text.trim()).map_err(|error| format!("is no URL ({error}): {RIGHT}"))?;
        let (kind, usual) = match url.scheme() {
            "http" => (Kind::Http, 80),
            "https" => (Kind::Https, 443),
            "socks5" | "socks5h" => (Kind::Socks5, 1080),
            other => return Err(format!("begins with {other}:, which is no proxy: {RIGHT}")),
        };
        let host = url.host_str().filter(|it| !it.is_empty());
        let host = host.ok_or_else(|| format!("has no host: {RIGHT}"))?;
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return Err(format!("has more than a host and a port: {RIGHT}"));
        }
        let plain = |text: &str| {
            percent_encoding::percent_decode_str(text)
                .decode_utf8_lossy()
                .into_owned()
        };
        let (user, password) = (
            plain(url.username()),
            plain(url.password().unwrap_or_default()),
        );
        if user.len() > MAX_SHORT || password.len() > MAX_SHORT {
            return Err(format!(
                "has a user or password of more than {MAX_SHORT} bytes"
            ));
        }
        if user.contains(':') {
            return Err("has a user with a colon, which no proxy can be told".to_owned());
        }
        let named = !user.is_empty() || !password.is_empty();
        Ok(Self {
            kind,
            host: host.trim_matches(['[', ']']).to_owned(),
            port: url.port().unwrap_or(usual),
            credentials: named.then_some((user, password)),
        })
    }

    /// Where it is, without credentials.
    #[must_use]
    pub fn name(&self) -> String {
        let scheme = match self.kind {
            Kind::Http => "http",
            Kind::Https => "https",
            Kind::Socks5 => "socks5",
        };
        let host = if self.host.contains(':') {
            format!("[{}]", self.host)
        } else {
            self.host.clone()
        };
        format!("{scheme}://{host}:{}", self.port)
    }

    /// Whether plain HTTP requests are sent to it as they are, and with which credentials.
    pub(crate) fn takes_requests(&self) -> Option<Option<String>> {
        match self.kind {
            Kind::Http | Kind::Https => Some(self.basic()),
            Kind::Socks5 => None,
        }
    }

    fn basic(&self) -> Option<String> {
        let (user, password) = self.credentials.as_ref()?;
        Some(format!(
            "Basic {}",
            STANDARD.encode(format!("{user}:{password}"))
        ))
    }

    /// A connection to the proxy itself, which the policy has to allow like any other.
    pub(crate) async fn reach(
        &self,
        dialer: &Dialer,
        policy: &Policy,
        host: &str,
    ) -> Result<Stream, Error> {
        let stream = match dialer.dial(&self.host, self.port, policy).await {
            Ok(stream) => stream,
            Err(error @ Error::Blocked { .. }) => return Err(error),
            Err(error) => return Err(self.failed(host, error.to_string())),
        };
        if self.kind != Kind::Https {
            return Ok(Stream::Plain(stream));
        }
        let secured = timeout(PATIENCE, Stream::secure(stream, &self.host)).await;
        match secured {
            Ok(stream) => stream.map_err(|reason| self.failed(host, reason)),
            Err(_) => Err(self.failed(
                host,
                "it did not finish the TLS handshake in time".to_owned(),
            )),
        }
    }

    /// A tunnel through it to a host that the policy allows.
    pub(crate) async fn tunnel(
        &self,
        dialer: &Dialer,
        policy: &Policy,
        host: &str,
        port: u16,
    ) -> Result<Stream, Error> {
        allowed(host, port, policy)?;
        let mut stream = self.reach(dialer, policy, host).await?;
        let asked = async {
            match self.kind {
                Kind::Http | Kind::Https => self.connect(&mut stream, host, port).await,
                Kind::Socks5 => self.socks(&mut stream, host, port).await,
            }
        };
        match timeout(PATIENCE, asked).await {
            Ok(Ok(())) => Ok(stream),
            Ok(Err(reason)) => Err(self.failed(host, reason)),
            Err(_) => Err(self.failed(host, format!("it did not answer within {PATIENCE:?}"))),
        }
    }

    /// What went wrong on the way to a host.
    pub(crate) fn failed(&self, host: &str, reason: String) -> Error {
        Error::Upstream {
            proxy: self.name(),
            host: host.to_owned(),
            reason,
        }
    }

    async fn connect(&self, stream: &mut Stream, host: &str, port: u16) -> Result<(), String> {
        let host = if host.contains(':') {
            format!("[{host}]")
        } else {
            host.to_owned()
        };
        let credentials = self.basic();
        let credentials = credentials.map(|it| format!("Proxy-Authorization: {it}\r\n"));
        let request = format!(
            "CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n{}\r\n",
            credentials.unwrap_or_default()
        );
        stream.write_all(request.as_bytes()).await.map_err(said)?;
        let mut head = Vec::new();
        // Byte by byte, for what comes after the head is not ours.
        while !head.ends_with(b"\r\n\r\n") {
            if head.len() > MAX_HEAD {
                return Err("its answer has no end".to_owned());
            }
            let byte = stream.read_u8().await;
            head.push(byte.map_err(|error| format!("it hung up: {error}"))?);
        }
        let line = String::from_utf8_lossy(&head);
        let line = line.lines().next().unwrap_or_default();
        match line.split_whitespace().nth(1) {
            Some(code) if code.starts_with('2') => Ok(()),
            Some("407") => Err("it wants other credentials (407)".to_owned()),
            Some(code) if line.starts_with("HTTP/") => {
                Err(format!("it refused to connect to {host}:{port} ({code})"))
            }
            _ => Err("it speaks no HTTP".to_owned()),
        }
    }

    async fn socks(&self, stream: &mut Stream, host: &str, port: u16) -> Result<(), String> {
        let method = if self.credentials.is_some() { 2 } else { 0 };
        stream.write_all(&[5, 1, method]).await.map_err(said)?;
        let mut answer = [0; 2];
        stream.read_exact(&mut answer).await.map_err(said)?;
        match answer {
            [5, given] if given == method => {}
            [5, _] => return Err("it wants other credentials".to_owned()),
            _ => return Err("it speaks no SOCKS5".to_owned()),
        }
        if let Some((user, password)) = &self.credentials {
            let mut login = vec![1];
            for text in [user, password] {
                login.push(u8::try_from(text.len()).unwrap_or(u8::MAX));
                login.extend_from_slice(text.as_bytes());
            }
            stream.write_all(&login).await.map_err(said)?;
            stream.read_exact(&mut answer).await.map_err(said)?;
            if answer[1] != 0 {
                return Err("it does not take these credentials".to_owned());
            }
        }
        let mut request = vec![5, 1, 0];
        match host.parse::<IpAddr>() {
            Ok(IpAddr::V4(address)) => {
                request.push(1);
                request.extend_from_slice(&address.octets());
            }
            Ok(IpAddr::V6(address)) => {
                request.push(4);
                request.extend_from_slice(&address.octets());
            }
            Err(_) => {
                let length = u8::try_from(host.len());
                let length = length.map_err(|_| format!("{host} is too long a name for it"))?;
                request.extend_from_slice(&[3, length]);
                request.extend_from_slice(host.as_bytes());
            }
        }
        request.extend_from_slice(&port.to_be_bytes());
        stream.write_all(&request).await.map_err(said)?;
        let mut head = [0; 4];
        stream.read_exact(&mut head).await.map_err(said)?;
        if head[1] != 0 {
            let why = [
                "",
                "a fault of its own",
                "its rules",
                "no network",
                "no such host",
                "refused",
            ];
            let why = why
                .get(usize::from(head[1]))
                .unwrap_or(&"an unknown reason");
            return Err(format!("it could not connect to {host}:{port}: {why}"));
        }
        let rest = match head[3] {
            1 => 4,
            4 => 16,
            _ => usize::from(stream.read_u8().await.map_err(said)?),
        };
        let mut bound = vec![0; rest + 2];
        stream.read_exact(&mut bound).await.map_err(said)?;
        Ok(())
    }
}

/// Whether the policy allows a host that is resolved elsewhere.
pub(crate) fn allowed(host: &str, port: u16, policy: &Policy) -> Result<(), Error> {
    let blocked = |why: Blocked| Error::Blocked {
        host: host.to_owned(),
        why,
    };
    policy.check_host(host).map_err(blocked)?;
    let literal: Option<IpAddr> = match host.trim_matches(['[', ']']).parse() {
        Ok(address) => Some(address),
        // The other side may well have a name for itself that is this machine's.
        Err(_) if host == "localhost" || host.ends_with(".localhost") => {
            Some(IpAddr::from([127, 0, 0, 1]))
        }
        Err(_) => None,
    };
    match literal {
        Some(address) => policy
            .check_address((address, port).into())
            .map_err(blocked),
        None => Ok(()),
    }
}

fn said(error: io::Error) -> String {
    error.to_string()
}
