//! Whether every word of a sentence found a place in its meaning.
//!
//! What is left over is something that was asked for and would not be done.

use std::{collections::HashSet, fmt::Write as _, ops::Range};

use super::{
    name,
    order::spanned,
    refer::Draft,
    relative,
    token::{Class, Token},
    verb,
};

/// Tokens that are known to mean nothing more.
#[derive(Default)]
pub struct Spare(HashSet<usize>);

/// Words that are used up by the meaning of others: what kind of thing, which, where, how.
const FUNCTION: &[&str] = &[
    "a",
    "about",
    "all",
    "also",
    "an",
    "and",
    "any",
    "are",
    "as",
    "at",
    "be",
    "been",
    "being",
    "below",
    "above",
    "beside",
    "both",
    "box",
    "but",
    "by",
    "called",
    "can",
    "do",
    "does",
    "each",
    "every",
    "everything",
    "following",
    "for",
    "from",
    "has",
    "have",
    "her",
    "here",
    "his",
    "how",
    "i",
    "if",
    "in",
    "inside",
    "into",
    "is",
    "it",
    "its",
    "item",
    "items",
    "key",
    "keys",
    "label",
    "labeled",
    "labelled",
    "last",
    "left",
    "many",
    "me",
    "much",
    "my",
    "name",
    "named",
    "near",
    "next",
    "no",
    "not",
    "of",
    "on",
    "one",
    "only",
    "onto",
    "option",
    "options",
    "or",
    "our",
    "out",
    "over",
    "page",
    "please",
    "reads",
    "right",
    "row",
    "rows",
    "says",
    "shown",
    "should",
    "shall",
    "so",
    "some",
    "text",
    "than",
    "that",
    "the",
    "their",
    "them",
    "then",
    "there",
    "these",
    "they",
    "this",
    "those",
    "through",
    "times",
    "titled",
    "to",
    "under",
    "underneath",
    "until",
    "up",
    "down",
    "us",
    "value",
    "values",
    "via",
    "was",
    "we",
    "were",
    "what",
    "when",
    "where",
    "whether",
    "which",
    "who",
    "whose",
    "with",
    "within",
    "you",
    "your",
    "will",
    "word",
    "words",
    "letters",
    "letter",
    "case",
    "lower",
    "upper",
    "lowercase",
    "uppercase",
    "capital",
    "capitals",
    "caps",
    "reverse",
    "reversed",
    "order",
    "sum",
    "total",
    "except",
    "excluding",
    "apart",
    "other",
    "unless",
    "otherwise",
    "else",
    "after",
    "before",
    "appears",
    "appear",
    "visible",
    "present",
    "exists",
    "displayed",
    "gone",
    "disappears",
    "disappear",
    "listed",
    "available",
    "open",
    "page",
    "site",
    "website",
    "screen",
    "web",
    "form",
    "formular",
    "questionnaire",
    "dialog",
    "top",
    "bottom",
    "end",
    "number",
    "input",
    "line",
    "field",
    "fields",
    "details",
    "information",
    "data",
    "contact",
    "side",
    "using",
    "use",
    "between",
    "corresponding",
    "corresponds",
    "associated",
    "belonging",
    "belongs",
    "front",
    "containing",
    "contains",
    "having",
    "clipboard",
    "it's",
    "there's",
    "average",
    "product",
    "difference",
    "mean",
    "characters",
    "digit",
    "character",
    "sentence",
    "loads",
    "loaded",
    "load",
    "shows",
    "show",
    "pops",
    "comes",
    "case",
    "current",
    "main",
    "home",
    "new",
    "second",
    "seconds",
    "moment",
    "ms",
    "s",
    "minute",
    "minutes",
    "settled",
    "finish",
    "finished",
    "ready",
    "done",
    "loading",
    "finishes",
    "bit",
    "while",
    "within",
    "popup",
    "pop-up",
    "alert",
    "prompt",
    "confirmation",
    "message",
    "question",
    "yes",
    "ok",
    "asks",
    "answers",
    "combination",
    "answer",
    "well",
    "credentials",
    "account",
    "user",
    "username",
    "password",
    "email",
    "login",
    "log",
    "cost",
    "costs",
    "drop",
    "say",
    "task",
    "todo",
    "table",
    "file",
    "folder",
    "product",
    "person",
    "customer",
    "article",
    "entry",
    "record",
    "event",
    "note",
    "longer",
    "no",
    "see",
    "find",
    "reach",
    "away",
    "goes",
    "go",
];

