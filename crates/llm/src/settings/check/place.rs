//! Where a model is.

use url::Url;

use super::Check;
use crate::settings::{Auth, Kind, ModelSettings};

const OPENAI: &str = "https://api.openai.com/v1";
const ANTHROPIC: &str = "https://api.anthropic.com";
const AZURE_VERSION: &str = "2024-10-21";

impl Check<'_> {
    pub(super) fn base(&mut self, model: &ModelSettings, kind: Kind) -> Option<Url> {
        let text = match (&model.base_url, kind) {
            (Some(text), _) => text.trim(),
            (None, Kind::Openai) => OPENAI,
            (None, Kind::Anthropic) => ANTHROPIC,
            (None, Kind::Azure) => {
                let reason = "not set; it is https://RESOURCE.openai.azure.com";
                self.refuse("base_url", reason);
                return None;
            }
        };
        let url = Url::parse(text).ok();
        let url = url.filter(|it| matches!(it.scheme(), "http" | "https") && it.has_host());
        if url.is_none() {
            self.refuse(
                "base_url",
                "not an http or https URL, such as http://localhost:11434/v1",
            );
        }
        url
    }
}

/// Whose wire format it is, if nothing says so: by its name and address.
pub(super) fn kind(model: &ModelSettings, id: &str) -> Kind {
    let elsewhere = model.base_url.as_deref();
    let anthropic = match elsewhere {
        Some(url) => url.contains("anthropic.com"),
        None => id.starts_with("claude"),
    };
    model.kind.unwrap_or(if anthropic {
        Kind::Anthropic
    } else {
        Kind::Openai
    })
}

/// Where requests go (chats or messages, and `responses`), and how the key is sent.
pub(super) fn of(
    model: &ModelSettings,
    kind: Kind,
    base: &Url,
    id: &str,
) -> (Url, Option<Url>, Auth) {
    match kind {
        Kind::Openai => (
            below(base, &["chat", "completions"]),
            Some(below(base, &["responses"])),
            Auth::Bearer,
        ),
        Kind::Anthropic => {
            let versioned = base.path().trim_end_matches('/').ends_with("/v1");
            let path: &[&str] = if versioned {
                &["messages"]
            } else {
                &["v1", "messages"]
            };
            (below(base, path), None, Auth::XApiKey)
        }
        Kind::Azure => {
            let version = model.api_version.as_deref().unwrap_or(AZURE_VERSION);
            let path = ["openai", "deployments", id, "chat", "completions"];
            let mut chat = below(base, &path);
            chat.query_pairs_mut().append_pair("api-version", version);
            let responses = below(base, &["openai", "v1", "responses"]);
            (chat, Some(responses), Auth::ApiKey)
        }
    }
}

fn below(base: &Url, path: &[&str]) -> Url {
    let mut url = base.clone();
    // Refused only for URLs without a host.
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().extend(path);
    }
    url
}
