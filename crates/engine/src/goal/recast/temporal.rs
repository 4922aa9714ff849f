//! What is said to come before or after: "once you have signed in as Bo, …", "… after entering X".

use super::{base, comma, is_any, word};
use crate::goal::{
    filler,
    token::{Class, Token},
    verb,
};

/// The sentence with what comes first in front, as an order after the word "after".
pub fn ordered(tokens: Vec<Token>) -> Vec<Token> {
    let tokens = leading(tokens);
    trailing(tokens)
}

/// "After you have signed in with …, open …", "Before you send it, tick …".
fn leading(tokens: Vec<Token>) -> Vec<Token> {
    let Some(at) = (0..tokens.len().min(4)).find(|at| {
        is_any(&tokens, *at, &["after", "once", "when", "before", "as"])
            && filler::skip(&tokens[..*at], 0) >= *at
    }) else {
        return tokens;
    };
    let before = tokens[at].is("before");
    let Some(end) = (at + 1..tokens.len()).find(|it| {
        (tokens[*it].is_mark(",") || tokens[*it].is_mark(":"))
            && (verb::at(&tokens, filler::skip(&tokens, *it)).is_some() || !before)
    }) else {
        return tokens;
    };
    if before {
        let you = is_any(&tokens, at + 1, &["you", "we"]);
        let from = at + 1 + usize::from(you);
        let order = you && verb::at(&tokens, from).is_some() || verb::is_gerund_at(&tokens, from);
        let reason = is_any(&tokens, at + 1, &["i", "the", "my", "our", "they", "it"]);
        let quoted = tokens[at..end].iter().any(|it| it.class == Class::Quoted);
        if order {
            // What it is done before comes last.
            let mut cast = tokens[..at].to_vec();
            cast.extend(tokens[end + 1..].iter().cloned());
            cast.push(comma(&tokens[at]));
            cast.extend(tokens[from..end].iter().cloned());
            return cast;
        }
        if reason && !quoted {
            let mut cast = tokens[..at].to_vec();
            cast.extend(tokens[end + 1..].iter().cloned());
            return cast;
        }
        return tokens;
    }
    let Some((from, verb)) = perfect(&tokens, at) else {
        return tokens;
    };
    let mut cast = tokens[..at].to_vec();
    cast.push(word("after", &tokens[at]));
    cast.push(word(verb, &tokens[from]));
    cast.extend(tokens[from + 1..].iter().cloned());
    cast
}

/// "Send the form after entering Lars as the name": what comes first is told first.
fn trailing(tokens: Vec<Token>) -> Vec<Token> {
    let start = filler::skip(&tokens, 0);
    if verb::at(&tokens, start).is_none_or(|(verb, _)| verb.reads()) {
        return tokens;
    }
    let found = (start + 1..tokens.len()).find_map(|at| {
        if !is_any(&tokens, at, &["after", "once", "when", "as"])
            || tokens[at - 1].class == Class::Mark
        {
            return None;
        }
        if tokens[at].is("after") && verb::is_gerund_at(&tokens, at + 1) {
            return Some((at, at + 1, None));
        }
        perfect(&tokens, at).map(|(from, verb)| (at, from, Some(verb)))
    });
    let Some((at, from, verb)) = found else {
        return tokens;
    };
    // One order is in front of it, or it can't be told which of them it comes before.
    let alone = !(start + 1..at).any(|it| {
        (tokens[it].is_mark(",") || tokens[it].is("and"))
            && verb::joins(&tokens, filler::skip(&tokens, it)).is_some()
    });
    let last = !tokens[from..].iter().any(|it| it.is_mark(","));
    if !alone || !last {
        return tokens;
    }
    let mut cast = vec![word("after", &tokens[at])];
    cast.push(verb.map_or_else(|| tokens[from].clone(), |it| word(it, &tokens[from])));
    cast.extend(tokens[from + 1..].iter().cloned());
    cast.push(comma(&tokens[start]));
    cast.extend(tokens[start..at].iter().cloned());
    cast
}

/// "after you have signed", "once you've filled", "after to have filled": where the participle is,
/// and its verb.
fn perfect(tokens: &[Token], at: usize) -> Option<(usize, &'static str)> {
    let mut place = at + 1;
    if tokens[at].is("as") {
        if !(is_any(tokens, at + 1, &["soon"]) && is_any(tokens, at + 2, &["as"])) {
            return None;
        }
        place = at + 3;
    }
    let begin = place;
    while is_any(
        tokens,
        place,
        &[
            "you", "we", "i", "have", "had", "having", "you've", "we've", "to", "already", "are",
            "also", "then",
        ],
    ) {
        place += 1;
    }
    let verb = base(tokens.get(place)?)?;
    (place > begin).then_some((place, verb))
}
