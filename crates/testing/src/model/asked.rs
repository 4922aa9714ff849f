//! What the scripted model was asked, whichever wire format it came in.

use serde_json::Value;

use super::picture::{self, Picture};

/// A wire format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Wire {
    /// OpenAI's `chat/completions`.
    Chat,
    /// OpenAI's `responses`.
    Responses,
    /// Anthropic's `messages`.
    Messages,
}

/// One request.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Which request it is, from 1.
    pub number: usize,
    /// How it came.
    pub wire: Wire,
    /// The model's name; Azure's deployment.
    pub model: String,
    /// Whether a stream is wanted.
    pub stream: bool,
    /// The system prompt.
    pub system: String,
    /// The conversation.
    pub said: Vec<Said>,
    /// The tools.
    pub tools: Vec<Offered>,
    /// The computer tool's screen: width and height, 0 where the format doesn't say.
    pub computer: Option<(u64, u64)>,
    /// What the answer is bound to.
    pub wanted: Wanted,
    /// Most tokens of the answer.
    pub max_tokens: Option<u64>,
    /// Whether it marks what is to be cached, as Anthropic wants it.
    pub is_marked: bool,
    /// Everything, as it was sent.
    pub body: Value,
}

/// A turn of the conversation.
#[derive(Debug, Clone)]
pub struct Said {
    /// Who.
    pub side: Side,
    /// All of its text.
    pub text: String,
    /// How many images it has.
    pub images: usize,
    /// The tools that the model called.
    pub calls: Vec<Call>,
    /// What tools answered.
    pub results: Vec<Result>,
}

/// Who said something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The program that asks.
    User,
    /// The model.
    Assistant,
}

/// A call that the model made earlier.
#[derive(Debug, Clone)]
pub struct Call {
    /// Its id.
    pub id: String,
    /// The tool.
    pub name: String,
    /// Its arguments; a string where they were no JSON.
    pub arguments: Value,
}

/// The result of a call.
#[derive(Debug, Clone)]
pub struct Result {
    /// The call's id.
    pub call_id: String,
    /// Its text.
    pub text: String,
}

/// A tool on offer.
#[derive(Debug, Clone)]
pub struct Offered {
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: String,
    /// The schema of its arguments.
    pub schema: Value,
}

/// What an answer is bound to.
#[derive(Debug, Clone, PartialEq)]
pub enum Wanted {
    /// Nothing.
    Free,
    /// Any tool.
    AnyTool,
    /// This tool.
    Tool(String),
    /// JSON of this schema.
    Json(Value),
}

impl Said {
    pub(super) fn new(side: Side) -> Self {
        Self {
            side,
            text: String::new(),
            images: 0,
            calls: Vec::new(),
            results: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, text: &str) {
        if !self.text.is_empty() && !text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(text);
    }
}

impl Asked {
    /// The text of the last turn that the program said, results of tools included.
    #[must_use]
    pub fn last(&self) -> String {
        let Some(said) = self.said.iter().rfind(|it| it.side == Side::User) else {
            return String::new();
        };
        let results = said.results.iter().map(|it| it.text.as_str());
        let all: Vec<&str> = results.chain([said.text.as_str()]).collect();
        all.join("\n")
    }

    /// All text that the program said, in order, system prompt first.
    #[must_use]
    pub fn text(&self) -> String {
        let mut all = vec![self.system.as_str()];
        for said in self.said.iter().filter(|it| it.side == Side::User) {
            all.extend(said.results.iter().map(|it| it.text.as_str()));
            all.push(&said.text);
        }
        all.join("\n")
    }

    /// All pictures of the conversation, the newest last.
    #[must_use]
    pub fn pictures(&self) -> Vec<Picture> {
        let mut found = Vec::new();
        for key in ["messages", "input"] {
            picture::all(self.body.get(key).unwrap_or(&Value::Null), &mut found);
        }
        found
    }

    /// The tool of that name.
    #[must_use]
    pub fn tool(&self, name: &str) -> Option<&Offered> {
        self.tools.iter().find(|it| it.name == name)
    }

    /// How often the model called this tool so far.
    #[must_use]
    pub fn calls_of(&self, name: &str) -> usize {
        let calls = self.said.iter().flat_map(|it| &it.calls);
        calls.filter(|it| it.name == name).count()
    }
}

/// The text of a content that is a string or a list of parts, and how many images it has.
pub(super) fn content(value: &Value) -> (String, usize) {
    match value {
        Value::String(text) => (text.clone(), 0),
        Value::Array(parts) => {
            let kind = |part: &Value| text(part, "type");
            let is_image = |part: &&Value| kind(part).contains("image");
            let images = parts.iter().filter(is_image).count();
            let texts = parts.iter().filter_map(|it| it.get("text")?.as_str());
            (texts.collect::<Vec<_>>().join("\n"), images)
        }
        _ => (String::new(), 0),
    }
}

pub(super) fn text(value: &Value, key: &str) -> String {
    value
        .get(key)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

pub(super) fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    let list = value.get(key).and_then(Value::as_array);
    list.map(Vec::as_slice).unwrap_or_default()
}

/// Arguments as they are written on the wire.
pub(super) fn arguments(written: &str) -> Value {
    serde_json::from_str(written).unwrap_or_else(|_| Value::from(written))
}

pub(super) fn offered(value: &Value, schema: &str) -> Offered {
    Offered {
        name: text(value, "name"),
        description: text(value, "description"),
        schema: value.get(schema).cloned().unwrap_or_default(),
    }
}
