//! Values by what they are called.

use errand_browser::observation::text_of;
use serde_json::{Map, Value};

use super::{
    Sheet,
    convert::{convert, number},
    record::{Record, RecordSet},
    schema::{Scalar, Type},
};
use crate::{
    goal::Extraction,
    ground::{likeness, words, words_stem},
};

const TITLES: &[&str] = &[
    "title", "name", "heading", "headline", "product", "post", "item", "text", "label",
];
const MONEY: &[&str] = &[
    "price", "amount", "cost", "total", "balance", "fee", "sum", "value",
];
const LINKS: &[&str] = &["url", "link", "href", "address"];
const IMAGES: &[&str] = &["image", "picture", "photo", "img", "thumbnail"];

/// Properties that a column may hold which is called like the thing itself: "Invoice".
const IDENTIFIERS: &[&str] = &[
    "number",
    "no",
    "id",
    "identifier",
    "code",
    "reference",
    "name",
    "title",
];

/// Below this a name is another name.
const THRESHOLD: f64 = 0.55;

/// The key of a noun phrase: its head, in snake case.
pub fn key(noun: &str) -> String {
    let head = noun.split(" of ").next().unwrap_or(noun);
    let words = words(head);
    let start = words
        .iter()
        .position(|it| !matches!(&**it, "main" | "top" | "first" | "all" | "the"));
    let words = &words[start.unwrap_or(0)..];
    if words.is_empty() {
        "value".to_owned()
    } else {
        words.join("_")
    }
}

/// The part of a record that a property is.
pub fn part(record: &Record, subject: &str, property: &str, scalar: &Scalar) -> Option<String> {
    let property_words = words(property);
    let called = property_words.join(" ");
    let is = |list: &[&str]| property_words.iter().any(|it| list.contains(&it.as_str()));
    let described = scalar.description.as_deref().unwrap_or_default();
    let name = |candidate: &str| {
        likeness(candidate, &called, false)
            .max(likeness(&called, candidate, false) * 0.95)
            .max(likeness(candidate, described, false) * 0.9)
    };
    let fits = |text: &str| convert(text, scalar).is_some();
    let whole = format!("{} {called}", words(subject).join(" "));
    let named_alike = |heading: &str| {
        let alone = words(heading);
        let subject = words(subject);
        let stems = |words: &[String]| {
            words
                .iter()
                .map(|it| words_stem(it).to_owned())
                .collect::<Vec<_>>()
        };
        is(IDENTIFIERS) && !subject.is_empty() && stems(&alone) == stems(&subject)
    };
    let rated = |heading: &str| {
        let alike = if named_alike(heading) { 0.6 } else { 0.0 };
        name(heading)
            .max(likeness(heading, &whole, false))
            .max(alike)
    };
    let cell = record
        .cells
        .iter()
        .filter(|(heading, text)| !heading.is_empty() && fits(text))
        .map(|(heading, text)| (rated(heading), text))
        .filter(|(score, _)| *score > THRESHOLD)
        .max_by(|left, right| left.0.total_cmp(&right.0));
    if let Some((_, text)) = cell {
        return Some(text.clone()).filter(|it| !it.is_empty());
    }
    if record.cells.iter().any(|(heading, _)| !heading.is_empty()) && !is(LINKS) {
        return None;
    }
    if is(LINKS) {
        let target = record
            .pieces
            .iter()
            .filter(|it| it.role == "heading" || it.role == "link");
        let target = target.chain(&record.pieces).find_map(|it| it.href.clone());
        return target;
    }
    if is(IMAGES) {
        return record.pieces.iter().find_map(|it| it.src.clone());
    }
    labelled(record, &name).or_else(|| {
        let numeric = matches!(scalar.kind, Type::Number | Type::Integer);
        if is(MONEY) {
            return record
                .pieces
                .iter()
                .find(|it| is_money(&it.text))
                .map(|it| it.text.clone());
        }
        counted(record, &property_words, numeric).or_else(|| {
            if is(&["author", "by", "user", "poster"]) {
                return record
                    .pieces
                    .iter()
                    .find_map(|it| it.text.strip_prefix("by ").map(first_word));
            }
            if numeric {
                let mut numbers = record.pieces.iter().filter(|it| number(&it.text).is_some());
                let only = numbers.next()?;
                return numbers.next().is_none().then(|| only.text.clone());
            }
            if is(TITLES) { title(record) } else { None }
        })
    })
}

