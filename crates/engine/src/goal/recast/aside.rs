//! What is said beside an order: why, what for, if it is no trouble, thanks.

use super::is_any;
use crate::goal::{
    filler,
    token::{Class, Token},
    verb,
};

/// Words of a condition that is only polite: "if that is not too much trouble".
const POLITE: &[&str] = &[
    "you",
    "i",
    "it",
    "it's",
    "that",
    "that's",
    "this",
    "is",
    "isn't",
    "not",
    "don't",
    "do",
    "doesn't",
    "does",
    "would",
    "could",
    "may",
    "can",
    "might",
    "mind",
    "possible",
    "ok",
    "okay",
    "alright",
    "all",
    "right",
    "fine",
    "too",
    "much",
    "trouble",
    "bother",
    "problem",
    "hard",
    "to",
    "ask",
    "a",
    "an",
    "have",
    "find",
    "get",
    "got",
    "has",
    "the",
    "time",
    "moment",
    "minute",
    "chance",
    "second",
    "be",
    "so",
    "kind",
    "like",
    "please",
    "want",
    "wish",
    "no",
    "inconvenience",
    "any",
    "convenient",
    "still",
    "for",
    "me",
    "of",
    "at",
    "somehow",
    "will",
    "wouldn't",
    "good",
    "as",
    "only",
    "ever",
    "work",
    "effort",
    "hassle",
    "burden",
];

const SUBJECTS: &[&str] = &[
    "i",
    "we",
    "you",
    "he",
    "she",
    "it",
    "they",
    "my",
    "our",
    "his",
    "her",
    "their",
    "the",
    "this",
    "that",
    "there",
    "it's",
    "i'm",
    "we're",
    "he's",
    "she's",
    "they're",
    "i've",
    "we've",
    "nobody",
    "everybody",
    "everyone",
    "someone",
    "somebody",
    "a",
    "an",
    "its",
    "these",
    "those",
    "i'll",
    "people",
    "no",
];

/// The sentence without what only stands beside its orders.
pub fn without(sentence: &[Token]) -> Vec<Token> {
    let mut kept: Vec<Token> = Vec::new();
    let mut at = 0;
    while at < sentence.len() {
        if let Some(end) = aside(sentence, at) {
            let quoted = sentence[at..end].iter().any(|it| it.class == Class::Quoted);
            // What is left must say something, and what is quoted is no aside.
            let whole = thanks(sentence, at) || unchanged(sentence, at).is_some();
            if !quoted && (!kept.is_empty() || end < sentence.len() || whole) {
                at = end;
                continue;
            }
        }
        kept.push(sentence[at].clone());
        at += 1;
    }
    kept
}

