//! From what stands on a page to a value of the asked type.

use serde_json::{Number, Value};
use url::Url;

use super::{
    cell::Cell,
    date::{self, Order},
    number::{self, Style},
    schema::{Scalar, Type},
};
use crate::ground::{likeness, words};

/// How values are written where they stand: told by their column, or by the page's language.
#[derive(Debug, Clone, Default)]
pub struct Manner {
    /// Of numbers.
    pub style: Style,
    /// Of dates.
    pub order: Option<Order>,
    /// What addresses are relative to.
    pub base: Option<Url>,
}

/// What the value of a cell is meant to be, beyond its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Want {
    /// What it says.
    Text,
    /// Where it leads.
    Link,
    /// The address of its picture.
    Image,
}

/// The value, if the cell is one of that type.
///
/// # Errors
/// Why it is not, to follow the quoted text: "is no number".
pub fn convert(cell: &Cell, scalar: &Scalar, want: Want, manner: &Manner) -> Result<Value, String> {
    match want {
        Want::Link => {
            return cell
                .href
                .clone()
                .map(Value::from)
                .ok_or_else(|| "leads nowhere".to_owned());
        }
        Want::Image => {
            return cell
                .src
                .clone()
                .map(Value::from)
                .ok_or_else(|| "has no picture".to_owned());
        }
        Want::Text => {}
    }
    let text = cell.text.trim();
    if !scalar.choices.is_empty() {
        return choice(text, scalar).ok_or_else(|| "is none of the allowed values".to_owned());
    }
    match scalar.kind {
        Type::Text => written(cell, scalar, manner),
        Type::Number | Type::Integer => {
            let meant = cell.value.as_deref().filter(|it| it.parse::<f64>().is_ok());
            let number = number::parse(text, manner.style)
                .or_else(|| meant.and_then(|it| it.parse().ok()))
                .or_else(|| {
                    cell.value
                        .as_deref()
                        .and_then(|it| number::parse(it, manner.style))
                })
                .ok_or_else(|| format!("is no {}", scalar.kind.name()))?;
            if scalar.kind == Type::Integer && number.fract() != 0.0 {
                return Err("is no whole number".to_owned());
            }
            whole(number).ok_or_else(|| "is no number".to_owned())
        }
        Type::Boolean => cell
            .checked
            .or_else(|| boolean(text))
            .map(Value::from)
            .ok_or_else(|| "is no yes or no".to_owned()),
    }
}

/// Text in the format that is asked for.
fn written(cell: &Cell, scalar: &Scalar, manner: &Manner) -> Result<Value, String> {
    let text = cell.text.trim();
    let moment = || {
        let meant = cell
            .value
            .as_deref()
            .and_then(|it| date::parse(it, manner.order));
        meant
            .or_else(|| date::parse(text, manner.order))
            .ok_or_else(|| "is no date that can be told".to_owned())
    };
    match scalar.format.as_deref() {
        Some("date") => moment().map(|it| it.iso_date().into()),
        Some("date-time") => moment().map(|it| it.iso().into()),
        Some("email" | "idn-email") => {
            let mail = cell
                .href
                .as_deref()
                .and_then(|it| it.strip_prefix("mailto:"));
            let mail = mail.map(|it| it.split('?').next().unwrap_or_default().to_owned());
            email(text)
                .or(mail)
                .map(Value::from)
                .ok_or_else(|| "is no e-mail address".to_owned())
        }
        Some("uri" | "url" | "uri-reference" | "iri") => {
            let absolute = Url::parse(text).ok().filter(|it| it.has_host());
            let relative = || {
                let path = text.starts_with(['/', '.']).then_some(text)?;
                manner.base.as_ref()?.join(path).ok()
            };
            let found = cell
                .href
                .clone()
                .or_else(|| absolute.or_else(relative).map(String::from))
                .or_else(|| cell.src.clone());
            found
                .map(Value::from)
                .ok_or_else(|| "is no address".to_owned())
        }
        _ if text.is_empty() => match cell.checked {
            Some(checked) => Ok(Value::from(if checked { "yes" } else { "no" })),
            None => Err("is empty".to_owned()),
        },
        _ => Ok(Value::from(text)),
    }
}

