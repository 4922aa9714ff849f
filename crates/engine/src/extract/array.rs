//! Lists of values: which set of records is meant, and which part of a record each property is.

use serde_json::{Map, Value};

use super::{
    Extract, Sheet, convert,
    noun::part,
    record::{Record, RecordSet},
    schema::{Scalar, Shape},
};
use crate::ground::likeness;

/// Reads an array: the set that fits its items best.
pub fn read(
    sheet: &Sheet<'_>,
    items: &Shape,
    key: &str,
    pointer: &str,
    most: Option<usize>,
    hints: &[&str],
    extract: &mut Extract,
) -> Value {
    let most = most.unwrap_or(usize::MAX);
    let best = sheet
        .sets
        .iter()
        .map(|set| (fitness(set, items, key, hints), set))
        .filter(|(score, _)| *score > 0.0)
        .max_by(|left, right| left.0.total_cmp(&right.0));
    let Some((_, set)) = best else {
        extract.notes.push(format!(
            "{pointer}: nothing on the page repeats as \"{key}\""
        ));
        return Value::Array(Vec::new());
    };
    let mut values = Vec::new();
    for record in &set.records {
        if values.len() >= most {
            break;
        }
        let inner = format!("{pointer}/{}", values.len());
        let before = extract.found;
        let value = item(record, items, key, &inner, hints, extract);
        // A row of another kind (a total, an advertisement) has none of the values.
        if extract.found > before {
            values.push(value);
        } else {
            extract
                .notes
                .retain(|note| !note.starts_with(&format!("{inner}/")));
        }
    }
    Value::Array(values)
}

fn item(
    record: &Record,
    items: &Shape,
    key: &str,
    pointer: &str,
    hints: &[&str],
    extract: &mut Extract,
) -> Value {
    match items {
        Shape::Object(properties) => {
            let mut object = Map::new();
            for (name, property) in properties {
                let inner = format!("{pointer}/{name}");
                let value = match property {
                    Shape::Scalar(scalar) => value(record, key, name, scalar, &inner, extract),
                    other => item(record, other, name, &inner, hints, extract),
                };
                object.insert(name.clone(), value);
            }
            Value::Object(object)
        }
        Shape::Scalar(scalar) => {
            let text =
                column_for(record, key, hints).or_else(|| part(record, key, "title", scalar));
            let text = text.unwrap_or_default();
            let value = convert::convert(&text, scalar).filter(|_| !text.is_empty());
            if value.is_some() {
                extract.found += 1;
                extract.sources.push((pointer.to_owned(), text));
            }
            value.unwrap_or(Value::Null)
        }
        Shape::Array { .. } => Value::Array(Vec::new()),
    }
}

fn value(
    record: &Record,
    subject: &str,
    name: &str,
    scalar: &Scalar,
    pointer: &str,
    extract: &mut Extract,
) -> Value {
    let text = part(record, subject, name, scalar);
    let value = text.as_ref().and_then(|it| convert::convert(it, scalar));
    match (&text, &value) {
        (Some(text), Some(_)) => {
            extract.found += 1;
            extract.sources.push((pointer.to_owned(), text.clone()));
        }
        (Some(text), None) => {
            let text = errand_domain::text::clip(text, 80);
            extract.notes.push(format!(
                "{pointer}: \"{text}\" is no {}",
                scalar.kind.name()
            ));
        }
        (None, _) => extract.notes.push(format!("{pointer}: not in this item")),
    }
    value.unwrap_or(Value::Null)
}

/// The cell whose heading the key or the goal names.
fn column_for(record: &Record, key: &str, hints: &[&str]) -> Option<String> {
    let names = std::iter::once(key).chain(hints.iter().copied());
    let best = record
        .cells
        .iter()
        .filter(|(heading, _)| !heading.is_empty())
        .map(|(heading, text)| {
            let score = names.clone().map(|it| likeness(it, heading, false));
            (score.fold(0.0, f64::max), text)
        })
        .max_by(|left, right| left.0.total_cmp(&right.0))?;
    if best.0 > 0.55 {
        return Some(best.1.clone());
    }
    record
        .cells
        .iter()
        .find(|(heading, text)| !heading.is_empty() && !text.is_empty())
        .map(|(_, text)| text.clone())
}

/// How well a set fits: how many properties it has, what it is called, how many records it has.
fn fitness(set: &RecordSet, items: &Shape, key: &str, hints: &[&str]) -> f64 {
    let sample: Vec<&Record> = set.records.iter().take(5).collect();
    let named = hints
        .iter()
        .copied()
        .chain([key])
        .map(|it| likeness(&set.name, it, false));
    let named = named.fold(0.0, f64::max);
    #[expect(clippy::cast_precision_loss, reason = "counts of records")]
    let size = (set.records.len() as f64).ln().min(5.0) / 50.0;
    match items {
        Shape::Object(properties) => {
            let mut hits = 0.0;
            let mut whole = 0.0;
            for record in &sample {
                for (name, property) in properties {
                    let Shape::Scalar(scalar) = property else {
                        continue;
                    };
                    whole += 1.0;
                    let text = part(record, key, name, scalar);
                    if text.and_then(|it| convert::convert(&it, scalar)).is_some() {
                        hits += 1.0;
                    }
                }
            }
            let share: f64 = hits / f64::max(whole, 1.0);
            if share < 0.34 {
                0.0
            } else {
                share + named * 0.5 + size
            }
        }
        Shape::Scalar(_) => {
            let rich = sample.iter().filter(|it| it.pieces.len() > 1).count();
            #[expect(clippy::cast_precision_loss, reason = "counts of records")]
            let rich = rich as f64 / sample.len().max(1) as f64;
            let column = set.columns.iter().flat_map(|column| {
                hints
                    .iter()
                    .copied()
                    .chain([key])
                    .map(move |it| likeness(it, column, false))
            });
            let column = column.fold(0.0, f64::max);
            let navigation = sample.iter().all(|it| {
                it.pieces.len() == 1 && it.pieces[0].role == "link" && it.text.len() < 25
            });
            0.2 + 0.5 * rich + named * 0.5 + column * 0.6 + size
                - if navigation { 0.4 } else { 0.0 }
        }
        Shape::Array { .. } => 0.0,
    }
}
