//! Conditions: "if there is …", "unless … is shown".

use super::{
    clause::When,
    name::{matches, phrase},
    token::{Class, Token},
    verb,
};

/// Wordings before what is to be there.
const THERE: &[&str] = &[
    "there is",
    "there are",
    "there's",
    "you see",
    "you can see",
    "we see",
    "the page shows",
    "the page says",
    "the page contains",
    "the page has",
    "the page asks for",
    "the site asks for",
    "the website asks for",
    "it says",
    "it shows",
    "it asks for",
    "you are asked for",
    "you get",
    "you find",
    "it has",
    "the text",
    "the message",
    "it contains",
    "the page displays",
    "you are shown",
    "exists",
];

/// Wordings after what is to be there.
const SHOWN: &[&str] = &[
    "appears",
    "appear",
    "shows up",
    "show up",
    "pops up",
    "pop up",
    "comes up",
    "is shown",
    "are shown",
    "is visible",
    "are visible",
    "is displayed",
    "are displayed",
    "is present",
    "are present",
    "is there",
    "are there",
    "exists",
    "exist",
    "is on the page",
    "are on the page",
    "is open",
    "is available",
    "are available",
    "is listed",
    "are listed",
    "is showing",
    "is visible on the page",
    "appears on the page",
    "is shown on the page",
    "is displayed on the page",
    "to appear",
    "to be visible",
    "to show up",
    "is found",
    "has appeared",
    "loads",
    "is loaded",
    "has loaded",
    "to load",
    "was shown",
    "is on the screen",
];

/// Wordings after what is to be gone.
const GONE: &[&str] = &[
    "disappears",
    "disappear",
    "to disappear",
    "is gone",
    "are gone",
    "goes away",
    "to go away",
    "is no longer visible",
    "is no longer shown",
    "vanishes",
    "to vanish",
    "has disappeared",
    "is hidden",
    "is not shown",
    "is not visible",
    "is not there",
    "is not present",
    "is not displayed",
    "isn't shown",
    "isn't visible",
    "isn't there",
    "isn't present",
    "does not appear",
    "doesn't appear",
    "does not exist",
    "doesn't exist",
    "are not shown",
    "are not there",
    "is not on the page",
    "is absent",
    "is missing",
    "is not listed",
    "is not available",
];

/// The condition that the tokens begin with, and where the order after it begins. The error is the
/// place of a condition that has no meaning here.
pub fn leading(tokens: &[Token], at: usize) -> Option<Result<(When, usize), usize>> {
    let first = tokens.get(at)?;
    let length = if first.is("if") || first.is("unless") {
        1
    } else if first.is("in") && tokens.get(at + 1).is_some_and(|it| it.is("case")) {
        2
    } else {
        return None;
    };
    let begin = at + length;
    let comma = (begin..tokens.len()).find(|it| tokens[*it].is_mark(",") || tokens[*it].is("then"));
    let end = comma.or_else(|| {
        (begin + 2..tokens.len()).find(|it| {
            let whole = shown(&tokens[begin..*it]).is_some() || gone(&tokens[begin..*it]).is_some();
            verb::joins(tokens, *it).is_some() && (whole || there(&tokens[begin..*it]).is_some())
        })
    });
    let end = end.unwrap_or(tokens.len());
    let mut when = match body(&tokens[begin..end]) {
        Some(when) => when,
        None => return Some(Err(end)),
    };
    if first.is("unless") {
        when.present = !when.present;
    }
    Some(Ok((when, end)))
}

/// What is said to be there or not.
pub fn body(tokens: &[Token]) -> Option<When> {
    let marked = |it: &Token| it.class != Class::Mark;
    let tokens: Vec<Token> = tokens.iter().filter(|it| marked(it)).cloned().collect();
    let mut present = true;
    let mut rest = &tokens[..];
    let mut said = false;
    if let Some(length) = there(rest) {
        rest = &rest[length..];
        said = true;
    }
    if let Some(first) = rest.first().filter(|it| it.is("no") || it.is("not")) {
        rest = &rest[1..];
        present = !(first.is("no") || first.is("not"));
        said = true;
    }
    if let Some(length) = gone(rest) {
        rest = &rest[..length];
        present = !present;
        said = true;
    } else if let Some(length) = shown(rest) {
        rest = &rest[..length];
        said = true;
    }
    if !said || rest.is_empty() {
        return None;
    }
    let what = phrase(rest);
    (!what.is_bare() || what.kind.is_some()).then_some(When { what, present })
}

fn there(tokens: &[Token]) -> Option<usize> {
    let words: Vec<&Token> = tokens.iter().collect();
    let lead = THERE.iter().filter_map(|it| matches(&words, 0, it)).max()?;
    (lead < tokens.len()).then_some(lead)
}

/// How many tokens stand before the wording that ends them.
fn shown(tokens: &[Token]) -> Option<usize> {
    before(tokens, SHOWN)
}

/// Same, for what is gone.
pub fn gone(tokens: &[Token]) -> Option<usize> {
    before(tokens, GONE)
}

fn before(tokens: &[Token], wordings: &[&str]) -> Option<usize> {
    let words: Vec<&Token> = tokens.iter().collect();
    wordings
        .iter()
        .filter_map(|it| {
            let start = words.len().checked_sub(it.split(' ').count())?;
            matches(&words, start, it)?;
            (start > 0).then_some(start)
        })
        .min()
}
