//! How much of something a row or a card says it has.

use super::{
    grid::Grid,
    index::{Index, Rect},
    likeness::Wanted,
};
use crate::extract::number;

/// Most texts of a card that are looked through.
const MAX_TEXTS: usize = 200;
/// A column or label that is called so.
const CALLED: f64 = 0.6;
const CURRENCIES: &[char] = &['$', '€', '£', '¥', '₹', '₽', '₩', '₺', '₴', '₿'];
const CODES: &[&str] = &[
    "usd", "eur", "gbp", "chf", "jpy", "cny", "inr", "sek", "nok", "dkk", "pln", "czk", "cad",
    "aud", "kr", "zł", "€", "fr.",
];
const MONTHS: &[&str] = &[
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// How much of the quality a candidate has, by its cell in the column of that name, by a label in
/// its row or card, or by the only number there.
pub fn amount(index: &Index<'_>, at: usize, unit: usize, quality: &Wanted) -> Option<f64> {
    let unnamed = quality.words().is_empty();
    let own = index.text(at, 300);
    let name = &index.node(at).name;
    if unnamed {
        let shown = [&own, name, index.node(at).value.as_ref().unwrap_or(name)];
        let said = texts(index, unit);
        let numbered = said.iter().any(|it| has_digit(it));
        return shown
            .into_iter()
            .find_map(|it| reading(it))
            .or_else(|| only(&said))
            // Of what has no number, the largest is what takes up most of the page.
            .or_else(|| {
                index
                    .node(at)
                    .rect
                    .filter(|_| !numbered)
                    .map(|it| Rect::new(it).area())
            });
    }
    let grid = index.grid();
    let row = index
        .lineage(at)
        .find(|it| index.node(*it).role == "row" && !Grid::is_head(index, *it));
    let called = |head: usize| {
        quality
            .whole(&index.text(head, 200))
            .is_some_and(|it| it >= CALLED)
    };
    if let Some(cell) = row.and_then(|row| grid.cell(index, row, called)) {
        return reading(&index.text(cell, 300));
    }
    let said = texts(index, unit);
    labelled(&said, quality)
        .or_else(|| by_kind(&said, quality))
        .or_else(|| size(index, at, quality))
        // A day, or a number with words around it, is no price.
        .or_else(|| {
            only(&said).filter(|_| !of_money(quality) || said.iter().any(|it| is_number(it)))
        })
}

fn texts<'o>(index: &Index<'o>, unit: usize) -> Vec<&'o str> {
    index
        .texts_in(unit, index.end(unit))
        .take(MAX_TEXTS)
        .map(|it| &*index.node(it).text)
        .collect()
}

/// "Price: 5", or "Price" and then "5".
fn labelled(texts: &[&str], quality: &Wanted) -> Option<f64> {
    for (at, text) in texts.iter().enumerate() {
        if quality.whole(text).is_none_or(|it| it < CALLED) {
            continue;
        }
        if let Some(amount) = reading(text) {
            return Some(amount);
        }
        if let Some(amount) = texts.get(at + 1).and_then(|it| reading(it)) {
            return Some(amount);
        }
    }
    None
}

/// Prices by their currency, dates by their form.
fn by_kind(texts: &[&str], quality: &Wanted) -> Option<f64> {
    let is = |names: &[&str]| quality.words().iter().any(|it| names.contains(&&**it));
    if of_money(quality) {
        let mut prices = texts
            .iter()
            .filter(|it| is_money(it))
            .filter_map(|it| number(it));
        return prices.next();
    }
    if is(&[
        "date",
        "time",
        "day",
        "age",
        "created",
        "published",
        "updated",
    ]) {
        return texts.iter().find_map(|it| date(it));
    }
    if is(&["duration", "length"]) {
        return texts.iter().find_map(|it| duration(it));
    }
    if is(&["rating"]) {
        let rated = |it: &&&str| {
            ["star", "★", "/5", "/ 5", "/10", "out of"]
                .iter()
                .any(|mark| it.contains(mark))
        };
        return texts.iter().filter(rated).find_map(|it| first_number(it));
    }
    None
}

fn of_money(quality: &Wanted) -> bool {
    const MONEY: &[&str] = &["price", "cost", "amount", "total", "fee", "rent", "fare"];
    quality.words().iter().any(|it| MONEY.contains(&&**it))
}

fn is_money(text: &str) -> bool {
    let lower = text.to_lowercase();
    let code = |word: &str| CODES.contains(&word.trim_matches(|it: char| it.is_ascii_digit()));
    text.contains(CURRENCIES) || lower.split_whitespace().any(code)
}

/// The size of what is seen, for what has no number.
fn size(index: &Index<'_>, at: usize, quality: &Wanted) -> Option<f64> {
    let rect = Rect::new(index.node(at).rect?);
    match &**quality.words().first()? {
        "size" | "area" => Some(rect.area()),
        "width" => Some(rect.right - rect.left),
        "height" => Some(rect.bottom - rect.top),
        _ => None,
    }
}

