//! What stands before a noun: how many, which of them.

use super::{Extraction, Slice, Sorting, noun::is_plural, order::superlative};
use crate::goal::{
    name::ordinal,
    phrase::Ordinal,
    token::{Class, Token},
};

/// Words around what is asked for that say nothing about it.
pub const BEFORE: &[&str] = &[
    "me",
    "the",
    "a",
    "an",
    "of",
    "out",
    "my",
    "for",
    "us",
    "is",
    "are",
    "was",
    "were",
    "there",
    "any",
    "some",
    "available",
    "following",
    "current",
    "its",
    "their",
    "about",
    "also",
    "just",
    "only",
    "please",
    "information",
    "info",
    "does",
    "do",
    "did",
    "has",
    "have",
    "this",
    "these",
    "those",
    "your",
    "our",
];

pub fn is_cue(token: &Token) -> bool {
    ["of", "with", "by", "where", "whose", "in", "on", "for"]
        .iter()
        .any(|it| token.is(it))
}

/// Takes off what comes before the noun: articles, "all", "top 3", "second", "cheapest".
pub fn lead(tokens: &[Token], wanted: &mut Extraction) -> Vec<Token> {
    let mut rest = tokens;
    while let Some(first) = rest.first().filter(|it| it.class == Class::Word) {
        let more = rest.len() > 1;
        let number = rest.get(1).and_then(|it| cardinal(&it.lower));
        if BEFORE.contains(&&*first.lower) && more {
            rest = &rest[1..];
        } else if ["all", "every", "each"].iter().any(|it| first.is(it)) && more {
            wanted.all = true;
            rest = &rest[1..];
        } else if (first.is("list") || first.is("names") || first.is("rest"))
            && rest
                .get(1)
                .is_some_and(|it| it.is("of") || it.is("with") || it.is("from"))
            && rest.len() > 2
            && first.is("list")
        {
            wanted.all = true;
            rest = &rest[2..];
        } else if [
            "top",
            "first",
            "latest",
            "newest",
            "last",
            "bottom",
            "most recent",
            "best",
            "main",
        ]
        .iter()
        .any(|it| first.is(it))
            && let Some(number) = number
            && (rest.len() > 2 || number > 1 && rest.len() == 2)
        {
            wanted.slice = Some(match &*first.lower {
                "last" | "bottom" => Slice::Last(number),
                _ => Slice::First(number),
            });
            rest = &rest[2..];
        } else if (first.is("top") || first.is("first")) && more {
            // Whether it is one or several is in the noun.
            wanted.slice = Some(Slice::First(0));
            rest = &rest[1..];
        } else if first.is("last")
            && more
            && !["name", "names", "names,"].contains(&&*rest[1].lower)
        {
            wanted.slice = Some(Slice::Last(1));
            rest = &rest[1..];
        } else if first.is("main") && more {
            rest = &rest[1..];
        } else if let Some(Ordinal::Nth(nth)) = ordinal(first).filter(|_| more) {
            wanted.slice = Some(Slice::Nth(nth));
            rest = &rest[1..];
        } else if let Some(number) = cardinal(&first.lower).filter(|_| more) {
            // "the three cheapest products"
            wanted.slice = Some(Slice::First(number));
            rest = &rest[1..];
        } else if let Some((most, length)) =
            superlative(rest).filter(|(_, length)| rest.len() > *length)
        {
            match wanted.slice {
                // "the 3 cheapest" are the first of a sorted list.
                Some(Slice::First(1..)) => {
                    wanted.sorting = Some(Sorting {
                        by: most.quality,
                        falling: !most.least,
                    });
                }
                _ if is_plural(&rest[rest.len() - 1].lower)
                    && wanted.slice.is_none()
                    && cardinal_next(rest, length).is_some() =>
                {
                    let number = cardinal_next(rest, length).unwrap_or(1);
                    wanted.slice = Some(Slice::First(number));
                    wanted.sorting = Some(Sorting {
                        by: most.quality,
                        falling: !most.least,
                    });
                    rest = &rest[1..];
                }
                _ => wanted.most = Some(most),
            }
            rest = &rest[length..];
        } else {
            break;
        }
    }
    rest.to_vec()
}

pub fn cardinal_next(rest: &[Token], length: usize) -> Option<usize> {
    rest.get(length).and_then(|it| cardinal(&it.lower))
}

/// "four", "4".
pub fn cardinal(word: &str) -> Option<usize> {
    const WORDS: &[&str] = &[
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve",
    ];
    if let Some(at) = WORDS.iter().position(|it| *it == word) {
        return Some(at + 1);
    }
    // A larger number is a year, or a part of a name.
    word.parse().ok().filter(|it| *it > 0 && *it < 1_000)
}
