//! Browsers that somebody else runs. They are left as they were found: our tabs are closed, a
//! session that we opened is ended, and nothing else is touched.

mod address;
mod endpoint;
mod error;
mod http;
mod session;
mod tabs;

use std::{collections::BTreeMap, fmt, path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncWrite};
use url::Url;

pub(crate) use self::session::Opened;
pub use self::tabs::Ours;
pub use self::{address::Address, error::Error};
use self::{endpoint::Endpoint, http::Asker};
use crate::{
    lack::{self, Lack},
    launch::{self, Health, Identity, LaunchOptions},
    socket::Socket,
};

/// How long finding out what is at an address may take, for each question.
const LOOK_TIMEOUT: Duration = Duration::from_secs(5);
const STEP: Duration = Duration::from_secs(10);

/// A connection to somebody else's browser.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin + 'static {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin + 'static> Stream for T {}

/// Makes the connections of an attachment, so that its owner decides where they may go. Whatever
/// the other side names, only its own host is dialed.
#[async_trait]
pub trait Dial: Send + Sync {
    /// Connects to the host and port of an `http`, `https`, `ws` or `wss` URL, with TLS where the
    /// scheme asks for it. Bounded.
    ///
    /// # Errors
    /// Why there is no connection, in words.
    async fn dial(&self, url: &Url) -> Result<Box<dyn Stream>, String>;
}

/// How somebody else's browser is used.
#[derive(Clone)]
pub struct AttachOptions {
    /// Where it is.
    pub address: Address,
    /// Makes the connections.
    pub dial: Arc<dyn Dial>,
    /// Where a folder for files is made. Made if it is not there; absolute or relative.
    pub folder: PathBuf,
    /// The viewport of our tabs in CSS pixels; the browser's own if not given.
    pub viewport: Option<(u32, u32)>,
    /// What our tabs call themselves; as the browser does if not given.
    pub user_agent: Option<String>,
    /// Headers that every request of our tabs carries.
    pub extra_headers: BTreeMap<String, String>,
    /// The forward proxy for the traffic of a session that is made for us, if it can reach one of
    /// this machine.
    pub proxy: Option<std::net::SocketAddr>,
    /// Whether the sandbox of a browser that is started for us on this machine is on.
    pub sandbox: bool,
    /// How it is watched.
    pub health: Health,
    /// How long a WebDriver may take to make a session: a Grid may have none free.
    pub session_timeout: Duration,
}

impl fmt::Debug for AttachOptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("AttachOptions")
            .field("address", &self.address.to_string())
            .field("folder", &self.folder)
            .field("viewport", &self.viewport)
            .finish_non_exhaustive()
    }
}

impl AttachOptions {
    /// The browser at that address as it is, with a minute for a session to be made.
    #[must_use]
    pub fn new(address: Address, dial: Arc<dyn Dial>, folder: PathBuf) -> Self {
        Self {
            address,
            dial,
            folder,
            viewport: None,
            user_agent: None,
            extra_headers: BTreeMap::new(),
            proxy: None,
            sandbox: !nix::unistd::geteuid().is_root(),
            health: Health::default(),
            session_timeout: Duration::from_secs(60),
        }
    }
}

/// What of the browser is ours.
pub(crate) enum Means {
    /// A few tabs.
    Tabs(Ours),
    /// All of it: a session that was made for us, and its tabs.
    Session(Box<Opened>, Vec<String>),
}