fn first_word(text: &str) -> String {
    text.split_whitespace()
        .next()
        .unwrap_or_default()
        .to_owned()
}

/// `Label: value` inside a record.
fn labelled(record: &Record, name: &dyn Fn(&str) -> f64) -> Option<String> {
    for (at, piece) in record.pieces.iter().enumerate() {
        let (label, value) = piece.text.split_once(':').unwrap_or((&piece.text, ""));
        if label.len() > 40 || name(label.trim()) < 0.9 {
            continue;
        }
        if !value.trim().is_empty() {
            return Some(value.trim().to_owned());
        }
        let next = record.pieces.get(at + 1);
        if let Some(next) = next.filter(|_| piece.text.ends_with(':') || piece.role == "term") {
            return Some(next.text.clone());
        }
    }
    None
}

/// "128 points", "4.5 out of 5 stars": a number with the property's word.
fn counted(record: &Record, property: &[String], numeric: bool) -> Option<String> {
    let wanted: Vec<&str> = property.iter().map(|it| words_stem(it)).collect();
    for piece in &record.pieces {
        let tokens: Vec<&str> = piece.text.split_whitespace().collect();
        for (at, token) in tokens.iter().enumerate() {
            let word = words(token).concat();
            if !wanted.contains(&words_stem(&word)) {
                continue;
            }
            let before = at.checked_sub(1).map(|it| tokens[it]);
            let after = tokens.get(at + 1).copied();
            let value = [before, after]
                .into_iter()
                .flatten()
                .find(|it| number(it).is_some());
            if let Some(value) = value {
                let clean = value.trim_matches(|it: char| !it.is_alphanumeric());
                return Some(if numeric {
                    clean.to_owned()
                } else {
                    piece.text.clone()
                });
            }
        }
    }
    None
}

/// What a person would call the record: its heading, its longest link, its first words.
fn title(record: &Record) -> Option<String> {
    let worded = |text: &str| text.chars().any(char::is_alphabetic);
    let by_role = |role: &str| {
        let pieces = record
            .pieces
            .iter()
            .filter(|it| it.role == role && worded(&it.text));
        pieces
            .max_by_key(|it| it.text.len())
            .map(|it| it.text.clone())
    };
    let first = || {
        record
            .pieces
            .iter()
            .find(|it| worded(&it.text))
            .map(|it| it.text.clone())
    };
    let cell = || {
        record
            .cells
            .iter()
            .map(|(_, text)| text.clone())
            .find(|it| worded(it))
    };
    // The cells of a table without headings only lay out what is in them.
    let data = record.cells.iter().any(|(heading, _)| !heading.is_empty());
    by_role("heading")
        .or_else(|| if data { cell() } else { None })
        .or_else(|| by_role("link"))
        .or_else(cell)
        .or_else(first)
}

fn is_money(text: &str) -> bool {
    let symbols = ['$', '€', '£', '¥', '₹', '₽', '₩'];
    let codes = ["USD", "EUR", "GBP", "CHF", "JPY", "SEK", "kr"];
    (text.contains(symbols) || codes.iter().any(|it| text.contains(it))) && number(text).is_some()
}

