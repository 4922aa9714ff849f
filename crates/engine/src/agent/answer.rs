//! One answer of the model: what its calls come to.

use errand_domain::{Action, FailureCategory, Question, text::clip};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    order::Order,
    source::{Sheet, Sources},
    stuck,
    talk::{Claimed, Talk},
    tools::MAX_ACTIONS,
};
use crate::engine::{Decision, Turn};

/// Readings without an action between.
const MAX_READS: u32 = 3;
/// Longest that kept items may be together, in bytes of JSON.
const MAX_KEPT: usize = 16 * 1024;

/// What the calls of one answer come to.
#[derive(Default)]
pub struct Answer {
    pub thought: String,
    pub actions: Vec<Action>,
    pub claimed: Option<Claimed>,
    pub reading: Option<(Option<String>, (String, usize))>,
    pub gave_up: Option<Decision>,
    /// The call that asks a person, and what it asks.
    pub asked: Option<(String, Question)>,
}

impl Answer {
    /// Takes a call; what it is answered with, empty for what comes of the actions. The error is
    /// worded for the model.
    pub fn call(
        &mut self,
        id: &str,
        name: &str,
        input: Value,
        turn: &Turn<'_>,
        talk: &mut Talk,
    ) -> Result<String, String> {
        match name {
            "act" => self.act(input, turn),
            "read" => {
                if talk.reads >= MAX_READS {
                    return Err("enough was read here; act, or be done".to_owned());
                }
                let region = input["id"].as_str().map(|it| it.trim_matches(['[', ']']));
                if let Some(region) = region.filter(|it| turn.observation.node(it).is_none()) {
                    return Err(format!("there is no element {region} on the page"));
                }
                let part = input["part"].as_u64().unwrap_or(1);
                let part = usize::try_from(part).unwrap_or(usize::MAX);
                self.reading = Some((region.map(str::to_owned), (id.to_owned(), part)));
                Ok(String::new())
            }
            "keep" => keep(&input, turn, &mut talk.sources, &mut talk.kept),
            "done" => {
                let claimed = Claimed::deserialize(&input).map_err(|error| error.to_string())?;
                self.claimed = Some(Claimed {
                    call_id: id.to_owned(),
                    ..claimed
                });
                Ok("It is looked up when the actions are done.".to_owned())
            }
            "ask" => {
                self.asked = Some((id.to_owned(), question(&input)?));
                Ok(String::new())
            }
            "give_up" => {
                self.gave_up = Some(given_up(&input, turn));
                Ok(String::new())
            }
            other => Err(format!("there is no tool called {other}")),
        }
    }

    fn act(&mut self, mut input: Value, turn: &Turn<'_>) -> Result<String, String> {
        if let Some(thought) = input["thought"].as_str() {
            self.thought = clip(thought, 1_000);
        }
        let Value::Array(orders) = input["actions"].take() else {
            return Err("`actions` is missing".to_owned());
        };
        if orders.len() + self.actions.len() > MAX_ACTIONS {
            return Err(format!(
                "{} actions are too many; at most {} in one answer",
                orders.len(),
                MAX_ACTIONS
            ));
        }
        for (at, order) in orders.into_iter().enumerate() {
            let order = Order::deserialize(order).map_err(|error| error.to_string());
            let action = order.and_then(|it| it.action(turn.observation, turn.goal));
            let action =
                action.map_err(|why| format!("action {}: {why}; none was done", at + 1))?;
            self.actions.push(action);
        }
        Ok(String::new())
    }
}

/// What is asked of a person.
pub fn question(input: &Value) -> Result<Question, String> {
    let text = clip(input["question"].as_str().unwrap_or_default().trim(), 1_000);
    if text.is_empty() {
        return Err("`question` is empty".to_owned());
    }
    Ok(match input["wants"].as_str().unwrap_or_default() {
        "yes_or_no" => Question::approval(text),
        _ => Question::answer(text),
    })
}

/// Keeps items whose values stand on the page.
pub fn keep(
    input: &Value,
    turn: &Turn<'_>,
    sources: &mut Sources,
    kept: &mut Vec<Value>,
) -> Result<String, String> {
    let nodes = turn.reading.map_or(&turn.observation.nodes, |it| &it.nodes);
    let sheet = Sheet::new(nodes);
    let items = input["items"].as_array().cloned().unwrap_or_default();
    let mut missing = Vec::new();
    for item in &items {
        missing.extend(sources.keep(item, &sheet));
    }
    if !missing.is_empty() {
        missing.truncate(5);
        return Err(format!(
            "nothing was kept: {} stand on no part of the page that is shown",
            missing.join(", ")
        ));
    }
    for item in items {
        if !kept.contains(&item) {
            kept.push(item);
        }
    }
    let size: usize = kept.iter().map(|it| it.to_string().len()).sum();
    if size > MAX_KEPT {
        return Err("this is more than can be kept; be done with what there is".to_owned());
    }
    Ok(format!("{} items are kept", kept.len()))
}

/// The output that is claimed, or what was kept, if it fits the schema.
pub fn output(
    claimed: Option<&Value>,
    kept: &[Value],
    schema: Option<&Value>,
) -> Result<Option<Value>, String> {
    let mut output = claimed.filter(|it| !it.is_null()).cloned();
    if output.is_none() && !kept.is_empty() {
        let lists = schema.and_then(|it| it["properties"].as_object());
        let list = lists.and_then(|it| it.iter().find(|it| it.1["type"] == "array"));
        let name = list.map_or("items", |it| it.0);
        output = Some(match schema.is_some_and(|it| it["type"] == "array") {
            true => Value::from(kept.to_vec()),
            false => json!({ name: kept }),
        });
    }
    let Some(schema) = schema else {
        return Ok(output);
    };
    let Some(output) = output else {
        return Err("the task has a schema for its output, and there is none".to_owned());
    };
    let validator = jsonschema::validator_for(schema).map_err(|error| error.to_string())?;
    let wrong: Vec<String> = validator
        .iter_errors(&output)
        // A value that is not there is null, whatever the schema says.
        .filter(|it| !it.instance().is_null())
        .take(4)
        .map(|it| format!("{}: {it}", it.instance_path()))
        .collect();
    match wrong.is_empty() {
        true => Ok(Some(output)),
        false => Err(format!(
            "the output does not fit: {}",
            clip(&wrong.join("; "), 600)
        )),
    }
}

/// What a model comes to that gives up.
pub fn given_up(input: &Value, turn: &Turn<'_>) -> Decision {
    let reason = clip(input["reason"].as_str().unwrap_or_default(), 1_000);
    let quote = input["quote"].as_str().unwrap_or_default();
    let category = match input["why"].as_str().unwrap_or_default() {
        "not_there" => {
            // What the page shows is no fault of ours; it has to show it, though.
            if Sheet::new(&turn.observation.nodes).says(quote) {
                return Decision::Terminate {
                    category: FailureCategory::GoalUnreachable,
                    reason: format!("{reason} (the page says \"{}\")", clip(quote, 200)),
                    claims: Vec::new(),
                };
            }
            FailureCategory::ElementNotFound
        }
        "input_missing" => FailureCategory::InputInvalid,
        "log_in" => FailureCategory::AuthFailed,
        "captcha" => FailureCategory::Captcha,
        "blocked" => FailureCategory::AntiBot,
        _ => FailureCategory::ActionFailed,
    };
    stuck(category, reason)
}
