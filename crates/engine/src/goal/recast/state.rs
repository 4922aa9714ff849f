//! "Make sure X is ticked", "the priority should be Low", "she gets the role Manager".

use super::{comma, is_any, word};
use crate::goal::{
    filler,
    token::{Class, Token},
};

/// States that a box, a switch or a field can be put into, and how.
const STATES: &[(&str, &[&str], &[&str])] = &[
    ("ticked", &["tick"], &["untick"]),
    ("checked", &["check"], &["uncheck"]),
    ("selected", &["select"], &["deselect"]),
    ("marked", &["check"], &["uncheck"]),
    ("unticked", &["untick"], &["tick"]),
    ("unchecked", &["uncheck"], &["check"]),
    ("enabled", &["enable"], &["disable"]),
    ("active", &["enable"], &["disable"]),
    ("activated", &["enable"], &["disable"]),
    ("disabled", &["disable"], &["enable"]),
    ("inactive", &["disable"], &["enable"]),
    ("deactivated", &["disable"], &["enable"]),
    ("on", &["turn", "on"], &["turn", "off"]),
    ("off", &["turn", "off"], &["turn", "on"]),
    ("expanded", &["expand"], &["collapse"]),
    ("unfolded", &["expand"], &["collapse"]),
    ("collapsed", &["collapse"], &["expand"]),
    ("empty", &["clear"], &[]),
    ("cleared", &["clear"], &[]),
    ("closed", &["close"], &[]),
];

/// The sentence with states that are asked for as orders.
pub fn set(tokens: Vec<Token>) -> Vec<Token> {
    let mut tokens = assured(tokens);
    let mut from = 0;
    while let Some((cast, end)) = oblige(&tokens, from).or_else(|| gets(&tokens, from)) {
        let (start, verb, noun, value) = cast;
        let mut order: Vec<Token> = verb.iter().map(|it| word(it, &tokens[noun.0])).collect();
        order.extend(tokens[noun.0..noun.1].iter().cloned());
        if let Some((begin, last)) = value {
            order.push(word("to", &tokens[begin]));
            order.extend(tokens[begin..last].iter().cloned());
        }
        let next = start + order.len();
        // "6 and not 5", "Bergen instead of Oslo".
        let not = end
            + usize::from(
                is_any(&tokens, end, &["and"]) || tokens.get(end).is_some_and(|it| it.is_mark(",")),
            );
        let end = match () {
            () if is_any(&tokens, not, &["not"]) && not + 1 < tokens.len() => not + 2,
            () if is_any(&tokens, end, &["instead"])
                && is_any(&tokens, end + 1, &["of"])
                && end + 2 < tokens.len() =>
            {
                end + 3
            }
            () => end,
        };
        if tokens.get(end).is_some_and(|it| it.class == Class::Word) {
            order.push(comma(&tokens[end]));
        }
        let tail = tokens.split_off(end);
        tokens.truncate(start);
        tokens.extend(order);
        tokens.extend(tail);
        from = next;
    }
    tokens
}

type Cast = (
    usize,
    Vec<&'static str>,
    (usize, usize),
    Option<(usize, usize)>,
);

/// "make sure (that) X is not ticked": the order that makes it so.
fn assured(mut tokens: Vec<Token>) -> Vec<Token> {
    let found = (0..tokens.len()).find_map(|at| {
        let length = [
            &["make", "sure"][..],
            &["making", "sure"],
            &["ensure"],
            &["see", "to", "it"],
            &["see", "that"],
            &["take", "care"],
            &["be", "sure"],
            &["pay", "attention"],
        ]
        .iter()
        .filter(|it| {
            it.iter()
                .enumerate()
                .all(|(offset, word)| is_any(&tokens, at + offset, &[word]))
        })
        .map(|it| it.len())
        .max()?;
        let mut from = at + length;
        if is_any(&tokens, from - 1, &["that"]) {
            from -= 1;
        }
        from += usize::from(is_any(&tokens, from, &["that"]));
        let is = (from + 1..tokens.len())
            .take_while(|it| tokens[*it].class != Class::Mark)
            .find(|it| {
                is_any(
                    &tokens,
                    *it,
                    &[
                        "is", "are", "stays", "remains", "gets", "isn't", "aren't", "says", "has",
                        "stay",
                    ],
                )
            })?;
        let mut after = is + 1;
        let mut not = is_any(&tokens, is, &["isn't", "aren't"]);
        while is_any(
            &tokens,
            after,
            &[
                "not", "really", "also", "still", "both", "all", "set", "switched", "turned",
            ],
        ) {
            not ^= is_any(&tokens, after, &["not"]);
            if is_any(&tokens, after, &["set"]) {
                break;
            }
            after += 1;
        }
        let noun = (from, is);
        if is_any(&tokens, after, &["set"]) && is_any(&tokens, after + 1, &["to"]) && !not {
            let end = value_end(&tokens, after + 2)?;
            return Some(((at, vec!["set"], noun, Some((after + 2, end))), end));
        }
        let (_, does, undoes) = STATES
            .iter()
            .find(|(state, ..)| is_any(&tokens, after, &[state]))?;
        let verb = if not { undoes } else { does };
        let ends = tokens.get(after + 1).is_none_or(|it| {
            it.class == Class::Mark
                || [
                    "and", "before", "then", "when", "for", "please", "but", "after", "as",
                ]
                .iter()
                .any(|word| it.is(word))
        });
        (!verb.is_empty() && ends).then(|| ((at, verb.to_vec(), noun, None), after + 1))
    });
    if let Some(((start, verb, noun, value), end)) = found {
        let mut order: Vec<Token> = verb.iter().map(|it| word(it, &tokens[start])).collect();
        order.extend(tokens[noun.0..noun.1].iter().cloned());
        if let Some((begin, last)) = value {
            order.push(word("to", &tokens[begin]));
            order.extend(tokens[begin..last].iter().cloned());
        }
        let tail = tokens.split_off(end);
        tokens.truncate(start);
        tokens.extend(order);
        tokens.extend(tail);
    }
    tokens
}

