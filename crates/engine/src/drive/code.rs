//! The caller's error codes, by exact words.

use std::collections::BTreeMap;

use errand_domain::{run::RunError, text::clip};

/// Codes whose description, or what is quoted in it, stands in the reason of the failure or on the
/// page that the run ended on.
pub fn by_words(codes: &BTreeMap<String, String>, reason: &str, page: &str) -> Vec<RunError> {
    let (reason, page) = (plain(reason), plain(page));
    let found = codes.iter().filter_map(|(code, description)| {
        let (place, words) = wanted(description).into_iter().find_map(|words| {
            let place = [("the page says", &page), ("the reason says", &reason)];
            let place = place.into_iter().find(|(_, text)| holds(text, &words));
            place.map(|(place, _)| (place, words))
        })?;
        Some(RunError {
            error_code: code.clone(),
            reasoning: format!("{place} \"{}\"", clip(&words, 200)),
        })
    });
    found.collect()
}

/// The words of a description that are looked for: those in quotes, else all of it.
fn wanted(description: &str) -> Vec<String> {
    let mut quoted = Vec::new();
    for (open, close) in [('"', '"'), ('“', '”'), ('\'', '\'')] {
        let mut rest = description;
        while let Some((_, after)) = rest.split_once(open) {
            let Some((inside, after)) = after.split_once(close) else {
                break;
            };
            quoted.push(plain(inside));
            rest = after;
        }
    }
    quoted.retain(|it| it.chars().filter(|it| it.is_alphanumeric()).count() >= 3);
    if quoted.is_empty() {
        quoted.push(plain(description.trim_end_matches(['.', '!'])));
    }
    quoted
}

fn plain(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").to_lowercase().replace('’', "'")
}

/// Whether the words stand in the text, not inside longer ones.
fn holds(text: &str, words: &str) -> bool {
    let is_word = |it: char| it.is_alphanumeric();
    !words.is_empty()
        && text.match_indices(words).any(|(at, found)| {
            let before = text[..at].chars().next_back();
            let after = text[at + found.len()..].chars().next();
            !before.is_some_and(is_word) && !after.is_some_and(is_word)
        })
}
