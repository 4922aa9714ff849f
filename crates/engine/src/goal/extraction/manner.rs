//! How the answer is to be given.

use crate::goal::token::Token;

/// Cuts off how the answer is to be given, and words for the page that is open anyway.
pub fn without_manner(tokens: &[Token]) -> &[Token] {
    let manner = |at: usize| {
        let token = &tokens[at];
        let next = |offset: usize, words: &[&str]| {
            tokens
                .get(at + offset)
                .is_some_and(|it| words.iter().any(|word| it.is(word)))
        };
        let format = [
            "json", "csv", "list", "table", "array", "object", "text", "number", "a", "an", "the",
            "plain",
        ];
        token.is("according")
            || token.is("as") && next(1, &format)
            || token.is("in") && next(1, &["json", "csv"])
            || token.is("in")
                && next(1, &["a", "the"])
                && next(2, &["form", "format", "list", "json"])
    };
    let end = (1..tokens.len())
        .find(|at| manner(*at))
        .unwrap_or(tokens.len());
    &tokens[..end]
}
