//! Which value of a record a question asks for.

use serde_json::{Map, Value};

use super::reading::{Look, called};
use crate::{
    extract::{
        cell::Cell,
        column::{self, TEXT},
        convert::{Want, convert},
        key::key,
        name, number,
        rank::{Scale, by_quality, scale},
        record::{Record, RecordSet},
        sheet::Sheet,
    },
    goal::{Asked, Question, Superlative},
    ground::words,
};

/// A column has to be called so at least as surely.
const CALLED: f64 = 0.68;

/// Verbs, and what they ask for as a column would call it.
const VERBS: &[(&str, &[&str])] = &[
    ("wrote", &["author", "by"]),
    ("written", &["author", "by"]),
    ("write", &["author", "by"]),
    ("cost", &["price"]),
    ("costs", &["price"]),
    ("earn", &["salary"]),
    ("earns", &["salary"]),
    ("pay", &["salary", "price"]),
    ("pays", &["salary"]),
    ("weigh", &["weight"]),
    ("weighs", &["weight"]),
    ("live", &["address", "city", "country"]),
    ("lives", &["address", "city", "country"]),
    ("based", &["location", "city", "office", "country"]),
    ("located", &["location", "city", "address", "country"]),
    ("work", &["office", "location", "company"]),
    ("works", &["office", "location", "company"]),
    ("take", &["duration", "time"]),
    ("takes", &["duration", "time"]),
    ("place", &["date"]),
    ("placed", &["date"]),
    ("published", &["date"]),
    ("posted", &["date"]),
    ("created", &["date"]),
    ("ordered", &["date"]),
];
/// What "how long" and the like ask for.
const QUALITIES: &[(&str, &[&str])] = &[
    ("long", &["duration", "length", "time"]),
    ("old", &["age"]),
    ("far", &["distance"]),
    ("big", &["size"]),
    ("large", &["size"]),
    ("tall", &["height"]),
    ("high", &["height"]),
    ("heavy", &["weight"]),
    ("fast", &["speed"]),
    ("expensive", &["price"]),
    ("often", &["frequency"]),
    ("late", &["delay"]),
];
const PERSONS: &[&str] = &[
    "author", "by", "owner", "customer", "client", "reporter", "assignee", "user", "member",
    "person", "employee", "manager", "teacher", "doctor", "contact", "name", "host", "artist",
    "student", "patient", "winner", "player", "director",
];
const PLACES: &[&str] = &[
    "location", "place", "city", "address", "office", "venue", "country", "room", "where", "town",
];
const DATES: &[&str] = &["date", "day", "time", "when"];

/// The columns that may be called so: by their name, or by the verb that asks for them.
pub fn columns_called(set: &RecordSet, text: &str) -> Vec<(usize, f64)> {
    let mut found: Vec<(usize, f64)> = Vec::new();
    for (at, column) in set.columns.iter().enumerate() {
        if column.role == "button" {
            continue;
        }
        let mut score = called(&column.names, text);
        if let Some(lead) = lead(set, at) {
            score = score.max(called(
                &[(lead, crate::extract::record::Origin::Unit)],
                text,
            ));
        }
        let meant = VERBS.iter().chain(QUALITIES).find(|it| it.0 == text);
        if let Some((_, meant)) = meant {
            let known = meant.iter().map(|it| called(&column.names, it) * 0.9);
            score = known.fold(score, f64::max);
        }
        if score >= CALLED {
            found.push((at, score));
        }
    }
    let dated = |it: &(&str, &[&str])| it.0 == text && it.1 == ["date"];
    if found.is_empty() && VERBS.iter().any(dated) {
        found.extend(only_dated(set).map(|it| (it, 0.75)));
    }
    if found.is_empty() && ["cost", "costs", "price"].contains(&text) {
        found.extend(only_money(set).map(|it| (it, 0.75)));
    }
    found
}

/// The word that every value of a column begins with: "due 3 May", "due 7 May".
fn lead(set: &RecordSet, column: usize) -> Option<String> {
    let mut texts = set.texts(column).take(20);
    let word = |text: &str| {
        let (first, rest) = text.trim().split_once(' ')?;
        (first.chars().all(char::is_alphabetic) && !rest.is_empty()).then(|| first.to_lowercase())
    };
    let first = word(texts.next()?)?;
    let mut more = texts.peekable();
    more.peek()?;
    more.all(|it| word(it).as_ref() == Some(&first))
        .then_some(first)
}

