//! Connections for what is not HTTP, or speaks it by itself.

use std::{
    io,
    pin::Pin,
    sync::{Arc, OnceLock},
    task::{Context, Poll},
};

use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};
use tokio_rustls::client::TlsStream;
use url::Url;

use super::connect::{Boxed, Tls};
use crate::{Dialer, Policy};

/// A connection, encrypted where its URL asked for it.
#[derive(Debug)]
pub enum Stream {
    /// As it is.
    Plain(TcpStream),
    /// By TLS, with the system's roots.
    Tls(Box<TlsStream<TcpStream>>),
}

impl Stream {
    /// Connects to the host and port of an `http`, `https`, `ws` or `wss` URL under a policy: resolved,
    /// checked and connected to in one step.
    ///
    /// # Errors
    /// Why there is no connection, in words: [`crate::Error`] or what TLS says.
    pub async fn connect(url: &Url, policy: &Policy) -> Result<Self, String> {
        let host = url.host_str().ok_or("the URL has no host")?;
        let port = url
            .port_or_known_default()
            .ok_or("the URL has no port that is known")?;
        let stream = Dialer::default().dial(host, port, policy).await;
        let stream = stream.map_err(|error| error.to_string())?;
        if !matches!(url.scheme(), "https" | "wss") {
            return Ok(Self::Plain(stream));
        }
        Self::secure(stream, host).await
    }

    /// Encrypts a connection to that host.
    ///
    /// # Errors
    /// What TLS says.
    pub(crate) async fn secure(stream: TcpStream, host: &str) -> Result<Self, String> {
        static TLS: OnceLock<Arc<Tls>> = OnceLock::new();
        let said = |error: Boxed| error.to_string();
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let name = ServerName::try_from(bare.to_owned()).map_err(|it| it.to_string())?;
        let tls = TLS.get_or_init(|| Arc::new(Tls::new(None)));
        let connector = tls.connector().await.map_err(said)?;
        let stream = connector.connect(name, stream).await;
        let stream = stream.map_err(|error| error.to_string())?;
        Ok(Self::Tls(Box::new(stream)))
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Self::Tls(stream) => Pin::new(stream).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Stream {
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
