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
    let kept: Vec<bool> = tokens
        .iter()
        .enumerate()
        .map(|(at, token)| !token.is_mark("\n") || ends(&tokens, at))
        .collect();
    let kept = tokens.into_iter().zip(kept).filter(|(_, kept)| *kept);
    kept.map(|(token, _)| token).collect()
}

/// Whether the break at `at` ends a sentence: the line before it is whole, and the line after it
/// begins one of its own.
fn ends(tokens: &[Token], at: usize) -> bool {
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
    let listed = first
        .text
        .chars()
        .all(|it| it.is_ascii_digit() || "-*•#".contains(it));
    let paired = line.iter().any(|it| it.is_mark(":") || it.is_mark("="));
    let start = verb::skip_fillers(line, 0);
    listed || paired || first.class == Class::Quoted || verb::at(line, start).is_some()
}