/// The only column of sums of money.
pub fn only_money(set: &RecordSet) -> Option<usize> {
    only(set, &|cell| {
        number::is_money(&cell.text) && cell.text.chars().count() < 24
    })
}

/// The column with the only date that each record says; the shortest of those that say the same.
fn only_dated(set: &RecordSet) -> Option<usize> {
    use crate::extract::date::{Order, parse};
    let order = Some(Order::DayFirst);
    let date = |cell: Option<&Cell>| {
        let date = cell.and_then(|it| parse(&only_date(&it.text), order))?;
        Some(date.date)
    };
    let all: Vec<usize> = (0..set.columns.len())
        .filter(|it| {
            set.columns[*it].role != "button"
                && column::most(set, *it, &|cell| date(Some(cell)).is_some())
        })
        .collect();
    let length = |column: &usize| set.texts(*column).map(str::len).sum::<usize>();
    let first = *all.iter().min_by_key(|it| length(it))?;
    let same = set.records.iter().all(|record| {
        let own = date(record.cell(first));
        all.iter()
            .filter_map(|it| date(record.cell(*it)))
            .all(|it| Some(it) == own)
    });
    same.then_some(first)
}

/// The only column of which most cells are so; one that is a part of another, before that one.
fn only(set: &RecordSet, test: &dyn Fn(&Cell) -> bool) -> Option<usize> {
    let all: Vec<usize> = (0..set.columns.len())
        .filter(|it| set.columns[*it].role != "button" && column::most(set, *it, test))
        .collect();
    let first = *all.first()?;
    let numbers = |column: usize| -> Vec<Option<f64>> {
        let cells = set.records.iter().map(|it| it.cell(column));
        cells.map(|it| crate::extract::number(&it?.text)).collect()
    };
    let same = all.iter().all(|it| numbers(*it) == numbers(first));
    same.then_some(first)
}

/// What is asked for of each record.
pub struct Ask {
    /// The columns, with their names where there are several.
    columns: Vec<(String, usize)>,
    /// Whether only the date of what stands there is asked for.
    dated: bool,
    /// Whether the records are to be counted.
    pub counts: bool,
    pub score: f64,
}

impl Ask {
    /// What a record says to it, and where.
    pub fn value(&self, sheet: &Sheet<'_>, record: &Record) -> Option<(Value, Vec<Cell>)> {
        let manner = sheet.manner();
        let mut cells = Vec::new();
        let mut object = Map::new();
        for (name, column) in &self.columns {
            let cell = record.cell(*column)?;
            let cell = if self.dated {
                &Cell {
                    text: only_date(&cell.text),
                    ..cell.clone()
                }
            } else {
                cell
            };
            let value = convert(cell, &TEXT, Want::Text, &manner).ok()?;
            cells.push(cell.clone());
            object.insert(key(name), value);
        }
        if self.columns.len() > 1 {
            return Some((Value::Object(object), cells));
        }
        object.into_iter().next().map(|it| (it.1, cells))
    }
}

/// The date in a text that says more.
pub fn only_date(text: &str) -> String {
    use crate::extract::date::{Order, parse};
    let order = Some(Order::DayFirst);
    let tokens: Vec<&str> = text.split_whitespace().collect();
    for length in 1..tokens.len().min(5) {
        let dates: Vec<String> = tokens
            .windows(length)
            .map(|it| it.join(" "))
            .map(|it| it.trim_matches([',', '.', '(', ')']).to_owned())
            .filter(|it| parse(it, order).is_some())
            .collect();
        match &dates[..] {
            [only] => return only.clone(),
            [] => {}
            _ => break,
        }
    }
    text.to_owned()
}

