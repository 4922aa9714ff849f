//! Words around an order that change nothing of it.

use super::{
    token::{Class, Token},
    verb,
    wrap::wrapping,
};

/// Wordings of politeness, order and intent, longest first where one begins another.
const FILLERS: &[&str] = &[
    "would you be so kind as to",
    "would you be so kind to",
    "i would really appreciate it if you could",
    "i would appreciate it if you could",
    "i would be grateful if you could",
    "i'd appreciate it if you could",
    "it would be great if you could",
    "it would be nice if you could",
    "be so kind and",
    "be so kind as to",
    "be so kind to",
    "be so good and",
    "be so good as to",
    "be so nice and",
    "be kind and",
    "have the kindness to",
    "do me a favor and",
    "do me a favour and",
    "do me the favor and",
    "do me the favour and",
    "what i need is",
    "what i want is",
    "i would like to have",
    "i'd like to have",
    "i would like to know",
    "i'd like to know",
    "i want to know",
    "i need to know",
    "i only need",
    "i just need",
    "i just want",
    "i would like you to",
    "i'd like you to",
    "i would like to",
    "i'd like to",
    "i want you to",
    "i want that you",
    "i want to",
    "i wish to",
    "i wish you to",
    "i need you to",
    "i need that you",
    "i need to",
    "i need",
    "i want",
    "i would like",
    "i'd like",
    "you have to",
    "you need to",
    "you must to",
    "you must",
    "you should",
    "you can",
    "you will",
    "you are to",
    "we have to",
    "we need to",
    "we want to",
    "we should",
    "your task is to",
    "your task is",
    "your job is to",
    "your goal is to",
    "the task is to",
    "the goal is to",
    "my goal is to",
    "the objective is to",
    "would you please",
    "would you mind",
    "do you mind",
    "may you",
    "you could",
    "you may",
    "could you please",
    "could you kindly",
    "could you",
    "would you",
    "can you please",
    "can you",
    "will you",
    "do please",
    "be sure to",
    "make sure to",
    "make sure you",
    "make sure that you",
    "remember to",
    "don't forget to",
    "do not forget to",
    "try to",
    "go ahead and",
    "help me to",
    "help me",
    "for me",
    "let's",
    "lets",
    "let us",
    "it is necessary to",
    "is necessary to",
    "it is needed to",
    "need to",
    "need",
    "have to",
    "want to",
    "must",
    "should",
    "please to",
    "please",
    "pls",
    "plz",
    "kindly",
    "hello",
    "hi there",
    "hi",
    "hey",
    "dear",
    "ok",
    "okay",
    "to begin with",
    "to begin",
    "to start with",
    "to start",
    "to finish",
    "start by",
    "begin by",
    "finish by",
    "first of all",
    "at first",
    "first you",
    "firstly",
    "first",
    "second step",
    "secondly",
    "thirdly",
    "fourthly",
    "next you",
    "next",
    "after that you",
    "after that",
    "after this",
    "afterwards",
    "afterward",
    "afterwards you",
    "after which",
    "after doing so",
    "after doing that",
    "after it",
    "once done",
    "once that is done",
    "once that's done",
    "once this is done",
    "once it is done",
    "once finished",
    "once you are done",
    "once you're done",
    "once you have done that",
    "once you are there",
    "once you're there",
    "once there",
    "once the page loads",
    "once the page has loaded",
    "once the page is loaded",
    "once it has loaded",
    "once it loads",
    "when the page loads",
    "when the page has loaded",
    "when the page is loaded",
    "when you are done",
    "when you're done",
    "when you are there",
    "when done",
    "when finished",
    "when ready",
    "when it is done",
    "when that is done",
    "at the end",
    "in the end",
    "at last",
    "lastly",
    "last",
    "finally",
    "and finally",
    "then you",
    "therefore",
    "before anything else",
    "before you do anything else",
    "before doing anything else",
    "instead",
    "in addition",
    "additionally",
    "besides that",
    "meanwhile",
    "for a start",
    "as a first step",
    "as a next step",
    "as the first step",
    "as the next step",
    "in the next step",
    "in a second step",
    "from there",
    "there",
    "here",
    "now",
    "then",
    "also",
    "just",
    "simply",
    "quickly",
    "carefully",
    "immediately",
    "directly",
    "again",
    "once",
    "so",
    "and",
    "but",
    "or",
    "i",
    "you",
    "we",
    "to",
    "step by step",
];

/// Sentences that ask for nothing.
const IDLE: &[&str] = &[
    "thanks",
    "thank you",
    "thank you very much",
    "thank you so much",
    "thanks a lot",
    "thanks in advance",
    "thank you in advance",
    "many thanks",
    "cheers",
    "that is all",
    "that's all",
    "that's it",
    "that is it",
    "good luck",
    "best regards",
    "regards",
    "i hope you can help",
    "when done",
    "when finished",
    "when you are done",
    "when you're done",
    "good morning",
    "good day",
    "good afternoon",
    "you are done",
    "you're done",
    "you are finished",
    "for me",
    "very much",
    "as json",
    "steps",
    "task",
    "goal",
    "instructions",
    "do the following",
    "do the following steps",
    "please do the following",
    "follow these steps",
    "here are the steps",
    "here is what to do",
    "here is what i need",
];

fn matches(tokens: &[Token], at: usize, wording: &str) -> Option<usize> {
    let mut length = 0;
    for word in wording.split(' ') {
        let token = tokens.get(at + length)?;
        if token.class != Class::Word || !same(&token.lower, word) {
            return None;
        }
        length += 1;
    }
    Some(length)
}

