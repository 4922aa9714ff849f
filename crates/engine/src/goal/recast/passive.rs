//! "X has to be deleted", "I want X deleted": delete X.

use super::{base, comma, is_any, word};
use crate::goal::{
    filler,
    token::{Class, Token},
    verb,
    wording::CONTROLS,
};

/// Words that a particle of a verb may be: "switched off".
const PARTICLES: &[&str] = &["on", "off", "in", "out", "up", "down"];

/// Verbs that one wishes to be done to something: "I want the name changed to …".
const WISHED: &[&str] = &[
    "activate",
    "add",
    "archive",
    "book",
    "cancel",
    "change",
    "check",
    "clear",
    "close",
    "collapse",
    "deactivate",
    "delete",
    "disable",
    "empty",
    "enable",
    "expand",
    "fill",
    "hide",
    "increase",
    "mark",
    "move",
    "open",
    "pick",
    "put",
    "raise",
    "remove",
    "rename",
    "replace",
    "reset",
    "select",
    "choose",
    "set",
    "switch",
    "tick",
    "turn",
    "uncheck",
    "untick",
    "update",
    "lower",
    "reduce",
    "sort",
    "upload",
    "download",
    "approve",
    "reject",
    "assign",
    "sign",
    "register",
    "enter",
    "save",
    "publish",
    "order",
    "send",
    "block",
    "mute",
    "pin",
    "duplicate",
];

/// Words that wish something to be done to what follows them.
const WISHES: &[&str] = &[
    "want", "need", "like", "prefer", "wish", "have", "get", "see",
];

/// Words that what is wished for begins with.
const DETERMINERS: &[&str] = &[
    "the", "my", "our", "his", "her", "their", "this", "that", "these", "all", "both", "it",
    "them", "every", "each",
];

/// Sentences with the orders that they hold in the imperative.
pub fn imperative(tokens: Vec<Token>) -> Vec<Token> {
    let mut tokens = hoped(asked(dummy(wished(tokens))));
    let mut from = 0;
    while let Some((subject, aux, participle)) = obliged(&tokens, from) {
        let Some(base) = base(&tokens[participle]) else {
            return tokens;
        };
        let mut order = vec![word(base, &tokens[participle])];
        let mut rest = participle + 1;
        if particle(&tokens, participle, base) {
            order.push(tokens[rest].clone());
            rest += 1;
        }
        order.extend(tokens[subject..aux].iter().cloned());
        // Without what only hopes.
        let hoped = tokens[..subject].last().is_some_and(|it| it.is("if"));
        let subject = if hoped { from.min(subject) } else { subject };
        from = subject + order.len();
        let tail = tokens.split_off(rest);
        tokens.truncate(subject);
        tokens.extend(order);
        tokens.extend(tail);
    }
    tokens
}

/// "It must be selected the third option": the subject comes last.
fn dummy(tokens: Vec<Token>) -> Vec<Token> {
    let at = filler::skip(&tokens, 0).min(tokens.len());
    let it = (at.saturating_sub(1)..=at).find(|at| is_any(&tokens, *at, &["it"]));
    let found = it.and_then(|it| {
        let length = auxiliary(&tokens, it + 1)?;
        let place = it + 1 + length;
        let verb = base(tokens.get(place)?)?;
        is_any(&tokens, place + 1, &["the", "a", "an", "all", "my", "both"])
            .then_some((it, place, verb))
    });
    match found {
        Some((it, place, verb)) => {
            let mut cast = tokens[..it].to_vec();
            cast.push(word(verb, &tokens[place]));
            cast.extend(tokens[place + 1..].iter().cloned());
            cast
        }
        None => tokens,
    }
}

/// "Could the light be switched off?", "Can my name be changed to 'A'?"
fn asked(tokens: Vec<Token>) -> Vec<Token> {
    let start =
        (0..tokens.len().min(4)).find(|at| is_any(&tokens, *at, &["could", "can", "would", "may"]));
    let found = start.and_then(|start| {
        let noun = is_any(
            &tokens,
            start + 1,
            &[
                "the", "my", "our", "his", "her", "this", "that", "all", "both", "it",
            ],
        );
        let be = (start + 2..tokens.len()).find(|at| is_any(&tokens, *at, &["be"]))?;
        let verb = base(tokens.get(be + 1)?)?;
        noun.then_some((start, be, verb))
    });
    match found {
        Some((start, be, verb)) => {
            let mut cast = tokens[..start].to_vec();
            cast.push(word(verb, &tokens[be + 1]));
            let particle = usize::from(particle(&tokens, be + 1, verb));
            cast.extend(tokens[be + 2..be + 2 + particle].iter().cloned());
            cast.extend(tokens[start + 1..be].iter().cloned());
            cast.extend(tokens[be + 2 + particle..].iter().cloned());
            cast
        }
        None => tokens,
    }
}

