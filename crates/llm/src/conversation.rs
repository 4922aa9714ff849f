//! What was said so far, in no provider's format.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{ComputerCall, ComputerResult, Fault};

/// One turn of a conversation. Turns of the same side may follow each other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Message {
    /// What we say: the results of the model's calls first, then text and images.
    ///
    /// Providers refuse a conversation in which a call of the model has no result in the next
    /// turn of ours.
    User(Vec<Part>),
    /// What the model said: [`crate::Reply::turn`] as it came.
    Assistant(Turn),
}

impl Message {
    /// A turn of ours that is text alone.
    #[must_use]
    pub fn user(text: impl Into<String>) -> Self {
        Self::User(vec![Part::Text(text.into())])
    }
}

/// A part of what we say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Text.
    Text(String),
    /// A picture. A model without vision is told that one was left out.
    Image(Image),
    /// What a tool answered.
    Result(ToolResult),
    /// What the screen shows after a call of the computer tool.
    Screen(ComputerResult),
}

/// A picture, encoded for the wire once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// Its format.
    pub media: Media,
    /// The file in base64.
    pub base64: String,
}

/// The formats that every provider takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Media {
    /// `image/png`.
    #[serde(rename = "image/png")]
    Png,
    /// `image/jpeg`.
    #[serde(rename = "image/jpeg")]
    Jpeg,
    /// `image/webp`.
    #[serde(rename = "image/webp")]
    Webp,
}

impl Media {
    /// The media type.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
        }
    }
}

impl Image {
    /// A file of that format.
    #[must_use]
    pub fn new(media: Media, file: &[u8]) -> Self {
        Self {
            media,
            base64: STANDARD.encode(file),
        }
    }

    /// The file; none if the text is no base64.
    #[must_use]
    pub fn file(&self) -> Option<Vec<u8>> {
        STANDARD.decode(&self.base64).ok()
    }

    /// As a URL that holds the picture itself.
    pub(crate) fn data_url(&self) -> String {
        format!("data:{};base64,{}", self.media.as_str(), self.base64)
    }
}

/// What a tool answered to a call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToolResult {
    /// [`ToolCall::id`].
    pub call_id: String,
    /// Text and images; other parts are ignored.
    pub content: Vec<Part>,
    /// Whether the call failed.
    #[serde(default)]
    pub failed: bool,
}

impl ToolResult {
    /// A result that is text alone.
    #[must_use]
    pub fn text(call_id: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            call_id: call_id.into(),
            content: vec![Part::Text(text.into())],
            failed: false,
        }
    }
}

/// What the model said in one turn.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    /// Its text; empty if there was none.
    #[serde(default)]
    pub text: String,
    /// The tools it wants called, in its order.
    #[serde(default)]
    pub calls: Vec<ToolCall>,
    /// What it wants done at the screen.
    #[serde(default)]
    pub computer: Vec<ComputerCall>,
    /// What the provider must get back unchanged, where there is such a thing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<Raw>,
}

/// A call of a tool.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToolCall {
    /// Names the call in its result.
    pub id: String,
    /// The tool's name, as the model wrote it.
    pub name: String,
    /// The arguments, valid against the tool's schema; or what is wrong with them, to be told to
    /// the model in the call's result.
    pub input: Result<Value, Fault>,
}

impl ToolCall {
    /// The arguments as text, for the wire.
    pub(crate) fn arguments(&self) -> String {
        match &self.input {
            Ok(value) => value.to_string(),
            Err(fault) => fault.written().to_owned(),
        }
    }
}

/// Parts of a turn that only its provider understands, such as encrypted reasoning. They go back
/// to the same wire format verbatim; to another one, the turn is written anew without them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Raw {
    /// Which wire format wrote it.
    pub(crate) wire: crate::wire::Format,
    /// The provider's JSON.
    pub(crate) content: Value,
}
