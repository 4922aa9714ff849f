//! Parts of a text that say what they are: `Label: value`, "128 points", "by Ann", "★ 4.5".

use super::{date, number, record::Origin};

/// A part of a text, and what the words around it call it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// What it is called.
    pub names: Vec<(String, Origin)>,
    /// Its words.
    pub text: String,
    /// The value that it stands for, if that is another.
    pub value: Option<String>,
}

impl Segment {
    fn new(name: &str, origin: Origin, text: &str) -> Self {
        Self {
            names: vec![(name.to_lowercase(), origin)],
            text: text.to_owned(),
            value: None,
        }
    }
}

/// Longer texts are prose, and nothing in them is a label.
const MAX_TEXT: usize = 200;
const MAX_LABEL: usize = 40;
/// Words before who made it.
const BY: &[&str] = &["by", "von", "par", "por"];

/// `Label: value`, if the text is one.
#[must_use]
pub fn labelled(text: &str) -> Option<(&str, &str)> {
    let (label, value) = text.split_once(':')?;
    let (label, value) = (label.trim(), value.trim());
    let worded = label.chars().any(char::is_alphabetic) && label.split_whitespace().count() <= 6;
    // "14:30" and "https://" have no label; "Re: yes" has.
    let address = value.starts_with("//")
        || label
            .chars()
            .next_back()
            .is_some_and(|it| it.is_ascii_digit())
            && value.starts_with(|it: char| it.is_ascii_digit());
    (worded && !address && label.chars().count() <= MAX_LABEL && !value.is_empty())
        .then_some((label, value))
}

/// The parts of a text that say what they are.
#[must_use]
pub fn segments(text: &str) -> Vec<Segment> {
    let text = text.trim();
    if text.chars().count() > MAX_TEXT {
        return Vec::new();
    }
    // Most texts say nothing of themselves.
    let digits = text.contains(|it: char| it.is_ascii_digit());
    let spaced = text.contains(' ');
    if !digits
        && !text.contains([':', '|', '·', '•', '∙', '★', '⭐', '☆', '–', '—'])
        && !says_by(text)
        || digits && !spaced && !text.contains([':', '★', '/'])
    {
        return Vec::new();
    }
    let mut found = Vec::new();
    // A dash divides where there are several of them.
    let dash = [" – ", " — ", " - "]
        .into_iter()
        .find(|it| text.matches(it).count() > 1);
    let parts: Vec<&str> = text
        .split(['|', '·', '•', '∙'])
        .flat_map(|it| it.split(dash.unwrap_or("|")))
        .map(str::trim)
        .filter(|it| !it.is_empty())
        .collect();
    for part in &parts {
        if let Some((label, value)) = labelled(part) {
            found.push(Segment::new(label, Origin::Label, value));
            continue;
        }
        if let Some(rating) = stars(part) {
            found.push(rating);
        }
        found.extend(led(part));
        found.extend(counted(part));
        if parts.len() > 1 && !found.iter().any(|it| it.text == *part) {
            found.push(Segment {
                names: Vec::new(),
                text: (*part).to_owned(),
                value: None,
            });
        }
    }
    found
}

/// Whether somebody is named who made it.
fn says_by(text: &str) -> bool {
    text.split(' ')
        .take(4)
        .any(|it| BY.contains(&&*it.to_lowercase()))
}

/// "★★★☆☆", "4.5 out of 5", "4.5/5", "★ 4.5".
fn stars(part: &str) -> Option<Segment> {
    let rating = |text: &str, value: Option<String>| Segment {
        names: vec![
            ("rating".to_owned(), Origin::Unit),
            ("stars".to_owned(), Origin::Unit),
        ],
        text: text.to_owned(),
        value,
    };
    let full = part.matches(['★', '⭐']).count();
    let empty = part.matches('☆').count();
    let digits = part.contains(|it: char| it.is_ascii_digit());
    if full + empty >= 3 {
        let glyphs: String = part
            .chars()
            .filter(|it| matches!(it, '★' | '⭐' | '☆'))
            .collect();
        return Some(rating(&glyphs, Some(full.to_string())));
    }
    let scale = ["out of 5", "/5", "/ 5", "out of 10", "/10", "/ 10"]
        .iter()
        .any(|it| part.contains(it));
    let starred = full > 0 || part.to_lowercase().contains("star");
    if digits && (scale || starred) {
        let start = part.find(|it: char| it.is_ascii_digit())?;
        let number: String = part[start..]
            .chars()
            .take_while(|it| it.is_ascii_digit() || matches!(it, '.' | ','))
            .collect();
        let number = number.trim_end_matches(['.', ',']);
        return Some(rating(number, Some(number.replace(',', "."))));
    }
    None
}

