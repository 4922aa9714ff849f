//! The forward proxy of one browser: all its traffic, and nothing that the policy forbids.

mod exchange;
mod ledger;
mod page;
mod tunnel;

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{Dialer, Policy, own};
use ledger::Ledger;
pub use ledger::{Counters, Incident};

/// How a proxy is set up.
#[derive(Debug, Clone)]
pub struct Options {
    /// The run's policy, if it is known. Without one everything is refused until [`Proxy::attach`].
    pub policy: Option<Policy>,
    /// Resolves and connects.
    pub dialer: Dialer,
    /// Longest time for the head of a request, also between two requests of a connection.
    pub header_timeout: Duration,
    /// Longest time until an upstream server begins to answer.
    pub response_timeout: Duration,
    /// Most connections of the browser at a time; further ones wait.
    pub max_connections: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            policy: None,
            dialer: Dialer::default(),
            header_timeout: Duration::from_secs(60),
            response_timeout: Duration::from_secs(300),
            max_connections: 256,
        }
    }
}

/// A forward proxy on a loopback port of its own, for HTTP and, by CONNECT, for everything else.
///
/// What is refused is answered with 403 and listed in [`refusals`](Self::refusals); what fails
/// upstream with 502 and listed in [`failures`](Self::failures). Both answers carry a header
/// `x-errand-error` with [`crate::Error::code`]. Dropping it is the same as [`cut`](Self::cut).
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    _held: own::Held,
}

#[derive(Debug)]
struct Shared {
    options: Options,
    standing: Mutex<Standing>,
    stop: CancellationToken,
    tasks: TaskTracker,
    ledger: Ledger,
}

/// The policy of now, and what ends when it is replaced.
#[derive(Debug, Clone)]
struct Standing {
    policy: Option<Arc<Policy>>,
    until: CancellationToken,
}

impl Proxy {
    /// Listens on a free loopback port.
    ///
    /// # Errors
    /// If there is none.
    pub async fn start(policy: Option<Policy>) -> std::io::Result<Self> {
        Self::start_with(Options {
            policy,
            ..Options::default()
        })
        .await
    }

    /// The same with every setting.
    ///
    /// # Errors
    /// If no loopback port is free.
    pub async fn start_with(mut options: Options) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let stop = CancellationToken::new();
        let policy = options.policy.take().map(Arc::new);
        let shared = Arc::new(Shared {
            standing: Mutex::new(Standing {
                policy,
                until: stop.child_token(),
            }),
            options,
            stop,
            tasks: TaskTracker::new(),
            ledger: Ledger::default(),
        });
        shared.tasks.spawn(accept(shared.clone(), listener));
        Ok(Self {
            address,
            shared,
            _held: own::hold(address),
        })
    }

    /// Where the browser finds it.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sets the policy from here on. What was open under another policy ends.
    pub fn attach(&self, policy: Policy) {
        let mut standing = self.shared.standing();
        let before = standing.policy.replace(Arc::new(policy));
        if before.is_some() {
            standing.until.cancel();
            standing.until = self.shared.stop.child_token();
        }
    }

    /// What was refused, the newest last; the latest 200 different ones. Chromium's own background
    /// calls are only counted.
    #[must_use]
    pub fn refusals(&self) -> Vec<Incident> {
        self.shared.ledger.incidents(|it| it.code == "blocked")
    }

    /// What could not be reached, the newest last; the latest 200 different ones.
    #[must_use]
    pub fn failures(&self) -> Vec<Incident> {
        self.shared.ledger.incidents(|it| it.code != "blocked")
    }

    /// What went through so far.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.shared.ledger.counters()
    }

    /// Ends every connection and accepts no more.
    pub fn cut(&self) {
        self.shared.stop.cancel();
        self.shared.tasks.close();
    }

    /// The same, and waits until every task of the proxy has ended.
    pub async fn close(self) {
        self.cut();
        self.shared.tasks.wait().await;
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.cut();
    }
}

impl Shared {
    fn standing(&self) -> std::sync::MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn accept(shared: Arc<Shared>, listener: TcpListener) {
    let places = Arc::new(Semaphore::new(shared.options.max_connections));
    let stop = shared.stop.clone();
    let serve = async {
        loop {
            let Ok(place) = places.clone().acquire_owned().await else {
                return;
            };
            match listener.accept().await {
                Ok((stream, _)) => {
                    let connection = connection(shared.clone(), stream);
                    shared.tasks.spawn(async move {
                        connection.await;
                        drop(place);
                    });
                }
                // Out of file descriptors, most likely: the connections that are open give some
                // back when they end.
                Err(error) => {
                    tracing::warn!(%error, "the browser's proxy could not accept a connection");
                    time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = serve => {}
    }
}

async fn connection(shared: Arc<Shared>, stream: TcpStream) {
    stream.set_nodelay(true).ok();
    shared.ledger.connection();
    let until = shared.standing().until.clone();
    let exchange = Arc::new(exchange::Exchange::new(shared.clone()));
    let service = service_fn(move |request| {
        let exchange = exchange.clone();
        async move { Ok::<_, std::convert::Infallible>(exchange.answer(request).await) }
    });
    let serve = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(shared.options.header_timeout)
        .preserve_header_case(true)
        .max_headers(256)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    tokio::select! {
        () = until.cancelled() => {}
        served = serve => {
            if let Err(error) = served {
                tracing::trace!(%error, "a connection of the browser to its proxy ended early");
            }
        }
    }
}
