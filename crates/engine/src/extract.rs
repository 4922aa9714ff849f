//! Reading values off a page, by structure alone: tables, lists, cards, labels and headings.

mod array;
mod convert;
mod noun;
mod pair;
mod piece;
mod record;
pub mod schema;

use errand_browser::Node;
use serde_json::{Map, Value};

use crate::goal::Extraction;
pub(crate) use convert::number;
use record::RecordSet;
use schema::Shape;

/// What was read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Extract {
    /// The values.
    pub value: Value,
    /// Why parts of it are null.
    pub notes: Vec<String>,
    /// How many values were found.
    pub found: usize,
    /// Where each value was read: a JSON pointer, and the text it came from.
    pub sources: Vec<(String, String)>,
}

/// Everything that the ways of reading look at.
pub(crate) struct Sheet<'n> {
    nodes: &'n [Node],
    title: &'n str,
    sets: Vec<RecordSet>,
    pairs: Vec<pair::Pair>,
}

impl<'n> Sheet<'n> {
    fn new(nodes: &'n [Node], title: &'n str) -> Self {
        Self {
            nodes,
            title,
            sets: record::sets(nodes),
            pairs: pair::pairs(nodes),
        }
    }
}

/// Reads what a schema describes. Values that are not there are null, with a note.
#[must_use]
pub fn by_schema(nodes: &[Node], title: &str, schema: &Value, goal: &[Extraction]) -> Extract {
    let sheet = Sheet::new(nodes, title);
    let limit = goal.iter().find_map(|it| it.limit);
    let hints: Vec<&str> = goal
        .iter()
        .flat_map(|it| &it.nouns)
        .map(String::as_str)
        .collect();
    let mut extract = Extract::default();
    let outline = schema::outline(schema);
    for (pointer, why) in outline.left_out {
        extract.notes.push(format!("{pointer}: not read; {why}"));
    }
    extract.value = fill(&sheet, &outline.shape, "", "", limit, &hints, &mut extract);
    extract
}

fn fill(
    sheet: &Sheet<'_>,
    shape: &Shape,
    key: &str,
    pointer: &str,
    limit: Option<usize>,
    hints: &[&str],
    extract: &mut Extract,
) -> Value {
    match shape {
        Shape::Object(properties) => {
            let mut object = Map::new();
            for (name, property) in properties {
                let inner = format!("{pointer}/{name}");
                let value = fill(sheet, property, name, &inner, limit, hints, extract);
                object.insert(name.clone(), value);
            }
            Value::Object(object)
        }
        Shape::Array { items, most } => {
            let most = [limit, *most].into_iter().flatten().min();
            array::read(sheet, items, key, pointer, most, hints, extract)
        }
        Shape::Scalar(scalar) => {
            let found = noun::scalar(sheet, key, scalar, hints);
            let value = found.as_ref().and_then(|it| convert::convert(it, scalar));
            match (found, value) {
                (Some(text), Some(value)) => {
                    extract.found += 1;
                    extract.sources.push((pointer.to_owned(), text));
                    value
                }
                (Some(text), None) => {
                    let text = errand_domain::text::clip(&text, 80);
                    let kind = scalar.kind.name();
                    extract
                        .notes
                        .push(format!("{pointer}: \"{text}\" is no {kind}"));
                    Value::Null
                }
                (None, _) => {
                    extract.notes.push(format!(
                        "{pointer}: nothing on the page is called \"{key}\""
                    ));
                    Value::Null
                }
            }
        }
    }
}

/// Reads what the goal names, without a schema. Keys are the nouns in snake case.
#[must_use]
pub fn by_nouns(nodes: &[Node], title: &str, wanted: &Extraction) -> Extract {
    let sheet = Sheet::new(nodes, title);
    let mut extract = Extract::default();
    let mut object = Map::new();
    let together = noun::columns(&sheet, wanted);
    if let Some(rows) = together {
        extract.found += rows.len();
        object.insert(noun::key(&wanted.nouns.join(" and ")), Value::Array(rows));
        extract.value = Value::Object(object);
        return extract;
    }
    for wanted_noun in &wanted.nouns {
        let key = noun::key(wanted_noun);
        match noun::read(&sheet, wanted_noun, wanted) {
            Some(value) => {
                extract.found += value.as_array().map_or(1, Vec::len);
                extract
                    .sources
                    .push((format!("/{key}"), wanted_noun.clone()));
                object.insert(key, value);
            }
            None => {
                extract.notes.push(format!(
                    "/{key}: nothing on the page is called \"{wanted_noun}\""
                ));
                object.insert(key, Value::Null);
            }
        }
    }
    extract.value = Value::Object(object);
    extract
}
