//! Numbers as people write them: currency, units, thousands and decimals in any of the usual ways.

/// How the numbers around are written, where that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Style {
    /// What stands before the decimals.
    pub decimal: Option<char>,
}

/// Languages whose numbers have a comma before the decimals.
const COMMA: &[&str] = &[
    "de", "fr", "es", "it", "pt", "nl", "pl", "sv", "da", "nb", "nn", "no", "fi", "cs", "sk", "ru",
    "uk", "tr", "ro", "hu", "el", "bg", "hr", "sl", "id", "vi",
];
const SYMBOLS: &[char] = &[
    '$', '€', '£', '¥', '₹', '₽', '₩', '₺', '₫', '฿', '₪', '₴', '₱',
];
const CODES: &[&str] = &[
    "USD", "EUR", "GBP", "CHF", "JPY", "SEK", "NOK", "DKK", "PLN", "CZK", "CAD", "AUD", "INR",
    "CNY", "BRL", "kr", "zł", "Fr.", "Kč", "Rs",
];

impl Style {
    /// How the page's language writes numbers.
    #[must_use]
    pub fn of_language(language: &str) -> Self {
        let short = language
            .split(['-', '_'])
            .next()
            .unwrap_or_default()
            .to_lowercase();
        // Switzerland and Liechtenstein write a point.
        let swiss =
            language.to_lowercase().ends_with("-ch") || language.to_lowercase().ends_with("-li");
        let decimal = if short.is_empty() {
            None
        } else if COMMA.contains(&&*short) && !swiss {
            Some(',')
        } else {
            Some('.')
        };
        Self { decimal }
    }

    /// How these texts, which stand in one column, write numbers; the language decides only where
    /// none of them tells.
    pub fn of_texts<'t>(texts: impl Iterator<Item = &'t str>, language: &str) -> Self {
        let mut told = None;
        for text in texts.take(200) {
            let Some((digits, _)) = find(text).and_then(|it| it.alone(text)) else {
                continue;
            };
            match (told, decimal_of(&digits)) {
                (_, None) => {}
                (None, found) => told = found,
                // Both ways in one column: nothing is told.
                (Some(one), Some(other)) if one != other => return Self::of_language(language),
                _ => {}
            }
        }
        match told {
            Some(_) => Self { decimal: told },
            None => Self::of_language(language),
        }
    }
}

/// What a number certainly has before its decimals, if it tells.
fn decimal_of(digits: &str) -> Option<char> {
    let last = digits.rfind(['.', ','])?;
    let mark = char::from(digits.as_bytes()[last]);
    let other = if mark == '.' { ',' } else { '.' };
    let count = digits.matches(mark).count();
    let after = digits.len() - last - 1;
    match (count, digits.contains(other), after) {
        (1, true, _) => Some(mark),
        // "1.250.000": the other one would be before decimals.
        (2.., _, 3) => Some(other),
        (1, false, it) if it != 3 => Some(mark),
        // "0.125" has no thousands.
        (1, false, 3) if digits.starts_with('0') || last > 3 => Some(mark),
        _ => None,
    }
}

struct Place {
    start: usize,
    end: usize,
    digits: String,
}

impl Place {
    /// The digits, and what follows the number; none if there is a second number.
    fn alone(self, text: &str) -> Option<(String, usize)> {
        let rest = &text[self.end..];
        let bare = rest.trim_start();
        let scale = bare
            .strip_prefix('/')
            .or_else(|| bare.strip_prefix("out of"))
            .or_else(|| bare.strip_prefix("of "));
        if rest.contains(|it: char| it.is_ascii_digit()) {
            // "4.5 out of 5", "4.5/5": the first is meant. "12/05" and "1 of 300" are something else.
            let scale = scale.filter(|it| {
                !bare.starts_with("of ") || self.digits.contains('.') && !it.is_empty()
            })?;
            let limit: f64 = scale
                .trim()
                .trim_end_matches(|it: char| !it.is_ascii_digit())
                .parse()
                .ok()?;
            let (value, spread) = (
                self.digits.replace(',', ".").parse::<f64>().ok()?,
                [5.0, 10.0, 100.0],
            );
            if value > limit || !spread.contains(&limit) {
                return None;
            }
        }
        Some((self.digits, self.end))
    }
}

/// The first number in a text.
fn find(text: &str) -> Option<Place> {
    let start = text.find(|it: char| it.is_ascii_digit())?;
    // ".5" begins with its point.
    let mut end = start;
    let mut digits = String::new();
    // Digits since the last mark between thousands.
    let mut run = 0;
    let mut grouped = false;
    for (at, letter) in text[start..].char_indices() {
        let place = start + at;
        let next = &text[place + letter.len_utf8()..];
        if letter.is_ascii_digit() {
            digits.push(letter);
            run += 1;
        } else if matches!(letter, '.' | ',') && next.starts_with(|it: char| it.is_ascii_digit()) {
            digits.push(letter);
        } else if matches!(
            letter,
            '\'' | '’' | '\u{a0}' | '\u{202f}' | '\u{2009}' | ' '
        ) && three(next)
            && (run == 3 || run < 3 && !grouped)
            && !digits.contains(['.', ','])
        {
            (run, grouped) = (0, true);
            continue;
        } else {
            break;
        }
        end = place + letter.len_utf8();
    }
    Some(Place { start, end, digits })
}

