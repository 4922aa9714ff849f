//! Where the values of an output were read. What was read nowhere is not part of it.

use errand_browser::Node;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::view::texts;
use crate::extract::number::{self, Style};

/// Most places that are remembered; values beyond them are known by the items that were kept.
const MAX_SOURCES: usize = 100;

/// A value, as compared, and the element that it was read in.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sources(Vec<(String, String)>);

/// A page, prepared for looking values up in it.
pub struct Sheet<'n> {
    lines: Vec<(String, &'n Node)>,
    all: String,
}

impl<'n> Sheet<'n> {
    /// Of these nodes.
    pub fn new(nodes: &'n [Node]) -> Self {
        let lines: Vec<(String, &Node)> =
            texts(nodes).map(|(node, it)| (plain(it), node)).collect();
        let own: Vec<&str> = nodes
            .iter()
            .filter(|it| it.role == "text")
            .map(|it| &*it.text)
            .collect();
        Self {
            all: plain(&own.join(" ")),
            lines,
        }
    }

    /// Whether the text stands on the page, white space and case aside.
    pub fn says(&self, text: &str) -> bool {
        let text = plain(text);
        !text.is_empty() && (stands(&self.all, &text) || self.find(&text).is_some())
    }

    fn find(&self, plain: &str) -> Option<&'n Node> {
        // The shortest text that has it is where it stands.
        let holding = self.lines.iter().filter(|(line, _)| stands(line, plain));
        holding.min_by_key(|(line, _)| line.len()).map(|it| it.1)
    }

    /// Where a value stands: the element, in words.
    pub fn place(&self, value: &Value) -> Option<String> {
        let said = |node: &Node| {
            let id = node.id.as_deref().unwrap_or_default();
            format!("{} {id}", node.role).trim().to_owned()
        };
        match value {
            Value::String(text) => {
                let text = plain(text);
                let found = self.find(&text).map(said);
                found.or_else(|| stands(&self.all, &text).then(|| "several elements".to_owned()))
            }
            Value::Number(number) => {
                let written = number.to_string();
                let wanted = number.as_f64()?;
                let same = |line: &str| {
                    stands(line, &written)
                        || number::parse(line, Style::default())
                            .is_some_and(|it| (it - wanted).abs() < 1e-9)
                };
                let mut lines = self.lines.iter();
                lines.find(|(line, _)| same(line)).map(|it| said(it.1))
            }
            _ => None,
        }
    }
}

impl Sources {
    /// Remembers where the values of an item stand. Those that stand nowhere come back.
    pub fn keep(&mut self, item: &Value, sheet: &Sheet<'_>) -> Vec<String> {
        let mut missing = Vec::new();
        each(item, "", &mut |_, value| match sheet.place(value) {
            Some(place) if self.0.len() < MAX_SOURCES => self.0.push((key(value), place)),
            Some(_) => {}
            None => missing.push(key(value)),
        });
        missing
    }

    fn known(&self, value: &Value) -> Option<&str> {
        let key = key(value);
        let found = self.0.iter().find(|it| it.0 == key);
        found.map(|it| &*it.1)
    }
}

/// Whether words stand in a line as they are: "INV-1" is not in "INV-12". Scripts without spaces
/// have no such ends.
fn stands(line: &str, words: &str) -> bool {
    let letter = |it: Option<char>| it.is_some_and(|it| it.is_ascii_alphanumeric());
    let (opens, closes) = (
        letter(words.chars().next()),
        letter(words.chars().next_back()),
    );
    line.match_indices(words).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + words.len()..].chars().next();
        !(opens && letter(before) || closes && letter(after))
    })
}

/// Whether a goal asks for something that has to be worked out.
fn computes(goal: &str) -> bool {
    const WORDS: &[&str] = &[
        "average",
        "count",
        "difference",
        "how many",
        "how much",
        "number of",
        "sum",
        "total",
    ];
    WORDS.iter().any(|it| goal.contains(it))
}

/// The output with null for what was read nowhere, why, and where the rest was read.
pub fn check(
    mut output: Value,
    sheet: &Sheet<'_>,
    sources: &Sources,
    kept: &[Value],
    goal: &str,
) -> (Value, Vec<String>, Vec<String>) {
    let goal = plain(goal);
    let (mut notes, mut places) = (Vec::new(), Vec::new());
    prune(&mut output, "", &mut |pointer, value| {
        let place = sheet
            .place(value)
            .or_else(|| sources.known(value).map(str::to_owned))
            .or_else(|| {
                kept.iter()
                    .any(|it| holds(it, value))
                    .then(|| "a page before".to_owned())
            })
            .or_else(|| {
                goal.contains(&plain(&key(value)))
                    .then(|| "the task".to_owned())
            });
        match place {
            Some(place) => {
                places.push(format!("{pointer}: {place}"));
                true
            }
            None if value.is_number() && computes(&goal) => {
                notes.push(format!(
                    "{pointer}: worked out, it stands on no page as it is"
                ));
                true
            }
            None => {
                let value = errand_domain::text::clip(&key(value), 80);
                notes.push(format!(
                    "{pointer}: \"{value}\" was on no page that was read"
                ));
                false
            }
        }
    });
    (output, notes, places)
}

fn each(value: &Value, pointer: &str, visit: &mut impl FnMut(&str, &Value)) {
    match value {
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                each(item, &format!("{pointer}/{at}"), visit);
            }
        }
        Value::Object(fields) => {
            for (name, item) in fields {
                each(item, &format!("{pointer}/{name}"), visit);
            }
        }
        Value::String(text) if !text.trim().is_empty() => visit(pointer, value),
        Value::Number(_) => visit(pointer, value),
        // A judgement, or nothing.
        _ => {}
    }
}

fn prune(value: &mut Value, pointer: &str, holds: &mut impl FnMut(&str, &Value) -> bool) {
    match value {
        Value::Array(items) => {
            for (at, item) in items.iter_mut().enumerate() {
                prune(item, &format!("{pointer}/{at}"), holds);
            }
        }
        Value::Object(fields) => {
            for (name, item) in fields.iter_mut() {
                prune(item, &format!("{pointer}/{name}"), holds);
            }
        }
        Value::String(text) if text.trim().is_empty() => {}
        Value::String(_) | Value::Number(_) if !holds(pointer, value) => *value = Value::Null,
        _ => {}
    }
}

fn key(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// For comparing: white space squeezed, lower case.
fn plain(text: &str) -> String {
    errand_domain::text::squeeze(text).to_lowercase()
}

/// Whether a value is part of an item.
fn holds(item: &Value, value: &Value) -> bool {
    match item {
        Value::Array(items) => items.iter().any(|it| holds(it, value)),
        Value::Object(fields) => fields.values().any(|it| holds(it, value)),
        other => other == value,
    }
}
