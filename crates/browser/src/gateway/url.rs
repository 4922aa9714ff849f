//! Addresses that a program may have opened.

use url::Url;

/// The address as it is passed on: the web, what a page makes itself, or an empty page.
///
/// # Errors
/// Why not, for the answer.
pub(super) fn open(text: &str) -> Result<String, String> {
    if text.trim().is_empty() {
        return Ok("about:blank".to_owned());
    }
    let url = Url::parse(text).map_err(|error| format!("it is no absolute URL ({error})"))?;
    match url.scheme() {
        "http" | "https" | "data" | "blob" => Ok(url.into()),
        // The other ones are pages of the browser itself.
        "about" if url.path() == "blank" => Ok(url.into()),
        scheme => Err(format!(
            "only http:, https:, data:, blob: and about:blank are opened, not {scheme}:"
        )),
    }
}

/// Addresses that go out over the network, as all do that the proxy checks.
///
/// # Errors
/// Why not, for the answer.
pub(super) fn fetch(text: &str) -> Result<String, String> {
    let url = Url::parse(text).map_err(|error| format!("it is no absolute URL ({error})"))?;
    match url.scheme() {
        "http" | "https" => Ok(url.into()),
        scheme => Err(format!("only http: and https: are loaded, not {scheme}:")),
    }
}

/// Whether a document is part of a page, and not of the browser or an extension.
pub(super) fn is_page(text: &str) -> bool {
    let inner = text.strip_prefix("blob:").unwrap_or(text);
    match inner.split(':').next().unwrap_or_default() {
        "about" => ["about:blank", "about:srcdoc"]
            .iter()
            .any(|it| inner.starts_with(it)),
        // The last one stands where nothing could be loaded.
        "" | "http" | "https" | "data" | "blob" | "ws" | "wss" | "chrome-error" => true,
        _ => false,
    }
}
