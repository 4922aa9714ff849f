//! From text on a page to a value of the asked type.

use serde_json::{Number, Value};

use super::schema::{Scalar, Type};

/// The value, if the text is one of that type.
pub fn convert(text: &str, scalar: &Scalar) -> Option<Value> {
    let text = text.trim();
    if !scalar.choices.is_empty() {
        let fits = |choice: &&Value| {
            choice
                .as_str()
                .is_some_and(|it| it.eq_ignore_ascii_case(text))
                || (!choice.is_string() && *choice.to_string() == *text)
        };
        return scalar.choices.iter().find(fits).cloned();
    }
    match scalar.kind {
        Type::Text => Some(Value::from(text)),
        Type::Number => number(text).and_then(Number::from_f64).map(whole),
        Type::Integer => {
            let number = number(text)?;
            #[expect(
                clippy::cast_possible_truncation,
                reason = "checked to be whole and small"
            )]
            (number.fract() == 0.0 && number.abs() < 9e15).then(|| Value::from(number as i64))
        }
        Type::Boolean => match &*text.to_lowercase() {
            "yes" | "true" | "on" | "1" | "✓" | "✔" | "checked" | "enabled" | "active" => {
                Some(true.into())
            }
            "no" | "false" | "off" | "0" | "✗" | "✘" | "unchecked" | "disabled" | "inactive" => {
                Some(false.into())
            }
            _ => None,
        },
    }
}

/// 1250.0 reads as 1250 where a number has no fraction.
fn whole(number: Number) -> Value {
    match number.as_f64() {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "checked to be whole and small"
        )]
        Some(it) if it.fract() == 0.0 && it.abs() < 9e15 => Value::from(it as i64),
        _ => Value::Number(number),
    }
}

/// The only number in the text; thousands and decimals by whichever separator comes last.
pub fn number(text: &str) -> Option<f64> {
    let bytes = text.as_bytes();
    let start = text.find(|it: char| it.is_ascii_digit())?;
    let mut end = start;
    let mut kept = String::new();
    for (at, letter) in text[start..].char_indices() {
        let place = start + at;
        let next_digit =
            text[place + letter.len_utf8()..].starts_with(|it: char| it.is_ascii_digit());
        if letter.is_ascii_digit()
            || matches!(letter, '.' | ',' | '\'' | '\u{a0}' | '\u{202f}') && next_digit
            || letter == ' ' && grouped(&text[place + 1..])
        {
            kept.push(letter);
            end = place + letter.len_utf8();
        } else {
            break;
        }
    }
    if text[end..].contains(|it: char| it.is_ascii_digit()) {
        return None;
    }
    let before = text[..start].trim_end_matches(|it: char| !matches!(it, '-' | '−' | '('));
    let close = start.checked_sub(1).map(|at| bytes[at]);
    let negative = before.ends_with(['-', '−']) && text[..start].len() - before.len() < 5
        || close == Some(b'-')
        || before.ends_with('(') && text[end..].trim_start().starts_with(')');
    let value: f64 = separators(&kept).parse().ok()?;
    Some(if negative { -value } else { value })
}

/// Three digits and then none: "1 250".
fn grouped(rest: &str) -> bool {
    let digits = rest.chars().take_while(char::is_ascii_digit).count();
    digits == 3
}

fn separators(number: &str) -> String {
    let digits: String = number
        .chars()
        .filter(|it| it.is_ascii_digit() || matches!(it, '.' | ','))
        .collect();
    let last = digits.rfind(['.', ',']);
    let Some(last) = last else { return digits };
    let mark = digits.as_bytes()[last];
    let alone = digits.bytes().filter(|it| *it == mark).count() == 1;
    let other = digits
        .bytes()
        .any(|it| matches!(it, b'.' | b',') && it != mark);
    let after = digits.len() - last - 1;
    // "1,250" and "1.250.000" are thousands; "1.25", "12,5" and "1,250.00" have decimals.
    let decimal = alone && (other || after != 3 || mark == b'.');
    let (whole, part) = if decimal {
        digits.split_at(last)
    } else {
        (&*digits, "")
    };
    let whole: String = whole.chars().filter(char::is_ascii_digit).collect();
    if part.is_empty() {
        whole
    } else {
        format!("{whole}.{}", &part[1..])
    }
}
