//! What is at an address: the debugging port of a browser, a WebDriver, or something else.

use ::http::Method;
use futures_util::{FutureExt, future::BoxFuture};
use serde_json::Value;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use url::Url;

use super::{
    Error, LOOK_TIMEOUT, STEP,
    http::{self, Asker},
};
use crate::socket::{self, Again, Socket};

pub(super) enum Endpoint {
    /// A browser's debugging port, and its socket.
    Debugger(Url),
    /// A WebDriver that makes sessions.
    Driver,
}

/// Finds out, with a few questions of a few seconds each.
pub(super) async fn find(asker: &Asker) -> Result<Endpoint, Error> {
    if let Some(socket) = &asker.address.socket {
        return Ok(Endpoint::Debugger(socket.clone()));
    }
    if let Some(session) = &asker.address.session {
        return Box::pin(existing(asker, session))
            .await
            .map(Endpoint::Debugger);
    }
    let version = asker.ask(LOOK_TIMEOUT, Method::GET, "json/version", None);
    let version = Box::pin(version).await?;
    let told = version.json().unwrap_or_default();
    if let Some(named) = told["webSocketDebuggerUrl"].as_str() {
        let socket = asker.address.socket_at(named);
        return socket
            .map(Endpoint::Debugger)
            .ok_or_else(|| Error::NotABrowser {
                address: asker.shown(),
                found: version.described(),
            });
    }
    let status = asker.ask(LOOK_TIMEOUT, Method::GET, "status", None);
    let status = Box::pin(status).await?;
    match status.json() {
        Some(Value::Object(map)) if map.get("value").is_some_and(|it| it["ready"].is_boolean()) => {
            Ok(Endpoint::Driver)
        }
        // The first answer says more when the second is only that there is nothing.
        _ if status.status == 404 && version.status != 404 => Err(Error::NotABrowser {
            address: asker.shown(),
            found: version.described(),
        }),
        _ => Err(Error::NotABrowser {
            address: asker.shown(),
            found: status.described(),
        }),
    }
}

/// The way to the browser of a session that somebody else opened.
async fn existing(asker: &Asker, session: &str) -> Result<Url, Error> {
    let no_session = |reason: String| Error::NoSession {
        address: asker.shown(),
        session: session.to_owned(),
        reason,
    };
    // Asks nothing of the page, which may show a dialog that is not ours to answer.
    let path = format!("session/{session}/timeouts");
    let told = asker.ask(LOOK_TIMEOUT, Method::GET, &path, None);
    let told = Box::pin(told).await?;
    let Some(answer) = told.json().filter(|it| it.get("value").is_some()) else {
        return Err(Error::NotABrowser {
            address: asker.shown(),
            found: told.described(),
        });
    };
    if told.status != 200 {
        return Err(no_session(said(&answer["value"])));
    }
    // ChromeDriver lists what its sessions can do.
    let list = asker.ask(LOOK_TIMEOUT, Method::GET, "sessions", None);
    let list = Box::pin(list).await?.json().unwrap_or_default();
    let sessions = list["value"].as_array();
    let ours = sessions.and_then(|it| it.iter().find(|it| it["id"] == session));
    if let Some(ours) = ours
        && let Some(socket) = super::session::debugger(asker, &ours["capabilities"]).await
    {
        return Ok(socket);
    }
    // A Grid has the browser's socket below the session.
    let base = asker.address.base.path();
    let named = format!("ws://grid{base}session/{session}/se/cdp");
    let socket = asker.address.socket_at(&named);
    socket.ok_or_else(|| no_session("it has no address".to_owned()))
}

/// A WebDriver's error in a line.
pub(super) fn said(value: &Value) -> String {
    let text = |name: &str| value[name].as_str().unwrap_or_default().trim();
    let (error, message) = (text("error"), text("message"));
    let line = message.lines().next().unwrap_or_default();
    let said = match (error, line) {
        ("", "") => "it gave no reason".to_owned(),
        (error, "") => error.to_owned(),
        (error, line) if line.starts_with(error) => line.to_owned(),
        (error, line) => format!("{error}: {line}"),
    };
    errand_domain::text::clip(said.trim_end_matches(['.', ' ']), 500)
}

/// Connects to a socket and sees that it is a browser's.
pub(super) async fn connect(asker: &Asker, url: &Url) -> Result<Socket, Error> {
    let failed = |source| asker.failed("connecting to it", source);
    let first = Box::pin(shake_hands(asker, url, None)).await;
    let connected = match first {
        // Chrome talks to names only if they are its own machine's.
        Err(Error::Socket {
            source: socket::Error::Connect { reason, .. },
            ..
        }) if reason.contains("500") => {
            let host = format!("localhost:{}", url.port_or_known_default().unwrap_or(80));
            Box::pin(shake_hands(asker, url, Some(&host))).await
        }
        other => other,
    };
    let socket = connected?;
    match socket
        .call_within(STEP, "Browser.getVersion", serde_json::json!({}))
        .await
    {
        Ok(told) if told["product"].is_string() => Ok(socket),
        Ok(_) | Err(socket::Error::Refused { .. }) => Err(Error::Lacking {
            address: asker.shown(),
            reason: "its socket does not speak the DevTools protocol of a whole browser (an \
                     address that ends in /devtools/browser/…)"
                .to_owned(),
        }),
        Err(source) => Err(failed(source)),
    }
}

/// The same way again, for whoever wants a connection of their own.
fn again(asker: &Asker, url: &Url, host: Option<&str>) -> Again {
    let (asker, url, host) = (asker.clone(), url.clone(), host.map(str::to_owned));
    Box::new(move || shake_again(asker.clone(), url.clone(), host.clone()))
}

fn shake_again(
    asker: Asker,
    url: Url,
    host: Option<String>,
) -> BoxFuture<'static, Result<Socket, socket::Error>> {
    let shake = async move {
        let made = shake_hands(&asker, &url, host.as_deref()).await;
        made.map_err(|error| socket::Error::Connect {
            url: asker.shown(),
            reason: error.to_string(),
        })
    };
    shake.boxed()
}

pub(super) async fn shake_hands(
    asker: &Asker,
    url: &Url,
    host: Option<&str>,
) -> Result<Socket, Error> {
    let refused = |reason: String| {
        let mut shown = url.clone();
        shown.set_query(None);
        shown.set_username("").ok();
        shown.set_password(None).ok();
        let url = shown.to_string();
        asker.failed("connecting to it", socket::Error::Connect { url, reason })
    };
    let mut bare = url.clone();
    bare.set_username("").ok();
    bare.set_password(None).ok();
    let mut request = bare
        .as_str()
        .into_client_request()
        .map_err(|error| refused(error.to_string()))?;
    let headers = request.headers_mut();
    if let Some(host) = host.and_then(|it| it.parse().ok()) {
        headers.insert(::http::header::HOST, host);
    }
    if let Some(authorization) = http::authorization(url) {
        headers.insert(::http::header::AUTHORIZATION, authorization);
    }
    let connect = async {
        let stream = asker
            .dial
            .dial(url)
            .await
            .map_err(|reason| Error::Unreachable {
                address: asker.shown(),
                reason,
            })?;
        Socket::over(stream, request, again(asker, url, host))
            .await
            .map_err(|error| refused(error.to_string()))
    };
    match timeout(LOOK_TIMEOUT, connect).await {
        Ok(socket) => socket,
        Err(_) => Err(Error::Silent {
            address: asker.shown(),
            after: LOOK_TIMEOUT,
        }),
    }
}
