//! The one resolver.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use async_trait::async_trait;
use tokio::sync::Semaphore;

/// Turns a name into addresses. Never asked for names that are addresses already.
#[async_trait]
pub trait Resolve: Send + Sync + 'static {
    /// The addresses of `host`, the preferred one first.
    ///
    /// # Errors
    /// If the name has none, or nobody could be asked. The caller bounds the time.
    async fn resolve(&self, host: &str) -> io::Result<Vec<IpAddr>>;
}

/// The operating system's resolver.
#[derive(Debug, Clone, Copy, Default)]
pub struct System;

/// Most look-ups at a time in the process: each blocks a thread for as long as the system takes.
static LOOKUPS: Semaphore = Semaphore::const_new(64);

#[async_trait]
impl Resolve for System {
    async fn resolve(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        let name = host.trim_end_matches('.');
        if is_localhost(name) {
            // As browsers have it (RFC 6761): no server is asked.
            return Ok(vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]);
        }
        let _turn = LOOKUPS.acquire().await.map_err(io::Error::other)?;
        let mut addresses: Vec<IpAddr> = Vec::new();
        for address in tokio::net::lookup_host((name, 0)).await? {
            if !addresses.contains(&address.ip()) {
                addresses.push(address.ip());
            }
        }
        Ok(addresses)
    }
}

fn is_localhost(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}
