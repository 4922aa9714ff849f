//! A part that is carried out once for each of several things.

use errand_domain::text::clip;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::engine::{Each, Part};

/// What stands in the part's words for the thing.
pub const MARK: &str = "{item}";
/// Most things that a part is done for.
pub const MAX_ITEMS: usize = 50;
/// Longest of them, in bytes.
const MAX_ITEM: usize = 200;
/// Longest that all results may be together, in bytes of JSON: they stand in the log.
const MAX_RESULTS: usize = 12 * 1024;

/// How far it is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rounds {
    items: Vec<String>,
    at: usize,
    results: Vec<Value>,
}

impl Rounds {
    /// The rounds of a part; none for one that is done once.
    ///
    /// # Errors
    /// What can't be gone over, and why.
    pub fn of(part: &Part, output: Option<&Value>) -> Result<Option<Self>, String> {
        let items: Vec<String> = match &part.each {
            None => return Ok(None),
            Some(Each::Items(items)) => items.iter().map(|it| clip(it, MAX_ITEM)).collect(),
            Some(Each::Output) => output
                .and_then(list)
                .ok_or_else(|| {
                    format!(
                        "\"{}\": nothing was found to go over",
                        clip(&part.goal, 200)
                    )
                })?
                .iter()
                .map(|it| clip(&words(it), MAX_ITEM))
                .collect(),
        };
        if items.len() > MAX_ITEMS {
            return Err(format!(
                "\"{}\" would be done {} times; at most {MAX_ITEMS} in one run",
                clip(&part.goal, 200),
                items.len()
            ));
        }
        Ok(Some(Self {
            items,
            ..Self::default()
        }))
    }

    /// Whether there is nothing (more) to be done.
    pub fn is_over(&self) -> bool {
        self.at >= self.items.len()
    }

    /// The part's words for the thing whose turn it is.
    pub fn goal(&self, goal: &str) -> String {
        let item = self.items.get(self.at).map_or("", String::as_str);
        match goal.contains(MARK) {
            true => goal.replace(MARK, item),
            false => format!("{goal} ({item})"),
        }
    }

    /// What came of this round, and on to the next.
    ///
    /// # Errors
    /// If the results are more than can be remembered.
    pub fn take(&mut self, output: Option<Value>) -> Result<(), String> {
        self.at += 1;
        self.results.extend(output);
        let size: usize = self.results.iter().map(|it| it.to_string().len()).sum();
        if size > MAX_RESULTS {
            return Err(format!(
                "what came of the first {} of {} is more than a run can remember; ask for less of \
                 each",
                self.at,
                self.items.len()
            ));
        }
        Ok(())
    }

    /// All results as one: lists of the same name are put one after the other.
    pub fn output(&self) -> Option<Value> {
        if self.results.is_empty() {
            return None;
        }
        let names: Option<Vec<&String>> = self.results.iter().map(only_list).collect();
        let same = names.filter(|names| names.windows(2).all(|it| it[0] == it[1]));
        let Some(name) = same.and_then(|it| it.first().copied()) else {
            return Some(Value::from(self.results.clone()));
        };
        let mut all: Vec<Value> = Vec::new();
        for item in self.results.iter().filter_map(list).flatten() {
            if !all.contains(item) {
                all.push(item.clone());
            }
        }
        Some(json!({ name: all }))
    }
}

/// The list that an output is, or has.
fn list(output: &Value) -> Option<&Vec<Value>> {
    match output {
        Value::Array(items) => Some(items),
        Value::Object(fields) => fields.values().find_map(Value::as_array),
        _ => None,
    }
}

/// The name of the one thing in an object, if that is a list.
fn only_list(output: &Value) -> Option<&String> {
    let fields = output.as_object().filter(|it| it.len() == 1)?;
    let (name, value) = fields.iter().next()?;
    value.is_array().then_some(name)
}

/// A thing in words: a record by its first value, which is what it is called by.
fn words(item: &Value) -> String {
    match item {
        Value::String(text) => text.clone(),
        Value::Object(fields) => {
            let mut values = fields.values().filter(|it| !it.is_null());
            values.next().map(words).unwrap_or_default()
        }
        other => other.to_string(),
    }
}
