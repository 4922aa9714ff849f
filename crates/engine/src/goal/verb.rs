//! The verbs of goals and their wordings.

use super::token::{Class, Token};

/// What a clause does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Open or go to.
    Go,
    /// Click.
    Click,
    /// Click twice.
    DoubleClick,
    /// Point at.
    Hover,
    /// Type a value into a field.
    Type,
    /// Give a field a value.
    Fill,
    /// Empty a field.
    Clear,
    /// Choose an option.
    Select,
    /// Check.
    Check,
    /// Uncheck.
    Uncheck,
    /// Log in.
    LogIn,
    /// Search.
    Search,
    /// Send the form.
    Submit,
    /// Press a key or a button.
    Press,
    /// Upload a file.
    Upload,
    /// Scroll.
    Scroll,
    /// Wait.
    Wait,
    /// Back in the history.
    Back,
    /// Forward in the history.
    Forward,
    /// Load again.
    Reload,
    /// Say yes to a dialog.
    Accept,
    /// Say no to a dialog.
    Dismiss,
    /// Read values.
    Extract,
    /// Count.
    Count,
}

/// Wordings, longest first within a first word.
const WORDINGS: &[(&str, Verb)] = &[
    ("go back", Verb::Back),
    ("navigate back", Verb::Back),
    ("go forward", Verb::Forward),
    ("go to", Verb::Go),
    ("go on", Verb::Go),
    ("go into", Verb::Go),
    ("navigate to", Verb::Go),
    ("navigate", Verb::Go),
    ("head to", Verb::Go),
    ("browse to", Verb::Go),
    ("switch to", Verb::Go),
    ("change to", Verb::Go),
    ("visit", Verb::Go),
    ("open up", Verb::Go),
    ("open", Verb::Go),
    ("load", Verb::Go),
    ("double click on", Verb::DoubleClick),
    ("double click", Verb::DoubleClick),
    ("double-click on", Verb::DoubleClick),
    ("double-click", Verb::DoubleClick),
    ("click on", Verb::Click),
    ("click", Verb::Click),
    ("tap on", Verb::Click),
    ("tap", Verb::Click),
    ("hit", Verb::Press),
    ("push", Verb::Press),
    ("press on", Verb::Press),
    ("press", Verb::Press),
    ("hover over", Verb::Hover),
    ("hover on", Verb::Hover),
    ("hover", Verb::Hover),
    ("fill in", Verb::Fill),
    ("fill out", Verb::Fill),
    ("fill", Verb::Fill),
    ("complete", Verb::Fill),
    ("set", Verb::Fill),
    ("type in", Verb::Type),
    ("type", Verb::Type),
    ("enter", Verb::Type),
    ("input", Verb::Type),
    ("write", Verb::Type),
    ("put", Verb::Type),
    ("clear", Verb::Clear),
    ("empty", Verb::Clear),
    ("select", Verb::Select),
    ("choose", Verb::Select),
    ("pick", Verb::Select),
    ("uncheck", Verb::Uncheck),
    ("untick", Verb::Uncheck),
    ("deselect", Verb::Uncheck),
    ("turn off", Verb::Uncheck),
    ("switch off", Verb::Uncheck),
    ("disable", Verb::Uncheck),
    ("check", Verb::Check),
    ("tick", Verb::Check),
    ("turn on", Verb::Check),
    ("switch on", Verb::Check),
    ("enable", Verb::Check),
    ("log in to", Verb::LogIn),
    ("log in", Verb::LogIn),
    ("log into", Verb::LogIn),
    ("login to", Verb::LogIn),
    ("login", Verb::LogIn),
    ("sign in to", Verb::LogIn),
    ("sign in", Verb::LogIn),
    ("sign into", Verb::LogIn),
    ("signin", Verb::LogIn),
    ("search for", Verb::Search),
    ("search", Verb::Search),
    ("look up", Verb::Search),
    ("submit", Verb::Submit),
    ("send", Verb::Submit),
    ("upload", Verb::Upload),
    ("attach", Verb::Upload),
    ("scroll", Verb::Scroll),
    ("wait for", Verb::Wait),
    ("wait until", Verb::Wait),
    ("wait", Verb::Wait),
    ("reload", Verb::Reload),
    ("refresh", Verb::Reload),
    ("accept", Verb::Accept),
    ("confirm", Verb::Accept),
    ("dismiss", Verb::Dismiss),
    ("extract", Verb::Extract),
    ("get", Verb::Extract),
    ("find", Verb::Extract),
    ("list", Verb::Extract),
    ("read", Verb::Extract),
    ("scrape", Verb::Extract),
    ("collect", Verb::Extract),
    ("return", Verb::Extract),
    ("fetch", Verb::Extract),
    ("give me", Verb::Extract),
    ("tell me", Verb::Extract),
    ("show me", Verb::Extract),
    ("what is", Verb::Extract),
    ("what are", Verb::Extract),
    ("count", Verb::Count),
    ("how many", Verb::Count),
];

/// Words before a verb that mean nothing here.
const FILLERS: &[&str] = &[
    "please",
    "kindly",
    "now",
    "then",
    "first",
    "next",
    "finally",
    "also",
    "just",
    "and",
    "can",
    "could",
    "would",
    "will",
    "you",
    "i",
    "want",
    "need",
    "you",
    "to",
    "like",
    "after",
    "that",
    "afterwards",
    "lastly",
    "secondly",
    "thirdly",
    "so",
    "the",
    "let's",
    "lets",
    "we",
    "must",
    "should",
    "have",
    "d",
    "i'd",
];

/// The verb at `at`, and how many tokens it takes.
pub fn at(tokens: &[Token], at: usize) -> Option<(Verb, usize)> {
    WORDINGS
        .iter()
        .filter_map(|(wording, verb)| {
            let mut length = 0;
            for word in wording.split(' ') {
                let token = tokens.get(at + length)?;
                if !token.is(word) {
                    return None;
                }
                length += 1;
            }
            Some((*verb, length))
        })
        .max_by_key(|(_, length)| *length)
}

/// The first token from `at` on that is no filler. "to" and "the" count only after another filler.
pub fn skip_fillers(tokens: &[Token], mut at: usize) -> usize {
    while let Some(token) = tokens.get(at) {
        let filler = token.class == Class::Word && FILLERS.contains(&&*token.lower);
        if !filler && !token.is_mark(",") && !token.is_mark("\n") {
            break;
        }
        at += 1;
    }
    at
}

/// The wording nearest to a word that is no verb, if any is near.
pub fn nearest(word: &str) -> Option<&'static str> {
    let words = WORDINGS
        .iter()
        .map(|(wording, _)| *wording)
        .filter(|it| !it.contains(' '));
    words
        .map(|it| (distance(word, it), it))
        .filter(|(distance, it)| *distance <= 1 + it.len() / 4)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, it)| it)
}

/// Levenshtein distance.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, from) in left.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for (column, to) in right.iter().enumerate() {
            let cost = diagonal + usize::from(from != *to);
            diagonal = row[column + 1];
            row[column + 1] = cost.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[right.len()]
}
