//! Line breaks: some end a sentence, some only wrap it.

use super::{
    token::{Class, Token},
    verb,
};

/// Words that no sentence ends with.
const OPEN: &[&str] = &[
    "a", "an", "and", "all", "by", "for", "from", "in", "into", "of", "on", "or", "the", "then",
    "to", "with",
];

/// The tokens without the breaks that only wrap a sentence.
pub fn unwrap(tokens: Vec<Token>) -> Vec<Token> {
    let tokens = listed(tokens);
    let kept: Vec<bool> = tokens
        .iter()
        .enumerate()
        .map(|(at, token)| !token.is_mark("\n") || ends(&tokens, at))
        .collect();
    let kept = tokens.into_iter().zip(kept).filter(|(_, kept)| *kept);
    kept.map(|(token, _)| token).collect()
}

/// "Get:" and lines of nouns below it: one sentence, with commas for the breaks.
fn listed(tokens: Vec<Token>) -> Vec<Token> {
    let mut found: Vec<Token> = Vec::new();
    let mut open = false;
    let mut at = 0;
    while at < tokens.len() {
        if !tokens[at].is_mark("\n") {
            found.push(tokens[at].clone());
            at += 1;
            continue;
        }
        let bullet = tokens
            .get(at + 1)
            .is_some_and(|it| matches!(&*it.text, "-" | "*" | "•"));
        let line = tokens[at + 1..]
            .split(|it| it.is_mark("\n"))
            .next()
            .unwrap_or_default();
        let first = found.iter().rev().take_while(|it| !it.is_mark("\n")).last();
        let heads = found.last().is_some_and(|it| it.is_mark(":"))
            && first.is_some_and(|it| {
                let head = [it.clone()];
                verb::at(&head, 0).is_some_and(|(verb, _)| verb.takes_list())
            });
        let nouns = bullet
            && !line.iter().any(|it| it.is_mark(":") || it.is_mark("="))
            && verb::at(line, 1).is_none();
        if nouns && (open || heads) {
            let comma = Token {
                text: ",".to_owned(),
                lower: ",".to_owned(),
                ..tokens[at].clone()
            };
            if heads {
                found.pop();
            } else {
                found.push(comma);
            }
            open = true;
            at += 2;
            continue;
        }
        open = false;
        found.push(tokens[at].clone());
        at += 1;
    }
    found
}

/// Whether the break at `at` ends a sentence: the line before it is whole, and the line after it
/// begins one of its own.
fn ends(tokens: &[Token], at: usize) -> bool {
    if tokens
        .get(at + 1)
        .is_some_and(|it| matches!(&*it.text, "-" | "*" | "•" | "+"))
    {
        return true;
    }
    let before = tokens[..at].last();
    if before.is_some_and(|it| OPEN.iter().any(|word| it.is(word)) || it.is_mark(",")) {
        return false;
    }
    let line: &[Token] = tokens[at + 1..]
        .split(|it| it.is_mark("\n"))
        .next()
        .unwrap_or_default();
    let Some(first) = line.first() else {
        return true;
    };
    // Short lines are items of a list.
    let short = |line: &[Token]| line.iter().filter(|it| it.class != Class::Mark).count() < 5;
    let above = tokens[..at]
        .iter()
        .rposition(|it| it.is_mark("\n"))
        .map_or(0, |it| it + 1);
    if short(&tokens[above..at]) && short(line) && first.text.starts_with(char::is_uppercase) {
        return true;
    }
    let listed = first
        .text
        .chars()
        .all(|it| it.is_ascii_digit() || "-*•#".contains(it));
    let paired = line.iter().any(|it| it.is_mark(":") || it.is_mark("="));
    let start = verb::skip_fillers(line, 0);
    listed || paired || first.class == Class::Quoted || verb::at(line, start).is_some()
}
