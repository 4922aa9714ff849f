//! What a page states of itself without showing it: JSON-LD, Open Graph, other `meta`.

use errand_browser::observation::Datum;
use serde_json::{Map, Value};

use super::{
    cell::Cell,
    pair::{Pair, Trust},
    record::{Column, Kind, Origin, Record, RecordSet},
};

const MAX_DEPTH: usize = 6;
const MAX_THINGS: usize = 2_000;

/// Lists of things, and single values.
pub fn of_page(data: &[Datum]) -> (Vec<RecordSet>, Vec<Pair>) {
    let mut things: Vec<(String, Vec<(String, String)>)> = Vec::new();
    let mut pairs = Vec::new();
    for datum in data {
        match &*datum.kind {
            "json" => {
                if let Ok(value) = serde_json::from_str::<Value>(&datum.content) {
                    collect(&value, 0, &mut things);
                }
            }
            _ => {
                // `og:title`, `article:published_time`: the last part is the name.
                let name = datum.name.rsplit([':', '.']).next().unwrap_or(&datum.name);
                if !matches!(
                    name,
                    "viewport"
                        | "robots"
                        | "generator"
                        | "referrer"
                        | "card"
                        | "type"
                        | "csrf-token"
                ) {
                    pairs.push(pair(name, &datum.content));
                }
            }
        }
    }
    let mut sets = Vec::new();
    let mut kinds: Vec<String> = Vec::new();
    for (kind, _) in &things {
        if !kinds.contains(kind) {
            kinds.push(kind.clone());
        }
    }
    for kind in kinds {
        let same: Vec<&Vec<(String, String)>> = things
            .iter()
            .filter(|it| it.0 == kind)
            .map(|it| &it.1)
            .collect();
        match &same[..] {
            [only] => pairs.extend(only.iter().map(|(name, text)| pair(name, text))),
            several => sets.push(set(&kind, several)),
        }
    }
    (sets, pairs)
}

fn pair(name: &str, text: &str) -> Pair {
    Pair {
        label: name.to_owned(),
        cell: cell(text),
        trust: Trust::Stated,
        shown: false,
    }
}

fn cell(text: &str) -> Cell {
    let mut cell = Cell::of_text(text, usize::MAX);
    if text.starts_with("http://") || text.starts_with("https://") {
        cell.href = Some(text.to_owned());
        cell.src = Some(text.to_owned());
    }
    cell
}

/// Every thing that has a type, with its values; those of things inside it by both names.
fn collect(value: &Value, depth: usize, things: &mut Vec<(String, Vec<(String, String)>)>) {
    if depth > MAX_DEPTH || things.len() >= MAX_THINGS {
        return;
    }
    match value {
        Value::Array(several) => several.iter().for_each(|it| collect(it, depth + 1, things)),
        Value::Object(object) => {
            if let Some(kind) = object.get("@type").and_then(Value::as_str) {
                let mut values = Vec::new();
                flatten(object, "", 0, &mut values);
                if values.len() > 1 {
                    things.push((kind.to_owned(), values));
                }
            }
            for (key, inner) in object {
                let lists = ["@graph", "itemListElement", "mainEntity", "item", "hasPart"];
                if lists.contains(&&**key) {
                    collect(inner, depth + 1, things);
                }
            }
        }
        _ => {}
    }
}

fn flatten(
    object: &Map<String, Value>,
    above: &str,
    depth: usize,
    values: &mut Vec<(String, String)>,
) {
    for (key, value) in object.iter().filter(|it| !it.0.starts_with('@')) {
        if values.len() > 200 {
            return;
        }
        let name = if above.is_empty() {
            key.clone()
        } else {
            format!("{above} {key}")
        };
        match value {
            Value::String(text) => values.push((name, text.clone())),
            Value::Number(number) => values.push((name, number.to_string())),
            Value::Bool(bool) => values.push((name, if *bool { "yes" } else { "no" }.to_owned())),
            Value::Object(inner) if depth < 3 => {
                // A thing inside is called by what it is in: the author's name is the author.
                if let Some(own) = inner.get("name").and_then(Value::as_str) {
                    values.push((name.clone(), own.to_owned()));
                }
                // Offers and ratings are only boxes for their values.
                let boxed =
                    ["offers", "aggregateRating", "address", "mainEntity"].contains(&&**key);
                flatten(inner, if boxed { above } else { &name }, depth + 1, values);
            }
            Value::Array(several) => {
                let texts: Vec<&str> = several
                    .iter()
                    .filter_map(|it| it.as_str().or_else(|| it["name"].as_str()))
                    .collect();
                if !texts.is_empty() {
                    values.push((name, texts.join(", ")));
                } else if let [Value::Object(only)] = &several[..] {
                    flatten(only, above, depth + 1, values);
                }
            }
            _ => {}
        }
    }
}

fn set(kind: &str, things: &[&Vec<(String, String)>]) -> RecordSet {
    let mut names: Vec<&String> = Vec::new();
    for (name, _) in things.iter().flat_map(|it| it.iter()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let column = |(at, name): (usize, &&String)| Column {
        names: vec![((*name).clone(), Origin::Label)],
        role: "text".to_owned(),
        kin: at,
        ..Column::default()
    };
    let record = |thing: &&Vec<(String, String)>| Record {
        cells: names
            .iter()
            .map(|name| thing.iter().find(|it| it.0 == **name).map(|it| cell(&it.1)))
            .collect(),
        text: thing.iter().map(|it| &*it.1).collect::<Vec<_>>().join(" "),
        node: usize::MAX,
        section: String::new(),
    };
    RecordSet {
        kind: Kind::Stated,
        name: kind.to_owned(),
        hints: Vec::new(),
        columns: names.iter().enumerate().map(column).collect(),
        records: things.iter().map(record).collect(),
        node: usize::MAX,
        end: usize::MAX,
    }
}
