//! Whom a statement speaks of, and "her", "him", "his" for them further on.

use super::{
    sentence::Reader,
    token::{Class, Token},
};

/// Capitals that are no names.
const CALENDAR: &[&str] = &[
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

impl Reader<'_> {
    /// Remembers the person that a statement names: "Our colleague Jan Mertens has left."
    pub(super) fn meet(&mut self, tokens: &[Token]) {
        if self.show(tokens) {
            return;
        }
        let capital = |it: &Token| {
            it.class == Class::Word
                && it
                    .text
                    .chars()
                    .all(|it| it.is_alphabetic() || matches!(it, '-' | '\'' | '.'))
                && it.text.starts_with(char::is_uppercase)
                && it.text.len() > 1
                && !CALENDAR.contains(&&*it.lower)
        };
        // A capital at the beginning of the sentence says nothing, unless another follows.
        let mut runs: Vec<Vec<&str>> = Vec::new();
        let mut open = false;
        for (at, token) in tokens.iter().enumerate() {
            let first = at == 0 && !tokens.get(1).is_some_and(capital);
            if capital(token) && !first {
                match runs.last_mut().filter(|_| open) {
                    Some(run) => run.push(&token.text),
                    None => runs.push(vec![&token.text]),
                }
                open = true;
            } else {
                open = false;
            }
        }
        // Two names, and it can't be told whom "her" means.
        self.person = match &runs[..] {
            [only] => Some(only.join(" ")),
            _ => None,
        };
    }

    /// The tokens with the thing that was only said to be there, for the first "it".
    fn thing_for(&self, tokens: &[Token]) -> Vec<Token> {
        const AFTER: &[&str] = &[
            "and", "first", "then", "please", "to", "as", "on", "off", "before", "away", "in",
            "up", "has", "should", "must", "needs", "is", "open", "out", "at", "for", "if", "now",
        ];
        let Some((thing, drafts)) = &self.thing else {
            return tokens.to_vec();
        };
        let found = tokens.iter().enumerate().position(|(at, token)| {
            let ends = tokens
                .get(at + 1)
                .is_none_or(|it| it.class == Class::Mark || AFTER.iter().any(|word| it.is(word)));
            ends && (token.is("it")
                || at > 0 && (token.is("that") || token.is("them") || token.is("this")))
        });
        let Some(at) = found.filter(|_| *drafts == self.drafts.len()) else {
            return tokens.to_vec();
        };
        let mut said = tokens[..at].to_vec();
        said.push(Token {
            class: Class::Word,
            text: "the".to_owned(),
            lower: "the".to_owned(),
            span: tokens[at].span.clone(),
        });
        said.extend(thing.iter().cloned());
        said.extend(tokens[at + 1..].iter().cloned());
        said
    }

    /// Remembers the thing that a sentence only says to be there: "There is a cookie notice that …",
    /// "You will see a box with the text 'x'". Says whether the sentence is such a one.
    pub(super) fn show(&mut self, tokens: &[Token]) -> bool {
        let is = |at: usize, of: &[&str]| {
            tokens
                .get(at)
                .is_some_and(|it| of.contains(&&*it.lower.replace('\u{2019}', "'")))
        };
        // "When you open the page, …"
        let start = match tokens.iter().position(|it| it.is_mark(",")) {
            Some(comma) if is(0, &["when", "once", "if"]) => comma + 1,
            _ => 0,
        };
        let there = is(start, &["there"]) && is(start + 1, &["is", "are", "will"]);
        let short = is(start, &["there's"]);
        let sees = is(start, &["you", "we"])
            && (is(start + 1, &["will", "should", "can", "may"])
                && (is(start + 2, &["see", "notice"])
                    || is(start + 2, &["find", "get", "have"]) && is(start + 1, &["will", "can"]))
                || is(start + 1, &["see"]))
            || is(start, &["you'll"]) && is(start + 1, &["see", "find", "get"]);
        // "On this page you can change how often …": what can be done, not what is to be done.
        let offers = is(0, &["on", "in", "here", "below", "above", "under", "at"])
            && (1..tokens.len().min(7))
                .any(|at| is(at, &["you", "we", "one"]) && is(at + 1, &["can", "could", "may"]));
        if offers {
            self.thing = None;
            return true;
        }
        if !(there || short || sees) {
            return false;
        }
        let article = ["a", "an", "the", "some", "two", "three", "several"];
        let Some(noun) = (start..tokens.len().min(start + 6)).find(|at| is(*at, &article)) else {
            return false;
        };
        let end = (noun + 1..tokens.len())
            .find(|at| {
                tokens[*at].class == Class::Mark
                    || is(
                        *at,
                        &[
                            "that", "which", "who", "where", "and", "so", "in", "on", "at", "of",
                            "for", "now", "here",
                        ],
                    )
            })
            .unwrap_or(tokens.len());
        let several = is(noun, &["two", "three", "several", "some"]);
        self.thing = (!several && end > noun + 1).then(|| {
            let kept = (noun + 1..end).take_while(|at| {
                !is(*at, &["with"]) || tokens[*at..end].iter().any(|it| it.class == Class::Quoted)
            });
            (
                kept.map(|at| tokens[at].clone()).collect(),
                self.drafts.len(),
            )
        });
        true
    }

    /// The tokens with the name where a pronoun stands for it.
    pub(super) fn named_for(&self, tokens: &[Token]) -> Vec<Token> {
        let tokens = &self.thing_for(tokens)[..];
        let Some(person) = &self.person else {
            return tokens.to_vec();
        };
        let said = |at: usize, text: String| Token {
            lower: text.to_lowercase(),
            text,
            ..tokens[at].clone()
        };
        let named = |(at, token): (usize, &Token)| {
            let next = tokens.get(at + 1);
            // "her e-mail is …": a field and its value.
            let stated = tokens
                .iter()
                .skip(at + 1)
                .take(4)
                .any(|it| it.is("is") || it.is_mark(":") || it.is("should") || it.is("must"));
            if stated {
                return token.clone();
            }
            let noun = next.is_some_and(|it| {
                it.class == Class::Word
                    && ![
                        "as", "to", "from", "with", "and", "in", "into", "on", "out", "off", "for",
                        "by", "at", "the", "a", "an", "up", "again", "please", "then", "now", "of",
                    ]
                    .iter()
                    .any(|word| it.is(word))
            });
            match &*token.lower {
                "his" | "her" if noun && token.class == Class::Word => {
                    said(at, format!("{person}'s"))
                }
                "him" | "her" if token.class == Class::Word => said(at, person.clone()),
                _ => token.clone(),
            }
        };
        tokens.iter().enumerate().map(named).collect()
    }
}
