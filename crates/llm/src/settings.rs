//! Which models there are, and which one does what.

mod check;
mod profile;
mod value;
mod variables;

use std::{collections::BTreeMap, path::PathBuf};

use serde::Deserialize;

pub use value::{
    Api, ComputerTool, Effort, Kind, MaxTokensField, Price, Screen, Screenshots, Seconds, Secret,
    Size,
};
pub use variables::{PREFIX, names as variables};

pub(crate) use check::checked;
pub(crate) use profile::{Auth, Profile};

/// The name of the model that the variables `ERRAND_LLM_…` describe, and that a role gets which
/// has none of its own.
pub const DEFAULT: &str = "default";

/// The section `llm` of the settings file.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// `[llm.models.NAME]`.
    pub models: BTreeMap<String, ModelSettings>,
    /// `[llm.roles]`.
    pub roles: Roles,
}

impl Settings {
    /// Whether no model is configured.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.models.is_empty() && self.roles == Roles::default()
    }
}

/// Which model does what, by name. A role without one takes that of `decide`, that one the model
/// called `default`, or the only one there is.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Roles {
    /// Chooses the next actions.
    pub decide: Option<String>,
    /// Reads values from pages.
    pub extract: Option<String>,
    /// Judges whether the goal is met.
    pub verify: Option<String>,
    /// Splits a goal into parts.
    pub plan: Option<String>,
}

/// One model. Only `model` is always needed, and `api_key` where the provider wants one.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ModelSettings {
    /// Whose wire format. Default: `anthropic` for models called `claude…` without another
    /// `base_url`, else `openai`.
    pub kind: Option<Kind>,
    /// Where, as in the provider's own SDK. Default: OpenAI's or Anthropic's own address.
    pub base_url: Option<String>,
    /// The provider's name of the model; Azure's name of the deployment.
    pub model: Option<String>,
    /// The key.
    pub api_key: Option<Secret>,
    /// A file that holds the key.
    pub api_key_file: Option<PathBuf>,
    /// A variable that holds the key.
    pub api_key_env: Option<String>,
    /// Azure's `api-version`. Default: 2024-10-21.
    pub api_version: Option<String>,
    /// Which of OpenAI's interfaces. Default: `chat`, but `responses` for `computer-use-preview`;
    /// requests with a screen always use `responses`.
    pub api: Option<Api>,
    /// Whether it takes images. Default: yes.
    pub vision: Option<bool>,
    /// When it is sent pictures of the page besides its text: `never`, `stuck` or `always`.
    /// Default: `stuck`.
    pub screenshots: Option<Screenshots>,
    /// The largest picture of a page that it is sent; larger ones are scaled down. Default:
    /// 1280x800.
    pub max_picture: Option<Size>,
    /// Whether it calls tools. Default: yes.
    pub tools: Option<bool>,
    /// Whether it can be bound to call a tool. Default: yes. No for models of Anthropic that think
    /// whether asked to or not.
    pub tool_choice: Option<bool>,
    /// Whether it can be bound to a JSON Schema. Default: yes.
    pub json_schema: Option<bool>,
    /// Which computer tool it has. Default: OpenAI's by the model's name, `computer_20250124` for
    /// Anthropic, UI-TARS by the model's name, none elsewhere.
    pub computer_tool: Option<ComputerTool>,
    /// Most tokens of an answer. Default: 4096.
    pub max_output_tokens: Option<u32>,
    /// What that is called on the wire. Default: `max_completion_tokens` for OpenAI itself and
    /// Azure, else `max_tokens`.
    pub max_tokens_field: Option<MaxTokensField>,
    /// From 0 to 2, for OpenAI's formats. Default: not sent, for some models refuse it.
    pub temperature: Option<f64>,
    /// How much it thinks. Default: not sent, as the model is made.
    pub effort: Option<Effort>,
    /// What it costs. Default: not known, which is not the same as nothing.
    pub price: Option<Price>,
    /// Most requests a minute. Default: as many as the provider lets through.
    pub rpm: Option<u32>,
    /// Most tokens a minute. Default: as many as the provider lets through.
    pub tpm: Option<u32>,
    /// For a call with all its tries and fallbacks, such as "90s". Default: 120 s.
    pub timeout: Option<Seconds>,
    /// The name of the model that is asked when this one fails.
    pub fallback: Option<String>,
    /// Further headers, for gateways that want some.
    pub headers: BTreeMap<String, Secret>,
}

/// Something wrong with the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Which setting, such as `llm.models.main.base_url`.
    pub setting: String,
    /// What is wrong with it and how to mend it.
    pub reason: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}: {}", self.setting, self.reason)
    }
}