/// "I'd be happy if you deleted the backups": delete the backups.
fn hoped(tokens: Vec<Token>) -> Vec<Token> {
    let found = (0..tokens.len().min(16)).find_map(|at| {
        if !(is_any(&tokens, at, &["if"]) && is_any(&tokens, at + 1, &["you"])) {
            return None;
        }
        let hope = (0..at).any(|it| {
            is_any(
                &tokens,
                it,
                &[
                    "nice",
                    "great",
                    "good",
                    "glad",
                    "happy",
                    "grateful",
                    "appreciate",
                    "love",
                    "like",
                    "kind",
                    "helpful",
                    "thankful",
                    "lovely",
                    "pleased",
                ],
            )
        });
        let verb = base(tokens.get(at + 2)?)?;
        (hope && verb::at(&tokens, at + 2).is_none()).then_some((at + 2, verb))
    });
    match found {
        Some((at, verb)) => {
            let mut cast = vec![word(verb, &tokens[at])];
            cast.extend(tokens[at + 1..].iter().cloned());
            cast
        }
        None => tokens,
    }
}

/// Whether a particle of the verb follows its participle.
fn particle(tokens: &[Token], at: usize, base: &str) -> bool {
    tokens.get(at + 1).is_some_and(|next| {
        let pair = [word(base, &tokens[at]), next.clone()];
        PARTICLES.iter().any(|it| next.is(it))
            && verb::at(&pair, 0).is_some_and(|(_, length)| length == 2)
    })
}

/// "NP must be PART": where the noun, the auxiliary and the participle begin.
fn obliged(tokens: &[Token], from: usize) -> Option<(usize, usize, usize)> {
    (from + 1..tokens.len()).find_map(|aux| {
        let length = auxiliary(tokens, aux)?;
        let mut at = aux + length;
        while is_any(
            tokens,
            at,
            &[
                "also", "then", "now", "please", "first", "all", "both", "only", "just",
            ],
        ) {
            at += 1;
        }
        base(tokens.get(at)?)?;
        let subject = subject(tokens, from, aux)?;
        Some((subject, aux, at))
    })
}

/// Whether what stands before a colon says what has to be done.
pub fn obliges(tokens: &[Token]) -> bool {
    let colon = tokens.iter().position(|it| it.is_mark(":")).unwrap_or(0);
    (1..colon).any(|at| auxiliary(tokens, at).is_some())
}

/// "must be", "has to be", "needs to get", "is to be".
fn auxiliary(tokens: &[Token], at: usize) -> Option<usize> {
    let is = |at: usize, of: &[&str]| is_any(tokens, at, of);
    let be = |at: usize| is(at, &["be", "get"]);
    // "should also be".
    let also = |at: usize| {
        at + usize::from(is(
            at,
            &[
                "also", "now", "then", "please", "first", "only", "all", "both",
            ],
        ))
    };
    // "It would be nice if X could be switched off".
    let hoped = is(at, &["could", "can", "would", "were", "was"])
        && (0..at).any(|it| is(it, &["if", "that"]))
        && (0..at).any(|it| {
            is(
                it,
                &[
                    "nice",
                    "great",
                    "good",
                    "like",
                    "appreciate",
                    "glad",
                    "happy",
                    "possible",
                    "wonder",
                    "wondering",
                    "love",
                    "grateful",
                    "ask",
                    "helpful",
                    "wish",
                ],
            )
        });
    let oblige = is(at, &["must", "should", "shall"]) || hoped;
    // "must to be", as some write.
    let to = at + 1 + usize::from(oblige && is(at + 1, &["to"]));
    if oblige && be(also(to)) {
        return Some(also(to) + 1 - at);
    }
    if hoped && is(at, &["were", "was"]) {
        return Some(1);
    }
    let to = also(at + 1);
    if is(
        at,
        &[
            "has", "have", "needs", "need", "ought", "is", "are", "supposed", "wants", "want",
        ],
    ) && is(to, &["to"])
        && be(also(to + 1))
    {
        return Some(also(to + 1) + 1 - at);
    }
    None
}

