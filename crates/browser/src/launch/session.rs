//! A WebDriver session with its two sockets, set up as asked.

use std::net::{Ipv4Addr, SocketAddr};

use errand_domain::session::BrowserType;
use fantoccini::{Client, ClientBuilder, error::NewSessionError};
use futures_util::future::try_join;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use super::{Error, LaunchOptions, flags, gecko, identity::Identity, setup};
use crate::{
    driver::Driver,
    lack::{self, Lack},
    probe::Program,
    socket::{self, Socket},
};

/// Longest answer of the debugging port that is read.
const ANSWER_LIMIT: u64 = 64 * 1024;

/// An open session.
pub(crate) struct Session {
    pub(crate) client: Client,
    pub(crate) bidi: Socket,
    /// Browser-level; commands to a page go through flat sessions.
    pub(crate) cdp: Socket,
    pub(crate) version: String,
    pub(crate) user_agent: String,
    /// What its tabs are told they are; nothing where they say so themselves.
    pub(crate) identity: Option<Identity>,
    pub(crate) lacks: Vec<Lack>,
    /// Where the browser's debugging port is.
    pub(crate) debugger: SocketAddr,
}

/// Starts the browser through the driver and connects to it in all its ways.
pub(crate) async fn open(
    options: &LaunchOptions,
    driver: &mut Driver,
    program: &Program,
) -> Result<Session, Error> {
    let downloads = driver.folders().downloads();
    std::fs::create_dir_all(&downloads).map_err(|source| Error::Folder {
        folder: downloads.clone(),
        source,
    })?;
    match options.kind {
        BrowserType::Chrome | BrowserType::Msedge => chrome(options, driver, program).await,
        BrowserType::Firefox => firefox(options, driver, program).await,
    }
}

