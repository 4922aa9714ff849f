//! A model's settings after they were checked.

use std::time::Duration;

use errand_domain::port::Scrub;
use http::{HeaderMap, HeaderValue};
use url::Url;

use super::{Api, ComputerTool, Effort, MaxTokensField, Secret};
use crate::{Capabilities, Prices, wire::Format};

/// How a key is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Auth {
    /// `authorization: Bearer …`
    Bearer,
    /// `api-key: …`
    ApiKey,
    /// `x-api-key: …`
    XApiKey,
}

/// Everything that asking a model needs to know.
#[derive(Debug, Clone)]
pub(crate) struct Profile {
    /// Its name in the settings.
    pub name: String,
    /// The provider's name for it.
    pub model: String,
    pub anthropic: bool,
    pub api: Api,
    /// Of `chat/completions` or `messages`.
    pub url: Url,
    /// Of `responses`.
    pub responses_url: Option<Url>,
    pub key: Option<Secret>,
    pub auth: Auth,
    pub headers: HeaderMap,
    pub capabilities: Capabilities,
    pub computer_tool: ComputerTool,
    pub max_tokens_field: MaxTokensField,
    /// Whether schemas that fit are sent in OpenAI's strict mode.
    pub strict: bool,
    pub temperature: Option<f64>,
    pub effort: Option<Effort>,
    pub prices: Option<Prices>,
    pub rpm: Option<u32>,
    pub tpm: Option<u32>,
    pub timeout: Duration,
    pub fallback: Option<String>,
    /// Takes the key out of what comes back.
    pub scrub: Scrub,
}

impl Profile {
    /// Whether it is at Google, whose models want calls signed.
    pub fn is_google(&self) -> bool {
        self.url
            .host_str()
            .is_some_and(|it| it.ends_with(".googleapis.com"))
    }

    /// Which wire format a request uses, and where it goes.
    pub fn route(&self, computer: bool) -> (Format, &Url) {
        if self.anthropic {
            return (Format::Messages, &self.url);
        }
        match &self.responses_url {
            Some(url) if computer || self.api == Api::Responses => (Format::Responses, url),
            _ => (Format::Chat, &self.url),
        }
    }

    /// The model and its place, for people.
    pub fn label(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        format!("{} ({} at {host})", self.name, self.model)
    }

    /// The headers of every request, the key among them.
    pub fn all_headers(&self) -> HeaderMap {
        let mut headers = self.headers.clone();
        let Some(key) = &self.key else {
            return headers;
        };
        let (name, value) = match self.auth {
            Auth::Bearer => ("authorization", format!("Bearer {}", key.expose())),
            Auth::ApiKey => ("api-key", key.expose().to_owned()),
            Auth::XApiKey => ("x-api-key", key.expose().to_owned()),
        };
        // The characters of a key were checked with the settings.
        if let Ok(mut value) = HeaderValue::from_str(&value) {
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        headers
    }
}
