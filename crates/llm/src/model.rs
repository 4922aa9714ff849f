//! The one trait.

use std::fmt;

use async_trait::async_trait;

use crate::{
    Call, Meter, Prices, Request, Screenshots,
    settings::{Screen, Size},
};

/// What a model can do, by its settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// Takes images. Without it they are replaced by a note.
    pub vision: bool,
    /// Calls tools through the provider's own mode. Without it they are described in the prompt.
    pub tools: bool,
    /// Is bound by the provider to call a tool. Without it it is told to in words.
    pub tool_choice: bool,
    /// Is bound to a schema by the provider. Without it the schema is described in the prompt.
    pub json_schema: bool,
    /// How it acts on a screen. Without a tool for it a request with a screen is refused.
    pub screen: Option<Screen>,
    /// The largest picture of a page that it is sent.
    pub max_picture: Size,
    /// When it is sent pictures of a page that it could read as text. Never, without `vision`.
    pub screenshots: Screenshots,
    /// Most tokens of an answer.
    pub max_output_tokens: u32,
}

/// A configured model.
#[async_trait]
pub trait Model: Send + Sync + fmt::Debug {
    /// Its name in the settings.
    fn name(&self) -> &str;

    /// Whose wire format it speaks: `openai` or `anthropic`.
    fn provider(&self) -> &'static str;

    /// What it can do.
    fn capabilities(&self) -> Capabilities;

    /// What it costs, if that is known.
    fn prices(&self) -> Option<Prices>;

    /// Asks it, and does what can be done about trouble: waits for rate limits, tries again,
    /// falls back to another model if one is configured; all within the time of the request.
    ///
    /// What is used is counted on the meter, which also decides beforehand whether there is room.
    /// Dropping the future ends the call; what the provider then still charges is not counted.
    async fn ask(&self, request: &Request, meter: &Meter) -> Call;
}