async fn chrome(
    options: &LaunchOptions,
    driver: &mut Driver,
    chromium: &Program,
) -> Result<Session, Error> {
    let identity = Identity::of(options, chromium);
    let folder = driver.folders().data.clone();
    let capabilities = flags::capabilities(options, &chromium.path, &folder, &identity.user_agent);
    let client = connect(options, driver, chromium, capabilities).await?;
    let (version, bidi_url) = told(&client, chromium)?;
    let given = client
        .capabilities()
        .ok_or(Error::Lacking("capabilities"))?;
    let names = ["goog:chromeOptions", "ms:edgeOptions"];
    let debugger = names
        .iter()
        .find_map(|name| given.get(*name)?["debuggerAddress"].as_str())
        // `localhost:PORT`; Chromium listens on the first of its addresses only.
        .and_then(|it| it.rsplit_once(':')?.1.parse::<u16>().ok())
        .map(|port| SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
        .ok_or(Error::Lacking("a debugger address"))?;
    let bidi = async {
        let bidi = Socket::connect(&bidi_url).await;
        let bidi = bidi.map_err(failed("the BiDi connection"))?;
        setup::fresh(options, &bidi).await?;
        Ok(bidi)
    };
    let cdp = async {
        let url = timeout(options.limits.step, cdp_url(debugger)).await;
        let url = url.ok().flatten();
        let url = url.ok_or(Error::Lacking("an answer on the debugger address"))?;
        let cdp = Socket::connect(&url).await;
        cdp.map_err(failed("the CDP connection"))
    };
    let (bidi, cdp) = Box::pin(try_join(bidi, cdp)).await?;
    Ok(Session {
        client,
        bidi,
        cdp,
        version,
        user_agent: identity.user_agent.clone(),
        identity: Some(identity),
        lacks: Vec::new(),
        debugger,
    })
}

async fn firefox(
    options: &LaunchOptions,
    driver: &mut Driver,
    program: &Program,
) -> Result<Session, Error> {
    let folder = driver.folders().data.clone();
    let capabilities = gecko::capabilities(options, &program.path, &folder);
    let client = connect(options, driver, program, capabilities).await?;
    let (version, bidi_url) = told(&client, program)?;
    let port = url::Url::parse(&bidi_url).ok().and_then(|it| it.port());
    let port = port.ok_or(Error::Lacking("a BiDi address"))?;
    let bidi = Socket::connect(&bidi_url).await;
    let bidi = bidi.map_err(failed("the BiDi connection"))?;
    setup::fresh(options, &bidi).await?;
    let cdp = crate::gecko::speak(&bidi).await;
    let cdp = cdp.map_err(failed("subscribing to its events"))?;
    let given = client.capabilities().and_then(|it| it.get("userAgent"));
    let user_agent = match (&options.user_agent, given) {
        (Some(given), _) => given.clone(),
        (None, given) => given.and_then(Value::as_str).unwrap_or_default().to_owned(),
    };
    Ok(Session {
        client,
        bidi,
        cdp,
        version,
        user_agent,
        // It says the same everywhere by itself.
        identity: None,
        lacks: lack::FIREFOX.to_vec(),
        debugger: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
    })
}

/// The version, and where BiDi is spoken.
fn told(client: &Client, program: &Program) -> Result<(String, String), Error> {
    let given = client
        .capabilities()
        .ok_or(Error::Lacking("capabilities"))?;
    let text = |name: &str| given.get(name).and_then(Value::as_str).map(str::to_owned);
    let version = text("browserVersion").unwrap_or_else(|| program.version.clone());
    let bidi_url = text("webSocketUrl").ok_or(Error::Lacking("a BiDi address"))?;
    Ok((version, bidi_url))
}

fn failed(what: &'static str) -> impl Fn(socket::Error) -> Error {
    move |source| Error::Socket { what, source }
}

async fn connect(
    options: &LaunchOptions,
    driver: &mut Driver,
    chromium: &Program,
    capabilities: serde_json::Map<String, Value>,
) -> Result<Client, Error> {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    connector.set_connect_timeout(Some(options.limits.step));
    let mut builder = ClientBuilder::new(connector);
    builder.capabilities(capabilities);
    let (url, after) = (driver.url(), options.limits.session);
    let path = chromium.path.clone();
    let ended = |driver: &Driver, reason: String| Error::BrowserEnded {
        path: path.clone(),
        reason,
        output: driver.output(),
    };
    let connected = tokio::select! {
        connected = timeout(after, Box::pin(builder.connect(&url))) => connected,
        _ = driver.ended() => {
            return Err(ended(driver, "ChromeDriver ended meanwhile".to_owned()));
        }
    };
    match connected {
        Ok(Ok(client)) => Ok(client),
        Ok(Err(NewSessionError::SessionNotCreated(error))) => {
            Err(ended(driver, first_line(&error.message)))
        }
        Ok(Err(error)) => Err(ended(driver, first_line(&error.to_string()))),
        Err(_) => Err(Error::BrowserSilent {
            path,
            after,
            output: driver.output(),
        }),
    }
}

/// Asks the debugging port for the address of the browser's own socket.
async fn cdp_url(debugger: SocketAddr) -> Option<String> {
    let mut stream = TcpStream::connect(debugger).await.ok()?;
    // The address in the answer is made from this Host header.
    let request =
        format!("GET /json/version HTTP/1.1\r\nHost: {debugger}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.ok()?;
    // The connection may stay open: read until the JSON is whole.
    let mut answer = Vec::new();
    let mut stream = stream.take(ANSWER_LIMIT);
    while stream.read_buf(&mut answer).await.ok()? > 0 {
        let text = String::from_utf8_lossy(&answer);
        let body = text.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        if let Ok(version) = serde_json::from_str::<Value>(body.trim()) {
            return version["webSocketDebuggerUrl"].as_str().map(str::to_owned);
        }
    }
    None
}

fn first_line(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default();
    errand_domain::text::clip(line.trim_end_matches(['.', ' ']), 500)
}
