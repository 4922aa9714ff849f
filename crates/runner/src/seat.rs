//! A browser with all that a run needs of it: its way out, its page, and who controls it.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use errand_browser::{Browser, LaunchOptions, Page, gateway::Record};
use errand_domain::{
    Draft, FailureCategory, OrganizationId, Run, SessionId, SessionRequest,
    event::Body,
    session::{BrowserType, Extension},
};
use errand_egress::{Policy, Proxy, Upstream};
use errand_engine::drive::MAX_QUESTIONS;
use tokio::{
    sync::{Mutex, mpsc::Receiver},
    time::timeout,
};

use crate::{Config, attach, live::Live, pool::Pool, room::Room};

/// How long a browser's end is waited for.
const CLOSING: Duration = Duration::from_secs(10);
/// How much longer the guard waits than what it guards should take.
const SLACK: Duration = Duration::from_secs(60);

/// Why there is no browser.
#[derive(Debug)]
pub struct Refused {
    pub category: FailureCategory,
    pub reason: String,
}

impl Refused {
    pub fn new(category: FailureCategory, reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Self { category, reason }
    }
}

/// What a browser is to be like.
pub struct Wishes {
    /// Whose it is.
    pub organization: OrganizationId,
    /// The session that it is kept for.
    pub session: Option<SessionId>,
    /// How it is started; proxy and deadline are set here.
    shape: Shape,
}

#[derive(Default)]
struct Shape {
    user_agent: Option<String>,
    extra_headers: std::collections::BTreeMap<String, String>,
    viewport: Option<[u32; 2]>,
    kind: BrowserType,
    address: Option<String>,
    blocks: bool,
    /// What its traffic leaves through.
    upstream: Option<Upstream>,
    life: Duration,
}

impl Wishes {
    /// What a run asks for, with the time that it may take.
    #[must_use]
    pub fn of_run(run: &Run, config: &Config) -> Self {
        let request = &run.request;
        Self {
            organization: run.organization_id.clone(),
            session: None,
            shape: Shape {
                user_agent: request.user_agent.clone(),
                extra_headers: request.extra_http_headers.clone(),
                viewport: None,
                kind: BrowserType::default(),
                address: request.browser_address.clone(),
                blocks: false,
                upstream: None,
                // The guard ends the browser a little after the run must have ended by itself.
                life: config.timeout(run) + config.pause_timeout * MAX_QUESTIONS + SLACK,
            },
        }
    }

    /// What a session asks for.
    ///
    /// # Errors
    /// If its proxy can't be read.
    pub fn of_session(
        organization: &OrganizationId,
        id: &SessionId,
        request: &SessionRequest,
        config: &Config,
    ) -> Result<Self, String> {
        let sealed = request.proxy_sealed.as_deref();
        let upstream = sealed.map(|it| upstream(it, id, config)).transpose()?;
        Ok(Self {
            organization: organization.clone(),
            session: Some(id.clone()),
            shape: Shape {
                viewport: request.viewport,
                kind: request.browser_type,
                address: request.browser_address.clone(),
                blocks: request.extensions.contains(&Extension::AdBlocker),
                upstream,
                life: session_life(request.timeout_minutes),
                ..Shape::default()
            },
        })
    }
}

/// When the guard ends a session's browser: a little after the session must have.
#[must_use]
pub fn session_life(minutes: u32) -> Duration {
    Duration::from_secs(u64::from(minutes) * 60) + SLACK
}

/// A live browser, ready to be driven.
pub struct Seat {
    browser: Browser,
    proxy: Proxy,
    viewport: (u32, u32),
    kind: BrowserType,
    pub live: Arc<Live>,
    /// What programs do in it.
    pub records: Mutex<Receiver<Record>>,
}

impl Seat {
    /// Starts a browser behind a proxy of its own.
    ///
    /// # Errors
    /// [`Refused`] says why there is none.
    pub async fn open(
        config: &Config,
        room: &Room,
        pool: &Pool,
        wishes: Wishes,
    ) -> Result<Self, Refused> {
        let mut policy = config.policy();
        let Shape {
            user_agent,
            extra_headers,
            viewport,
            kind,
            address,
            blocks,
            upstream,
            life,
        } = wishes.shape;
        policy.upstream = upstream;
        let crashed = |reason| Refused::new(FailureCategory::BrowserCrashed, reason);
        // The proxy's address is filled in below: a warm browser has its own.
        let mut wanted = options(config, SocketAddr::from(([127, 0, 0, 1], 0)));
        wanted.kind = kind;
        wanted.user_agent = user_agent;
        wanted.extra_headers = extra_headers;
        wanted.deadline = life;
        if let Some([width, height]) = viewport {
            wanted.viewport = (width, height);
        }
        if blocks {
            wanted.blocking = Some(config.blocking.clone());
        }
        let shown = wanted.viewport;
        let warm = match &address {
            Some(_) => None,
            None => adopted(pool, &wanted).await,
        };
        let (browser, proxy) = match (warm, address) {
            (Some(warm), _) => warm,
            (None, address) => {
                let proxy = Proxy::start(None).await.map_err(|error| {
                    let reason = format!("no proxy for the browser: {error}");
                    Refused::new(FailureCategory::Internal, reason)
                })?;
                let browser = if let Some(address) = address {
                    let theirs = attach::Wanted {
                        address,
                        viewport: viewport.map(|[width, height]| (width, height)),
                        user_agent: wanted.user_agent,
                        extra_headers: wanted.extra_headers,
                    };
                    attach::attach(config, &proxy, theirs).await?
                } else {
                    wanted.proxy = proxy.address();
                    let _turn = room.start().await;
                    let launched = Browser::launch(wanted).await;
                    launched.map_err(|error| {
                        crashed(format!("the browser could not be started: {error}"))
                    })?
                };
                (browser, proxy)
            }
        };
        let viewport = shown;
        let mut denied = policy;
        denied.denied.extend(browser.ports().iter().copied());
        proxy.attach(denied);
        let page = browser.page().await.map_err(|error| {
            crashed(format!("the browser did not answer at its start: {error}"))
        })?;
        let (live, records) = Live::new(wishes.organization, wishes.session, page);
        Ok(Self {
            browser,
            proxy,
            viewport,
            kind,
            live: Arc::new(live),
            records: Mutex::new(records),
        })
    }

