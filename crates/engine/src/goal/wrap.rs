//! Politeness and wishes in front of an order, in whatever words: "I was wondering if you could".
//!
//! They are made of few words, none of which says what is to be done; so a run of such words that
//! wishes or asks for something, and that an order follows, is a wrapping.

use super::{
    token::{Class, Token},
    verb,
};

/// Words that wish, ask or oblige.
const WISHING: &[&str] = &[
    "want",
    "wants",
    "wanted",
    "need",
    "needs",
    "needed",
    "like",
    "love",
    "wish",
    "hope",
    "would",
    "could",
    "can",
    "may",
    "might",
    "must",
    "should",
    "shall",
    "will",
    "appreciate",
    "appreciated",
    "please",
    "kindly",
    "possible",
    "necessary",
    "important",
    "required",
    "mind",
    "wonder",
    "wondering",
    "ask",
    "asking",
    "supposed",
    "request",
    "task",
    "job",
    "goal",
    "aim",
    "favour",
    "favor",
    "i'd",
    "we'd",
    "you'll",
    "you'd",
    "wants",
    "able",
    "let",
    "remember",
    "try",
    "ought",
    "expect",
    "gonna",
    "wanna",
    "able",
    "kind",
    "objective",
    "have",
    "ok",
    "okay",
    "alright",
];

/// Those that do so only with "you".
const MODALS: &[&str] = &[
    "would", "could", "can", "may", "might", "will", "shall", "able", "kind",
];

/// The words that stand between them.
const BETWEEN: &[&str] = &[
    "i",
    "you",
    "we",
    "it",
    "there",
    "be",
    "is",
    "was",
    "am",
    "are",
    "been",
    "being",
    "i'm",
    "it's",
    "we'll",
    "i'll",
    "that's",
    "we're",
    "you're",
    "to",
    "that",
    "if",
    "so",
    "as",
    "for",
    "of",
    "nice",
    "kind",
    "good",
    "great",
    "lovely",
    "wonderful",
    "helpful",
    "glad",
    "happy",
    "grateful",
    "thankful",
    "pleased",
    "obliged",
    "fine",
    "cool",
    "perfect",
    "best",
    "really",
    "very",
    "much",
    "just",
    "also",
    "only",
    "now",
    "then",
    "first",
    "next",
    "simply",
    "maybe",
    "possibly",
    "perhaps",
    "whether",
    "able",
    "us",
    "help",
    "me",
    "my",
    "your",
    "our",
    "the",
    "a",
    "an",
    "do",
    "does",
    "did",
    "ahead",
    "and",
    "sure",
    "enough",
    "moment",
    "minute",
    "when",
    "get",
    "got",
    "chance",
    "all",
    "what",
    "thing",
    "things",
    "step",
    "steps",
    "going",
    "here",
    "this",
    "today",
    "too",
    "has",
    "have",
    "had",
    "having",
    "time",
    "again",
    "once",
    "kindness",
    "help",
    "big",
    "small",
    "little",
    "quick",
    "more",
    "today's",
    "today",
    "somebody",
    "someone",
    "well",
    "ever",
];

/// Most words of a wrapping.
const MOST: usize = 16;

/// How many tokens at `at` only wrap an order, which the token after them begins.
pub fn wrapping(tokens: &[Token], at: usize) -> Option<usize> {
    let is = |at: usize, of: &[&str]| {
        tokens.get(at).is_some_and(|it| {
            let lower = it.lower.replace('\u{2019}', "'");
            it.class == Class::Word && of.contains(&&*lower)
        })
    };
    // "let me know" is an order itself.
    if is(at, &["let"]) && is(at + 1, &["me", "us"]) {
        return None;
    }
    let mut wished = false;
    for place in at..tokens.len().min(at + MOST) {
        // "get", "have" and "do" are orders as well, but not here.
        let lead = place > at
            && wished
            && leads(&tokens[place - 1])
            && !is(place, WISHING)
            && orders(tokens, place);
        if lead {
            return Some(place - at);
        }
        // "I need to know how …", "I would be thankful for a list".
        let determined = is(
            place + 1,
            &[
                "the", "a", "an", "all", "how", "what", "which", "when", "who", "where", "my",
                "some", "every",
            ],
        );
        let known = (is(place, &["know"])
            || is(place, &["see"]) && place > at && is(place - 1, &["to", "want", "need", "like"]))
            && place > at
            || is(place, &["for", "about"])
                && place > at
                && is(
                    place - 1,
                    &[
                        "thankful", "grateful", "glad", "happy", "ask", "asking", "pleased",
                    ],
                );
        if wished && known && determined {
            return Some(place + 1 - at);
        }
        // "May I have the addresses", "could I get a list".
        let granted = is(place, &["have", "get", "see", "know"])
            && place > at + 1
            && place < at + 5
            && (at..place)
                .any(|it| is(it, &["may", "can", "could", "might"]) && is(it + 1, &["i", "we"]));
        if granted && determined {
            return Some(place + 1 - at);
        }
        // "My boss wants to know …".
        if place == at + 1
            && is(at, &["my", "our", "the"])
            && is(place + 1, &["wants", "needs", "would", "asked", "asks"])
        {
            continue;
        }
        let comma = place > at && tokens[place].is_mark(",");
        if is(place, WISHING) {
            // "I will", "we can" say what is so; "will you", "you can" what is wished.
            let modal = is(place, MODALS);
            let asked = is(place + 1, &["you"]) || place > at && is(place - 1, &["you"]);
            wished |= match modal {
                true => asked,
                false => !is(place, &["have"]) || is(place + 1, &["to"]),
            };
        } else if !is(place, BETWEEN) && !comma {
            return None;
        }
    }
    None
}

/// Words that an order stands behind.
fn leads(token: &Token) -> bool {
    const LEADS: &[&str] = &[
        "to", "you", "we", "i", "please", "kindly", "is", "be", "and", "mind", "by", "just",
        "also", "now", "then", "first", "would", "could", "can", "may", "might", "must", "should",
        "shall", "will", "want", "need", "me", "us", "if", "you'll", "simply", "that", "next",
        "quickly", "again", "once", "wanna", "gonna", "try", "have", "possibly", "maybe",
        "perhaps",
    ];
    token.is_mark(",") || LEADS.iter().any(|it| token.is(it))
}

/// Whether an order begins here: a verb that is none of the words of wrappings.
fn orders(tokens: &[Token], at: usize) -> bool {
    let Some((_, length)) = verb::at(tokens, at) else {
        return false;
    };
    let first = &tokens[at];
    // "if you could get me …", "I need to get …": an order; "get the chance to" is none.
    let chance = first.is("get")
        && tokens[at + length..]
            .iter()
            .take(3)
            .any(|it| it.is("chance") || it.is("moment") || it.is("minute") || it.is("time"));
    let sure = first.is("make") && tokens.get(at + 1).is_some_and(|it| it.is("sure"));
    !chance || sure
}
