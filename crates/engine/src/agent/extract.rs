//! Values for the output, read by a model from what the page says, part by part.

use std::sync::LazyLock;

use errand_llm::{Message, Request, Role, Schema, Want};
use serde_json::{Value, json};

use super::{Agent, answer::output, prompt, view};
use crate::engine::{Decision, Turn};

/// Most parts of a long page that are read.
const MAX_PARTS: usize = 8;

/// The output is checked against its own schema afterwards: a value that is not there is null,
/// whatever that says.
static VALUE: LazyLock<Option<Schema>> = LazyLock::new(|| {
    Schema::new(json!({
        "type": "object",
        "properties": {"output": {"description": "What fits the task's schema."}},
        "required": ["output"],
        "additionalProperties": false
    }))
    .ok()
});

impl Agent<'_> {
    /// The output that the goal asks for, read from the page that is open and what was kept of
    /// others; what `said` of it is a hint. None where nothing was asked for.
    ///
    /// # Errors
    /// The decision that ends the run, or what is wrong with the output, worded for the model that
    /// decides.
    pub(crate) async fn extract(
        &self,
        turn: &Turn<'_>,
        said: &str,
        kept: &[Value],
    ) -> Result<Result<Option<Value>, String>, Decision> {
        let Some(schema) = turn.schema else {
            return Ok(output(None, kept, None));
        };
        let parts = parts(turn);
        let mut found: Option<Value> = None;
        let mut wrong = "the page gave no output".to_owned();
        for (index, page) in parts.iter().enumerate() {
            let place = format!("Part {} of {} of the page", index + 1, parts.len());
            let mut request = request(turn, schema, said, kept, &place, page);
            for _ in 0..2 {
                let reply = self.ask(Role::Extract, &request).await?;
                let value = match reply.json.clone() {
                    Some(Ok(value)) => value["output"].clone(),
                    Some(Err(fault)) => {
                        wrong = fault.to_string();
                        continue;
                    }
                    None => continue,
                };
                match output(Some(&value), &[], Some(schema)) {
                    Ok(Some(value)) => {
                        found = Some(match found.take() {
                            Some(before) => joined(before, value),
                            None => value,
                        });
                        break;
                    }
                    Ok(None) => break,
                    Err(why) => {
                        request.messages.push(Message::Assistant(reply.turn));
                        request.messages.push(Message::user(why.as_str()));
                        wrong = why;
                    }
                }
            }
        }
        Ok(match output(found.as_ref(), kept, Some(schema)) {
            Ok(Some(output)) => Ok(Some(output)),
            Ok(None) | Err(_) => Err(wrong),
        })
    }
}

fn parts(turn: &Turn<'_>) -> Vec<String> {
    let Some(reading) = turn.reading else {
        return vec![view::whole(turn.observation)];
    };
    let (first, count) = view::part(reading, 1);
    let mut parts = vec![first];
    for part in 2..=count.min(MAX_PARTS) {
        parts.push(view::part(reading, part).0);
    }
    parts
}

fn request(
    turn: &Turn<'_>,
    schema: &Value,
    said: &str,
    kept: &[Value],
    place: &str,
    page: &str,
) -> Request {
    let mut text = prompt::task(turn.goal, Some(schema));
    if !kept.is_empty() {
        text.push_str("\nItems that were kept of pages before:\n");
        text.push_str(&errand_domain::text::clip(
            &Value::from(kept).to_string(),
            view::PART,
        ));
        text.push('\n');
    }
    if !said.is_empty() {
        text.push_str("\nWho carried the task out says at its end: ");
        text.push_str(&errand_domain::text::clip(said, 4_000));
        text.push('\n');
    }
    text.push_str(&format!("\n{place}:\n{}", view::fenced(page)));
    let want = match VALUE.clone() {
        Some(schema) => Want::Json {
            name: "output".to_owned(),
            schema,
        },
        None => Want::Free,
    };
    Request {
        system: prompt::EXTRACT.to_owned(),
        messages: vec![Message::user(text)],
        want,
        ..Request::default()
    }
}

/// What two parts of a page say together: lists go on, other values count where they are first.
fn joined(before: Value, after: Value) -> Value {
    match (before, after) {
        (Value::Array(mut items), Value::Array(more)) => {
            for item in more {
                if !items.contains(&item) {
                    items.push(item);
                }
            }
            Value::Array(items)
        }
        (Value::Object(mut fields), Value::Object(more)) => {
            for (name, value) in more {
                let held = fields.entry(name).or_insert(Value::Null);
                *held = joined(held.take(), value);
            }
            Value::Object(fields)
        }
        (Value::Null, after) => after,
        (before, _) => before,
    }
}
