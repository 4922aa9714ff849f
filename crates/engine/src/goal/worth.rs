//! From tokens to a value: as written, read from the page, or made from another.

use super::{
    name::{matches, of, ordinal, superlative},
    phrase::Ordinal,
    token::{Class, Token},
    value::{Derivation, Source, Step, Worth},
};

/// Words that mean what was read before.
const PRONOUNS: &[&str] = &[
    "it",
    "that",
    "this",
    "them",
    "the result",
    "the same",
    "the same text",
    "the same value",
    "that text",
    "that value",
    "that word",
    "that number",
    "this text",
    "this value",
    "this word",
    "this number",
    "the copied text",
    "the copied value",
    "the text you copied",
    "the value you copied",
    "the text you found",
    "the word you found",
    "the number you found",
    "its value",
    "that code",
    "this code",
];

/// Words that mean what the clause before read, if one did.
pub const READ: &[&str] = &[
    "code", "word", "number", "text", "value", "answer", "sum", "total", "letter", "line", "date",
];

/// Steps that stand after what they are done to.
const TAILS: &[(&str, Step)] = &[
    ("in lower case", Step::Lower),
    ("in lowercase", Step::Lower),
    ("in all lower case", Step::Lower),
    ("in all lowercase", Step::Lower),
    ("in lower case letters", Step::Lower),
    ("in lowercase letters", Step::Lower),
    ("in all lowercase letters", Step::Lower),
    ("in all lower case letters", Step::Lower),
    ("in small letters", Step::Lower),
    ("lowercased", Step::Lower),
    ("in upper case", Step::Upper),
    ("in uppercase", Step::Upper),
    ("in all upper case", Step::Upper),
    ("in all uppercase", Step::Upper),
    ("in upper case letters", Step::Upper),
    ("in uppercase letters", Step::Upper),
    ("in all uppercase letters", Step::Upper),
    ("in all upper case letters", Step::Upper),
    ("in capital letters", Step::Upper),
    ("in all capital letters", Step::Upper),
    ("in capitals", Step::Upper),
    ("in all caps", Step::Upper),
    ("in caps", Step::Upper),
    ("uppercased", Step::Upper),
    ("in title case", Step::Title),
    ("backwards", Step::Reversed),
    ("in reverse", Step::Reversed),
    ("reversed", Step::Reversed),
    ("in reverse order", Step::Reversed),
];

/// Steps that stand before what they are done to.
const HEADS: &[(&str, Step)] = &[
    ("number of words", Step::CountWords),
    ("number of letters", Step::CountLetters),
    ("number of characters", Step::CountLetters),
    ("sum", Step::Sum),
    ("total", Step::Sum),
    ("difference", Step::Difference),
    ("product", Step::Product),
    ("average", Step::Average),
    ("mean", Step::Average),
];

type Part = fn(Ordinal) -> Step;

const PARTS: &[(&str, Part)] = &[
    ("word", Step::Word),
    ("letter", Step::Letter),
    ("character", Step::Letter),
    ("digit", Step::Letter),
    ("line", Step::Line),
    ("sentence", Step::Sentence),
];

/// Words for what a thing on the page holds.
const CONTENTS: &[&str] = &[
    "value", "values", "text", "content", "contents", "number", "words", "content", "data",
];

/// What the tokens give as a value.
pub fn worth(prompt: &str, tokens: &[Token]) -> Worth {
    let words: Vec<&Token> = tokens.iter().filter(|it| it.class != Class::Mark).collect();
    if is_pronoun(&words) {
        return Worth::Remembered;
    }
    if let Some(derivation) = derivation(&words) {
        return Worth::Read(derivation);
    }
    // "the combination [20, 16, 15]": the list is the value.
    if let Some(list) = words
        .iter()
        .find(|it| it.text.starts_with('[') && it.text.ends_with(']'))
    {
        return Worth::Given(list.text.clone());
    }
    // "the order number": what the page calls so.
    let named = words.len() > 1
        && words.len() < 6
        && words[0].text == "the"
        && words.iter().all(|it| it.class == Class::Word);
    if named {
        return Worth::Read(Derivation {
            from: Source::Page(of(&words, true)),
            steps: Vec::new(),
        });
    }
    let value = match words.iter().find(|it| it.class == Class::Quoted) {
        Some(quoted) if tokens.len() < 8 => quoted.text.clone(),
        _ => super::fill::written(prompt, tokens),
    };
    Worth::Given(value)
}

/// Whether the words mean what was read before.
pub fn is_pronoun(words: &[&Token]) -> bool {
    PRONOUNS
        .iter()
        .any(|it| matches(words, 0, it) == Some(words.len()))
}

