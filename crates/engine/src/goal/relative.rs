//! Relative clauses: "the order that Ann placed", "the link which leads to the imprint".

use super::token::{Class, Token};

/// What a relative clause says of the noun before it.
pub struct Relative<'t, 'a> {
    /// The noun.
    pub head: &'t [&'a Token],
    /// What it is called, or what stands by it.
    pub said: Vec<&'a Token>,
    /// Whether that is its own name.
    pub name: bool,
}

const PRONOUNS: &[&str] = &["that", "which", "who", "whom", "whose", "what", "where"];

/// Verbs whose object is what the noun is called.
const NAMING: &[&[&str]] = &[
    &["leads", "to"],
    &["lead", "to"],
    &["goes", "to"],
    &["takes", "me", "to"],
    &["takes", "you", "to"],
    &["takes", "us", "to"],
    &["brings", "me", "to"],
    &["brings", "you", "to"],
    &["points", "to"],
    &["links", "to"],
    &["opens"],
    &["says"],
    &["reads"],
    &["shows"],
    &["is", "called"],
    &["is", "named"],
    &["is", "labelled"],
    &["is", "labeled"],
    &["is", "titled"],
    &["are", "called"],
    &["are", "named"],
    &["has", "the", "name"],
    &["has", "the", "title"],
    &["has", "the", "label"],
    &["has", "name"],
    &["has", "title"],
    &["carries", "the", "name"],
    &["is", "written"],
    &["lets", "me"],
    &["lets", "you"],
    &["lets", "one"],
    &["lets", "us"],
    &["allows", "me", "to"],
    &["allows", "you", "to"],
];

/// Verbs that say no more than that something belongs to something.
const BELONGING: &[&str] = &[
    "is",
    "are",
    "was",
    "were",
    "has",
    "have",
    "had",
    "belongs",
    "belong",
    "to",
    "of",
    "by",
    "from",
    "with",
    "for",
    "in",
    "on",
    "at",
    "about",
    "placed",
    "made",
    "wrote",
    "written",
    "posted",
    "sent",
    "created",
    "added",
    "uploaded",
    "submitted",
    "asked",
    "said",
    "been",
    "be",
    "named",
    "called",
    "titled",
    "comes",
    "come",
    "came",
    "stands",
    "stand",
    "speaks",
    "talks",
    "deals",
    "mentions",
    "contains",
    "contain",
    "concerns",
    "ordered",
    "booked",
    "the",
    "a",
    "an",
    "his",
    "her",
    "their",
    "its",
    "as",
    "somebody",
    "someone",
    "says",
    "said",
    "that",
    "begins",
    "carries",
    "does",
    "did",
    "it",
    "they",
    "he",
    "she",
];

/// The relative clause behind a noun.
pub fn relative<'t, 'a>(tokens: &'t [&'a Token]) -> Option<Relative<'t, 'a>> {
    // "the ticket about the VPN".
    let about = tokens
        .iter()
        .position(|it| it.is("about"))
        .filter(|at| *at > 0);
    if let Some(about) = about.filter(|it| *it + 1 < tokens.len()) {
        return Some(Relative {
            head: &tokens[..about],
            said: tokens[about + 1..].to_vec(),
            name: false,
        });
    }
    let at = (1..tokens.len()).find(|at| PRONOUNS.iter().any(|it| tokens[*at].is(it)))?;
    let body = &tokens[at + 1..];
    // "in which", "of whom".
    let prepositions = [
        "in", "of", "on", "for", "to", "at", "by", "with", "about", "from",
    ];
    let led = at > 1 && prepositions.iter().any(|it| tokens[at - 1].is(it));
    let head = &tokens[..at - usize::from(led)];
    // A condition, a comparison or a negation is more than a belonging.
    let more = [
        "not", "no", "than", "most", "least", "and", "or", "if", "never", "only",
    ];
    let negated = body
        .iter()
        .any(|it| more.iter().any(|word| it.is(word)) || it.lower.ends_with("n't"));
    if body.is_empty() || negated || body.len() > 9 {
        return None;
    }
    let naming = NAMING.iter().find(|it| {
        it.len() < body.len() && it.iter().zip(body).all(|(word, token)| token.is(word))
    });
    if let Some(naming) = naming {
        let said = body[naming.len()..].to_vec();
        return Some(Relative {
            head,
            said,
            name: true,
        });
    }
    let said: Vec<&Token> = body
        .iter()
        .copied()
        .filter(|it| it.class == Class::Quoted || !BELONGING.iter().any(|word| it.is(word)))
        .collect();
    // What remains must be worth looking for: a name, a number, a quotation, or all of it.
    let known = said.len() < body.len();
    (!said.is_empty() && known).then_some(Relative {
        head,
        said,
        name: false,
    })
}

/// Whether a word begins a relative clause.
pub fn is_pronoun(token: &Token) -> bool {
    PRONOUNS.iter().any(|it| token.is(it))
}

/// Whether a word of a relative clause says no more than that something belongs to something.
pub fn is_idle(token: &Token) -> bool {
    BELONGING
        .iter()
        .chain(NAMING.iter().copied().flatten())
        .any(|it| token.is(it))
}
