//! The demo site: a small business's pages, and every kind of page that makes trouble.
//!
//! It runs in the process that starts it, on two ports, so that a page can hold frames of another
//! origin. Wordings, ids and orders of several pages follow from a seed; [`World`] tells what they
//! are. What the site is sent is kept and can be asked for. Nothing on it grows without bound.

mod advertising;
mod answers;
mod business;
mod chance;
mod facts;
mod form;
mod frames;
mod gestures;
mod hostile;
mod html;
mod late;
mod listener;
mod members;
mod news;
mod portal;
mod recorder;
mod recording;
mod restless;
mod router;
mod rows;
mod state;
mod submit;
mod upload;
mod windows;
mod world;

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use anyhow::Context;
use tokio::{
    net::{TcpListener, TcpSocket},
    task::JoinSet,
};

pub use self::{
    chance::Chance,
    recording::{MAX_RECORDED, Origin, Recorded, RecordedFile},
    world::{
        ACCOUNTS, Column, Credentials, Customer, Date, DateStyle, Fact, Field, Invoice, Labels,
        Money, Post, Product, World,
    },
};
use self::{listener::Listener, state::Shared};

/// How long [`Site::stop`] waits for open requests.
const DRAIN: Duration = Duration::from_secs(2);

/// A running site. It stops when this is dropped; delayed answers end at once.
#[derive(Debug)]
pub struct Site {
    shared: Arc<Shared>,
    servers: JoinSet<()>,
    /// Bound, but nobody listens there: a connection is refused for as long as this is held.
    _deaf: TcpSocket,
    deaf: SocketAddr,
}

impl Site {
    /// Starts on free ports of 127.0.0.1. Needs a Tokio runtime.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(seed: u64) -> anyhow::Result<Self> {
        Self::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), seed).await
    }

    /// Starts on this address. The second origin takes the next port, or a free one where that is
    /// taken.
    ///
    /// # Errors
    /// When the address can't be listened on.
    pub async fn bind(address: SocketAddr, seed: u64) -> anyhow::Result<Self> {
        let main = TcpListener::bind(address)
            .await
            .with_context(|| format!("the demo site can't listen on {address}"))?;
        let other = second(address)
            .await
            .context("the demo site's second origin has no port")?;
        let deaf_socket = TcpSocket::new_v4()?;
        deaf_socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        let deaf = deaf_socket.local_addr()?;
        let shared = Shared::new(seed, main.local_addr()?, other.local_addr()?);
        let mut servers = JoinSet::new();
        for (listener, origin) in [(main, Origin::Main), (other, Origin::Other)] {
            let server = axum::serve(Listener(listener), router::router(&shared, origin))
                .with_graceful_shutdown(shared.stop.clone().cancelled_owned());
            // Accept errors are retried inside; the server ends with the stop only.
            servers.spawn(async move { drop(server.await) });
        }
        Ok(Self {
            shared,
            servers,
            _deaf: deaf_socket,
            deaf,
        })
    }

    /// Where the main origin listens.
    pub fn address(&self) -> SocketAddr {
        self.shared.main
    }

    /// Where the second origin listens.
    pub fn other_address(&self) -> SocketAddr {
        self.shared.other
    }

    /// The address of a path: `http://127.0.0.1:PORT/path`.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", reachable(self.shared.main))
    }

    /// The same path on another origin of the same site: 127.0.0.1 with the second port.
    pub fn other_origin(&self, path: &str) -> String {
        format!("http://{}{path}", reachable(self.shared.other))
    }

    /// The same path on another site, `localhost` with the second port: frames from there have a
    /// process of their own.
    pub fn other_site(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.shared.other.port())
    }

    /// An address where connections are refused.
    pub fn refused(&self) -> String {
        format!("http://{}/", self.deaf)
    }

    /// The address behind [`Site::refused`].
    pub fn refused_address(&self) -> SocketAddr {
        self.deaf
    }

    /// Every request that was kept ([`MAX_RECORDED`]), the oldest first, but for style sheets.
    pub fn recorded(&self) -> Vec<Recorded> {
        self.shared.recording.requests()
    }

    /// What was posted to a path, the oldest first.
    pub fn posted(&self, path: &str) -> Vec<Recorded> {
        let fits = |request: &Recorded| request.method == "POST" && request.path == path;
        self.recorded().into_iter().filter(fits).collect()
    }

    /// How often something was submitted. Names: `login`, `contact`, `form`, `upload`, `order`
    /// (the shop's checkout), `settings`, and whatever `/submit?name=` was given (`submit` without
    /// one). Counted before the answer is sent.
    pub fn submits(&self, name: &str) -> u32 {
        self.shared.recording.submits(name)
    }

    /// All counters that are not 0.
    pub fn counters(&self) -> BTreeMap<String, u32> {
        self.shared.recording.counters()
    }

    /// Forgets recorded requests and counters; sessions stay.
    pub fn clear(&self) {
        self.shared.recording.clear();
    }

    /// Everything that follows from the seed.
    pub fn world(&self) -> &World {
        &self.shared.world
    }

    /// The seed it was started with.
    pub fn seed(&self) -> u64 {
        self.shared.world.seed
    }

    /// Wordings, ids and orders of the pages.
    pub fn labels(&self) -> &Labels {
        &self.shared.world.labels
    }

    /// The usual account.
    pub fn credentials(&self) -> Credentials {
        ACCOUNTS[0]
    }

    /// A new session of the usual account: the value of the cookie `session`.
    pub fn session(&self) -> String {
        let Credentials { user, password } = self.credentials();
        self.shared.log_in(user, password).unwrap_or_default()
    }

    /// The portal's invoices, as listed.
    pub fn invoices(&self) -> &[Invoice] {
        &self.shared.world.invoices
    }

    /// The portal's customers, as listed.
    pub fn customers(&self) -> &[Customer] {
        &self.shared.world.customers
    }

    /// The shop's products, as listed.
    pub fn products(&self) -> &[Product] {
        &self.shared.world.products
    }

    /// The front page's posts, as ranked.
    pub fn posts(&self) -> &[Post] {
        &self.shared.world.posts
    }

    /// The particulars on `/definitions`.
    pub fn facts(&self) -> &[Fact] {
        &self.shared.world.facts
    }

    /// The main heading of `/heading`.
    pub fn heading(&self) -> &'static str {
        heading(self.shared.world.seed)
    }

    /// The dashboard's balance.
    pub fn balance(&self) -> Money {
        self.shared.world.balance
    }

    /// Stops: accepts nothing more, ends delayed answers, waits two seconds for open requests.
    pub async fn stop(mut self) {
        self.shared.stop.cancel();
        let drained = async { while self.servers.join_next().await.is_some() {} };
        // What is still open after that is dropped with the servers.
        let _late = tokio::time::timeout(DRAIN, drained).await;
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.shared.stop.cancel();
    }
}

async fn second(address: SocketAddr) -> std::io::Result<TcpListener> {
    if let Some(port @ 2..) = address.port().checked_add(1)
        && let Ok(listener) = TcpListener::bind((address.ip(), port)).await
    {
        return Ok(listener);
    }
    TcpListener::bind((address.ip(), 0)).await
}

/// An address to connect to, where the site listens on all of them.
fn reachable(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => {
            SocketAddr::from((Ipv4Addr::LOCALHOST, address.port()))
        }
        _ => address,
    }
}

fn heading(seed: u64) -> &'static str {
    Chance::new(seed, "heading").pick([
        "The harbour at low tide",
        "Opening hours of the lighthouse",
        "Ferries run every hour",
        "A short history of the pier",
    ])
}
