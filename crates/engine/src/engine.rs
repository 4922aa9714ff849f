//! What every engine is: something that looks and says what to do next.

use std::collections::BTreeMap;

use async_trait::async_trait;
use errand_browser::{Observation, Reading, page::Picture};
use errand_domain::{
    Action, Answer, FailureCategory, Question,
    event::{ActionEffect, Claim},
    run::RunError,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An action that was done, and what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Done {
    /// What was done.
    pub action: Action,
    /// Why it failed, if it did.
    pub error: Option<String>,
    /// What it changed.
    pub effect: ActionEffect,
    /// How many requests left the browser because of it that were more than reading.
    pub outside_requests: u32,
}

/// What an engine decides on.
#[derive(Debug)]
pub struct Turn<'a> {
    /// The goal in words.
    pub goal: &'a str,
    /// JSON Schema of the output.
    pub schema: Option<&'a Value>,
    /// What the page looks like.
    pub observation: &'a Observation,
    /// The whole page, or the region that the last decision asked to read.
    pub reading: Option<&'a Reading>,
    /// Every action so far, the latest last.
    pub history: &'a [Done],
    /// How many of `history`, at its end, came from the last decision.
    pub fresh: usize,
    /// What the engine asked to remember.
    pub memory: &'a Value,
    /// How the viewport looks, after the engine asked to see it; absent too where no picture could
    /// be had.
    pub picture: Option<&'a Picture>,
    /// What a person said to the question that the last decision asked. Never a no: that ends the
    /// run.
    pub answer: Option<&'a Answer>,
}

/// What the engine found out, when it is done.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Finding {
    /// The output, if the goal asks for one.
    pub output: Option<Value>,
    /// Why parts of it are null.
    pub notes: Vec<String>,
    /// Every part of the goal, with its evidence.
    pub claims: Vec<Claim>,
    /// What was done, in a sentence or two.
    pub summary: String,
    /// The parts that the goal was carried out in; empty if it was one.
    pub parts: Vec<Part>,
}

/// A part of the goal.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Part {
    /// In words.
    pub goal: String,
    /// Whether the output comes of it.
    pub output: bool,
    /// What it is done for, once for each: `{item}` stands for it in the words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub each: Option<Each>,
}

/// Things that a part is done for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", untagged)]
pub enum Each {
    /// These.
    Items(Vec<String>),
    /// Those in the output so far.
    #[serde(with = "output_word")]
    Output,
}

/// `"output"`, as a model writes it.
mod output_word {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(writer: S) -> Result<S::Ok, S::Error> {
        writer.serialize_str("output")
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(reader: D) -> Result<(), D::Error> {
        match String::deserialize(reader)?.as_str() {
            "output" => Ok(()),
            other => Err(D::Error::custom(format!("{other} is not \"output\""))),
        }
    }
}

/// What to do next.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision {
    /// Do these, in order; the rest is dropped when one fails or leads to another page.
    Act {
        /// Why, in words.
        thought: String,
        /// What.
        actions: Vec<Action>,
        /// What to remember.
        memory: Value,
    },
    /// Read the whole page, or a region of it, and ask again.
    Read {
        /// Why, in words.
        thought: String,
        /// The region's id; the page if absent.
        region: Option<String>,
        /// What to remember.
        memory: Value,
    },
    /// Take a picture of the viewport, and ask again.
    See {
        /// Why, in words.
        thought: String,
        /// Width and height that it has at most.
        within: (u32, u32),
        /// What to remember.
        memory: Value,
    },
    /// Pause until a person answered, then look at the page anew.
    Ask {
        /// Why, in words.
        thought: String,
        /// What is asked.
        question: Question,
        /// What to remember.
        memory: Value,
    },
    /// The goal is met, as far as the engine can see.
    Finish(Finding),
    /// The page shows that the goal can't be met.
    Terminate {
        /// From the closed list.
        category: FailureCategory,
        /// What the page shows.
        reason: String,
        /// What was decided so far.
        claims: Vec<Claim>,
    },
    /// The engine can't go on.
    Stuck {
        /// From the closed list.
        category: FailureCategory,
        /// What it tried, and what wording would help.
        reason: String,
        /// What was decided so far.
        claims: Vec<Claim>,
    },
}

/// Decides the next actions. Keeps no state of its own: the same turn gives the same decision.
#[async_trait]
pub trait Engine: Send + Sync {
    /// The name in requests.
    fn name(&self) -> &'static str;

    /// Decides.
    async fn decide(&self, turn: &Turn<'_>) -> Decision;

    /// Which of the caller's error codes apply to a run that ended for this reason on this page.
    /// `None`: the engine can't tell better than by exact words.
    async fn named(
        &self,
        _codes: &BTreeMap<String, String>,
        _reason: &str,
        _seen: Option<&Observation>,
    ) -> Option<Vec<RunError>> {
        None
    }
}
