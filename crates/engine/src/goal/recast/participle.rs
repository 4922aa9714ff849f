//! Past forms of the verbs that are known.

use crate::goal::{
    token::{Class, Token},
    wording::{CONTROLS, WORDINGS},
};

const IRREGULAR: &[(&str, &str)] = &[
    ("bought", "buy"),
    ("chosen", "choose"),
    ("chose", "choose"),
    ("done", "do"),
    ("drawn", "draw"),
    ("filled", "fill"),
    ("found", "find"),
    ("given", "give"),
    ("gone", "go"),
    ("hidden", "hide"),
    ("hit", "hit"),
    ("left", "leave"),
    ("logged", "log"),
    ("made", "make"),
    ("paid", "pay"),
    ("put", "put"),
    ("read", "read"),
    ("rebooked", "rebook"),
    ("reset", "reset"),
    ("run", "run"),
    ("sent", "send"),
    ("set", "set"),
    ("shown", "show"),
    ("submitted", "submit"),
    ("taken", "take"),
    ("told", "tell"),
    ("went", "go"),
    ("withdrawn", "withdraw"),
    ("written", "write"),
];

/// The verb that this is the past participle of, if it is known.
pub fn base(token: &Token) -> Option<&'static str> {
    if token.class != Class::Word {
        return None;
    }
    let lower = &*token.lower;
    if let Some((_, base)) = IRREGULAR.iter().find(|(past, _)| *past == lower) {
        return Some(base);
    }
    if !lower.ends_with("ed") {
        return None;
    }
    let wordings = WORDINGS.iter().map(|(wording, _)| *wording);
    wordings
        .chain(CONTROLS.iter().copied())
        .map(|it| it.split(' ').next().unwrap_or(it))
        .find(|it| is_past(lower, it))
}

/// Whether a word is the regular past of a verb.
pub fn is_past(word: &str, verb: &str) -> bool {
    let Some(stem) = word.strip_suffix("ed").filter(|it| !it.is_empty()) else {
        return false;
    };
    let doubled = || {
        let (last, before) = (
            stem.chars().next_back(),
            &stem[..stem.len().saturating_sub(1)],
        );
        stem.is_ascii() && before == verb && last == verb.chars().next_back()
    };
    stem == verb
        || verb.strip_suffix('e') == Some(stem)
        || verb
            .strip_suffix('y')
            .and_then(|it| stem.strip_suffix('i').map(|stem| it == stem))
            == Some(true)
        || doubled()
}
