//! Settings become profiles, or a list of everything that is wrong with them.

mod key;
mod place;

use std::{collections::BTreeMap, time::Duration};

use errand_domain::port::Scrub;
use http::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

use super::{
    Api, ComputerTool, Kind, MaxTokensField, ModelSettings, Problem, Profile, Screen, Screenshots,
    Settings, Size,
};
use crate::Capabilities;

const TIMEOUT: Duration = Duration::from_secs(120);
const MAX_OUTPUT_TOKENS: u32 = 4096;
/// What Anthropic advises; OpenAI takes more.
const MAX_PICTURE: Size = Size {
    width: 1_280,
    height: 800,
};

/// All profiles by name, or every problem.
pub(crate) fn checked(settings: &Settings) -> Result<BTreeMap<String, Profile>, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut profiles = BTreeMap::new();
    for (name, model) in &settings.models {
        let mut check = Check {
            name,
            problems: &mut problems,
        };
        if let Some(profile) = check.profile(model) {
            profiles.insert(name.clone(), profile);
        }
    }
    for (name, model) in &settings.models {
        let mut check = Check {
            name,
            problems: &mut problems,
        };
        check.fallback(model, settings);
    }
    if problems.is_empty() {
        Ok(profiles)
    } else {
        Err(problems)
    }
}

/// Collects the problems of one model.
struct Check<'a> {
    name: &'a str,
    problems: &'a mut Vec<Problem>,
}

