//! The key, wherever it lies.

use std::{env, fs};

use url::Url;

use super::Check;
use crate::settings::{Kind, ModelSettings, Secret};

/// Longest key file that is read.
const MAX_KEY: u64 = 64 * 1024;

impl Check<'_> {
    pub(super) fn key(&mut self, model: &ModelSettings) -> Option<Secret> {
        let given = [
            model.api_key.is_some(),
            model.api_key_file.is_some(),
            model.api_key_env.is_some(),
        ];
        if given.into_iter().filter(|it| *it).count() > 1 {
            self.refuse(
                "api_key",
                "give one of api_key, api_key_file and api_key_env",
            );
            return None;
        }
        let (setting, key) = if let Some(key) = &model.api_key {
            ("api_key", key.expose().to_owned())
        } else if let Some(path) = &model.api_key_file {
            let shown = path.display();
            let length = fs::metadata(path).map(|it| it.len());
            match length {
                Ok(length) if length > MAX_KEY => {
                    self.refuse("api_key_file", format!("{shown} is too long for a key"));
                    return None;
                }
                _ => {}
            }
            match fs::read_to_string(path) {
                Ok(text) => ("api_key_file", text),
                Err(error) => {
                    self.refuse("api_key_file", format!("can't read {shown}: {error}"));
                    return None;
                }
            }
        } else if let Some(variable) = &model.api_key_env {
            match env::var(variable) {
                Ok(text) => ("api_key_env", text),
                Err(_) => {
                    self.refuse("api_key_env", format!("the variable {variable} is not set"));
                    return None;
                }
            }
        } else {
            return None;
        };
        let key = key.trim();
        if key.is_empty() {
            self.refuse(setting, "the key is empty");
            return None;
        }
        if !key.chars().all(|it| it.is_ascii_graphic()) {
            self.refuse(setting, "the key has a character that no key has");
            return None;
        }
        Some(Secret::new(key))
    }
}

/// Servers of one's own often have no keys; these always do.
pub(super) fn is_needed(kind: Kind, base: Option<&Url>) -> bool {
    let host = base.and_then(Url::host_str).unwrap_or_default();
    kind == Kind::Azure || matches!(host, "api.openai.com" | "api.anthropic.com")
}
