//! What the scripted model answers.

use std::time::Duration;

use serde_json::{Value, json};

use super::{
    Asked, Wanted, Wire,
    gesture::{Gesture, Written},
};

/// An answer, or a fault in its place.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// Text before anything else.
    pub text: String,
    /// The JSON that was asked for: text for OpenAI, a call of the one tool for Anthropic.
    pub json: Option<Value>,
    /// Calls of tools: name, and arguments as they are written on the wire.
    pub calls: Vec<(String, String)>,
    /// Actions of the computer tool in the vendor's own form, each in a call of its own.
    pub computer: Vec<Value>,
    /// Gestures: actions of the computer tool, or what UI-TARS writes where there is none.
    pub gestures: Vec<Gesture>,
    /// What OpenAI's model wants a person to look at: id, code, message; with the first action.
    pub checks: Vec<(String, String, String)>,
    /// A refusal in place of everything else.
    pub refusal: Option<String>,
    /// Whether the tokens ran out in the middle.
    pub cut: bool,
    /// A fault in place of the answer, or on its way.
    pub fault: Option<Fault>,
}

/// What can go wrong.
#[derive(Debug, Clone)]
pub enum Fault {
    /// 429 with this `retry-after`, if any.
    RateLimited(Option<String>),
    /// This status with headers and a body.
    Status {
        status: u16,
        headers: Vec<(String, String)>,
        body: String,
    },
    /// The answer comes with these headers.
    Headers(Vec<(String, String)>),
    /// The answer comes so much later.
    Slow(Duration),
    /// The connection ends in the middle of the answer.
    Cut,
    /// Half of the JSON, as if it were whole.
    HalfJson,
    /// A page, as a proxy in between would send it.
    Html,
    /// 200 and no body.
    Nothing,
}

impl Answer {
    /// Text.
    #[must_use]
    pub fn say(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }

    /// The JSON that was asked for.
    #[must_use]
    pub fn json(value: Value) -> Self {
        Self {
            json: Some(value),
            ..Self::default()
        }
    }

    /// One call.
    #[must_use]
    pub fn call(name: impl Into<String>, arguments: &Value) -> Self {
        Self::default().and_call(name, arguments)
    }

    /// The same with one more call.
    #[must_use]
    pub fn and_call(self, name: impl Into<String>, arguments: &Value) -> Self {
        self.and_raw_call(name, arguments.to_string())
    }

    /// The same with a call whose arguments are written just so. Anthropic's format has objects
    /// only; there, what is none is put into one.
    #[must_use]
    pub fn and_raw_call(mut self, name: impl Into<String>, arguments: impl Into<String>) -> Self {
        self.calls.push((name.into(), arguments.into()));
        self
    }

    /// One action of the computer tool.
    #[must_use]
    pub fn computer(action: Value) -> Self {
        Self {
            computer: vec![action],
            ..Self::default()
        }
    }

    /// Something done at the screen, in the words of the format that is asked in.
    #[must_use]
    pub fn gesture(gesture: Gesture) -> Self {
        Self {
            gestures: vec![gesture],
            ..Self::default()
        }
    }

    /// The same, with something that a person should look at first.
    #[must_use]
    pub fn and_check(mut self, code: &str, message: &str) -> Self {
        let id = format!("check_{}", self.checks.len());
        self.checks.push((id, code.to_owned(), message.to_owned()));
        self
    }

    /// A refusal.
    #[must_use]
    pub fn refuse(text: impl Into<String>) -> Self {
        Self {
            refusal: Some(text.into()),
            ..Self::default()
        }
    }

    /// Nothing at all, in a whole answer.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// A fault alone.
    #[must_use]
    pub fn fault(fault: Fault) -> Self {
        Self::say("…").with(fault)
    }

    /// The same, but this goes wrong.
    #[must_use]
    pub fn with(mut self, fault: Fault) -> Self {
        self.fault = Some(fault);
        self
    }

    /// The same, but the tokens run out.
    #[must_use]
    pub fn cut_off(mut self) -> Self {
        self.cut = true;
        self
    }

    /// With JSON and gestures as this wire format has them.
    pub(super) fn placed(mut self, asked: &Asked) -> Self {
        for gesture in std::mem::take(&mut self.gestures) {
            match gesture.write(asked.wire) {
                Written::Action(action) => self.computer.push(action),
                Written::Text(text) => {
                    if !self.text.is_empty() {
                        self.text.push_str("\n\n");
                    }
                    self.text.push_str(&text);
                }
            }
        }
        let Some(json) = self.json.take() else {
            return self;
        };
        match &asked.wanted {
            Wanted::Tool(name) if asked.wire == Wire::Messages => self.and_call(name, &json),
            _ => {
                self.text.push_str(&json.to_string());
                self
            }
        }
    }

    /// Arguments as an object, for a format that has nothing else.
    pub(super) fn object(arguments: &str) -> Value {
        match serde_json::from_str(arguments) {
            Ok(Value::Object(fields)) => Value::Object(fields),
            Ok(other) => json!({ "value": other }),
            Err(_) => json!({ "text": arguments }),
        }
    }
}