/// "the priority should be Low", "the title must say 'x'", "the light should be on".
fn oblige(tokens: &[Token], from: usize) -> Option<(Cast, usize)> {
    (from + 1..tokens.len()).find_map(|aux| {
        let modal = is_any(tokens, aux, &["should", "must", "shall"]);
        let has = is_any(tokens, aux, &["has", "have", "needs", "need", "ought"])
            && is_any(tokens, aux + 1, &["to"]);
        let at = aux
            + if modal {
                1
            } else if has {
                2
            } else {
                return None;
            };
        let be = is_any(tokens, at, &["be", "become"]);
        let say = is_any(tokens, at, &["say", "read", "contain", "hold", "show"]);
        if !be && !say {
            return None;
        }
        // "Change my password: the new one shall be 'x'": a part of what is said there.
        if tokens[..aux].iter().any(|it| it.is_mark(":")) {
            return None;
        }
        let start = noun_start(tokens, from, aux)?;
        let value = at + 1;
        if be
            && let Some((_, does, _)) = STATES
                .iter()
                .find(|(state, ..)| is_any(tokens, value, &[state]))
            && tokens.get(value + 1).is_none_or(|it| {
                it.class == Class::Mark || it.is("and") || it.is("but") || it.is("please")
            })
        {
            return Some(((start, does.to_vec(), (start, aux), None), value + 1));
        }
        let end = value_end(tokens, value)?;
        Some(((start, vec!["set"], (start, aux), Some((value, end))), end))
    })
}

/// "she gets the role Manager", "he should have the status Active".
fn gets(tokens: &[Token], from: usize) -> Option<(Cast, usize)> {
    (from..tokens.len()).find_map(|at| {
        let who = is_any(tokens, at, &["she", "he", "it", "they"]);
        if !who {
            return None;
        }
        let mut verb = at + 1;
        verb += usize::from(is_any(
            tokens,
            verb,
            &["should", "must", "shall", "will", "needs", "has"],
        ));
        verb += usize::from(is_any(tokens, verb, &["to"]) && verb > at + 1);
        if !is_any(
            tokens,
            verb,
            &["gets", "get", "have", "has", "receives", "receive"],
        ) {
            return None;
        }
        let noun = verb + 1;
        if !is_any(tokens, noun, &["the", "a", "an"]) {
            return None;
        }
        let value = (noun + 2..tokens.len().min(noun + 5)).find(|it| {
            let token = &tokens[*it];
            token.class == Class::Quoted
                || token
                    .text
                    .starts_with(|it: char| it.is_uppercase() || it.is_ascii_digit())
        })?;
        if tokens[noun..value].iter().any(|it| it.class != Class::Word) {
            return None;
        }
        let end = value_end(tokens, value)?;
        Some(((at, vec!["set"], (noun, value), Some((value, end))), end))
    })
}

/// Where a noun before a modal begins.
fn noun_start(tokens: &[Token], from: usize, aux: usize) -> Option<usize> {
    let cut = |it: &Token| {
        it.class == Class::Mark || it.is("and") || it.is("but") || it.is("so") || it.is("that")
    };
    let begin = (from..aux)
        .rev()
        .find(|at| cut(&tokens[*at]))
        .map_or(from, |at| at + 1);
    let begin = filler::skip(&tokens[..aux], begin);
    let words = tokens
        .get(begin..aux)
        .filter(|it| !it.is_empty() && it.len() < 12)?;
    let pronoun = is_any(
        words,
        0,
        &[
            "i", "you", "we", "it", "this", "that", "there", "which", "who", "what", "if", "they",
        ],
    );
    let clause = words
        .iter()
        .any(|it| it.is("if") || it.is("when") || it.is("which") || it.is("until"));
    (!pronoun && !clause).then_some(begin)
}

/// Where a value ends: a quotation, a number, or words that look like one.
fn value_end(tokens: &[Token], at: usize) -> Option<usize> {
    let first = tokens.get(at)?;
    if first.class == Class::Quoted {
        return Some(at + 1);
    }
    let valued = |it: &Token| {
        it.class == Class::Word
            && it
                .text
                .starts_with(|it: char| it.is_uppercase() || it.is_ascii_digit() || it == '+')
            || it.text.contains('@')
    };
    if !valued(first) {
        return None;
    }
    let end = (at + 1..tokens.len())
        .find(|it| {
            tokens[*it].class == Class::Mark
                || ["and", "but", "then", "please", "before", "so"]
                    .iter()
                    .any(|word| tokens[*it].is(word))
        })
        .unwrap_or(tokens.len());
    Some(end)
}
