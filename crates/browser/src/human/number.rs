//! Numbers.

/// Reads a number that stands alone, with its separators, a currency's sign or a unit: `1,234.5`,
/// `1.234,5`, `70 %`, `$5`. A single separator parts thousands only where three digits follow a
/// comma; otherwise the decimals.
#[must_use]
pub fn parse(text: &str) -> Option<f64> {
    let text = text.trim().replace('\u{2212}', "-");
    let negative = text.starts_with('-') || text.starts_with("(-");
    let start = text.find(|it: char| it.is_ascii_digit() || it == '.')?;
    let end = text.rfind(|it: char| it.is_ascii_digit())? + 1;
    let (before, number, after) = (&text[..start], text.get(start..end)?, &text[end..]);
    // Words around it make it a sentence with a number in it.
    let unit = |part: &str| {
        part.trim().chars().count() <= 4 && !part.contains(|it: char| it.is_ascii_digit())
    };
    if !unit(before) || !unit(after) {
        return None;
    }
    let known = |it: char| {
        it.is_ascii_digit() || matches!(it, '.' | ',' | '\'' | '_' | ' ' | '\u{a0}' | '\u{202f}')
    };
    if !number.chars().all(known) {
        return None;
    }
    let joined: String = number
        .chars()
        .filter(|it| it.is_ascii_digit() || matches!(it, '.' | ','))
        .collect();
    // Digits apart are one number only in groups of three.
    let groups = number.split([' ', '\u{a0}', '\u{202f}', '\'', '_']).skip(1);
    let grouped = |it: &str| it.split(['.', ',']).next().is_some_and(|it| it.len() == 3);
    if !groups.into_iter().all(grouped) {
        return None;
    }
    let plain = match (joined.rfind('.'), joined.rfind(',')) {
        (Some(dot), Some(comma)) if dot > comma => joined.replace(',', ""),
        (Some(_), Some(_)) => joined.replace('.', "").replace(',', "."),
        (None, Some(comma)) => {
            let thousands = joined.len() - comma == 4 && !joined.starts_with("0,");
            if thousands || joined.matches(',').count() > 1 {
                joined.replace(',', "")
            } else {
                joined.replace(',', ".")
            }
        }
        (Some(_), None) if joined.matches('.').count() > 1 => joined.replace('.', ""),
        _ => joined,
    };
    let value: f64 = plain.parse().ok()?;
    let value = if negative { -value } else { value };
    value.is_finite().then_some(value)
}

/// As a control holds it: no separators, no needless decimals.
#[must_use]
pub fn plain(number: f64) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    number.to_string()
}