/// "by Ann Lee", "Published 3 March 2026", "Now $5".
fn led(part: &str) -> Vec<Segment> {
    let tokens: Vec<&str> = part.split_whitespace().collect();
    let mut found = Vec::new();
    let by = tokens
        .iter()
        .position(|it| BY.contains(&&*it.to_lowercase()));
    if let Some(by) = by.filter(|it| *it + 1 < tokens.len() && (*it < 4)) {
        let stop = |it: &&str| {
            it.starts_with(|it: char| it.is_ascii_digit())
                || ["on", "in", "at", "|", "-", "–", "—"].contains(it)
        };
        let name: Vec<&str> = tokens[by + 1..]
            .iter()
            .take_while(|it| !stop(it))
            .copied()
            .take(6)
            .collect();
        let name = name.join(" ");
        let name = name.trim_matches([',', '(', ')', '.']).trim();
        if !name.is_empty() {
            let mut segment = Segment::new("author", Origin::Lead, name);
            segment.names.push(("by".to_owned(), Origin::Lead));
            // "reported by Bo".
            let how = by.checked_sub(1).map(|it| tokens[it].to_lowercase());
            if let Some(how) = how.filter(|it| it.ends_with("ed") || it.ends_with("en")) {
                segment.names.push((how, Origin::Lead));
            }
            found.push(segment);
        }
    }
    if !part.contains(|it: char| it.is_ascii_digit()) {
        return found;
    }
    for words in 1..=3.min(tokens.len().saturating_sub(1)) {
        if tokens[words - 1].contains(|it: char| it.is_ascii_digit()) {
            break;
        }
        let rest = tokens[words..].join(" ");
        if date::parse(&rest, Some(date::Order::DayFirst)).is_some() && !is_month(tokens[words - 1])
        {
            found.push(Segment::new(
                &tokens[..words].join(" "),
                Origin::Lead,
                &rest,
            ));
            break;
        }
        let money = number::is_money(&rest) && rest.split_whitespace().count() <= 2;
        if money && rest.starts_with(|it: char| !it.is_alphabetic()) {
            found.push(Segment::new(
                tokens[..words].join(" ").trim_matches(['(', ')']),
                Origin::Lead,
                &rest,
            ));
            break;
        }
    }
    found
}

fn is_month(word: &str) -> bool {
    date::parse(&format!("1 {word} 2000"), None).is_some()
}

/// "128 points", "(23 reviews)", "3 hours ago".
fn counted(part: &str) -> Vec<Segment> {
    let tokens: Vec<&str> = part.split_whitespace().collect();
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let bare = token
            .trim_matches(|it: char| matches!(it, '(' | ')' | '[' | ']' | ',' | '.' | '+' | '~'));
        if !bare.starts_with(|it: char| it.is_ascii_digit())
            || number::parse(bare, number::Style::default()).is_none()
        {
            continue;
        }
        let Some(unit) = tokens.get(at + 1) else {
            continue;
        };
        let unit = unit.trim_matches(|it: char| !it.is_alphanumeric());
        if !unit.chars().all(char::is_alphabetic) || unit.chars().count() < 2 || is_month(unit) {
            continue;
        }
        if tokens.get(at + 2).is_some_and(|it| {
            it.trim_end_matches(|it: char| !it.is_alphabetic())
                .eq_ignore_ascii_case("ago")
        }) {
            let text = tokens[at..at + 3].join(" ");
            let mut segment = Segment::new("age", Origin::Lead, text.trim_matches(['(', ')', ',']));
            segment.names.push(("time".to_owned(), Origin::Lead));
            segment.names.push(("posted".to_owned(), Origin::Lead));
            found.push(segment);
            continue;
        }
        if matches!(
            &*unit.to_lowercase(),
            "of" | "out" | "to" | "and" | "per" | "by" | "x" | "am" | "pm" | "in" | "at" | "on"
        ) {
            continue;
        }
        let mut segment = Segment::new(unit, Origin::Unit, &format!("{bare} {unit}"));
        // "2 unread messages": both words name it.
        if let Some(second) = tokens
            .get(at + 2)
            .map(|it| it.trim_matches(|it: char| !it.is_alphanumeric()))
            .filter(|it| it.chars().all(char::is_alphabetic) && it.len() > 2)
        {
            segment
                .names
                .push((format!("{unit} {second}").to_lowercase(), Origin::Unit));
        }
        found.push(segment);
    }
    found
}