/// A browser that was attached to.
pub(crate) struct Attached {
    pub(crate) cdp: Socket,
    pub(crate) version: String,
    pub(crate) user_agent: String,
    /// What our tabs are told they are.
    pub(crate) identity: Option<Identity>,
    pub(crate) means: Means,
    /// What every tab of ours is told at its start.
    pub(crate) settings: Vec<(&'static str, Value)>,
    pub(crate) folder: TempDir,
    pub(crate) lacks: Vec<Lack>,
}

/// Finds out what is at the address and connects to it.
pub(crate) async fn open(options: &AttachOptions) -> Result<Attached, Error> {
    validate(options)?;
    let asker = Asker {
        address: options.address.clone(),
        dial: Arc::clone(&options.dial),
    };
    let folder = folder(&options.folder)?;
    match Box::pin(endpoint::find(&asker)).await? {
        Endpoint::Debugger(socket) => Box::pin(guest(options, &asker, &socket, folder)).await,
        Endpoint::Driver => {
            let opened = Box::pin(session::open(options, &asker)).await?;
            Box::pin(host(options, &asker, opened, folder)).await
        }
    }
}

/// In a browser of others: a tab of our own.
async fn guest(
    options: &AttachOptions,
    asker: &Asker,
    socket: &Url,
    folder: TempDir,
) -> Result<Attached, Error> {
    let cdp = endpoint::connect(asker, socket).await?;
    let (version, user_agent) = version(asker, &cdp).await?;
    let failed = |source| asker.failed("opening a tab", source);
    let ours = Ours::open(&cdp).await.map_err(failed)?;
    Ok(Attached {
        cdp,
        identity: identity(options, &version),
        version,
        user_agent: options.user_agent.clone().unwrap_or(user_agent),
        means: Means::Tabs(ours),
        settings: settings(options),
        folder,
        lacks: vec![lack::PROXY, lack::DOWNLOADS, lack::SERVICE_WORKERS],
    })
}

/// In a session that was made for us.
async fn host(
    options: &AttachOptions,
    asker: &Asker,
    opened: Opened,
    folder: TempDir,
) -> Result<Attached, Error> {
    let connected = async {
        let (cdp, version, user_agent) = match Box::pin(opened.cdp(asker)).await {
            Some(socket) => {
                let cdp = endpoint::connect(asker, &socket).await?;
                let (version, user_agent) = version(asker, &cdp).await?;
                (cdp, version, user_agent)
            }
            None => Box::pin(over_bidi(asker, &opened)).await?,
        };
        let tabs = opened.tabs().await?;
        Ok((cdp, version, user_agent, tabs))
    };
    match connected.await {
        Ok((cdp, version, user_agent, tabs)) => {
            let mut lacks = match opened.is_firefox() {
                true => lack::FIREFOX.to_vec(),
                false => Vec::new(),
            };
            if !opened.proxied {
                lacks.push(lack::PROXY);
            }
            if !options.address.is_here() {
                lacks.push(lack::DOWNLOADS);
            }
            Ok(Attached {
                cdp,
                identity: identity(options, &version),
                version,
                user_agent: options.user_agent.clone().unwrap_or(user_agent),
                means: Means::Session(Box::new(opened), tabs),
                settings: settings(options),
                folder,
                lacks,
            })
        }
        Err(error) => {
            opened.end().await;
            Err(error)
        }
    }
}

/// A browser that speaks BiDi alone.
async fn over_bidi(asker: &Asker, opened: &Opened) -> Result<(Socket, String, String), Error> {
    let url = opened.bidi(asker).ok_or_else(|| Error::Lacking {
        address: asker.shown(),
        reason: "its session gives no way to WebDriver BiDi or to the DevTools protocol (a driver \
                 on this machine does, and a Grid by se:cdp)"
            .to_owned(),
    })?;
    let bidi = endpoint::shake_hands(asker, &url, None).await?;
    let cdp = crate::gecko::speak(&bidi).await;
    let cdp = cdp.map_err(|source| asker.failed("subscribing to its events", source))?;
    Ok((cdp, opened.told("browserVersion"), opened.told("userAgent")))
}

impl Asker {
    fn failed(&self, what: &'static str, source: crate::socket::Error) -> Error {
        Error::Socket {
            address: self.shown(),
            what,
            source,
        }
    }
}

/// The browser's version, and what it calls itself.
async fn version(asker: &Asker, cdp: &Socket) -> Result<(String, String), Error> {
    let told = cdp.call_within(STEP, "Browser.getVersion", json!({}));
    let told = told
        .await
        .map_err(|source| asker.failed("asking for its version", source))?;
    let text = |name: &str| told[name].as_str().unwrap_or_default();
    let version = text("product").rsplit('/').next().unwrap_or_default();
    Ok((version.to_owned(), text("userAgent").to_owned()))
}

fn identity(options: &AttachOptions, version: &str) -> Option<Identity> {
    let given = options.user_agent.as_ref();
    given.map(|given| Identity::given(given, version))
}

/// What is set in our tabs alone. It ends with our connection.
fn settings(options: &AttachOptions) -> Vec<(&'static str, Value)> {
    let mut calls = Vec::new();
    if let Some((width, height)) = options.viewport {
        let metrics = json!({
            "width": width, "height": height, "deviceScaleFactor": 0, "mobile": false,
        });
        calls.push(("Emulation.setDeviceMetricsOverride", metrics));
    }
    if !options.extra_headers.is_empty() {
        let headers = json!({ "headers": options.extra_headers });
        calls.push(("Network.setExtraHTTPHeaders", headers));
    }
    calls
}

/// The same rules as for a browser of our own.
fn validate(options: &AttachOptions) -> Result<(), Error> {
    let nowhere = std::net::SocketAddr::from(([127, 0, 0, 1], 9));
    let mut like = LaunchOptions::new(Vec::new(), nowhere, options.folder.clone());
    like.viewport = options.viewport.unwrap_or(like.viewport);
    like.user_agent.clone_from(&options.user_agent);
    like.extra_headers.clone_from(&options.extra_headers);
    Ok(launch::validate(&like)?)
}

fn folder(parent: &std::path::Path) -> Result<TempDir, Error> {
    let refused = |source| Error::Folder {
        folder: parent.to_owned(),
        source,
    };
    let parent = std::path::absolute(parent).map_err(refused)?;
    std::fs::create_dir_all(&parent).map_err(refused)?;
    let folder = tempfile::Builder::new()
        .prefix("attached-")
        .tempdir_in(&parent)
        .map_err(refused)?;
    Ok(folder)
}