/// Where the noun before an auxiliary begins: what stands before it is said besides.
fn subject(tokens: &[Token], from: usize, aux: usize) -> Option<usize> {
    let start = filler::skip(&tokens[..aux], from);
    let cut = |at: usize| {
        let token = &tokens[at];
        if token.is_mark(":") || token.is("so") || token.is("therefore") || token.is("but") {
            return true;
        }
        if !(token.is_mark(",") || token.is("and")) {
            return false;
        }
        // "Tea, milk and bread": things in a row; a clause in front of them is none.
        let before = &tokens[start..at];
        // Behind an order that was told already, it is the next.
        if from > 0 && token.is_mark(",") {
            return true;
        }
        verb::at(tokens, start).is_some()
            || before.iter().any(|it| {
                [
                    "is", "are", "was", "were", "has", "have", "had", "be", "will", "am", "i",
                ]
                .iter()
                .any(|word| it.is(word))
            })
    };
    let begin = (start..aux)
        .rev()
        .find(|at| cut(*at))
        .map_or(start, |at| at + 1);
    let begin = filler::skip(&tokens[..aux], begin);
    let words = &tokens[begin..aux];
    // "In the entry for the meeting on 4 May the room …": the last noun is the subject.
    let placed = is_any(tokens, begin, &["in", "on", "under", "at", "for"]);
    let noun = (begin + 2..aux).rev().find(|at| {
        is_any(tokens, *at, &["the", "my", "our", "his", "her", "all"])
            && !is_any(
                tokens,
                *at - 1,
                &[
                    "in", "on", "under", "at", "for", "of", "to", "with", "from", "by", "and",
                ],
            )
    });
    let begin = noun.filter(|_| placed).unwrap_or(begin);
    // "It would be nice if the light …".
    let hope = words.iter().position(|it| it.is("if"));
    let begin = hope.map_or(begin, |it| begin + it + 1);
    let words = &tokens[begin..aux];
    let noun = !words.is_empty()
        && words.len() < 20
        && verb::at(tokens, begin).is_none_or(|(verb, _)| verb == verb::Verb::Control)
        && !is_any(
            tokens,
            begin,
            &[
                "if", "when", "unless", "what", "which", "who", "that", "how", "where",
            ],
        )
        && words.iter().any(|it| it.class != Class::Mark);
    noun.then_some(begin)
}

/// "I want the name changed to 'A' and the digest switched off".
fn wished(tokens: Vec<Token>) -> Vec<Token> {
    let wish = |at: usize| {
        let named = is_any(&tokens, at + 1, DETERMINERS)
            || tokens
                .get(at + 1)
                .is_some_and(|it| it.class == Class::Quoted);
        is_any(&tokens, at, WISHES) && named
    };
    let Some(lead) = (0..tokens.len()).find(|at| wish(*at)) else {
        return tokens;
    };
    // "please have it changed", "I would like to have it changed": nothing is ordered before it.
    let own = (0..=lead).any(|it| filler::skip(&tokens[..=lead], it) > lead);
    let wishing = own || is_any(&tokens, lead, &["want", "need", "like", "prefer", "wish"]);
    if !wishing || verb::at(&tokens, 0).is_some() {
        return tokens;
    }
    let mut cast: Vec<Token> = Vec::new();
    let mut begin = lead + 1;
    let mut at = begin;
    let mut rest = begin;
    while at < tokens.len() {
        let verb = base(&tokens[at]).filter(|it| WISHED.contains(it) || CONTROLS.contains(it));
        let whole = |at: usize| {
            let next = tokens.get(at + 1);
            next.is_none_or(|it| {
                it.class == Class::Mark
                    || [
                        "to", "from", "in", "into", "on", "off", "as", "out", "with", "and", "at",
                        "please", "then", "before", "up", "down",
                    ]
                    .iter()
                    .any(|word| it.is(word))
            })
        };
        let Some(verb) = verb.filter(|_| at > begin && whole(at)) else {
            at += 1;
            continue;
        };
        let noun_end = at - usize::from(is_any(&tokens, at - 1, &["be", "also", "being"]));
        let noun_end =
            noun_end - usize::from(noun_end > begin && is_any(&tokens, noun_end - 1, &["to"]));
        if noun_end <= begin {
            at += 1;
            continue;
        }
        if !cast.is_empty() {
            cast.push(comma(&tokens[at]));
        }
        cast.push(word(verb, &tokens[at]));
        let mut after = at + 1;
        if particle(&tokens, at, verb) {
            cast.push(tokens[after].clone());
            after += 1;
        }
        cast.extend(tokens[begin..noun_end].iter().cloned());
        // Up to the next noun that something is wished for.
        let next = (after..tokens.len()).find(|it| {
            (tokens[*it].is("and") || tokens[*it].is_mark(","))
                && (*it + 1..tokens.len())
                    .any(|place| base(&tokens[place]).is_some_and(|it| WISHED.contains(&it)))
        });
        let end = next.unwrap_or(tokens.len());
        cast.extend(tokens[after..end].iter().cloned());
        begin = next.map_or(tokens.len(), |it| it + 1);
        while is_any(&tokens, begin, &["and", "then", "also"]) {
            begin += 1;
        }
        rest = end;
        at = begin;
    }
    if cast.is_empty() {
        return tokens;
    }
    let before = filler::skip(&tokens[..=lead], 0);
    let mut head: Vec<Token> = Vec::new();
    if before <= lead {
        // What stands before the wish: "On that tab I want …".
        let wish = (0..=lead)
            .rev()
            .find(|it| is_any(&tokens, *it, &["i", "we", "i'd", "we'd"]))
            .unwrap_or(lead);
        head.extend(tokens[..wish].iter().cloned());
        if !head.is_empty() && !head[head.len() - 1].is_mark(",") {
            head.push(comma(&tokens[wish]));
        }
    }
    head.extend(cast);
    head.extend(tokens[rest..].iter().cloned());
    head
}
