//! Questions, and whose a thing is.

use super::{
    Extraction, Tally,
    lead::{BEFORE, is_cue},
    noun::is_plural,
};
use crate::goal::{
    name::plain,
    token::{Class, Token},
};

/// "number of …", "the sum of all …", "average price".
pub fn tally(tokens: Vec<Token>, wanted: &mut Extraction) -> Vec<Token> {
    let start = tokens
        .iter()
        .position(|it| {
            !["the", "me", "a", "please", "also"]
                .iter()
                .any(|word| it.is(word))
        })
        .unwrap_or(0);
    let at = |offset: usize, word: &str| tokens.get(start + offset).is_some_and(|it| it.is(word));
    let plural_after = |from: usize| {
        tokens[(start + from).min(tokens.len())..].iter().any(|it| {
            ["all", "every", "each"].iter().any(|word| it.is(word)) || is_plural(&it.lower)
        })
    };
    let counted = (at(0, "number") || at(0, "count")) && at(1, "of") && plural_after(2);
    let (tally, taken) = if counted || at(0, "how") && at(1, "many") {
        (Tally::Count, 2)
    } else if at(0, "total") && (at(1, "number") || at(1, "count")) && at(2, "of") {
        (Tally::Count, 3)
    } else if (at(0, "sum") || at(0, "total")) && at(1, "of") && plural_after(2) {
        (Tally::Sum, 2)
    } else if at(0, "total") && (at(2, "of") || at(2, "for")) && plural_after(3) {
        (Tally::Sum, 1)
    } else if (at(0, "average") || at(0, "mean")) && at(1, "of") {
        (Tally::Mean, 2)
    } else if at(0, "average") || at(0, "mean") {
        (Tally::Mean, 1)
    } else {
        return tokens;
    };
    wanted.tally = Some(tally);
    tokens[start + taken..].to_vec()
}

/// "when is the next payment" asks for the next payment; "how much the shipping costs" for the
/// shipping.
pub fn without_question(tokens: &[Token]) -> Vec<Token> {
    let asks = ["when", "who", "where", "which", "what"];
    let is = ["is", "are", "was", "were"];
    let any = |it: Option<&Token>, words: &[&str]| {
        it.is_some_and(|it| words.iter().any(|word| it.is(word)))
    };
    let mut rest = tokens;
    let mut asked = Vec::new();
    // "how many products are there in the basket".
    let many = any(rest.first(), &["how"]) && any(rest.get(1), &["many"]);
    if let Some(there) = (1..rest.len())
        .find(|at| {
            any(rest.get(*at), &["there"])
                && any(
                    rest.get(at - 1),
                    &["is", "are", "was", "were", "have", "has"],
                )
        })
        .filter(|at| many || *at > 1)
    {
        asked.extend(rest[..there - 1].iter().cloned());
        // "have there been so far".
        let been = usize::from(any(rest.get(there + 1), &["been"]));
        let mut tail = &rest[there + 1 + been..];
        while let [head @ .., last] = tail
            && any(Some(last), &["so", "far", "yet", "now"])
        {
            tail = head;
        }
        asked.extend(tail.iter().cloned());
        rest = &asked;
    }
    // "who the organiser of the fair is".
    let end = rest
        .iter()
        .rposition(|it| it.class != Class::Mark)
        .unwrap_or(0);
    if any(rest.first(), &asks)
        && any(rest.get(1), &["the", "his", "her", "my", "its", "our"])
        && any(rest.get(end), &is)
        && end > 2
    {
        return rest[1..end].to_vec();
    }
    // "which day is the concert": the day of the concert.
    let led = usize::from(any(rest.first(), &["at", "on", "in"]));
    let noun = (led + 2..rest.len().min(led + 4)).find(|at| any(rest.get(*at), &is));
    if any(rest.get(led), &["which", "what"])
        && let Some(verb) = noun
        && any(rest.get(verb + 1), &["the", "my", "our", "a", "this"])
        && rest[led + 1..verb]
            .iter()
            .all(|it| it.class == Class::Word && !it.is("of") && !it.is("the"))
    {
        let of = Token {
            class: Class::Word,
            text: "of".to_owned(),
            lower: "of".to_owned(),
            span: rest[verb].span.clone(),
        };
        let noun = rest[led + 1..verb].iter().cloned();
        return noun
            .chain([of])
            .chain(rest[verb + 1..].iter().cloned())
            .collect();
    }
    if any(rest.first(), &asks) && any(rest.get(1), &is) {
        rest = &rest[2..];
    } else if any(rest.first(), &["how"]) && any(rest.get(1), &["much"]) {
        rest = &rest[2..];
        if any(rest.first(), &["is", "are", "does", "do", "was"]) {
            rest = &rest[1..];
        }
        while any(rest.last(), &["cost", "costs"]) && rest.len() > 1 {
            rest = &rest[..rest.len() - 1];
        }
    }
    // "products have a rating above 4.5": with one.
    let compared = (0..rest.len()).any(|at| crate::goal::filter::compares_at(rest, at));
    let having = (1..rest.len()).find(|at| any(rest.get(*at), &["have", "has"]));
    let with;
    if let Some(at) = having.filter(|it| compared && any(rest.get(it + 1), &["a", "an", "the"])) {
        let mut tokens = rest.to_vec();
        "with".clone_into(&mut tokens[at].text);
        "with".clone_into(&mut tokens[at].lower);
        with = tokens;
        rest = &with;
    }
    // "the holidays that I have left"
    let person = |at: usize| {
        any(rest.get(at), &["i", "you", "we"])
            && any(rest.get(at + 1), &["have", "has", "had", "got"])
    };
    let mut kept = Vec::new();
    let mut at = 0;
    while at < rest.len() {
        if person(at) {
            at += 2;
        } else {
            kept.push(rest[at].clone());
            at += 1;
        }
    }
    kept
}

/// "how many comments does the first post have".
pub fn asked_of(tokens: &[Token]) -> Option<(Vec<Token>, Vec<Token>)> {
    let at = tokens
        .iter()
        .position(|it| ["does", "do", "did"].iter().any(|word| it.is(word)))
        .filter(|it| *it > 0)?;
    let last = tokens
        .iter()
        .rposition(|it| it.class != Class::Mark)
        .filter(|it| *it > at + 1)?;
    Some((tokens[..at].to_vec(), tokens[at + 1..last].to_vec()))
}

/// "Ann Lee's email address".
pub fn possessive(tokens: &[Token]) -> Option<(String, Vec<Token>)> {
    let at = tokens.iter().position(|it| {
        it.class == Class::Word
            && (it.lower.ends_with("'s") || it.lower.ends_with("’s"))
            && it.lower.len() > 2
    })?;
    let last = tokens.len().checked_sub(1).filter(|it| *it > at)?;
    let _ = last;
    if tokens[..at].iter().any(is_cue)
        || ["what's", "it's", "who's", "let's", "that's"].contains(&&*tokens[at].lower)
    {
        return None;
    }
    let mut owner: Vec<Token> = tokens[..=at].to_vec();
    let name = &mut owner[at];
    let cut = name.text.rfind(['\'', '’']).unwrap_or(name.text.len());
    name.text.truncate(cut);
    let owner: Vec<&Token> = owner
        .iter()
        .skip_while(|it| BEFORE.contains(&&*it.lower))
        .collect();
    Some((plain(&owner), tokens[at + 1..].to_vec()))
}
