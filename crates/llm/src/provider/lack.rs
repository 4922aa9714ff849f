//! What a provider turns out not to take, against the settings: it is left out from then on, and
//! the request sent again.
//!
//! Wire formats are spoken in dialects, and models of one provider differ. A setting for each
//! difference would have to be found by failing runs; most of them say in words what they lack.

use serde_json::Value;

use crate::{
    Error, Kind,
    settings::{MaxTokensField, Profile},
};

/// Something that is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// Images.
    Vision,
    /// Tools at all.
    Tools,
    /// Being bound to call one, as Anthropic's models that think.
    ToolChoice,
    /// Being bound to a schema.
    JsonSchema,
    /// OpenAI's strict mode, for this schema or any.
    Strict,
    /// The name of the bound of an answer.
    MaxTokensField,
}

/// How providers say that they don't take something. Words about its size or form are not here.
const REFUSALS: [&str; 14] = [
    "not support",
    "n't support",
    "only supported",
    "unsupported",
    "no endpoints",
    "not a multimodal",
    "unavailable",
    "not available",
    "missing data",
    "may not",
    "unknown variant",
    "unrecognized",
    "not permitted",
    "unexpected",
];

impl Lack {
    /// What the error says that the provider lacks, if it is something that this request used.
    pub fn told(error: &Error, sent: &Value, profile: &Profile) -> Option<Self> {
        if !matches!(error.kind, Kind::BadRequest | Kind::UnknownModel) {
            return None;
        }
        let message = error.message.to_ascii_lowercase();
        let says = |words: &[&str]| words.iter().any(|it| message.contains(it));
        let text = sent.to_string();
        let is_strict = text.contains("\"strict\":true");
        if is_strict && says(&["invalid schema", "strict"]) {
            return Some(Self::Strict);
        }
        let has_schema = ["/response_format", "/text/format", "/output_config/format"];
        let has_schema = has_schema.iter().any(|it| sent.pointer(it).is_some());
        let about_schema = [
            "response_format",
            "response format",
            "json_schema",
            "output_config",
        ];
        if has_schema && says(&about_schema) && (says(&REFUSALS) || says(&["invalid schema"])) {
            return Some(Self::JsonSchema);
        }
        if !says(&REFUSALS) && !says(&["tool choice requires"]) {
            return None;
        }
        let has_images = ["\"image_url\"", "\"input_image\"", "\"type\":\"image\""];
        if has_images.iter().any(|it| text.contains(it)) && says(&["image", "multimodal", "vision"])
        {
            return Some(Self::Vision);
        }
        let field = profile.max_tokens_field.as_str();
        if sent.get(field).is_some() && !profile.anthropic && says(&[field]) {
            return Some(Self::MaxTokensField);
        }
        let has_tools = sent.get("tools").is_some();
        let choice = sent.get("tool_choice").filter(|it| *it != "none");
        if choice.is_some() && says(&["tool_choice", "tool choice"]) {
            return Some(Self::ToolChoice);
        }
        (has_tools && says(&["tool", "function call"])).then_some(Self::Tools)
    }

    /// The settings without it.
    pub fn leave_out(self, profile: &mut Profile) {
        let can = &mut profile.capabilities;
        match self {
            Self::Vision => can.vision = false,
            Self::Tools => can.tools = false,
            Self::ToolChoice => can.tool_choice = false,
            Self::JsonSchema => can.json_schema = false,
            Self::Strict => profile.strict = false,
            Self::MaxTokensField => {
                profile.max_tokens_field = match profile.max_tokens_field {
                    MaxTokensField::MaxTokens => MaxTokensField::MaxCompletionTokens,
                    MaxTokensField::MaxCompletionTokens => MaxTokensField::MaxTokens,
                }
            }
        }
    }

    /// What to set so that it is known beforehand, after it was left out.
    pub fn setting(self, profile: &Profile) -> Option<String> {
        let switch = match self {
            Self::Vision => "vision",
            Self::Tools => "tools",
            Self::ToolChoice => "tool_choice",
            Self::JsonSchema => "json_schema",
            Self::Strict => return None,
            Self::MaxTokensField => {
                let field = profile.max_tokens_field.as_str();
                return Some(format!("max_tokens_field = \"{field}\""));
            }
        };
        Some(format!("{switch} = false"))
    }
}
