//! How a schema would be filled.

use errand_domain::{
    text::clip,
    understanding::{SchemaPlan, SchemaProperty},
};
use serde_json::Value;

use super::MAX_TEXT_BYTES;
use crate::{
    extract::schema::{self, Outline, Scalar, Shape, Type},
    goal::{Ask, Clause},
};

/// Most bytes of all texts.
const MAX_BYTES: usize = 200 * 1024;

pub fn plan(schema: &Value, clauses: &[Clause]) -> SchemaPlan {
    let Outline { shape, left_out } = schema::outline(schema);
    let contradiction = schema::contradiction(schema);
    let limit = clauses.iter().find_map(|it| match &it.ask {
        Ask::Extract(wanted) => wanted.limit(),
        _ => None,
    });
    let mut writer = Writer {
        plan: SchemaPlan::default(),
        room: MAX_BYTES,
        limit,
    };
    writer.shape(&shape, "", "", false);
    let mut plan = writer.plan;
    let sought = plan.properties.iter().any(|it| it.sought.is_some());
    if !sought {
        let problem = "it has no value that can be looked for by its name".to_owned();
        plan.problems.push(problem);
    }
    for (pointer, why) in left_out {
        plan.properties.push(SchemaProperty {
            pointer: clip(&pointer, MAX_TEXT_BYTES),
            kind: "nothing",
            sought: None,
            problem: Some(why.to_owned()),
        });
    }
    if let Some((pointer, what)) = &contradiction {
        let pointer = clip(pointer, MAX_TEXT_BYTES);
        let what = clip(what, MAX_TEXT_BYTES);
        plan.problems
            .push(format!("nothing can fit it: at \"{pointer}\", {what}"));
    }
    plan.usable = sought && contradiction.is_none();
    plan
}

struct Writer {
    plan: SchemaPlan,
    room: usize,
    /// How many the goal asks for.
    limit: Option<usize>,
}

impl Writer {
    fn shape(&mut self, shape: &Shape, pointer: &str, key: &str, in_item: bool) {
        match shape {
            Shape::Object(properties) => {
                for (name, inner) in properties {
                    let pointer = format!("{pointer}/{}", schema::escaped(name));
                    self.shape(inner, &pointer, name, in_item);
                }
            }
            Shape::Array { items, most } => {
                let most = [*most, self.limit].into_iter().flatten().min();
                let most = most.map_or_else(String::new, |it| format!(", at most {it}"));
                let what = match (in_item, key) {
                    (true, _) => None,
                    (false, "") => Some(format!("what repeats on the page{most}")),
                    (false, key) => Some(format!("what repeats on the page as \"{key}\"{most}")),
                };
                let problem = in_item.then_some("a list inside an item of a list is not read");
                self.put(pointer, "list", what, problem);
                if !in_item {
                    self.shape(items, &format!("{pointer}/*"), "", true);
                }
            }
            Shape::Scalar(scalar) => {
                let what = sought(scalar, key, in_item);
                let unnamed = key.is_empty() && !in_item;
                let problem = unnamed.then_some("it has no name to look for");
                self.put(pointer, kind(scalar), (!unnamed).then_some(what), problem);
            }
        }
    }

    fn put(
        &mut self,
        pointer: &str,
        kind: &'static str,
        sought: Option<String>,
        problem: Option<&str>,
    ) {
        let property = SchemaProperty {
            pointer: clip(pointer, MAX_TEXT_BYTES),
            kind,
            sought: sought.map(|it| clip(&it, MAX_TEXT_BYTES)),
            problem: problem.map(str::to_owned),
        };
        let size = 100 + property.pointer.len() + property.sought.as_ref().map_or(0, String::len);
        let told = "it has more values than are told here";
        if size <= self.room {
            self.room -= size;
            self.plan.properties.push(property);
        } else if self.plan.problems.is_empty() {
            self.room = 0;
            self.plan.problems.push(told.to_owned());
        }
    }
}

fn sought(scalar: &Scalar, key: &str, in_item: bool) -> String {
    let mut words = match (key, in_item) {
        ("", _) => "each item's own text".to_owned(),
        (key, true) => format!("\"{key}\" of each item"),
        (key, false) => format!("what the page calls \"{key}\""),
    };
    if let Some(description) = &scalar.description {
        words += &format!(" or \"{description}\"");
    }
    if !scalar.choices.is_empty() {
        let choices: Vec<String> = scalar.choices.iter().map(Value::to_string).collect();
        words += &format!(", one of {}", choices.join(", "));
    }
    words
}

fn kind(scalar: &Scalar) -> &'static str {
    match scalar.format.as_deref() {
        Some("date") => "date",
        Some("date-time") => "date and time",
        Some("time") => "time",
        Some("uri" | "uri-reference" | "iri") => "URL",
        Some("email") => "email address",
        _ => match scalar.kind {
            Type::Text => "text",
            Type::Number => "number",
            Type::Integer => "whole number",
            Type::Boolean => "yes or no",
        },
    }
}
