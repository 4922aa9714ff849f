//! What a request means to this engine, told before anything is done.

mod clause;
mod schema;
mod words;

use errand_domain::{
    text::clip,
    understanding::{
        ClauseValue, HIDDEN, NotUnderstood, SoughtElement, Understanding, UnderstoodClause,
    },
};
use serde_json::Value;

use crate::goal::{self, Ask, Clause, Understood};

/// Most parts without a meaning that are told.
const MAX_GAPS: usize = 20;
/// Most clauses that are told, and the most bytes of all their texts.
const MAX_CLAUSES: usize = 1_000;
const MAX_BYTES: usize = 400 * 1024;
/// Longest text, in bytes, and most elements or values of a clause.
const MAX_TEXT_BYTES: usize = 1_000;
const MAX_PARTS: usize = 50;

/// Reads a request as a run would read it; no page is looked at.
#[must_use]
pub fn explain(prompt: &str, schema: Option<&Value>) -> Understanding {
    let Understood { clauses, mut gaps } = goal::understand(prompt);
    // What may be something's name on the page is not understood as long as there is no page.
    let (named, clauses): (Vec<Clause>, Vec<Clause>) = clauses
        .into_iter()
        .partition(|it| matches!(it.ask, Ask::Named(_)));
    gaps.extend(named.into_iter().filter_map(|it| match it.ask {
        Ask::Named(gap) => Some(gap),
        _ => None,
    }));
    gaps.sort_by_key(|it| it.span.start);
    let secrets = Secrets(goal::secrets(prompt));
    let mut told = Vec::new();
    let mut room = MAX_BYTES;
    for clause in clauses.iter().take(MAX_CLAUSES) {
        let clause = secrets.hide(understood(clause, schema.is_some()));
        let size = size(&clause);
        if size > room {
            break;
        }
        room -= size;
        told.push(clause);
    }
    Understanding {
        clauses: told,
        clause_count: clauses.len(),
        schema: schema.map(|it| schema::plan(it, &clauses)),
        not_understood: gaps.into_iter().take(MAX_GAPS).map(gap).collect(),
    }
}

fn gap(gap: goal::NotUnderstood) -> NotUnderstood {
    NotUnderstood {
        span: gap.span,
        text: clip(&gap.text, MAX_TEXT_BYTES),
        nearest: gap.nearest,
        hint: clip(&gap.hint, MAX_TEXT_BYTES),
    }
}

fn understood(clause: &Clause, by_schema: bool) -> UnderstoodClause {
    let mut told = clause::tell(&clause.ask, by_schema);
    let condition = clause.when.as_ref().map(|when| {
        let element = words::element("condition", &when.what);
        told.elements.insert(0, element);
        format!("only if {}", words::when(when))
    });
    UnderstoodClause {
        span: clause.span.clone(),
        text: clause.text.clone(),
        action: told.action,
        description: told.description,
        elements: told.elements,
        values: told.values,
        condition,
        verification: told.verification,
    }
}

/// The passwords that the goal gives.
struct Secrets(Vec<String>);

impl Secrets {
    fn hide(&self, mut clause: UnderstoodClause) -> UnderstoodClause {
        clause.text = self.text(&clause.text);
        clause.description = self.text(&clause.description);
        clause.condition = clause.condition.map(|it| self.text(&it));
        clause.elements.truncate(MAX_PARTS);
        clause.values.truncate(MAX_PARTS);
        for SoughtElement { words, place, .. } in &mut clause.elements {
            *words = self.text(words);
            *place = place.take().map(|it| self.text(&it));
        }
        for value in &mut clause.values {
            value.secret |= value
                .text
                .as_ref()
                .is_some_and(|it| self.0.iter().any(|secret| secret == it));
            value.text = value.text.take().filter(|_| !value.secret);
            value.text = value.text.take().map(|it| self.text(&it));
            value.derivation = value.derivation.take().map(|it| self.text(&it));
        }
        clause
    }

    /// A text without the secrets, as far as it is shown. A secret that is a part of a word is not
    /// meant by it.
    fn text(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in self.0.iter().filter(|it| !it.is_empty()) {
            let mut from = 0;
            while let Some(at) = text[from..].find(secret.as_str()).map(|it| it + from) {
                let end = at + secret.len();
                let joined = |it: Option<char>| it.is_some_and(char::is_alphanumeric);
                if joined(text[..at].chars().next_back()) || joined(text[end..].chars().next()) {
                    from = end;
                } else {
                    text.replace_range(at..end, HIDDEN);
                    from = at + HIDDEN.len();
                }
            }
        }
        clip(&text, MAX_TEXT_BYTES)
    }
}

fn size(clause: &UnderstoodClause) -> usize {
    let long = |it: &Option<String>| it.as_ref().map_or(0, String::len);
    let elements = clause.elements.iter();
    let elements = elements.map(|it| 100 + it.words.len() + long(&it.ordinal) + long(&it.place));
    let values = clause.values.iter();
    let values = values.map(|it: &ClauseValue| 100 + long(&it.text) + long(&it.derivation));
    let own = clause.text.len() + clause.description.len() + long(&clause.condition);
    300 + own + elements.sum::<usize>() + values.sum::<usize>()
}