impl Check<'_> {
    fn refuse(&mut self, key: &str, reason: impl Into<String>) {
        let key = if key.is_empty() {
            String::new()
        } else {
            format!(".{key}")
        };
        self.problems.push(Problem {
            setting: format!("llm.models.{}{key}", self.name),
            reason: reason.into(),
        });
    }

    fn profile(&mut self, model: &ModelSettings) -> Option<Profile> {
        let before = self.problems.len();
        let good = |it: char| it.is_ascii_alphanumeric() || "_-.".contains(it);
        if self.name.is_empty() || self.name.len() > 64 || !self.name.chars().all(good) {
            self.refuse(
                "",
                "a name is letters, digits, `_`, `-` and `.`, at most 64",
            );
        }
        let id = model.model.clone().unwrap_or_default();
        if id.trim().is_empty() {
            self.refuse("model", "not set; it is the provider's name of the model");
        }
        let kind = place::kind(model, &id);
        let base = self.base(model, kind);
        let key = self.key(model);
        if key.is_none() && self.problems.len() == before && key::is_needed(kind, base.as_ref()) {
            self.refuse("api_key", "not set; api_key_file or api_key_env do as well");
        }
        let headers = self.headers(model, kind);
        let prices = model.price.and_then(|price| match price.micros(kind) {
            Ok(prices) => Some(prices),
            Err(which) => {
                let reason = "not a price for a million tokens with at most six decimals";
                self.refuse(&format!("price.{which}"), reason);
                None
            }
        });
        for (key, value) in [
            ("max_output_tokens", model.max_output_tokens),
            ("rpm", model.rpm),
            ("tpm", model.tpm),
        ] {
            if value == Some(0) {
                self.refuse(key, "must be more than 0");
            }
        }
        if model
            .temperature
            .is_some_and(|it| !(0.0..=2.0).contains(&it))
        {
            self.refuse("temperature", "must be between 0 and 2");
        }
        if model.temperature.is_some() && kind == Kind::Anthropic {
            self.refuse(
                "temperature",
                "Anthropic's interface has none; leave it out",
            );
        }
        if model.api == Some(Api::Responses) && kind == Kind::Anthropic {
            self.refuse("api", "`responses` is OpenAI's; leave it out for anthropic");
        }
        let computer_tool = self.computer_tool(model, kind, base.as_ref(), &id);
        let base = base.filter(|_| self.problems.len() == before)?;
        let is_openai = base.host_str() == Some("api.openai.com") || kind == Kind::Azure;
        let (url, responses_url, auth) = place::of(model, kind, &base, &id);
        let hidden = model.headers.values().chain(&key);
        Some(Profile {
            name: self.name.to_owned(),
            model: id,
            anthropic: kind == Kind::Anthropic,
            // That one is had nowhere else.
            api: model.api.unwrap_or(match computer_tool {
                ComputerTool::ComputerUsePreview => Api::Responses,
                _ => Api::Chat,
            }),
            url,
            responses_url,
            auth,
            headers,
            capabilities: Capabilities {
                vision: model.vision.unwrap_or(true),
                tools: model.tools.unwrap_or(true),
                tool_choice: model.tool_choice.unwrap_or(true),
                json_schema: model.json_schema.unwrap_or(true),
                screen: computer_tool.screen(),
                max_picture: model.max_picture.unwrap_or(MAX_PICTURE),
                screenshots: match model.vision {
                    Some(false) => Screenshots::Never,
                    _ => model.screenshots.unwrap_or_default(),
                },
                max_output_tokens: model.max_output_tokens.unwrap_or(MAX_OUTPUT_TOKENS),
            },
            computer_tool,
            max_tokens_field: model.max_tokens_field.unwrap_or(if is_openai {
                MaxTokensField::MaxCompletionTokens
            } else {
                MaxTokensField::MaxTokens
            }),
            strict: true,
            temperature: model.temperature,
            effort: model.effort,
            prices,
            rpm: model.rpm,
            tpm: model.tpm,
            timeout: model.timeout.map_or(TIMEOUT, |it| it.0),
            fallback: model.fallback.clone(),
            scrub: Scrub::new(hidden.map(|it| it.expose().to_owned())),
            key,
        })
    }

    fn headers(&mut self, model: &ModelSettings, kind: Kind) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if kind == Kind::Anthropic {
            headers.insert("anthropic-version", HeaderValue::from_static("2023-06-01"));
        }
        for (name, value) in &model.headers {
            let parsed = (
                HeaderName::try_from(name.as_str()),
                HeaderValue::try_from(value.expose()),
            );
            let (Ok(name), Ok(mut value)) = parsed else {
                self.refuse(&format!("headers.{name}"), "not a header");
                continue;
            };
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        headers
    }

    fn computer_tool(
        &mut self,
        model: &ModelSettings,
        kind: Kind,
        base: Option<&Url>,
        id: &str,
    ) -> ComputerTool {
        use ComputerTool::{Computer20250124, ComputerUsePreview, None, UiTars, UiTarsThousandths};
        let is_vendor = base.is_some_and(|it| it.host_str() == Some("api.openai.com"));
        let tool = model.computer_tool.unwrap_or_else(|| match kind {
            Kind::Anthropic => Computer20250124,
            Kind::Openai | Kind::Azure if id.starts_with("computer-use-preview") => {
                ComputerUsePreview
            }
            Kind::Openai if !is_vendor => match id.to_ascii_lowercase() {
                id if id.contains("ui-tars-1.5") || id.contains("ui-tars-2") => UiTars,
                id if id.contains("ui-tars") => UiTarsThousandths,
                _ => None,
            },
            Kind::Openai | Kind::Azure => ComputerTool::Computer,
        });
        let anthropic = tool.screen() == Some(Screen::Anthropic);
        if tool != None && anthropic != (kind == Kind::Anthropic) {
            self.refuse("computer_tool", "this tool is another provider's");
        }
        tool
    }

    fn fallback(&mut self, model: &ModelSettings, settings: &Settings) {
        let mut seen = vec![self.name];
        let mut next = model.fallback.as_deref();
        while let Some(name) = next {
            let Some(found) = settings.models.get(name) else {
                // Where it is not this model's own, the other one is told.
                if seen.len() == 1 {
                    let known: Vec<&str> = settings.models.keys().map(String::as_str).collect();
                    let known = known.join(", ");
                    self.refuse(
                        "fallback",
                        format!("no model is called {name}; there are {known}"),
                    );
                }
                return;
            };
            if seen.contains(&name) {
                if name == self.name {
                    self.refuse("fallback", "leads back to this model");
                }
                return;
            }
            seen.push(name);
            next = found.fallback.as_deref();
        }
    }
}