/// What is asked for, in a set whose columns `explicit` the question names.
pub fn ask(
    look: &Look<'_, '_>,
    explicit: &[usize],
    question: &Question,
    thing: bool,
) -> Option<Ask> {
    let set = look.set;
    let columns = |all: &[usize], score: f64| {
        let mut all = all.to_vec();
        all.dedup();
        let named = all.iter().map(|it| {
            let name = set.columns[*it].heading().map(str::to_owned);
            let first = || set.columns[*it].names.first().map(|it| it.0.clone());
            (name.or_else(first).unwrap_or_default(), *it)
        });
        Some(Ask {
            columns: named.collect(),
            dated: question.asked == Asked::When,
            counts: false,
            score,
        })
    };
    let titled = |score: f64| columns(&[set.title()?], score);
    let called_by = |names: &[&str]| {
        let found: Vec<usize> = (0..set.columns.len())
            .filter(|it| {
                let column = &set.columns[*it];
                let name = column.names.iter().map(|it| name::bare(&words(&it.0)));
                let fits = |it: Vec<String>| it.last().is_some_and(|last| names.contains(&&**last));
                column.role != "button" && {
                    let mut name = name;
                    name.any(fits)
                }
            })
            .collect();
        match found[..] {
            [only] => Some(only),
            _ => None,
        }
    };
    let dated = |column: usize| {
        let manner = column::manner(look.sheet, set, column);
        scale(set.cells(column), &manner) == Scale::Date
            || only_dated(set) == Some(column)
            || lead(set, column).is_some_and(|lead| {
                set.texts(column).all(|it| {
                    let rest = it.trim().get(lead.len()..).unwrap_or_default();
                    crate::extract::date::parse(rest, manner.order).is_some()
                })
            })
    };
    match question.asked {
        Asked::Many if explicit.is_empty() && thing => Some(Ask {
            columns: Vec::new(),
            dated: false,
            counts: true,
            score: 0.9,
        }),
        Asked::Many => match explicit {
            // "how many orders" does not ask for the number of one.
            [only] if set.title() != Some(*only) && !look.is_thing() => columns(&[*only], 0.9),
            _ => None,
        },
        Asked::When => {
            let named: Vec<usize> = explicit.iter().copied().filter(|it| dated(*it)).collect();
            match named[..] {
                [only] => columns(&[only], 1.0),
                [] if explicit.is_empty() => {
                    let date = called_by(DATES).filter(|it| dated(*it))?;
                    columns(&[date], 0.7)
                }
                _ => None,
            }
        }
        Asked::Much => match explicit {
            [only] => columns(&[*only], 1.0),
            [] => columns(&[only_money(set)?], 0.8),
            _ => None,
        },
        Asked::Where => match explicit {
            [only] => columns(&[*only], 1.0),
            [] => columns(&[called_by(PLACES)?], 0.7),
            _ => None,
        },
        Asked::Who => match explicit {
            [only] => columns(&[*only], 1.0),
            [] => {
                let title = set.title()?;
                let names = set.columns[title].names.iter();
                let person = |it: &String| {
                    name::bare(&words(it))
                        .last()
                        .is_some_and(|it| PERSONS.contains(&&**it))
                };
                if names.map(|it| &it.0).any(person) {
                    titled(0.9)
                } else {
                    columns(&[called_by(PERSONS)?], 0.6)
                }
            }
            _ => None,
        },
        Asked::How => match explicit {
            [only] => columns(&[*only], 1.0),
            _ => None,
        },
        Asked::What if explicit.is_empty() => {
            (thing || question.most.is_some() || question.several)
                .then(|| titled(0.85))
                .flatten()
        }
        Asked::What => columns(explicit, 1.0),
        Asked::Whether => None,
    }
}

/// What records are compared by: the column of that name, or the only one of that nature.
pub fn quality(look: &Look<'_, '_>, most: &Superlative) -> Option<(usize, Scale)> {
    let set = look.set;
    // "the largest order" has the largest amount, not the largest number.
    let of_thing = {
        let wanted = name::bare(&words(&most.quality));
        let profile = crate::extract::choose::Profile::of(look.sheet, set);
        !wanted.is_empty() && wanted.iter().all(|it| profile.strong.contains(it))
    };
    if of_thing || most.quality.is_empty() {
        return only_money(set).map(|it| (it, Scale::Number));
    }
    if let Some(found) = by_quality(look.sheet, set, &most.quality, "") {
        return Some(found);
    }
    if let [(only, _)] = columns_called(set, &most.quality)[..] {
        let manner = column::manner(look.sheet, set, only);
        let found = scale(set.cells(only), &manner);
        return (found != Scale::Text).then_some((only, found));
    }
    match &*most.quality {
        "price" => only_money(set).map(|it| (it, Scale::Number)),
        "date" => {
            let order = crate::extract::date::Order::DayFirst;
            let dated =
                |cell: &Cell| crate::extract::date::parse(&cell.text, Some(order)).is_some();
            only(set, &dated).map(|it| (it, Scale::Date))
        }
        _ => None,
    }
}