/// One value of the page, for a property of that name.
pub fn scalar(sheet: &Sheet<'_>, key: &str, scalar: &Scalar, hints: &[&str]) -> Option<String> {
    let called = words(key).join(" ");
    let described = scalar.description.as_deref().unwrap_or_default();
    if let Some(text) = heading(sheet, &called, hints) {
        return Some(text);
    }
    // "the title of the top post": the hint says which record.
    for hint in hints {
        if let Some((head, set)) = hint.split_once(" of ")
            && likeness(head, &called, false) > THRESHOLD
            && let Some(text) = in_record(sheet, &called, set, scalar)
        {
            return Some(text);
        }
    }
    let fits = |value: &str| convert(value, scalar).is_some();
    let hint = hints
        .iter()
        .find(|hint| likeness(hint, &called, false) > THRESHOLD);
    let names: Vec<&str> = [called.as_str(), described]
        .into_iter()
        .chain(hint.copied())
        .filter(|it| !it.is_empty())
        .collect();
    if let Some(text) = paired(sheet, &names, &fits) {
        return Some(text);
    }
    let of_single = sheet.sets.iter().find_map(|set| {
        let record = set.records.first().filter(|_| set.records.len() == 1)?;
        part(record, "", key, scalar)
    });
    of_single.or_else(|| {
        let first = sheet
            .sets
            .iter()
            .filter(|set| !set.columns.is_empty())
            .find_map(|set| {
                let record = set.records.first()?;
                part(record, "", key, scalar)
            });
        first.filter(|_| {
            hints
                .iter()
                .any(|it| it.contains("top") || it.contains("first"))
        })
    })
}

fn paired(sheet: &Sheet<'_>, names: &[&str], fits: &dyn Fn(&str) -> bool) -> Option<String> {
    let mut best: Option<(f64, &str)> = None;
    for pair in sheet.pairs.iter().filter(|it| fits(&it.value)) {
        let likeness = names
            .iter()
            .map(|it| likeness(&pair.label, it, false))
            .fold(0.0, f64::max);
        let threshold = if pair.trust == 0 { 0.75 } else { THRESHOLD };
        let score = likeness + f64::from(pair.trust) * 0.02;
        if likeness > threshold && best.is_none_or(|(it, _)| score > it) {
            best = Some((score, &pair.value));
        }
    }
    best.map(|(_, value)| value.to_owned())
}

fn heading(sheet: &Sheet<'_>, called: &str, hints: &[&str]) -> Option<String> {
    let about = |word: &str| called.split(' ').any(|it| it == word);
    let of_other = hints.iter().any(|it| it.contains(" of "));
    if called == "page title" || called == "title" && hints.contains(&"page title") {
        return Some(sheet.title.to_owned());
    }
    let asked = about("heading") || about("headline") || called == "title" && !of_other;
    if !asked {
        return None;
    }
    let headings = sheet
        .nodes
        .iter()
        .enumerate()
        .filter(|(_, node)| node.role == "heading");
    let first = headings.min_by_key(|(index, node)| (node.level.unwrap_or(9), *index));
    first
        .map(|(index, _)| text_of(sheet.nodes, index))
        .filter(|it| !it.is_empty())
}

/// The best set for a noun, by name, then by size.
fn set_for<'s>(sheet: &'s Sheet<'_>, noun: &str) -> Option<&'s RecordSet> {
    let noun = words(noun);
    let noun: Vec<&String> = noun
        .iter()
        .filter(|it| !matches!(&***it, "the" | "top" | "first" | "all" | "latest"))
        .collect();
    let noun = noun.into_iter().cloned().collect::<Vec<_>>().join(" ");
    let rate = |set: &&RecordSet| {
        let sample = set.records.iter().take(5);
        let rich = sample.clone().filter(|it| it.pieces.len() > 1).count();
        #[expect(clippy::cast_precision_loss, reason = "counts of records")]
        let (rich, size) = (
            rich as f64 / sample.count().max(1) as f64,
            set.records.len() as f64,
        );
        likeness(&set.name, &noun, false) + rich * 0.5 + size.ln().min(5.0) / 20.0
    };
    sheet
        .sets
        .iter()
        .max_by(|left, right| rate(left).total_cmp(&rate(right)))
}

fn in_record(sheet: &Sheet<'_>, property: &str, of: &str, scalar: &Scalar) -> Option<String> {
    let set = set_for(sheet, of)?;
    let last = words(of).iter().any(|it| it == "last");
    let record = if last {
        set.records.last()
    } else {
        set.records.first()
    }?;
    part(record, of, property, scalar)
}

const TEXT: Scalar = Scalar {
    kind: Type::Text,
    format: None,
    choices: Vec::new(),
    description: None,
};