/// Whether a word is borne by those beside it: the verb of a relative clause whose names are kept,
/// or the noun that says what a quoted name is the name of.
fn carried(tokens: &[Token], at: usize) -> bool {
    let from = at.saturating_sub(6);
    let relative = (from..at).any(|it| relative::is_pronoun(&tokens[it]));
    if relative && relative::is_idle(&tokens[at]) {
        return true;
    }
    // "choose the plan 'Family'", but not "click the red 'Save'".
    let noun = tokens[at].class == Class::Word
        && tokens[at]
            .text
            .chars()
            .all(|it| it.is_lowercase() || it == '-')
        && !is_quality(&tokens[at].lower);
    let article = at > 0
        && [
            "the", "a", "an", "my", "our", "his", "her", "their", "your", "of", "with", "for",
        ]
        .iter()
        .any(|it| tokens[at - 1].is(it));
    let led = at > 0 && verb::at(tokens, at - 1).is_some();
    noun && (article || led)
        && tokens
            .get(at + 1)
            .is_some_and(|it| it.class == Class::Quoted)
}

/// Whether a word tells one thing from others of its kind.
fn is_quality(word: &str) -> bool {
    const QUALITIES: &[&str] = &[
        "red", "green", "blue", "yellow", "black", "white", "grey", "gray", "orange", "purple",
        "pink", "brown", "violet", "big", "small", "large", "little", "tiny", "huge", "bold",
        "round", "square", "left", "right", "upper", "lower", "top", "bottom", "middle", "new",
        "old", "active", "empty", "open", "other", "same", "correct", "wrong", "only", "whole",
        "upcoming", "main", "dark", "light", "long", "short", "cheap", "free",
    ];
    QUALITIES.contains(&word)
        || ["ed", "ing", "able", "ful", "est", "less", "ous", "ive"]
            .iter()
            .any(|end| word.ends_with(end))
}

impl Spare {
    /// These mean nothing more.
    pub fn add(&mut self, tokens: &[Token]) {
        self.0.extend(tokens.iter().map(|it| it.span.start));
    }

    /// "three times", "twice".
    pub fn add_counts(&mut self, tokens: &[Token]) {
        const COUNTS: &[&str] = &[
            "once", "twice", "thrice", "two", "three", "four", "five", "times",
        ];
        let counts = tokens
            .iter()
            .filter(|it| COUNTS.iter().any(|word| it.is(word)));
        self.0.extend(counts.map(|it| it.span.start));
    }

    /// The first words that stand in no meaning.
    pub fn lost(&self, tokens: &[Token], drafts: &[Draft]) -> Option<Range<usize>> {
        let mut said = String::new();
        for draft in drafts {
            let _ = write!(said, "{:?} {:?} ", draft.clause.ask, draft.clause.when);
        }
        let said = said.to_lowercase();
        let lost = |at: &usize| self.is_lost(&tokens[*at], &said) && !carried(tokens, *at);
        let first = (0..tokens.len()).find(lost)?;
        let run = (first..tokens.len())
            .take_while(|it| tokens[*it].class != Class::Mark && self.is_lost(&tokens[*it], &said));
        Some(spanned(&tokens[first..first + run.count().max(1)]))
    }

    fn is_lost(&self, token: &Token, said: &str) -> bool {
        if token.class == Class::Mark || self.0.contains(&token.span.start) {
            return false;
        }
        if token.class == Class::Word {
            let lower = token.lower.trim_end_matches("'s").trim_end_matches("’s");
            let worded = lower.chars().any(char::is_alphanumeric);
            if !worded || FUNCTION.contains(&lower) || name::ordinal(token).is_some() {
                return false;
            }
            if name::is_of_kind(lower) || name::is_superlative(lower) {
                return false;
            }
            // Numbers are kept as such: "3" as Nth(3), "three" as 3.
            return !said.contains(lower.trim_start_matches('#'));
        }
        let escaped = format!("{:?}", token.lower);
        !said.contains(escaped.trim_matches('"'))
    }
}