/// Where what begins here and changes nothing ends.
fn aside(sentence: &[Token], at: usize) -> Option<usize> {
    let first = sentence.get(at).filter(|it| it.class == Class::Word)?;
    let leads = (0..at).all(|it| {
        sentence[it].class == Class::Mark || filler::skip(&sentence[..at], 0) >= at && it < at
    });
    let after_comma = at > 0 && sentence[at - 1].is_mark(",");
    let next = |words: &[&str]| is_any(sentence, at + 1, words);
    if let Some(end) = unchanged(sentence, at) {
        return Some(end);
    }
    if thanks(sentence, at) && (at == 0 || after_comma) {
        return Some(sentence.len());
    }
    // "if you don't mind", "when you have a minute".
    if first.is("if") || first.is("when") || first.is("as") && next(&["soon"]) {
        let end = up_to_mark(sentence, at + 1);
        let body = &sentence[at + 1..end];
        let vague = body.len() > 1
            && (0..body.len()).all(|it| is_any(body, it, POLITE))
            && !body.iter().all(|it| it.is("it") || it.is("is"))
            && [
                "mind",
                "possible",
                "trouble",
                "bother",
                "problem",
                "hard",
                "time",
                "moment",
                "minute",
                "chance",
                "second",
                "kind",
                "like",
                "please",
                "want",
                "wish",
                "fine",
                "ok",
                "okay",
                "alright",
                "right",
                "inconvenience",
                "work",
                "effort",
                "hassle",
                "burden",
                "convenient",
                "ask",
            ]
            .iter()
            .any(|word| body.iter().any(|it| it.is(word)));
        if vague {
            return Some(end);
        }
    }
    // "…, you will find it in the menu Edit": where it is looked for anyway.
    if after_comma
        && (first.is("you") && next(&["will", "can"]) && is_any(sentence, at + 2, &["find", "see"])
            || is_any(sentence, at, &["you'll"]) && next(&["find", "see"]))
        && (at + 2..sentence.len().min(at + 5))
            .any(|it| is_any(sentence, it, &["it", "them", "that", "this"]))
    {
        return Some(up_to_mark(sentence, at));
    }
    // "Sorry to bother you, but …".
    if (first.is("sorry") || first.is("excuse")) && leads {
        let end = up_to_mark(sentence, at);
        if end < sentence.len() && end - at < 7 {
            return Some(end + 1);
        }
    }
    if first.is("dear") && leads {
        let end = up_to_mark(sentence, at);
        if end < sentence.len() && end - at < 5 {
            return Some(end + 1);
        }
    }
    if let Some(end) = settled(sentence, at) {
        return Some(end);
    }
    let reason = first.is("because") || first.is("cause") || first.is("whereas");
    let since = (first.is("since") || first.is("as") || first.is("for"))
        && next(SUBJECTS)
        && states(sentence, at + 1)
        && (leads && !first.is("for") || after_comma);
    let aim = (first.is("so") && (next(&["that"]) || next(SUBJECTS) && can(sentence, at + 1)))
        || first.is("in") && next(&["order"]) && is_any(sentence, at + 2, &["to", "that"]);
    // What is an order, if not one that is known, is told whole.
    let ordered = || verb::at(sentence, filler::skip(sentence, 0)).is_some();
    if !(reason || since || aim) || aim && !leads && !ordered() {
        return None;
    }
    let end = end_of(sentence, at + 1);
    // "because it is wet and click Save": what of it is the reason, can't be told.
    let hides = |it: usize| {
        is_any(sentence, it, &["and", "then"]) && {
            let next = filler::skip(sentence, it + 1);
            next < end && verb::joins(sentence, next).is_some()
        }
    };
    if (at + 1..end).any(hides) {
        return None;
    }
    // In front of an order it must end before the order.
    let whole = end < sentence.len() || !leads;
    whole.then_some(end)
}

/// "when you are finished", "once you are in", "as soon as you have found it": what comes next
/// comes next anyway.
fn settled(sentence: &[Token], at: usize) -> Option<usize> {
    const STATES: &[&str] = &[
        "done",
        "finished",
        "ready",
        "there",
        "in",
        "through",
        "complete",
        "completed",
        "logged",
        "signed",
        "inside",
        "over",
        "loaded",
        "open",
        "opened",
        "arrived",
        "found",
        "got",
        "set",
        "filled",
        "entered",
        "saved",
        "worked",
        "succeeded",
        "happened",
    ];
    const AROUND: &[&str] = &[
        "you",
        "we",
        "i",
        "it",
        "that",
        "this",
        "everything",
        "all",
        "are",
        "is",
        "have",
        "has",
        "been",
        "being",
        "you're",
        "you've",
        "it's",
        "that's",
        "the",
        "page",
        "site",
        "them",
        "one",
        "be",
        "successfully",
        "fully",
        "correctly",
        "with",
        "of",
        "out",
        "was",
        "were",
        "then",
        "so",
        "and",
        "completely",
        "already",
        "will",
        "finally",
        "form",
        "login",
        "log-in",
    ];
    let lead = match () {
        () if is_any(sentence, at, &["once", "when", "after"]) => 1,
        () if is_any(sentence, at, &["as"])
            && is_any(sentence, at + 1, &["soon"])
            && is_any(sentence, at + 2, &["as"]) =>
        {
            3
        }
        () => return None,
    };
    let end = up_to_mark(sentence, at + lead);
    let body = &sentence[at + lead..end];
    let all = body.len() > 1
        && body.len() < 8
        && (0..body.len()).all(|it| is_any(body, it, STATES) || is_any(body, it, AROUND));
    (all && (0..body.len()).any(|it| is_any(body, it, STATES))).then_some(end)
}

