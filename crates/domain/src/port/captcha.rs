//! Somebody who solves captchas.

use async_trait::async_trait;
use bytes::Bytes;

/// A captcha that stands in the way of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Captcha {
    /// `recaptcha`, `hcaptcha`, `turnstile`, `text` (letters to be read and typed) or `other`.
    pub kind: &'static str,
    /// Address of the page.
    pub url: String,
    /// The site's key with the captcha's maker, where the page tells it.
    pub site_key: Option<String>,
    /// What the page shows of it, as JPEG.
    pub picture: Option<Bytes>,
}

/// Solves captchas. The service has none of its own; operators configure one.
#[async_trait]
pub trait CaptchaSolver: Send + Sync {
    /// The token that the captcha's maker would have given, or the letters.
    ///
    /// # Errors
    /// Why there is none, for the log.
    async fn solve(&self, captcha: &Captcha) -> Result<String, String>;
}
