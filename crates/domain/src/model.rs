//! What a run asks of language models, and what that uses up.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

/// One call of a language model, with all its tries.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ModelCall {
    /// What it was asked for: `decide`, `extract`, `verify` or `plan`.
    pub role: String,
    /// The model's name in the settings; the fallback's, if that answered.
    pub model: String,
    /// Tokens of the prompt, cached or not, of all tries.
    pub input_tokens: u64,
    /// How many of them came from the provider's cache.
    pub cached_input_tokens: u64,
    /// Tokens of the answer, of all tries.
    pub output_tokens: u64,
    /// The cost in millionths of a US dollar. Absent: not known, which is not the same as nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_micros: Option<u64>,
    /// From the question to the answer, waits between tries included.
    pub duration_ms: u64,
    /// How often something was sent; 0 if the call was not made, as where a limit stopped it.
    pub tries: u32,
    /// Why it brought no answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl ModelCall {
    /// The call in a line for a person: `asked main to decide: 3120 tokens in, 96 out, $0.00125`.
    #[must_use]
    pub fn describe(&self) -> String {
        let Self { role, model, .. } = self;
        if self.tries == 0 {
            let why = self.error.as_deref().unwrap_or("nothing was sent");
            return format!("{model} was not asked to {role}: {why}");
        }
        let mut line = format!("asked {model} to {role}: {} tokens in", self.input_tokens);
        // Writing to a string can't fail.
        if self.cached_input_tokens > 0 {
            let _ = write!(line, " ({} cached)", self.cached_input_tokens);
        }
        let _ = write!(line, ", {} out", self.output_tokens);
        if let Some(cost) = self.cost_micros {
            let _ = write!(line, ", {}", dollars(cost));
        }
        if self.tries > 1 {
            let _ = write!(line, ", {} tries", self.tries);
        }
        if let Some(error) = &self.error {
            let _ = write!(line, "; failed: {error}");
        }
        line
    }
}

/// What the models of a run used so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Usage {
    /// Calls that were made, answered or not.
    pub model_calls: u32,
    /// Tokens of all prompts, cached or not.
    pub input_tokens: u64,
    /// How many of them came from a provider's cache.
    pub cached_input_tokens: u64,
    /// Tokens of all answers.
    pub output_tokens: u64,
    /// The known cost in millionths of a US dollar. Absent: that of no call is known.
    pub cost_micros: Option<u64>,
    /// Whether a call whose cost is not known is missing in it.
    pub cost_is_partial: bool,
}

impl Usage {
    /// Adds a call. One that was not made adds nothing.
    pub fn add(&mut self, call: &ModelCall) {
        if call.tries == 0 {
            return;
        }
        self.model_calls = self.model_calls.saturating_add(1);
        for (sum, tokens) in [
            (&mut self.input_tokens, call.input_tokens),
            (&mut self.cached_input_tokens, call.cached_input_tokens),
            (&mut self.output_tokens, call.output_tokens),
        ] {
            *sum = sum.saturating_add(tokens).min(MOST);
        }
        match call.cost_micros {
            Some(cost) => {
                let sum = self.cost_micros.unwrap_or_default().saturating_add(cost);
                self.cost_micros = Some(sum.min(MOST));
            }
            None => self.cost_is_partial = true,
        }
    }

    /// Prompts and answers together.
    #[must_use]
    pub fn tokens(&self) -> u64 {
        self.input_tokens.saturating_add(self.output_tokens)
    }
}

/// Databases count in signed numbers.
const MOST: u64 = i64::MAX as u64;

/// Millionths of a dollar for a person: `$1.50`, `$0.00125`; two decimals at least.
#[must_use]
pub fn dollars(micros: u64) -> String {
    let digits = format!("{:06}", micros % 1_000_000);
    let kept = digits.trim_end_matches('0').len().max(2);
    format!("${}.{}", micros / 1_000_000, &digits[..kept])
}
