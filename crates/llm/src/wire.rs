//! The wire formats: a request becomes JSON, JSON becomes a turn.

mod chat;
mod keys;
mod messages;
mod responses;
mod status;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    Fault, Kind, Part, Request, Stop, Turn, Usage, Want, answer,
    answer::{MAX_CALLS, Written},
    settings::Profile,
};
pub(crate) use keys::{NOTCH, chord};
pub(crate) use status::{failure, in_body, page};

/// A wire format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Format {
    /// OpenAI's `chat/completions`.
    Chat,
    /// OpenAI's `responses`.
    Responses,
    /// Anthropic's `messages`.
    Messages,
}

/// An answer that was understood.
#[derive(Debug)]
pub(crate) struct Heard {
    pub turn: Turn,
    pub json: Option<Result<Value, Fault>>,
    pub stop: Stop,
}

/// An answer that was not.
#[derive(Debug)]
pub(crate) struct Unheard {
    pub kind: Kind,
    pub message: String,
}

impl Unheard {
    fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
        }
    }

    /// Where the answer is JSON, but not of the shape that it must have.
    fn shape(missing: &str) -> Self {
        Self::new(Kind::Truncated, format!("the answer has no {missing}"))
    }
}

impl Format {
    /// The body of a request, and the headers that it needs besides the usual ones.
    pub fn encode(
        self,
        request: &Request,
        profile: &Profile,
        max_tokens: u64,
    ) -> (Value, Option<(&'static str, &'static str)>) {
        match self {
            Self::Chat => (chat::encode(request, profile, max_tokens), None),
            Self::Responses => (responses::encode(request, profile, max_tokens), None),
            Self::Messages => messages::encode(request, profile, max_tokens),
        }
    }

    /// What the provider counted, if it says so. Asked before anything else, for answers that are
    /// not usable are charged as well.
    pub fn usage(self, body: &Value) -> Option<Usage> {
        match self {
            Self::Chat => chat::usage(body),
            Self::Responses => responses::usage(body),
            Self::Messages => messages::usage(body),
        }
    }

    /// What the model said.
    pub fn decode(self, body: &Value, request: &Request) -> Result<Heard, Unheard> {
        let heard = match self {
            Self::Chat => chat::decode(body, request),
            Self::Responses => responses::decode(body, request),
            Self::Messages => messages::decode(body, request),
        }?;
        let calls = heard.turn.calls.len() + heard.turn.computer.len();
        if calls > MAX_CALLS {
            let reason = format!("{calls} calls in one answer are more than {MAX_CALLS}");
            return Err(Unheard::new(Kind::TooLarge, reason));
        }
        let said = &heard.turn;
        if said.text.trim().is_empty() && calls == 0 && heard.json.is_none() {
            return Err(match heard.stop {
                Stop::MaxTokens => Unheard::new(
                    Kind::OutOfTokens,
                    "all of max_output_tokens was used before the first word; raise it, or lower \
                     effort",
                ),
                _ => Unheard::new(Kind::Empty, "neither text nor calls"),
            });
        }
        Ok(heard)
    }
}

/// The answer to [`Want::Json`] where it came as text.
fn json(want: &Want, text: &str, stop: Stop) -> Option<Result<Value, Fault>> {
    let Want::Json { schema, .. } = want else {
        return None;
    };
    let cut = stop == Stop::MaxTokens;
    Some(answer::unwrapped(Written::Text(text), schema, cut))
}

fn count(value: &Value, path: &str) -> Option<u64> {
    value.pointer(path).and_then(Value::as_u64)
}

fn string(value: &Value, key: &str) -> String {
    value
        .get(key)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

/// All text among these parts.
pub(crate) fn texts(parts: &[Part]) -> String {
    let texts: Vec<&str> = parts
        .iter()
        .filter_map(|part| match part {
            Part::Text(text) if !text.is_empty() => Some(text.as_str()),
            _ => None,
        })
        .collect();
    texts.join("\n\n")
}