    /// For the log of a run: which browser it has, and what that lacks.
    #[must_use]
    pub fn introduction(&self) -> Vec<Draft> {
        let version = self.browser.version();
        let body = Body::BrowserStarted {
            browser: self.kind.as_str().to_owned(),
            version: version.to_owned(),
            viewport: [self.viewport.0, self.viewport.1],
            user_agent: self.browser.user_agent().to_owned(),
        };
        let name = match self.kind {
            BrowserType::Chrome => "Chromium",
            BrowserType::Msedge => "Microsoft Edge",
            BrowserType::Firefox => "Firefox",
        };
        let summary = match &self.live.session {
            Some(session) => format!("goes on in session {session}, {name} {version}"),
            None => format!("{name} {version} is ready"),
        };
        let lacks = self.browser.lacks().iter().map(|lack| {
            let body = Body::Degraded {
                feature: lack.name.to_owned(),
                reason: lack.sentence.to_owned(),
            };
            Draft::new(format!("without {}: {}", lack.name, lack.sentence), body)
        });
        std::iter::once(Draft::new(summary, body))
            .chain(lacks)
            .collect()
    }

    /// What is done in it.
    #[must_use]
    pub fn page(&self) -> &Page {
        self.live.page()
    }

    /// The browser itself.
    #[must_use]
    pub fn browser(&self) -> &Browser {
        &self.browser
    }

    /// Ends it, and all that belongs to it.
    pub async fn close(self) {
        self.proxy.cut();
        if timeout(CLOSING, self.browser.close()).await.is_err() {
            tracing::warn!("a browser did not close in time");
        }
    }

    /// What the proxy last said against the host of that address.
    #[must_use]
    pub fn incident(&self, url: &str) -> Option<(FailureCategory, String)> {
        let host = url::Url::parse(url)
            .ok()
            .and_then(|url| url.host_str().map(str::to_owned));
        let of_host =
            |it: &errand_egress::Incident| host.as_ref().is_none_or(|host| it.host == *host);
        if let Some(refused) = self.proxy.refusals().into_iter().rfind(|it| of_host(it)) {
            let reason = format!("{}: {}", refused.host, refused.reason);
            return Some((FailureCategory::EgressBlocked, reason));
        }
        let failed = self.proxy.failures().into_iter().rfind(|it| of_host(it))?;
        let category = match failed.code {
            "timeout" => FailureCategory::PageLoadTimeout,
            "proxy" => FailureCategory::ProxyError,
            _ => FailureCategory::NavigationFailed,
        };
        Some((category, format!("{}: {}", failed.host, failed.reason)))
    }
}

/// A session's proxy with its credentials.
fn upstream(sealed: &str, id: &SessionId, config: &Config) -> Result<Upstream, String> {
    let bytes: Option<Vec<u8>> = (0..sealed.len() / 2)
        .map(|at| u8::from_str_radix(sealed.get(2 * at..2 * at + 2)?, 16).ok())
        .collect();
    let bytes = bytes.ok_or("its proxy can't be read")?;
    let plain = errand_vault::open(&config.secret, &proxy_bound(id), &bytes);
    let plain = plain.map_err(|error| format!("its proxy can't be read: {error}"))?;
    Upstream::parse(&String::from_utf8_lossy(&plain)).map_err(|wrong| format!("its proxy {wrong}"))
}

/// What a session's proxy is sealed for.
#[must_use]
pub fn proxy_bound(id: &SessionId) -> String {
    format!("proxy {id}")
}

/// How every browser is started.
#[must_use]
pub fn options(config: &Config, proxy: SocketAddr) -> LaunchOptions {
    let mut options = LaunchOptions::new(config.guard.clone(), proxy, config.folder.clone());
    options.chromium.clone_from(&config.chromium);
    options.chromedriver.clone_from(&config.chromedriver);
    options.mode = config.mode;
    options
}

/// A browser of the pool, made into the one that is wanted.
async fn adopted(pool: &Pool, wanted: &LaunchOptions) -> Option<(Browser, Proxy)> {
    let mut warm = pool.take(wanted)?;
    match warm.browser.adopt(wanted).await {
        Ok(()) => Some((warm.browser, warm.proxy)),
        Err(error) => {
            tracing::warn!(%error, "a warm browser could not be handed over; another is started");
            warm.proxy.cut();
            warm.browser.close().await;
            None
        }
    }
}

impl Config {
    /// Where browsers may go.
    #[must_use]
    pub(crate) fn policy(&self) -> Policy {
        Policy {
            allow_private: self.allow_private,
            denied: self.denied.clone(),
            ..Policy::default()
        }
    }

    /// How long a run may take.
    #[must_use]
    pub(crate) fn timeout(&self, run: &Run) -> Duration {
        run.request
            .timeout_ms
            .map_or(self.default_timeout, Duration::from_millis)
    }
}
