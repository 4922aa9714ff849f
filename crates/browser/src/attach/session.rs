//! A session that a WebDriver of somebody else makes for us.

use std::time::Duration;

use ::http::Method;
use serde_json::{Value, json};
use url::Url;

use super::{AttachOptions, Error, LOOK_TIMEOUT, endpoint::said, http::Asker};

/// How long its end may take. A browser on another machine writes its profile first.
const END_TIMEOUT: Duration = Duration::from_secs(10);

/// A session that is ours to end.
pub(crate) struct Opened {
    asker: Asker,
    id: String,
    capabilities: Value,
    /// Its traffic goes through our proxy.
    pub(crate) proxied: bool,
}

/// Has a session made.
pub(super) async fn open(options: &AttachOptions, asker: &Asker) -> Result<Opened, Error> {
    let proxied = options.address.is_here() && options.proxy.is_some();
    let wanted = wanted(options, proxied);
    let made = asker.ask(
        options.session_timeout,
        Method::POST,
        "session",
        Some(&wanted),
    );
    let answer = Box::pin(made).await?;
    let json = answer.json().unwrap_or_default();
    let value = &json["value"];
    let Some(id) = value["sessionId"].as_str().filter(|_| answer.status == 200) else {
        let reason = if value["error"].is_string() {
            said(value)
        } else {
            format!("it answered with {}", answer.described())
        };
        return Err(Error::NotCreated {
            address: asker.shown(),
            reason,
        });
    };
    Ok(Opened {
        asker: asker.clone(),
        id: id.to_owned(),
        capabilities: value["capabilities"].clone(),
        proxied,
    })
}

/// What is asked for: any browser that we can drive, the first one best.
fn wanted(options: &AttachOptions, proxied: bool) -> Value {
    let mut args = vec!["--headless=new".to_owned()];
    if let Some((width, height)) = options.viewport {
        args.push(format!("--window-size={width},{height}"));
    }
    if options.address.is_here() && !options.sandbox {
        args.push("--no-sandbox".to_owned());
    }
    if proxied {
        // Loopback pages go through the proxy as well.
        args.push("--proxy-bypass-list=<-loopback>".to_owned());
    }
    let mut always = json!({
        "webSocketUrl": true,
        "unhandledPromptBehavior": { "default": "ignore", "beforeUnload": "ignore" },
        "pageLoadStrategy": "none",
    });
    if let Some(proxy) = options.proxy.filter(|_| proxied) {
        let proxy = proxy.to_string();
        always["proxy"] = json!({ "proxyType": "manual", "httpProxy": proxy, "sslProxy": proxy });
    }
    json!({ "capabilities": {
        "alwaysMatch": always,
        "firstMatch": [
            { "browserName": "chrome", "goog:chromeOptions": { "args": args } },
            { "browserName": "MicrosoftEdge", "ms:edgeOptions": { "args": args } },
            { "browserName": "firefox", "moz:firefoxOptions": {
                "args": ["-headless"],
                "prefs": { "network.proxy.allow_hijacking_localhost": true },
            } },
        ],
    } })
}

impl Opened {
    /// The browser's own socket, where there is one that can be reached.
    pub(super) async fn cdp(&self, asker: &Asker) -> Option<Url> {
        Box::pin(debugger(asker, &self.capabilities)).await
    }

    /// Where BiDi is spoken.
    pub(super) fn bidi(&self, asker: &Asker) -> Option<Url> {
        let named = self.capabilities["webSocketUrl"].as_str()?;
        asker.address.socket_at(named)
    }

    /// What the driver told of the browser.
    pub(super) fn told(&self, name: &str) -> String {
        let told = self.capabilities[name].as_str();
        told.unwrap_or_default().to_owned()
    }

    pub(super) fn is_firefox(&self) -> bool {
        self.told("browserName").eq_ignore_ascii_case("firefox")
    }

    /// The tabs of the session.
    pub(crate) async fn tabs(&self) -> Result<Vec<String>, Error> {
        let path = format!("session/{}/window/handles", self.id);
        let answer = self.asker.ask(LOOK_TIMEOUT, Method::GET, &path, None);
        let answer = Box::pin(answer).await?;
        let handles = answer.json().unwrap_or_default();
        let handles = handles["value"].as_array().into_iter().flatten();
        let tabs = handles.filter_map(|it| it.as_str().map(str::to_owned));
        Ok(tabs.collect())
    }

    /// Ends it, and its browser with it. Bounded.
    pub(crate) async fn end(self) {
        let path = format!("session/{}", self.id);
        let end = self.asker.ask(END_TIMEOUT, Method::DELETE, &path, None);
        if let Err(error) = Box::pin(end).await {
            tracing::warn!(%error, "a session of another's WebDriver could not be ended");
        }
    }
}

/// The browser's socket that capabilities lead to.
pub(super) async fn debugger(asker: &Asker, capabilities: &Value) -> Option<Url> {
    if let Some(named) = capabilities["se:cdp"].as_str() {
        return asker.address.socket_at(named);
    }
    // On the driver's own machine only.
    if !asker.address.is_here() {
        return None;
    }
    let options = ["goog:chromeOptions", "ms:edgeOptions"];
    let debugger = options
        .iter()
        .find_map(|name| capabilities[*name]["debuggerAddress"].as_str())?;
    let port = debugger.rsplit_once(':')?.1.parse().ok()?;
    let mut there = asker.clone();
    // Chrome listens on the first of its machine's addresses only.
    there.address.base.set_host(Some("127.0.0.1")).ok()?;
    there.address.base.set_port(Some(port)).ok()?;
    there.address.base.set_path("/");
    let version = there.ask(LOOK_TIMEOUT, Method::GET, "json/version", None);
    let version = Box::pin(version).await.ok()?.json()?;
    there
        .address
        .socket_at(version["webSocketDebuggerUrl"].as_str()?)
}
