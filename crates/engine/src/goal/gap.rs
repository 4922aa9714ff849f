//! What to say of a part of the goal that has no meaning here.

use std::ops::Range;

use super::{
    clause::NotUnderstood,
    filler,
    order::spanned,
    token::{Class, Token},
    verb,
};

const MODEL: &str = "only a model can do that: configure one (ERRAND_LLM_…) and run with the engine \
                     \"agent\" or \"planner\"";

/// The gap at these tokens.
pub fn gap(prompt: &str, tokens: &[Token]) -> NotUnderstood {
    let span = match tokens {
        [] => 0..prompt.len(),
        some => {
            let end = some.iter().map(|it| it.span.end).max();
            spanned(some).start..end.unwrap_or(prompt.len())
        }
    };
    let start = filler::skip(tokens, 0).min(tokens.len());
    let body = &tokens[start..];
    if verb::thought(body).is_some() || verb::thought(tokens).is_some() {
        return at(prompt, span, None, MODEL);
    }
    if let Some(language) = language(&prompt[span.clone()]).or_else(|| language(prompt)) {
        let hint = format!(
            "it looks like {language}, and the local engine reads English: say it in English, or \
             configure a model (ERRAND_LLM_…) and run with the engine \"agent\""
        );
        return at(prompt, span, None, &hint);
    }
    let words = || {
        body.iter()
            .chain(tokens)
            .filter(|it| it.class == Class::Word)
    };
    let near = words().next().and_then(|it| verb::nearest(&it.lower));
    let hint = match near {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => {
            "begin with what to do: open, click, type, select, check, log in, search for, extract"
                .to_owned()
        }
    };
    at(prompt, span, near, &hint)
}

/// A gap with a hint of its own.
pub fn at(prompt: &str, span: Range<usize>, nearest: Option<&str>, hint: &str) -> NotUnderstood {
    NotUnderstood {
        text: errand_domain::text::clip(&prompt[span.clone()], 300),
        span,
        nearest: nearest.map(str::to_owned),
        hint: hint.to_owned(),
    }
}

/// Bytes of a text that are enough to tell its language.
const ENOUGH: usize = 1_000;

/// Words that few English sentences lack, and other languages have not.
const ENGLISH: &[&str] = &[
    "the", "and", "of", "with", "for", "from", "is", "it", "my", "click", "open", "select", "type",
    "enter", "fill", "set", "get", "find",
];

/// Whether a text is surely not English.
pub fn is_foreign(text: &str) -> bool {
    language(text).is_some()
}

/// Whether the words themselves, not those that they quote, are mostly of another script.
pub fn is_of_another_script(tokens: &[Token]) -> bool {
    let spoken = tokens.iter().filter(|it| it.class == Class::Word);
    let letters = spoken.flat_map(|it| it.text.chars().filter(|it| it.is_alphabetic()));
    let (mut all, mut foreign) = (0, 0);
    for letter in letters {
        all += 1;
        foreign += usize::from(!is_latin(letter));
    }
    foreign > 1 && foreign * 2 > all
}

/// The language of a text that is not English, where it shows.
fn language(text: &str) -> Option<String> {
    let text = &errand_domain::text::clip(text, ENOUGH);
    let letters = text.chars().filter(|it| it.is_alphabetic()).count();
    let foreign = text
        .chars()
        .filter(|it| it.is_alphabetic() && !is_latin(*it))
        .count();
    let info = whatlang::detect(text)?;
    if info.lang() == whatlang::Lang::Eng {
        return None;
    }
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    let strange = !text.is_ascii()
        && words.len() > 4
        && !words.iter().any(|it| ENGLISH.contains(&it.as_str()));
    // A script says it by itself; words of a Latin script only if there are some of them, or none
    // that English is not written without.
    let sure = foreign * 2 > letters && letters > 1
        || info.is_reliable() && letters > 11
        || strange && letters > 20;
    // Languages of one script are easily taken for each other.
    sure.then(|| match info.script() {
        script if info.is_reliable() || script == whatlang::Script::Latin => {
            info.lang().eng_name().to_owned()
        }
        script => format!("a language in {} script", script.name()),
    })
}

fn is_latin(letter: char) -> bool {
    letter.is_ascii() || matches!(letter as u32, 0xC0..=0x24F | 0x1E00..=0x1EFF)
}
