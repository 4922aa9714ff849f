//! What is to be read from the page.

use super::{
    name::{self, phrase},
    phrase::Superlative,
    token::{Class, Token},
};

/// What is to be read from the page.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Extraction {
    /// The things asked for, without articles: `invoice numbers`, `title of the top post`.
    pub nouns: Vec<String>,
    /// Of each thing, these: "products with name and price".
    pub fields: Vec<String>,
    /// Only those that hold this text.
    pub filter: Option<String>,
    /// At most so many.
    pub limit: Option<usize>,
    /// Whether the goal says "all" or "every".
    pub all: bool,
    /// Whether only the first one is meant ("the top post").
    pub single: bool,
    /// Count them instead of listing them.
    pub count: bool,
    /// Only the one with the most or the least of something: "the cheapest".
    pub most: Option<Superlative>,
    /// Where on the page, if said.
    pub place: Option<String>,
}

/// Understands what follows "extract", "find" or "count".
pub fn extraction(rest: &[Token], count: bool) -> Extraction {
    let mut wanted = Extraction {
        count,
        ..Extraction::default()
    };
    wanted.filter = rest
        .iter()
        .find(|it| it.class == Class::Quoted)
        .map(|it| it.text.clone());
    let end = rest
        .iter()
        .position(|it| it.is("as") || it.is("according"))
        .unwrap_or(rest.len());
    let mut rest = &rest[..end];
    let mut leading = true;
    while let Some(first) = rest.first().filter(|_| leading) {
        match &*first.lower {
            "me" | "the" | "a" | "an" | "of" | "list" | "out" | "main" | "my" | "for" => {}
            "all" | "every" | "each" => wanted.all = true,
            "top" | "first" | "latest" => wanted.single = true,
            number => match number.parse() {
                Ok(limit) => wanted.limit = Some(limit),
                Err(_) => leading = false,
            },
        }
        if leading {
            rest = &rest[1..];
        }
    }
    let on = |it: &Token| ["on", "from", "in", "at"].iter().any(|word| it.is(word));
    if let Some(place) = rest.iter().position(on).filter(|it| *it > 0) {
        wanted.place = Some(phrase(&rest[place + 1..]).words);
        rest = &rest[..place];
    }
    if let Some(with) = rest
        .iter()
        .position(|it| it.is("with"))
        .filter(|it| *it > 0)
    {
        if wanted.filter.is_none() {
            wanted.fields = nouns(&rest[with + 1..]);
        }
        rest = &rest[..with];
    }
    wanted.nouns = nouns(rest);
    wanted.single = !wanted.all
        && (wanted.limit.is_none() || wanted.limit == Some(1))
        && wanted.nouns.iter().all(|it| !is_plural(it));
    wanted
}

fn nouns(tokens: &[Token]) -> Vec<String> {
    tokens
        .split(|it| it.is_mark(",") || it.is("and") || it.is("&"))
        .map(name::noun)
        .filter(|it| !it.is_empty())
        .collect()
}

/// Whether a noun phrase names several things: by its head, the word before "of".
pub(crate) fn is_plural(noun: &str) -> bool {
    let head = noun.split(" of ").next().unwrap_or(noun);
    let last = head
        .split(' ')
        .next_back()
        .unwrap_or_default()
        .to_lowercase();
    last.len() > 3 && last.ends_with('s') && !last.ends_with("ss") && !last.ends_with("us")
}
