//! What records are compared by: numbers, dates, ages, letters.

use serde::{Deserialize, Serialize};

use super::{
    cell::Cell,
    column::{self, TEXT},
    convert::{Manner, Want},
    date::{self, Moment},
    name::Wanted,
    number,
    record::RecordSet,
    sheet::Sheet,
};

/// A value to compare by.
#[derive(Debug, Clone, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Rank {
    /// By size; dates by their seconds.
    Number(f64),
    /// By letters.
    Text(String),
}

/// What values are compared as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Numbers.
    Number,
    /// Dates, or how long ago.
    Date,
    /// How old, as plain numbers: more is earlier.
    Age,
    /// Letters.
    Text,
}

/// What the cells of a column are compared as: what most of them are.
pub fn scale<'c>(cells: impl Iterator<Item = &'c Cell> + Clone, manner: &Manner) -> Scale {
    let sample = cells.take(30);
    let count = sample.clone().count();
    let most = |scale: Scale| {
        sample
            .clone()
            .filter(|it| rank(it, scale, manner).is_some())
            .count()
            * 5
            >= count * 4
    };
    if most(Scale::Date) {
        Scale::Date
    } else if most(Scale::Number) {
        Scale::Number
    } else {
        Scale::Text
    }
}

/// What a cell counts.
pub fn rank(cell: &Cell, scale: Scale, manner: &Manner) -> Option<Rank> {
    let text = cell.text.trim();
    match scale {
        Scale::Number => {
            let stated = cell.value.as_deref().and_then(|it| it.parse().ok());
            number::parse(text, manner.style)
                .or(stated)
                .map(Rank::Number)
        }
        Scale::Age => match rank(cell, Scale::Number, manner)? {
            Rank::Number(age) => Some(Rank::Number(-age)),
            Rank::Text(_) => None,
        },
        Scale::Date => {
            let stated = cell
                .value
                .as_deref()
                .and_then(|it| date::parse(it, manner.order));
            let moment = stated.or_else(|| date::parse(text, manner.order));
            moment
                .map(|it| seconds(&it))
                .or_else(|| age(text))
                .map(Rank::Number)
        }
        Scale::Text => (!text.is_empty()).then(|| Rank::Text(text.to_lowercase())),
    }
}

/// Seconds since the beginning of the calendar.
#[must_use]
pub fn seconds(moment: &Moment) -> f64 {
    let (year, month, day) = moment.date;
    // Days of the proleptic calendar, March first.
    let (year, month) = (i64::from(year), i64::from(month));
    let shifted = if month < 3 { year - 1 } else { year };
    let month = (month + 9) % 12;
    let days = 365 * shifted + shifted / 4 - shifted / 100
        + shifted / 400
        + (153 * month + 2) / 5
        + i64::from(day);
    let (hour, minute, second) = moment.time.unwrap_or_default();
    let clock = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
    #[expect(
        clippy::cast_precision_loss,
        reason = "seconds of a few thousand years"
    )]
    let seconds = (days * 86_400 + clock - i64::from(moment.offset.unwrap_or(0)) * 60) as f64;
    seconds
}

/// "3 hours ago", "yesterday": how long before now, as a negative number. Such ages are compared
/// with each other only.
fn age(text: &str) -> Option<f64> {
    const UNITS: &[(&str, f64)] = &[
        ("sec", 1.0),
        ("min", 60.0),
        ("hour", 3_600.0),
        ("hr", 3_600.0),
        ("h", 3_600.0),
        ("day", 86_400.0),
        ("d", 86_400.0),
        ("week", 604_800.0),
        ("month", 2_629_800.0),
        ("year", 31_557_600.0),
        ("yr", 31_557_600.0),
    ];
    let lower = text.trim().to_lowercase();
    match &*lower {
        "now" | "just now" | "today" => return Some(0.0),
        "yesterday" => return Some(-86_400.0),
        _ => {}
    }
    let body = lower.strip_suffix("ago")?.trim();
    let (number, unit) = body.split_once(char::is_whitespace).or_else(|| {
        let cut = body.find(char::is_alphabetic)?;
        Some((&body[..cut], &body[cut..]))
    })?;
    let number: f64 = match number.trim() {
        "a" | "an" | "one" => 1.0,
        digits => digits.parse().ok()?,
    };
    let unit = unit.trim();
    let size = UNITS
        .iter()
        .filter(|it| unit.starts_with(it.0))
        .max_by_key(|it| it.0.len())?
        .1;
    Some(-number * size)
}

/// The column of that name, and what it compares.
pub fn by_quality(
    sheet: &Sheet<'_>,
    set: &RecordSet,
    quality: &str,
    thing: &str,
) -> Option<(usize, Scale)> {
    if quality.is_empty() {
        return None;
    }
    let mut found = column::find(sheet, set, &Wanted::new(quality, thing), &TEXT).ok();
    // "3 hours ago" tells as well which is the newest, and "54" who is the oldest.
    let aged = quality == "date" && found.is_none();
    if aged {
        found = column::find(sheet, set, &Wanted::new("age", thing), &TEXT).ok();
    }
    let column = found.filter(|it| it.want == Want::Text)?.column;
    let manner = column::manner(sheet, set, column);
    let scale = match scale(set.cells(column), &manner) {
        Scale::Number if aged => Scale::Age,
        other => other,
    };
    Some((column, scale))
}
