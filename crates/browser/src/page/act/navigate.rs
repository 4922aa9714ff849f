//! Going to other documents.

use std::time::{Duration, Instant};

use serde_json::json;
use url::Url;

use super::{Before, Done};
use crate::page::{Error, Page};

/// How long a server may take to answer with a document.
const NAVIGATION_TIMEOUT: Duration = Duration::from_secs(30);
const HISTORY_TIMEOUT: Duration = Duration::from_secs(10);

/// Chromium's names of what goes wrong, in words.
const REASONS: [(&str, &str); 12] = [
    (
        "ERR_CONNECTION_REFUSED",
        "nothing answers at that address (connection refused)",
    ),
    ("ERR_NAME_NOT_RESOLVED", "its name does not resolve"),
    (
        "ERR_CONNECTION_TIMED_OUT",
        "the server did not answer in time",
    ),
    ("ERR_TIMED_OUT", "the server did not answer in time"),
    (
        "ERR_CONNECTION_RESET",
        "the server broke off the connection",
    ),
    (
        "ERR_EMPTY_RESPONSE",
        "the server closed the connection without an answer",
    ),
    ("ERR_TOO_MANY_REDIRECTS", "it redirects without end"),
    ("ERR_UNSAFE_PORT", "browsers refuse that port"),
    ("ERR_INTERNET_DISCONNECTED", "there is no network"),
    ("ERR_PROXY_CONNECTION_FAILED", "the proxy does not answer"),
    ("ERR_TUNNEL_CONNECTION_FAILED", "the proxy refused it"),
    ("ERR_BLOCKED_BY_CLIENT", "it was blocked"),
];

impl Page {
    pub(super) async fn navigate(&self, url: &str) -> Result<Done, Error> {
        let url = web_address(url)?;
        let (context, session) = self.current()?;
        let params = json!({ "context": context, "url": url.as_str(), "wait": "none" });
        let mut changes = self.watch().changes();
        let method = "browsingContext.navigate";
        let call = self.bidi().call_within(NAVIGATION_TIMEOUT, method, params);
        tokio::pin!(call);
        let answer = loop {
            tokio::select! {
                answer = &mut call => break answer,
                // A page may ask whether it may be left.
                _ = changes.changed() => self.no_dialog(&context)?,
                () = self.gone().cancelled() => return Err(Error::Gone),
            }
        };
        match answer {
            Ok(_) => Ok(Done::default()),
            Err(crate::socket::Error::Timeout { after, .. }) => {
                let stop = self
                    .cdp()
                    .call_in(&session, "Page.stopLoading", json!({}))
                    .await;
                if let Err(error) = stop {
                    tracing::debug!(%error, "loading could not be stopped");
                }
                let reason = format!("the server did not answer within {after:?}");
                Err(Error::Navigation {
                    url: url.into(),
                    reason,
                    code: String::new(),
                    timeout: true,
                })
            }
            // What turns into a download leaves the page where it is.
            Err(crate::socket::Error::Refused { message, .. })
                if message.contains("net::ERR_ABORTED") =>
            {
                Ok(Done {
                    value: Some("no page: a download, or no content".to_owned()),
                    ..Done::default()
                })
            }
            Err(crate::socket::Error::Refused { message, .. }) if message.contains("net::") => {
                Err(navigation_error(url.as_str(), &message))
            }
            Err(error) => Err(error.into()),
        }
    }

    pub(super) async fn reload(&self) -> Result<Done, Error> {
        let (context, _) = self.current()?;
        let params = json!({ "context": context, "wait": "none" });
        let method = "browsingContext.reload";
        let done = self
            .guarded(
                &context,
                "the reload",
                NAVIGATION_TIMEOUT,
                None,
                method,
                params,
            )
            .await;
        match done {
            Err(Error::Browser { reason }) if reason.contains("net::") => {
                Err(navigation_error(&self.url(), &reason))
            }
            Err(error) => Err(error),
            Ok(_) => Ok(Done::default()),
        }
    }

