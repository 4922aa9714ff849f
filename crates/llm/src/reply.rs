//! What a model answered.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Cost, Fault, Message, Part, ToolResult, Turn};

/// A model's answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// What it said: text, calls; goes into the conversation as it is.
    pub turn: Turn,
    /// The value asked for by [`crate::Want::Json`], valid against its schema, or what is wrong
    /// with it. None for other wants.
    pub json: Option<Result<Value, Fault>>,
    /// That a call was wanted ([`crate::Want::AnyTool`], [`crate::Want::Tool`]) and none came:
    /// to be told to the model in a turn of ours.
    pub missing: Option<Fault>,
    /// Why it ended.
    pub stop: Stop,
    /// What the answer used.
    pub usage: Usage,
    /// What that costs; None if the model's prices are not known.
    pub cost: Option<Cost>,
    /// Which configured model answered: the fallback's name, if it was that.
    pub model: String,
}

impl Reply {
    /// What is wrong with the answer, if anything: that a call is missing, or the first fault of
    /// its JSON or its calls.
    #[must_use]
    pub fn fault(&self) -> Option<&Fault> {
        let json = self.json.as_ref().and_then(|it| it.as_ref().err());
        let mut calls = self
            .turn
            .calls
            .iter()
            .filter_map(|it| it.input.as_ref().err());
        self.missing.as_ref().or(json).or_else(|| calls.next())
    }
}

impl Reply {
    /// What to add to the conversation so that the model mends a faulty answer: its own turn, and
    /// what is wrong with it, as the results of its calls where it made any. None if nothing is
    /// wrong. No call of such an answer should be carried out.
    #[must_use]
    pub fn correction(&self) -> Option<[Message; 2]> {
        let fault = self.fault()?;
        let mut parts: Vec<Part> = self
            .turn
            .calls
            .iter()
            .map(|call| {
                let text = match &call.input {
                    Ok(_) => "not done: something else in this answer is wrong".to_owned(),
                    Err(fault) => fault.to_string(),
                };
                Part::Result(ToolResult {
                    failed: true,
                    ..ToolResult::text(&call.id, text)
                })
            })
            .collect();
        if parts.is_empty() || self.missing.is_some() {
            parts.push(Part::Text(format!("That answer can't be used: {fault}")));
        }
        let said = Message::Assistant(self.turn.clone());
        Some([said, Message::User(parts)])
    }
}

/// Why an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stop {
    /// The model was done.
    End,
    /// It waits for the results of its calls.
    Calls,
    /// It had no tokens left; text is cut off, and cut-off JSON is a [`Fault::Truncated`].
    MaxTokens,
    /// Anything else.
    Other,
}

/// Tokens, as the provider counted them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// The whole prompt, cached or not.
    pub input: u64,
    /// How much of it came from the provider's cache.
    pub cached_input: u64,
    /// How much of it was written to the cache.
    pub cache_write: u64,
    /// The answer, thoughts included.
    pub output: u64,
    /// Whether the provider said nothing and these are a guess by length.
    #[serde(default)]
    pub estimated: bool,
}

impl Usage {
    /// Prompt and answer.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.input.saturating_add(self.output)
    }
}

impl AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        self.input = self.input.saturating_add(other.input);
        self.cached_input = self.cached_input.saturating_add(other.cached_input);
        self.cache_write = self.cache_write.saturating_add(other.cache_write);
        self.output = self.output.saturating_add(other.output);
        self.estimated = self.estimated || other.estimated;
    }
}