/// A number as JSON; 1250.0 is 1250.
#[must_use]
pub fn whole(number: f64) -> Option<Value> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "checked to be whole and small"
    )]
    if number.fract() == 0.0 && number.abs() < 9e15 {
        return Some(Value::from(number as i64));
    }
    Number::from_f64(number).map(Value::Number)
}

/// The allowed value that the text is, or that it says among other words; never the nearest.
fn choice(text: &str, scalar: &Scalar) -> Option<Value> {
    let named = |choice: &Value| match choice {
        Value::String(it) => it.clone(),
        other => other.to_string(),
    };
    let same = |choice: &&Value| named(choice).eq_ignore_ascii_case(text);
    if let Some(found) = scalar.choices.iter().find(same) {
        return Some(found.clone());
    }
    let alike = |choice: &&Value| !choice.is_null() && likeness(text, &named(choice), false) > 0.9;
    let mut alike = scalar.choices.iter().filter(alike);
    if let Some(found) = alike.next() {
        return alike.next().is_none().then(|| found.clone());
    }
    let have = words(text);
    let said = |choice: &&Value| {
        let want = words(&named(choice));
        !want.is_empty()
            && have
                .windows(want.len())
                .enumerate()
                .any(|(at, it)| it == want && !negated(&have[..at]))
    };
    let mut said = scalar.choices.iter().filter(said);
    let found = said.next()?;
    said.next().is_none().then(|| found.clone())
}

/// Whether the words end with one that turns the next around.
pub fn negated(before: &[String]) -> bool {
    let turns = [
        "not", "no", "non", "never", "un", "without", "isn", "t", "kein", "nicht", "pas",
    ];
    before.last().is_some_and(|it| turns.contains(&&**it))
}

/// Yes or no, in the usual ways to say it.
#[must_use]
pub fn boolean(text: &str) -> Option<bool> {
    const YES: &[&str] = &[
        "yes",
        "true",
        "on",
        "1",
        "y",
        "✓",
        "✔",
        "✅",
        "☑",
        "checked",
        "enabled",
        "active",
        "ja",
        "oui",
        "sí",
        "sì",
        "si",
        "sim",
        "available",
        "in stock",
        "✔️",
    ];
    const NO: &[&str] = &[
        "no",
        "false",
        "off",
        "0",
        "n",
        "✗",
        "✘",
        "❌",
        "✕",
        "×",
        "☐",
        "unchecked",
        "disabled",
        "inactive",
        "nein",
        "non",
        "não",
        "unavailable",
        "not available",
        "out of stock",
        "sold out",
        "✖",
    ];
    let text = text.trim().to_lowercase();
    if YES.contains(&&*text) {
        Some(true)
    } else if NO.contains(&&*text) {
        Some(false)
    } else {
        None
    }
}

/// The only e-mail address in a text.
#[must_use]
pub fn email(text: &str) -> Option<String> {
    let mark = |it: char| {
        it.is_whitespace() || matches!(it, '<' | '>' | '(' | ')' | ',' | ';' | '"' | '[' | ']')
    };
    let address = |it: &&str| {
        it.split_once('@').is_some_and(|(user, host)| {
            !user.is_empty()
                && host.contains('.')
                && !host.contains('@')
                && !host.starts_with('.')
                && !host.ends_with('.')
        })
    };
    let mut found = text
        .split(mark)
        .map(|it| {
            it.trim_start_matches("mailto:")
                .trim_end_matches(['.', ':', '!', '?'])
        })
        .filter(address);
    let first = found.next()?;
    found.next().is_none().then(|| first.to_owned())
}

/// Whether a text is a telephone number.
#[must_use]
pub fn is_phone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let others = text.chars().any(|it| {
        !(it.is_ascii_digit() || matches!(it, ' ' | '+' | '-' | '(' | ')' | '/' | '.' | '\u{a0}'))
    });
    let grouped =
        text.trim().starts_with(['+', '(', '0']) || text.matches(['-', ' ', '.']).count() >= 2;
    (7..=15).contains(&digits)
        && !others
        && grouped
        && date::parse(text, Some(Order::DayFirst)).is_none()
}
