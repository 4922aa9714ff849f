//! What the edge can be told.

use std::time::Duration;

use errand_vault::Secret;

use crate::{Error, tls};

/// How the edge behaves. [`Config::default`] is what a laptop wants.
#[derive(Debug, Clone)]
pub struct Config {
    /// Release to report.
    pub version: String,
    /// Scheme, authority and path that signed links begin with, e.g. `https://errand.example`.
    /// Absent: those of the request that asks for the link.
    pub public_url: Option<String>,
    /// Certificates; absent: plain text.
    pub tls: Option<Tls>,
    /// How long open calls may go on after a stop was asked for. Streams end at once.
    pub drain: Duration,
    /// Longest that `WaitRun` waits.
    pub max_wait: Duration,
    /// Most streams and waits at once of one organization.
    pub max_watchers: usize,
    /// Most connections at once.
    pub max_connections: usize,
    /// How long a client may take to agree on keys, to begin to speak, and to send its headers.
    pub patience: Duration,
    /// How often a watcher looks by itself, should a hint be lost.
    pub poll: Duration,
    /// What saved browser states are sealed with: the runner's secret. The default is a fresh one,
    /// with which nothing that was saved before can be read.
    pub secret: Secret,
    /// How long a revoked key may go on working.
    pub key_cache: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            public_url: None,
            tls: None,
            drain: Duration::from_secs(10),
            max_wait: Duration::from_secs(60),
            max_watchers: 1_000,
            max_connections: 4_096,
            patience: Duration::from_secs(10),
            poll: Duration::from_secs(1),
            secret: Secret::generate(),
            key_cache: Duration::from_secs(30),
        }
    }
}

/// Certificates, as PEM.
#[derive(Clone)]
pub struct Tls {
    /// The server's certificate, followed by those between it and its root.
    pub certificate: Vec<u8>,
    /// The private key that belongs to it.
    pub key: Vec<u8>,
    /// Roots of the certificates that clients must show; absent: none is asked for.
    pub client_roots: Option<Vec<u8>>,
}

impl Tls {
    /// Whether the files can be served with, so that this is known before anybody is told where.
    ///
    /// # Errors
    /// [`Error::Tls`] with what is wrong with which of them.
    pub fn check(&self) -> Result<(), Error> {
        tls::acceptor(self).map(drop)
    }
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mutual = self.client_roots.is_some();
        formatter
            .debug_struct("Tls")
            .field("mutual", &mutual)
            .finish_non_exhaustive()
    }
}