/// Three digits and then none: "1 250".
fn three(rest: &str) -> bool {
    rest.chars().take_while(char::is_ascii_digit).count() == 3
}

/// The only number in the text.
///
/// "1.234,56 €", "1,234.56", "1 234,56", "CHF 1'234.50", "(12.00)", "−3", "12k", "45%", "4.5 out of 5".
/// None if there are several, or if it can't be told.
#[must_use]
pub fn parse(text: &str, style: Style) -> Option<f64> {
    let text = text.trim();
    let place = find(text)?;
    let start = place.start;
    let (digits, end) = place.alone(text)?;
    let before = &text[..start];
    let after = &text[end..];
    // A letter right before it makes it a part of a name: "A4", "INV-12" is read as text.
    let name = before.trim_end_matches(['-', '−', '–', '.', '#']);
    let code = CODES.iter().any(|it| name.trim_end().ends_with(it));
    if name.len() == before.len() && name.ends_with(char::is_alphabetic) && !code {
        return None;
    }
    if name.len() < before.len() && name.ends_with(char::is_alphanumeric) && !code {
        return None;
    }
    if after.starts_with(['-', ':']) && after[1..].starts_with(char::is_alphanumeric) {
        return None;
    }
    let value: f64 = plain(&digits, style, is_money(text))?.parse().ok()?;
    let (factor, joined) = scale(after);
    if joined && factor == 1.0 {
        // "3rd", "2x", "12px": a unit may follow at once, an ordinal's ending is one too.
        let word: String = after.chars().take_while(|it| it.is_alphabetic()).collect();
        if word.chars().count() > 4 {
            return None;
        }
    }
    let sign = before.trim_end_matches(|it: char| {
        SYMBOLS.contains(&it) || it.is_whitespace() || it.is_alphabetic()
    });
    let negative = sign.ends_with(['-', '−', '–'])
        && sign
            .trim_end_matches(['-', '−', '–'])
            .chars()
            .next_back()
            .is_none_or(|it| !it.is_alphanumeric())
        || sign.ends_with('(')
            && after
                .trim_start_matches(|it: char| it != ')')
                .starts_with(')')
            && before.trim_start().starts_with(['(', '-']);
    let value = value * factor;
    Some(if negative { -value } else { value })
}

/// "k", "M", "bn" right behind a number; and whether a letter follows at once.
fn scale(after: &str) -> (f64, bool) {
    let joined = after.starts_with(char::is_alphabetic);
    let word: String = after
        .trim_start()
        .chars()
        .take_while(|it| it.is_alphabetic())
        .collect();
    let factor = match (&*word, joined) {
        ("k" | "K", true) => 1e3,
        ("M" | "m", true) if word == "M" => 1e6,
        ("B" | "bn", true) => 1e9,
        ("million" | "Mio" | "mn", _) => 1e6,
        ("billion", _) => 1e9,
        ("thousand", _) => 1e3,
        _ => 1.0,
    };
    (factor, joined)
}

/// Digits with a point before the decimals, if it can be told which they are.
fn plain(digits: &str, style: Style, money: bool) -> Option<String> {
    let Some(last) = digits.rfind(['.', ',']) else {
        return Some(digits.to_owned());
    };
    let mark = char::from(digits.as_bytes()[last]);
    let after = digits.len() - last - 1;
    let groups = |part: &str| {
        let mut parts = part.split(['.', ',']);
        let first = parts.next().is_some_and(|it| (1..=3).contains(&it.len()));
        first && parts.all(|it| it.len() == 3)
    };
    let decimal = match decimal_of(digits) {
        Some(told) => told,
        // "1,250" and "1.250": money has no third decimal; else the style around, else a comma
        // divides thousands and a point decimals.
        None if money && after == 3 => {
            if mark == '.' {
                ','
            } else {
                '.'
            }
        }
        None => style.decimal.unwrap_or('.'),
    };
    if mark == decimal && digits.matches(mark).count() == 1 {
        let whole: String = digits[..last]
            .chars()
            .filter(char::is_ascii_digit)
            .collect();
        let others = &digits[..last];
        if others.contains(['.', ',']) && !groups(others) && !indian(others) {
            return None;
        }
        return Some(format!("{whole}.{}", &digits[last + 1..]));
    }
    (groups(digits) || indian(digits))
        .then(|| digits.chars().filter(char::is_ascii_digit).collect())
}

/// "12,34,567".
fn indian(part: &str) -> bool {
    let parts: Vec<&str> = part.split(',').collect();
    parts.len() > 2
        && parts.last().is_some_and(|it| it.len() == 3)
        && parts[1..parts.len() - 1].iter().all(|it| it.len() == 2)
        && parts[0].len() <= 2
}

/// Whether a text is a sum of money.
#[must_use]
pub fn is_money(text: &str) -> bool {
    let code = |code: &&str| {
        text.match_indices(*code).any(|(at, _)| {
            let before = text[..at].chars().next_back();
            let after = text[at + code.len()..].chars().next();
            before.is_none_or(|it| !it.is_alphabetic())
                && after.is_none_or(|it| !it.is_alphabetic())
        })
    };
    text.len() < 60
        && (text.contains(SYMBOLS) || CODES.iter().any(code))
        && text.contains(|it: char| it.is_ascii_digit())
}