    pub(super) async fn traverse(&self, delta: i32) -> Result<Done, Error> {
        let (context, _) = self.current()?;
        let params = json!({ "context": context, "delta": delta });
        let method = "browsingContext.traverseHistory";
        let mut changes = self.watch().changes();
        let marks = |page: &Self| {
            let state = page.watch().state();
            state
                .tab(&context)
                .map(|tab| (tab.begun, tab.committed, tab.url.clone()))
        };
        let before = marks(self);
        match self
            .guarded(
                &context,
                "the history",
                HISTORY_TIMEOUT,
                None,
                method,
                params,
            )
            .await
        {
            Err(Error::Browser { reason }) if reason.contains("no such history entry") => {
                let way = if delta < 0 { "back" } else { "forward" };
                return Err(Error::Invalid {
                    what: format!("there is no page to go {way} to"),
                });
            }
            Err(error) => return Err(error),
            Ok(_) => {}
        }
        // The command only asks for it; a page from the cache comes without a request.
        let deadline = Instant::now() + Duration::from_secs(2);
        while marks(self) == before && Instant::now() < deadline {
            let _ = tokio::time::timeout(Duration::from_millis(50), changes.changed()).await;
        }
        Ok(Done::default())
    }

    /// A navigation that the action began and that ended on an error page.
    pub(super) fn failed_navigation(&self, before: &Before) -> Option<Error> {
        let mut state = self.watch().state();
        let current = state.current.clone();
        let tab = state.tab_mut(&current)?;
        if current != before.context && tab.committed == 0 {
            return None;
        }
        let (url, text) = tab.failed.take()?;
        Some(navigation_error(&url, &text))
    }
}

fn navigation_error(url: &str, message: &str) -> Error {
    let start = message.find("net::").map_or("", |at| &message[at..]);
    let code: String = start
        .chars()
        .take_while(|it| it.is_ascii_alphanumeric() || ":_".contains(*it))
        .collect();
    let known = REASONS.iter().find(|(name, _)| code.ends_with(name));
    let reason = match known {
        Some((_, words)) => (*words).to_owned(),
        None if code.contains("ERR_CERT") => "its certificate is not trusted".to_owned(),
        None if code.is_empty() => message.to_owned(),
        None => format!("the browser says {code}"),
    };
    let timeout = code.contains("TIMED_OUT");
    Error::Navigation {
        url: url.to_owned(),
        reason,
        code,
        timeout,
    }
}

/// Only the web is opened: no files, no browser pages, no scripts.
pub(super) fn web_address(text: &str) -> Result<Url, Error> {
    let wrong = |why: String| Error::Invalid {
        what: format!(
            "\"{}\" can't be opened: {why}",
            errand_domain::text::clip(text, 200)
        ),
    };
    let url = Url::parse(text.trim()).map_err(|error| {
        wrong(format!(
            "{error}; an address begins with http:// or https://"
        ))
    })?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(wrong(format!(
            "only http and https are opened, not {}",
            url.scheme()
        )));
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_are_opened() {
        for refused in [
            "",
            "shop.test/x",
            "file:///etc/passwd",
            "javascript:1",
            "chrome://flags",
        ] {
            assert!(
                matches!(web_address(refused), Err(Error::Invalid { .. })),
                "{refused}"
            );
        }
        assert!(web_address(" https://shop.test/a b ").is_ok());
    }

    #[test]
    fn a_refused_connection_is_told_in_words() {
        let error = navigation_error(
            "http://x/",
            "unknown error: net::ERR_CONNECTION_REFUSED at x",
        );
        let Error::Navigation { code, reason, .. } = error else {
            unreachable!()
        };
        assert_eq!(code, "net::ERR_CONNECTION_REFUSED");
        assert!(reason.contains("refused"));
    }
}
