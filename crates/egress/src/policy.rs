//! Where a run may go.

use std::net::{IpAddr, SocketAddr};

use crate::{
    Upstream,
    address::{self, Kind},
    background, own,
};

/// Where a run may go. The default is the open Internet and nothing else.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    /// Whether loopback and private addresses are allowed: they are while the server itself
    /// listens on loopback only.
    pub allow_private: bool,
    /// Listeners never to be reached, besides those held in [`crate::own`]. An unspecified address
    /// means every one of this machine.
    pub denied: Vec<SocketAddr>,
    /// If any are given, only these hosts: `example.com`, or `*.example.com` for all below it.
    pub allowed_hosts: Vec<String>,
    /// Never these hosts; the same patterns.
    pub blocked_hosts: Vec<String>,
    /// A proxy that everything leaves through; absent: directly.
    pub upstream: Option<Upstream>,
    /// Whether Chromium's own background calls are allowed.
    pub allow_background: bool,
}

/// Why an address is not to be reached.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Blocked {
    /// A cloud's metadata service; no policy allows it.
    #[error("cloud metadata services are never reached")]
    Metadata,
    /// A private or loopback address.
    #[error(
        "{address} is not on the Internet ({what}), and private addresses are allowed only while \
         the server listens on loopback"
    )]
    Private { address: IpAddr, what: &'static str },
    /// An address that no server can have.
    #[error("{address} is no address of a server ({what})")]
    Unusable { address: IpAddr, what: &'static str },
    /// One of this service's own listeners; no policy allows it.
    #[error("{0} is a port of this service itself")]
    OwnPort(SocketAddr),
    /// Something other than http, https, ws or wss.
    #[error("only http and https addresses can be opened, not {0}")]
    Scheme(String),
    /// The run's policy has a list of hosts, and this is not on it.
    #[error("the run's policy does not list this host")]
    NotListed,
    /// The run's policy blocks this host.
    #[error("the run's policy blocks this host")]
    Listed,
    /// The browser's own traffic.
    #[error("the browser's own background calls are not let out")]
    Background,
    /// No run has this browser yet, or its run is over.
    #[error("no run is attached to this browser")]
    NoRun,
}

impl Policy {
    /// Decides by name alone, before anything is resolved.
    ///
    /// # Errors
    /// [`Blocked`] with the reason.
    pub fn check_host(&self, host: &str) -> Result<(), Blocked> {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        if address::is_metadata_host(&host) {
            return Err(Blocked::Metadata);
        }
        if self
            .blocked_hosts
            .iter()
            .any(|pattern| matches(pattern, &host))
        {
            return Err(Blocked::Listed);
        }
        let listed = self
            .allowed_hosts
            .iter()
            .any(|pattern| matches(pattern, &host));
        if !self.allow_background && !listed && background::is_background(&host) {
            return Err(Blocked::Background);
        }
        if !self.allowed_hosts.is_empty() && !listed {
            return Err(Blocked::NotListed);
        }
        Ok(())
    }

    /// Decides by address.
    ///
    /// # Errors
    /// [`Blocked`] with the reason.
    pub fn check_address(&self, target: SocketAddr) -> Result<(), Blocked> {
        let address = target.ip();
        match address::kind(address) {
            Kind::Metadata => return Err(Blocked::Metadata),
            Kind::Unusable(what) => return Err(Blocked::Unusable { address, what }),
            Kind::Private(what) if !self.allow_private => {
                return Err(Blocked::Private { address, what });
            }
            Kind::Private(_) | Kind::Public => {}
        }
        if own::reaches(target, &self.denied) {
            return Err(Blocked::OwnPort(target));
        }
        Ok(())
    }
}

fn matches(pattern: &str, host: &str) -> bool {
    let pattern = pattern.trim_end_matches('.').to_ascii_lowercase();
    match pattern.strip_prefix("*.") {
        Some(parent) => host
            .strip_suffix(parent)
            .is_some_and(|rest| rest.ends_with('.')),
        None => pattern == host,
    }
}