/// "leave the others as they are", "everything else stays unchanged": nothing is to be done.
fn unchanged(sentence: &[Token], at: usize) -> Option<usize> {
    const KEEP: &[&str] = &["leave", "leaving", "keep", "keeping"];
    const REST: &[&str] = &["rest", "others", "other", "else", "remaining"];
    const STAY: &[&str] = &[
        "stay", "stays", "remain", "remains", "left", "leave", "keep", "kept",
    ];
    const SO: &[&[&str]] = &[
        &["as", "they", "are"],
        &["as", "it", "is"],
        &["as", "is"],
        &["how", "it", "is"],
        &["how", "they", "are"],
        &["the", "way", "it", "is"],
        &["the", "way", "they", "are"],
        &["like", "it", "is"],
        &["like", "they", "are"],
        &["the", "same"],
        &["unchanged"],
        &["untouched"],
        &["alone"],
    ];
    let end = up_to_mark(sentence, at);
    let body = &sentence[at..end];
    let begins = at == 0
        || sentence[at - 1].class == Class::Mark
        || is_any(sentence, at - 1, &["and", "but", "please", "while"]);
    let stays = KEEP.iter().any(|it| body[0].is(it))
        || (0..body.len().min(5)).any(|it| is_any(body, it, REST))
            && (0..body.len()).any(|it| is_any(body, it, STAY));
    let so = SO.iter().any(|it| {
        body.len() > it.len()
            && it
                .iter()
                .enumerate()
                .all(|(offset, word)| body[body.len() - it.len() + offset].is(word))
    });
    let joined = body.iter().skip(1).any(|it| it.is("and"));
    (begins && stays && so && !joined).then_some(end)
}

/// "thank you very much", "thanks in advance for your help".
fn thanks(sentence: &[Token], at: usize) -> bool {
    let thank = is_any(sentence, at, &["thanks", "cheers"])
        || is_any(sentence, at, &["thank"]) && is_any(sentence, at + 1, &["you"])
        || is_any(sentence, at, &["many"]) && is_any(sentence, at + 1, &["thanks"]);
    thank && sentence.len() - at < 10
}

fn up_to_mark(sentence: &[Token], at: usize) -> usize {
    (at..sentence.len())
        .find(|it| sentence[*it].class == Class::Mark)
        .unwrap_or(sentence.len())
}

/// Whether a subject and a verb follow, as in a clause, not only a noun ("as a guest").
fn states(sentence: &[Token], at: usize) -> bool {
    const STATING: &[&str] = &[
        "is", "are", "was", "were", "am", "has", "have", "had", "need", "needs", "want", "wants",
        "will", "would", "can", "can't", "cannot", "must", "do", "does", "don't", "doesn't", "did",
        "didn't", "live", "lives", "work", "works", "like", "likes", "prefer", "prefers", "am",
        "plan", "know", "knows", "moved", "changed", "forgot", "lost", "got", "isn't", "aren't",
        "won't", "could", "couldn't", "should", "may",
    ];
    let end = up_to_mark(sentence, at);
    let contracted = is_any(
        sentence,
        at,
        &[
            "i'm", "we're", "it's", "he's", "she's", "they're", "i've", "we've", "i'll",
        ],
    );
    contracted || (at + 1..end).any(|it| is_any(sentence, it, STATING))
}

/// "so I can see it", "so it will be …".
fn can(sentence: &[Token], at: usize) -> bool {
    let end = up_to_mark(sentence, at).min(at + 5);
    (at + 1..end).any(|it| {
        is_any(
            sentence,
            it,
            &[
                "can", "will", "may", "could", "might", "would", "won't", "don't",
            ],
        )
    })
}

/// Where a subordinate clause ends: before the comma or the "so" that an order follows.
fn end_of(sentence: &[Token], from: usize) -> usize {
    (from..sentence.len())
        .find(|at| {
            let comma = sentence[*at].is_mark(",") || sentence[*at].is_mark(":");
            let next = filler::skip(sentence, *at);
            let so = sentence[*at].is("so") && *at > from;
            let order = next < sentence.len()
                && (verb::joins(sentence, next).is_some() || turns(sentence, next));
            // "because of A, B and C": no order follows.
            (comma || so) && order
        })
        .unwrap_or(sentence.len())
}

/// Whether something follows that a verb stands behind: "the old one has to go".
fn turns(sentence: &[Token], at: usize) -> bool {
    is_any(
        sentence,
        at,
        &[
            "the", "my", "our", "his", "her", "their", "all", "this", "that",
        ],
    ) && (at..up_to_mark(sentence, at)).any(|it| {
        is_any(
            sentence,
            it,
            &["should", "must", "needs", "need", "has", "have", "ought"],
        )
    }) || is_any(sentence, at, &["i", "we"])
}