/// "the 3rd word of the paragraph", "the value of 'Total'", "'ABC' in lower case".
pub fn derivation(words: &[&Token]) -> Option<Derivation> {
    if let Some((rest, step)) = tail(words) {
        let mut inner = derivation(rest).unwrap_or_else(|| Derivation {
            from: source(rest),
            steps: Vec::new(),
        });
        inner.steps.push(step);
        return Some(inner);
    }
    let start = words.iter().position(|it| !it.is("the") && !it.is("a"))?;
    let rest = &words[start..];
    let inner = |rest: &[&Token], step: Step| {
        let mut inner = derivation(rest).unwrap_or_else(|| Derivation {
            from: source(rest),
            steps: Vec::new(),
        });
        inner.steps.push(step);
        Some(inner)
    };
    if let Some((part, length)) = part(rest) {
        return inner(after_link(&rest[length..])?, part);
    }
    if start > 0 {
        for (wording, step) in HEADS {
            if let Some(length) = matches(rest, 0, wording)
                && let Some(rest) = after_link(&rest[length..]).or_else(|| {
                    let between = rest.get(length).is_some_and(|it| it.is("between"));
                    rest.get(length + 1..)
                        .filter(|it| between && !it.is_empty())
                })
            {
                let several: Vec<_> = rest
                    .split(|it| it.is("and"))
                    .filter(|it| !it.is_empty())
                    .collect();
                if several.len() > 1 {
                    let several = several.into_iter().map(|it| of(it, true)).collect();
                    return Some(Derivation {
                        from: Source::Several(several),
                        steps: vec![*step],
                    });
                }
                return inner(rest, *step);
            }
        }
        if let Some((_, least, length)) = superlative(rest)
            && rest
                .get(length)
                .is_some_and(|it| it.is("number") || it.is("value"))
            && let Some(rest) = after_link(&rest[length + 1..])
        {
            return inner(rest, if least { Step::Smallest } else { Step::Largest });
        }
    }
    let content = rest
        .first()
        .filter(|it| CONTENTS.iter().any(|word| it.is(word)));
    if start > 0 && content.is_some() {
        let rest = after_lead(&rest[1..])?;
        return Some(Derivation {
            from: Source::Page(of(rest, true)),
            steps: Vec::new(),
        });
    }
    None
}

/// What can be read without any step: "the text of the heading", or a plain phrase.
pub fn reading(words: &[&Token]) -> Derivation {
    derivation(words).unwrap_or_else(|| Derivation {
        from: Source::Page(of(words, true)),
        steps: Vec::new(),
    })
}

fn source(words: &[&Token]) -> Source {
    match words {
        [only] if only.class == Class::Quoted => Source::Text(only.text.clone()),
        _ if is_pronoun(words) => Source::Remembered,
        _ => Source::Page(of(words, true)),
    }
}

/// "3rd word", "last line", "word number 3".
fn part(words: &[&Token]) -> Option<(Step, usize)> {
    let [first, second, ..] = words else {
        return None;
    };
    let part = |token: &Token| {
        PARTS
            .iter()
            .find(|(word, _)| token.is(word))
            .map(|(_, step)| step)
    };
    if let (Some(ordinal), Some(step)) = (ordinal(first), part(second)) {
        return Some((step(ordinal), 2));
    }
    let step = part(first)?;
    let numbered = second.is("number") || second.is("no") || second.is("nr");
    let digits = if numbered { words.get(2)? } else { second };
    let nth = digits.text.trim_start_matches('#').parse().ok()?;
    Some((step(Ordinal::Nth(nth)), if numbered { 3 } else { 2 }))
}

fn tail<'t, 'a>(words: &'t [&'a Token]) -> Option<(&'t [&'a Token], Step)> {
    TAILS
        .iter()
        .filter_map(|(wording, step)| {
            let length = wording.split(' ').count();
            let start = words.len().checked_sub(length).filter(|it| *it > 0)?;
            matches(words, start, wording)?;
            Some((start, *step))
        })
        .min_by_key(|(start, _)| *start)
        .map(|(start, step)| (&words[..start], step))
}

/// What follows "of", "in", "from".
fn after_link<'t, 'a>(words: &'t [&'a Token]) -> Option<&'t [&'a Token]> {
    let first = words.first()?;
    let link = ["of", "in", "from", "on", "inside", "within"];
    (link.iter().any(|it| first.is(it)) && words.len() > 1).then(|| &words[1..])
}

/// Same, and "that corresponds with".
fn after_lead<'t, 'a>(words: &'t [&'a Token]) -> Option<&'t [&'a Token]> {
    const LEADS: &[&str] = &[
        "that corresponds to",
        "that corresponds with",
        "corresponding to",
        "shown in",
        "shown next to",
        "next to",
        "for",
        "under",
        "beside",
        "that is in",
        "that is shown in",
    ];
    let lead = LEADS.iter().filter_map(|it| matches(words, 0, it)).max();
    match lead {
        Some(length) if length < words.len() => Some(&words[length..]),
        _ => after_link(words),
    }
}
