//! Going to other documents.

use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;
use url::Url;

use super::{Before, Done};
use crate::{
    page::{Error, Page},
    socket,
};

/// How long a server may take to answer with a document.
const NAVIGATION_TIMEOUT: Duration = Duration::from_secs(30);
const HISTORY_TIMEOUT: Duration = Duration::from_secs(10);
const STOP_TIMEOUT: Duration = Duration::from_secs(5);
/// When to see whether the page is too busy to be left.
const LOOK_AFTER: Duration = Duration::from_secs(2);

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
        let params = json!({ "url": url.as_str() });
        let method = "Page.navigate";
        let call = self
            .cdp()
            .call_in_within(NAVIGATION_TIMEOUT, &session, method, params);
        match self.leaving(&context, call).await? {
            Ok(answer) => match answer["errorText"].as_str() {
                None | Some("") => Ok(Done::default()),
                // What turns into a download leaves the page where it is.
                Some("net::ERR_ABORTED") => Ok(Done {
                    value: Some("no page: a download, or no content".to_owned()),
                    ..Done::default()
                }),
                Some(error) => Err(navigation_error(url.as_str(), error)),
            },
            Err(socket::Error::Timeout { after, .. }) => {
                let stop = self.cdp().call_in_within(
                    STOP_TIMEOUT,
                    &session,
                    "Page.stopLoading",
                    json!({}),
                );
                if let Err(error) = stop.await {
                    tracing::debug!(%error, "loading could not be stopped");
                }
                Err(Error::Navigation {
                    url: url.into(),
                    reason: format!("the server did not answer within {after:?}"),
                    code: String::new(),
                    timeout: true,
                })
            }
            Err(error) => Err(error.into()),
        }
    }

    pub(super) async fn reload(&self) -> Result<Done, Error> {
        let (context, session) = self.current()?;
        let call =
            self.cdp()
                .call_in_within(NAVIGATION_TIMEOUT, &session, "Page.reload", json!({}));
        self.expect_document(&context);
        self.leaving(&context, call).await??;
        Ok(Done::default())
    }

    pub(super) async fn traverse(&self, delta: i64) -> Result<Done, Error> {
        let (context, session) = self.current()?;
        let cdp = self.cdp();
        let method = "Page.getNavigationHistory";
        let history = cdp.call_in_within(HISTORY_TIMEOUT, &session, method, json!({}));
        let history = history.await?;
        let at = history["currentIndex"].as_i64().unwrap_or_default() + delta;
        let entry = usize::try_from(at)
            .ok()
            .map(|at| &history["entries"][at]["id"]);
        let Some(entry) = entry.filter(|entry| !entry.is_null()) else {
            let way = if delta < 0 { "back" } else { "forward" };
            let what = format!("there is no page to go {way} to");
            return Err(Error::Invalid { what });
        };
        let (method, params) = ("Page.navigateToHistoryEntry", json!({ "entryId": entry }));
        let call = cdp.call_in_within(HISTORY_TIMEOUT, &session, method, params);
        self.expect_document(&context);
        match self.leaving(&context, call).await? {
            // Not every browser tells what there is before one goes there.
            Err(socket::Error::Refused { code, .. }) if code == "no such history entry" => {
                let way = if delta < 0 { "back" } else { "forward" };
                let what = format!("there is no page to go {way} to");
                Err(Error::Invalid { what })
            }
            went => went.map(|_| Done::default()).map_err(Error::from),
        }
    }

    /// The browser only takes note of the wish; what comes of it is told later.
    fn expect_document(&self, context: &str) {
        if let Some(tab) = self.watch().state().tab_mut(context) {
            tab.leave();
        }
    }

    /// Waits for a command that leaves the document. A page may ask whether it may be left, or be
    /// too busy to let go; then it is stopped.
    async fn leaving<T>(&self, context: &str, call: impl Future<Output = T>) -> Result<T, Error> {
        let mut changes = self.watch().changes();
        let mut look = tokio::time::interval_at(Instant::now() + LOOK_AFTER, LOOK_AFTER);
        tokio::pin!(call);
        loop {
            tokio::select! {
                answer = &mut call => return Ok(answer),
                _ = changes.changed() => self.no_dialog(context)?,
                _ = look.tick() => drop(self.stop_if_busy(context).await),
                () = self.gone().cancelled() => return Err(Error::Gone),
            }
        }
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
