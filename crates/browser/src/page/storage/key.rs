//! Whose storage a document uses: its origin's, or in a frame of another site's page a part of it
//! that is kept for that site alone.

use serde_json::json;

use super::STORAGE_TIMEOUT;
use crate::page::{Error, Page};

impl Page {
    /// The origin whose storage a frame's document uses, and the site around it where that counts.
    /// `None` where nothing is kept, or only for this one document.
    pub(super) async fn storage_key(
        &self,
        frame: &str,
    ) -> Result<Option<(String, Option<String>)>, Error> {
        let session = self.session_of(frame).await?;
        let params = json!({ "frameId": frame });
        let method = "Storage.getStorageKeyForFrame";
        let answer = self
            .cdp()
            .call_in_within(STORAGE_TIMEOUT, &session, method, params);
        match answer.await.map_err(Error::from) {
            Ok(answer) => Ok(parse(answer["storageKey"].as_str().unwrap_or_default())),
            // It is of no origin, or not there any more.
            Err(Error::Browser { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Reads Chromium's form: the origin, then parts that `^` and a digit begin. `0` is the site around
/// it; all others are of documents that keep nothing for long.
fn parse(key: &str) -> Option<(String, Option<String>)> {
    let mut parts = key.split('^');
    let origin = parts.next()?.trim_end_matches('/').to_owned();
    if !origin.starts_with("http") {
        return None;
    }
    match (parts.next(), parts.next()) {
        (None, _) => Some((origin, None)),
        (Some(part), None) => Some((origin, Some(part.strip_prefix('0')?.to_owned()))),
        (Some(_), Some(_)) => None,
    }
}

/// Whether an origin is of that site.
pub(super) fn is_of(origin: &str, site: &str) -> bool {
    let host = |url: &str| url::Url::parse(url).ok()?.host_str().map(str::to_owned);
    let (Some(host), Some(domain)) = (host(origin), host(site)) else {
        return false;
    };
    host == domain
        || host
            .strip_suffix(&*domain)
            .is_some_and(|it| it.ends_with('.'))
}
