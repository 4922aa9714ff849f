//! Connections of the client: checked, dialed, and wrapped in TLS for https.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use http::Uri;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::{
    client::legacy::connect::{Connected, Connection},
    rt::TokioIo,
};
use rustls::{ClientConfig, RootCertStore, crypto::ring::default_provider, pki_types::ServerName};
use tokio::{net::TcpStream, sync::OnceCell, task::spawn_blocking};
use tokio_rustls::{TlsConnector, client::TlsStream};
use tower::Service;

use crate::{Dialer, Policy};

/// What hyper takes for an error of a connector.
pub type Boxed = Box<dyn std::error::Error + Send + Sync>;

/// Dials under a policy.
#[derive(Clone)]
pub struct Connector {
    dialer: Dialer,
    policy: Arc<Policy>,
    tls: Arc<Tls>,
}

/// TLS, set up when the first https request needs it: reading the system's certificates takes
/// longer than everything else.
pub(super) struct Tls {
    roots: Option<RootCertStore>,
    connector: OnceCell<TlsConnector>,
}

impl Connector {
    pub fn new(dialer: Dialer, policy: Arc<Policy>, roots: Option<RootCertStore>) -> Self {
        let tls = Arc::new(Tls::new(roots));
        Self {
            dialer,
            policy,
            tls,
        }
    }

    pub async fn connect(self, uri: Uri) -> Result<Wire, Boxed> {
        let https = matches!(uri.scheme_str(), Some("https" | "wss"));
        let host = uri.host().ok_or("the URL has no host")?;
        let port = uri.port_u16().unwrap_or(if https { 443 } else { 80 });
        let stream = self.dialer.dial(host, port, &self.policy).await?;
        if !https {
            return Ok(Wire::Plain(TokioIo::new(stream)));
        }
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let name = ServerName::try_from(bare.to_owned())?;
        let connector = self.tls.connector().await?;
        let stream = connector.connect(name, stream).await?;
        Ok(Wire::Tls(Box::new(TokioIo::new(stream))))
    }
}

impl Tls {
    /// Believes these roots, or the system's.
    pub(super) fn new(roots: Option<RootCertStore>) -> Self {
        Self {
            roots,
            connector: OnceCell::new(),
        }
    }

    pub(super) async fn connector(&self) -> Result<&TlsConnector, Boxed> {
        let make = async {
            let roots = match &self.roots {
                Some(roots) => roots.clone(),
                None => spawn_blocking(system_roots).await?,
            };
            let mut config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
                .with_safe_default_protocol_versions()?
                .with_root_certificates(roots)
                .with_no_client_auth();
            config.alpn_protocols = vec![b"http/1.1".to_vec()];
            Ok(TlsConnector::from(Arc::new(config)))
        };
        self.connector.get_or_try_init(|| make).await
    }
}

/// A store that can't be read leaves no certificate to believe, and the handshake says so.
fn system_roots() -> RootCertStore {
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!(%error, "some of the system's certificates can't be read");
    }
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(found.certs);
    roots
}

impl Service<Uri> for Connector {
    type Response = Wire;
    type Error = Boxed;
    type Future = Pin<Box<dyn Future<Output = Result<Wire, Boxed>> + Send>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Boxed>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        Box::pin(self.clone().connect(uri))
    }
}

/// A connection as hyper wants it.
pub enum Wire {
    Plain(TokioIo<TcpStream>),
    Tls(Box<TokioIo<TlsStream<TcpStream>>>),
}

impl Connection for Wire {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl Read for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Self::Tls(stream) => Pin::new(stream).poll_read(context, buffer),
        }
    }
}

impl Write for Wire {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Self::Tls(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(context),
            Self::Tls(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}
