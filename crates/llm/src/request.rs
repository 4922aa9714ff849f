//! What a model is asked.

use std::time::Duration;

use crate::{Display, Message, Schema};

/// A question to a model. What never changes between the calls of a run comes first on the wire:
/// tools, then `system`, then the conversation in its order.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// What holds for every call. Byte-stable, so that the provider's prompt cache hits: no date,
    /// no id, nothing of this page.
    pub system: String,
    /// The conversation, the oldest first. To hit the cache it should only grow at its end.
    pub messages: Vec<Message>,
    /// What the model may call. The order is part of what is cached.
    pub tools: Vec<Tool>,
    /// The screen, for the computer tool of computer-use models.
    pub computer: Option<Display>,
    /// What kind of answer is wanted.
    pub want: Want,
    /// Most tokens of the answer; less, if the model's settings or the meter say so.
    pub max_output_tokens: Option<u32>,
    /// For the call with all its tries and fallbacks; the model's own setting, if not given.
    pub timeout: Option<Duration>,
}

/// A tool that the model may call.
#[derive(Debug, Clone)]
pub struct Tool {
    /// Letters, digits, `_` and `-`, at most 64.
    pub name: String,
    /// When to call it, and what it does.
    pub description: String,
    /// Its arguments: an object.
    pub schema: Schema,
}

/// What kind of answer is wanted. A model that can't be bound to it is asked for it in words.
#[derive(Debug, Clone, Default)]
pub enum Want {
    /// Text or calls, as the model sees fit.
    #[default]
    Free,
    /// At least one call of any tool.
    AnyTool,
    /// A call of this tool.
    Tool(String),
    /// One JSON value that fits the schema, in [`crate::Reply::json`].
    Json {
        /// What it is called towards the model: letters, digits, `_` and `-`, at most 64.
        name: String,
        /// What it must fit.
        schema: Schema,
    },
}
