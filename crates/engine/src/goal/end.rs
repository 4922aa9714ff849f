//! Where an order ends, and the next one begins.

use super::{
    condition,
    name::matches,
    token::{Class, Token},
    verb::{self, Verb},
};

/// Where a clause ends: at a joint that another verb follows.
pub fn clause_end(sentence: &[Token], from: usize, verb: Verb) -> usize {
    for end in from..sentence.len() {
        let token = &sentence[end];
        let joint = token.is_mark(",")
            || token.is("and")
            || token.is("then")
            || token.is("&")
            || token.is("+")
            || token.is("->")
            || token.is("→")
            || token.is(">")
            || token.is("before") && before(sentence, end)
            || token.is("but")
            || token.is("after") && sentence.get(end + 1).is_some_and(|it| it.is("that"));
        let aim = token.is("to") && aims(sentence, end, verb);
        if !joint && !aim {
            continue;
        }
        let skip = usize::from(
            token.is("before")
                || token.is("&")
                || token.is("+")
                || token.is("->")
                || token.is("→")
                || token.is(">")
                || aim,
        );
        let next = verb::skip_fillers(sentence, end + skip);
        // "…, if there is …, click …", "…, otherwise …".
        let turns = sentence
            .get(next)
            .is_some_and(|it| it.is("if") || it.is("otherwise") || it.is("unless"));
        if turns
            && !token.is("and")
            && next < sentence.len()
            && condition::leading(sentence, next).is_none_or(|it| it.is_ok())
            && verb_after(sentence, next)
        {
            return end.max(from);
        }
        // "… but don't send it", "… and for delivery choose …".
        if forbidden(sentence, next).is_some() || placed(sentence, next) {
            return end.max(from);
        }
        // "…, brand = Orion".
        if token.is_mark(",") && takes_none(verb) && is_pair(&sentence[end + 1..]) {
            return end.max(from);
        }
        let then = sentence[end..next].iter().any(|it| it.is("then"));
        if then
            && verb.takes_objects()
            && next < sentence.len()
            && verb::at(sentence, next).is_none()
        {
            return end.max(from);
        }
        // "code, first order, stock": one of the values.
        let ranked = ["first", "next", "last", "second", "previous"];
        if verb.reads()
            && let [rank, noun, rest @ ..] = &sentence[(end + 1).min(sentence.len())..]
            && ranked.iter().any(|it| rank.is(it))
            && noun.class == Class::Word
            && rest
                .first()
                .is_none_or(|it| it.is_mark(",") || it.is("and"))
        {
            continue;
        }
        let Some((joined, length)) = verb::joins(sentence, next) else {
            continue;
        };
        if verb == Verb::Drag && sentence[next].is("drop") {
            continue;
        }
        // "find and click on": one order.
        if aim || token.is("then") || sentence[end..next].iter().any(|it| it.is("then")) {
            return end.max(from);
        }
        // "the name and read count": a noun, unless something that can be an object follows.
        let object = sentence.get(next + length);
        let noun = verb.reads() && joined.reads() && length == 1;
        let clear = object.is_some_and(|it| {
            it.class == Class::Quoted
                || [
                    "the", "a", "an", "all", "on", "every", "its", "it", "them", "their", "how",
                ]
                .iter()
                .any(|word| it.is(word))
        });
        if !noun || clear {
            return end.max(from);
        }
    }
    sentence.len()
}

/// Whether a verb has no fields and values behind it.
fn takes_none(verb: Verb) -> bool {
    matches!(
        verb,
        Verb::Go
            | Verb::Click
            | Verb::Expand
            | Verb::Collapse
            | Verb::Press
            | Verb::Check
            | Verb::Uncheck
    )
}

/// "brand = Orion", up to the next comma.
fn is_pair(tokens: &[Token]) -> bool {
    let item = tokens.iter().take_while(|it| !it.is_mark(","));
    let at = item
        .clone()
        .position(|it| it.is_mark("=") || it.is_mark(":"));
    at.is_some_and(|at| at > 0 && at < 5 && item.count() > at + 1)
}

/// "… before sending it", "… before you send it": what follows comes next.
pub fn before(sentence: &[Token], at: usize) -> bool {
    let person = sentence
        .get(at + 1)
        .is_some_and(|it| it.is("you") || it.is("we"));
    verb::is_gerund_at(sentence, at + 1) || person && verb::at(sentence, at + 2).is_some()
}

/// Whether a verb follows the comma after a condition.
fn verb_after(sentence: &[Token], at: usize) -> bool {
    (at + 1..sentence.len()).any(|it| {
        (sentence[it].is_mark(",") || sentence[it].is("then"))
            && verb::at(sentence, verb::skip_fillers(sentence, it)).is_some()
    })
}

/// "Scroll the list to find and choose …", "use the menu to open …": what follows is the order.
fn aims(sentence: &[Token], to: usize, verb: Verb) -> bool {
    let next = verb::skip_fillers(sentence, to + 1);
    let Some((aim, _)) = verb::at(sentence, next) else {
        return false;
    };
    verb == Verb::Use || means(verb) && aim != Verb::Control
}

/// Verbs that only say how to look for something.
pub fn means(verb: Verb) -> bool {
    matches!(verb, Verb::Scroll | Verb::Expand | Verb::Browse)
}

/// Whether "to" and another order follow.
pub fn leads_on(tokens: &[Token], end: usize) -> bool {
    let next = verb::skip_fillers(tokens, end);
    next < tokens.len() && tokens[end..next].iter().any(|it| it.is("to"))
}

/// Where "don't …", "without …ing" at `at` ends, if it stands there.
pub fn forbidden(tokens: &[Token], at: usize) -> Option<usize> {
    if tokens[at..].first().is_some_and(|it| it.is("do"))
        && tokens.get(at + 1).is_some_and(|it| it.is("nothing"))
    {
        return Some(at + 2);
    }
    const WORDINGS: &[&str] = &[
        "do not", "don't", "don’t", "dont", "never", "without", "not",
    ];
    let words: Vec<&Token> = tokens.iter().collect();
    let length = WORDINGS
        .iter()
        .filter_map(|it| matches(&words, at, it))
        .max()?;
    let (verb, taken) = verb::at(tokens, verb::skip_fillers(tokens, at + length))?;
    Some(clause_end(
        tokens,
        (at + length + taken).min(tokens.len()),
        verb,
    ))
}

/// Whether a place and then a verb stand at `at`: "for delivery choose …".
fn placed(tokens: &[Token], at: usize) -> bool {
    let lead = tokens.get(at).is_some_and(|it| {
        ["for", "in", "on", "under", "from", "at"]
            .iter()
            .any(|word| it.is(word))
    });
    lead && (at + 2..tokens.len().min(at + 8)).any(|it| {
        verb::at(tokens, it).is_some_and(|(verb, _)| verb != Verb::Control && verb != Verb::Use)
            && !tokens[at..it].iter().any(|it| it.class == Class::Mark)
    })
}