/// What a noun phrase of the goal names: one value, or a list.
pub fn read(sheet: &Sheet<'_>, noun: &str, wanted: &Extraction) -> Option<Value> {
    let limit = wanted
        .limit
        .unwrap_or(if wanted.single { 1 } else { usize::MAX });
    let kept = |record: &&Record| {
        wanted
            .filter
            .as_ref()
            .is_none_or(|it| record.text.to_lowercase().contains(&it.to_lowercase()))
    };
    if let Some(filter) = &wanted.filter {
        let set = sheet.sets.iter().find(|set| {
            set.records
                .iter()
                .any(|it| kept(&it) && it.text.contains(filter.as_str()))
                && !set.columns.is_empty()
        });
        let record = set.and_then(|set| set.records.iter().find(kept))?;
        return Some(object(record));
    }
    if wanted.count {
        return set_for(sheet, noun).map(|set| set.records.len().into());
    }
    let column = sheet
        .sets
        .iter()
        .flat_map(|set| {
            set.columns
                .iter()
                .enumerate()
                .map(move |(at, column)| (set, at, column))
        })
        .map(|(set, at, column)| {
            let whole = format!("{} {column}", set.name);
            let score = likeness(column, noun, false).max(likeness(noun, column, false));
            (score.max(likeness(&whole, noun, false)), set, at)
        })
        .max_by(|left, right| left.0.total_cmp(&right.0));
    if let Some((score, set, at)) = column
        && score > THRESHOLD
        && !wanted.single
    {
        let cells = set.records.iter().filter_map(|it| it.cells.get(at));
        let cells = cells
            .map(|(_, text)| Value::from(text.as_str()))
            .take(limit);
        return Some(Value::Array(cells.collect()));
    }
    if wanted.single {
        return scalar(sheet, noun, &TEXT, &[noun])
            .or_else(|| {
                let (head, of) = noun.split_once(" of ")?;
                in_record(sheet, head, of, &TEXT)
            })
            .map(Value::from);
    }
    let set = set_for(sheet, noun)?;
    let records = set.records.iter().filter(kept).take(limit);
    let values: Vec<Value> = records
        .filter_map(|record| {
            if wanted.fields.is_empty() {
                return title(record).map(Value::from);
            }
            let fields = wanted.fields.iter().map(|field| {
                (
                    key(field),
                    part(record, noun, field, &TEXT).map_or(Value::Null, Value::from),
                )
            });
            Some(Value::Object(fields.collect::<Map<_, _>>()))
        })
        .collect();
    (!values.is_empty()).then_some(Value::Array(values))
}

/// "numbers and amounts": several columns of one table, row by row.
pub fn columns(sheet: &Sheet<'_>, wanted: &Extraction) -> Option<Vec<Value>> {
    if wanted.nouns.len() < 2 || wanted.single {
        return None;
    }
    let places = |set: &RecordSet| -> Option<Vec<usize>> {
        let place = |noun: &String| {
            let rated = set.columns.iter().enumerate().map(|(at, column)| {
                (
                    likeness(column, noun, false).max(likeness(noun, column, false)),
                    at,
                )
            });
            let best = rated.max_by(|left, right| left.0.total_cmp(&right.0))?;
            (best.0 > THRESHOLD).then_some(best.1)
        };
        wanted.nouns.iter().map(place).collect()
    };
    let (set, places) = sheet
        .sets
        .iter()
        .find_map(|set| Some((set, places(set)?)))?;
    let rows = set
        .records
        .iter()
        .take(wanted.limit.unwrap_or(usize::MAX))
        .map(|record| {
            let cells = wanted.nouns.iter().zip(&places).map(|(noun, at)| {
                (
                    key(noun),
                    record
                        .cells
                        .get(*at)
                        .map_or(Value::Null, |(_, text)| text.as_str().into()),
                )
            });
            Value::Object(cells.collect())
        });
    Some(rows.collect())
}

fn object(record: &Record) -> Value {
    let cells = record
        .cells
        .iter()
        .filter(|(heading, _)| !heading.is_empty());
    Value::Object(
        cells
            .map(|(heading, text)| (key(heading), text.as_str().into()))
            .collect(),
    )
}