/// The only number among the texts.
fn only(texts: &[&str]) -> Option<f64> {
    let mut numbers = texts
        .iter()
        .filter(|it| it.contains(|it: char| it.is_ascii_digit()));
    let one = numbers.next()?;
    if numbers.next().is_some() {
        return None;
    }
    reading(one)
}

/// Whether a text is a number and nothing else but its sign and unit.
pub fn is_number(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let letters = text.chars().filter(|it| it.is_alphabetic()).count();
    digits > 0 && letters <= 3 && text.len() <= 20 && number(text).is_some()
}

fn has_digit(text: &str) -> bool {
    text.contains(|it: char| it.is_ascii_digit())
}

/// The first number of a text.
fn first_number(text: &str) -> Option<f64> {
    let start = text.find(|it: char| it.is_ascii_digit())?;
    let rest = &text[start..];
    let end = rest
        .find(|it: char| !it.is_ascii_digit() && it != '.')
        .unwrap_or(rest.len());
    rest[..end].trim_end_matches('.').parse().ok()
}

/// Minutes of "2h 15m", "45 min", "1:30".
fn duration(text: &str) -> Option<f64> {
    let lower = text.to_lowercase();
    if let Some((hours, minutes)) = lower.trim().split_once(':') {
        let hours: f64 = hours.parse().ok()?;
        let minutes: f64 = minutes.get(..2)?.parse().ok()?;
        return Some(hours * 60.0 + minutes);
    }
    let mut total = None;
    let mut rest = &*lower;
    while let Some(start) = rest.find(|it: char| it.is_ascii_digit()) {
        rest = &rest[start..];
        let amount = first_number(rest)?;
        rest = rest
            .trim_start_matches(|it: char| it.is_ascii_digit() || it == '.')
            .trim_start();
        let unit: String = rest.chars().take_while(|it| it.is_alphabetic()).collect();
        let minutes = match &*unit {
            "d" | "day" | "days" => 1_440.0,
            "h" | "hr" | "hrs" | "hour" | "hours" => 60.0,
            "m" | "min" | "mins" | "minute" | "minutes" => 1.0,
            "s" | "sec" | "secs" | "second" | "seconds" => 1.0 / 60.0,
            _ => return None,
        };
        total = Some(total.unwrap_or(0.0) + amount * minutes);
    }
    total
}

/// A date or a number.
fn reading(text: &str) -> Option<f64> {
    date(text).or_else(|| number(text))
}

/// A date as a number that grows with it: `2026-11-21`, `21.11.2026`, `11/21/2026`, `Nov 21, 2026`.
fn date(text: &str) -> Option<f64> {
    let lower = text.to_lowercase();
    let parts: Vec<&str> = lower
        .split(|it: char| !it.is_alphanumeric())
        .filter(|it| !it.is_empty())
        .collect();
    let numbers: Vec<u32> = parts.iter().filter_map(|it| ordinal_number(it)).collect();
    let month = parts.iter().find_map(|part| {
        let at = MONTHS
            .iter()
            .position(|it| part.starts_with(it) && part.len() >= 3)?;
        part.chars().all(char::is_alphabetic).then(|| at + 1)
    });
    let year = |it: u32| (1000..=9999).contains(&it);
    let (year, month, day) = match (month, &numbers[..]) {
        (Some(month), [day, second, ..]) if year(*second) => (*second, month, *day),
        (Some(month), [first, day, ..]) if year(*first) => (*first, month, *day),
        (Some(month), [first]) if year(*first) => (*first, month, 1),
        (None, [first, month, day, ..]) if year(*first) && is_date(text) => {
            (*first, *month as usize, *day)
        }
        (None, [first, second, last, ..]) if year(*last) && is_date(text) => {
            // Which is the month is told by which can't be one; points put the day first.
            let day_first = *first > 12 || text.contains('.') && *second <= 12;
            let (day, month) = if day_first {
                (first, second)
            } else {
                (second, first)
            };
            (*last, *month as usize, *day)
        }
        _ => return None,
    };
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "at most 12")]
    let month = month as f64;
    let clock = lower
        .split_whitespace()
        .find_map(|it| {
            let (hour, rest) = it.split_once(':')?;
            let hour: f64 = hour.parse().ok()?;
            let minute: f64 = rest.get(..2)?.parse().ok()?;
            Some((hour * 60.0 + minute) / 1_440.0)
        })
        .unwrap_or_default();
    Some(f64::from(year) * 10_000.0 + month * 100.0 + f64::from(day) + clock)
}

fn ordinal_number(part: &str) -> Option<u32> {
    let digits = part.trim_end_matches(|it: char| it.is_alphabetic());
    let ending = &part[digits.len()..];
    matches!(ending, "" | "st" | "nd" | "rd" | "th")
        .then(|| digits.parse().ok())
        .flatten()
}

fn is_date(text: &str) -> bool {
    text.chars()
        .filter(|it| matches!(it, '/' | '.' | '-'))
        .count()
        >= 2
}