/// The same word, whichever apostrophe it was typed with.
fn same(have: &str, word: &str) -> bool {
    have == word || word.contains('\'') && have.replace('\u{2019}', "'") == word
}

/// The first token from `at` on that belongs to no filler.
pub fn skip(tokens: &[Token], mut at: usize) -> usize {
    while let Some(token) = tokens.get(at) {
        if token.is_mark(",") || token.is_mark("\n") || token.is_mark(":") {
            at += 1;
            continue;
        }
        // "… and after click Send".
        let after = at > 0
            && (token.is("after") || token.is("later"))
            && verb::at(tokens, at + 1).is_some_and(|(verb, _)| verb != verb::Verb::Control)
            && !verb::is_gerund_at(tokens, at + 1);
        if after {
            at += 1;
            continue;
        }
        let longest = FILLERS
            .iter()
            .filter_map(|it| matches(tokens, at, it))
            .chain(wrapping(tokens, at))
            .max();
        let Some(length) = longest else { break };
        let after = tokens.get(at + length);
        // "Next visit: 14 May": a field that is called so.
        let named = length == 1
            && [
                "next", "first", "last", "second", "to", "there", "here", "now", "again", "i",
            ]
            .iter()
            .any(|it| token.is(it))
            && (at + 2..at + 5).any(|it| tokens.get(it).is_some_and(|it| it.is_mark(":")))
            && tokens[at + 1..]
                .iter()
                .take_while(|it| !it.is_mark(":"))
                .all(|it| it.class == Class::Word)
            && (verb::at(tokens, at + 1).is_none()
                || ["next", "first", "last", "second"]
                    .iter()
                    .any(|it| token.is(it)));
        // "code, last order and stock": one of the values.
        let ranked = token.is("last")
            && after.is_some_and(|it| it.class == Class::Word)
            && verb::at(tokens, at + 1).is_none_or(|(verb, _)| verb == verb::Verb::Control);
        if named || ranked {
            break;
        }
        // "To: Oslo" is a field, and "next" at the end a button.
        let label = length == 1 && after.is_some_and(|it| it.is_mark(":"));
        let button = token.is("next") && after.is_none();
        if label
            && !["please", "now", "then", "hello", "hi", "hey", "ok", "okay"]
                .iter()
                .any(|it| token.is(it))
            || button
        {
            break;
        }
        at += length;
    }
    at
}

/// Words after an order that change nothing of it.
const TAILS: &[&str] = &[
    "please",
    "pls",
    "for me",
    "thanks",
    "thank you",
    "now",
    "too",
    "as well",
    "also",
    "afterwards",
    "when done",
    "when finished",
    "when you are done",
    "when you're done",
    "if you please",
    "kindly",
    "if possible",
    "again",
    "once more",
    "with drag and drop",
    "by drag and drop",
    "with the mouse",
    "when it asks",
    "when asked",
    "if it asks",
    "when prompted",
    "immediately",
    "once done",
    "at the end",
    "first",
    "ok",
    "right away",
    "completely",
    "entirely",
    "fully",
    "permanently",
    "accordingly",
    "instead",
    "in the end",
    "with them",
    "with him",
    "with her",
    "with us",
];

/// The tokens without such words, and without marks, at their end.
pub fn without_tail(mut tokens: &[Token]) -> &[Token] {
    while let [first, rest @ ..] = tokens {
        // "open first the menu": how, not which.
        let determined = rest.first().is_some_and(|it| {
            ["the", "a", "an", "my", "your"]
                .iter()
                .any(|word| it.is(word))
        });
        let polite = ["please", "pls", "kindly", "also", "just", "now"]
            .iter()
            .any(|it| first.is(it))
            || ["first", "then", "me", "us"].iter().any(|it| first.is(it)) && determined;
        if !polite || rest.is_empty() {
            break;
        }
        tokens = rest;
    }
    loop {
        let length = match tokens.last() {
            Some(last) if last.class == Class::Mark => 1,
            _ => {
                let ends = |it: &&str| -> Option<usize> {
                    let length = it.split(' ').count();
                    let start = tokens.len().checked_sub(length)?;
                    // "first" alone may be all there is.
                    let idle = ["please", "again", "too", "also", "now", "afterwards"].contains(it);
                    (start > 0 || length > 1 || idle).then_some(())?;
                    // "the book that is due first": which one, not when.
                    let told = ["that", "which", "who", "is", "are", "was", "were"];
                    let ranks = *it == "first"
                        && tokens[..start]
                            .iter()
                            .any(|it| told.iter().any(|word| it.is(word)));
                    (!ranks).then_some(())?;
                    matches(tokens, start, it)
                };
                TAILS.iter().filter_map(ends).max().unwrap_or(0)
            }
        };
        if length == 0 || tokens.is_empty() {
            return tokens;
        }
        tokens = &tokens[..tokens.len() - length];
    }
}

/// Whether the words ask for nothing at all.
pub fn is_idle(tokens: &[Token]) -> bool {
    let words: Vec<Token> = tokens
        .iter()
        .filter(|it| it.class != Class::Mark)
        .cloned()
        .collect();
    let start = skip(&words, 0);
    let whole = |from: usize| {
        IDLE.iter()
            .any(|it| matches(&words, from, it) == Some(words.len() - from))
    };
    start >= words.len() || whole(0) || whole(start)
}
