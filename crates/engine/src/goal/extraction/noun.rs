//! Nouns.

use super::lead::BEFORE;
use crate::goal::{
    filter,
    name::plain,
    token::{Class, Token},
};

/// Divides at "of" or "for", whose right side is what the left belongs to.
pub fn divide(tokens: &[Token]) -> (&[Token], Option<&[Token]>) {
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        if at > 0 && filter::begins(tokens, at) && !token.is("for") {
            break;
        }
        let of = token.is("of");
        let owner = token.is("for") && tokens.get(at + 1).is_some();
        if at > 0 && (of || owner) && at + 1 < tokens.len() {
            return (&tokens[..at], Some(&tokens[at + 1..]));
        }
        at += 1;
    }
    (tokens, None)
}

/// The nouns of a list: "name, price and rating".
pub fn nouns(tokens: &[Token]) -> Vec<String> {
    tokens
        .split(|it| it.is_mark(",") || it.is("and") || it.is("&") || it.is("plus") || it.is("+"))
        .map(words)
        .filter(|it| !it.is_empty())
        .collect()
}

/// The words without articles and marks.
pub fn words(tokens: &[Token]) -> String {
    let kept: Vec<&Token> = tokens
        .iter()
        .filter(|it| it.class != Class::Mark)
        .skip_while(|it| it.class == Class::Word && BEFORE.contains(&&*it.lower))
        .collect();
    let end = kept
        .iter()
        .rposition(|it| {
            !(it.class == Class::Word
                && ["there", "here", "are", "is"]
                    .iter()
                    .any(|word| it.is(word)))
        })
        .map_or(0, |at| at + 1);
    plain(&kept[..end])
}

/// Whether a noun phrase names several things: by its head, the word before "of".
pub fn is_plural(noun: &str) -> bool {
    const IRREGULAR: &[&str] = &["people", "children", "men", "women", "data", "news"];
    const SINGULAR: &[&str] = &[
        "address", "status", "news", "series", "gas", "bus", "address:", "balance", "https",
    ];
    let head = noun.split(" of ").next().unwrap_or(noun);
    let last = head
        .split(' ')
        .next_back()
        .unwrap_or_default()
        .to_lowercase();
    if SINGULAR.contains(&&*last) {
        return false;
    }
    IRREGULAR.contains(&&*last)
        || last.len() > 2
            && last.ends_with('s')
            && !last.ends_with("ss")
            && !last.ends_with("us")
            && !last.ends_with("is")
            && !last.ends_with("'s")
}
