//! Conditions on what is to be read: "over 100", "by Ann", "whose status is Open".

mod cue;
mod test;

use self::{
    cue::{Cue, cue},
    test::{compared, inner, value, which, with},
};
use super::{
    extraction::words,
    name::plain,
    token::{Class, Token},
};

/// What must be so of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// It is this.
    Is(String),
    /// It holds this text.
    Contains(String),
    /// The thing says so somewhere: a value, a badge, a mark.
    Says(String),
    /// Its number or date is larger.
    Over(String),
    /// Its number or date is this or larger.
    AtLeast(String),
    /// Its number or date is smaller.
    Under(String),
    /// Its number or date is this or smaller.
    AtMost(String),
    /// Its number or date lies between these, or is one of them.
    Between(String, String),
    /// Its date is earlier.
    Before(String),
    /// Its date is later.
    After(String),
}

/// A condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// On which value of the thing, if said.
    pub field: Option<String>,
    /// What must be so of it.
    pub test: Test,
    /// Or must not be so.
    pub not: bool,
    /// The words of the goal.
    pub text: String,
}

impl Filter {
    /// The thing says so somewhere.
    #[must_use]
    pub fn says(text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            field: None,
            test: Test::Says(text.clone()),
            not: false,
            text,
        }
    }
}

/// Whether a condition begins here.
pub(super) fn begins(tokens: &[Token], at: usize) -> bool {
    cue(tokens, at).is_some()
}

/// Whether something is compared with something here: "over 100", "at least three".
pub(super) fn compares_at(tokens: &[Token], at: usize) -> bool {
    cue(tokens, at).is_some_and(|it| compares(it.0) && it.0 != Cue::Contains)
}

/// Reads the conditions behind a noun; says where the noun ends.
pub(super) fn conditions(
    tokens: &[Token],
    filters: &mut Vec<Filter>,
    places: &mut Vec<String>,
    fields: &mut Vec<String>,
) -> usize {
    let starts: Vec<usize> = (0..tokens.len())
        .filter(|at| *at > 0 || cue(tokens, 0).is_some_and(|it| it.0 != Cue::For))
        .filter(|at| begins(tokens, *at))
        .collect();
    let Some(first) = starts.first().copied() else {
        return bare_quotation(tokens, filters);
    };
    // A condition goes on until the next one; "with a price over 100" is one.
    let mut at = first;
    while at < tokens.len() {
        let Some((kind, length)) = cue(tokens, at) else {
            break;
        };
        let from = at + length;
        let mut end = from;
        while end < tokens.len() {
            let joint = tokens[end].is("and") || tokens[end].is_mark(",") || tokens[end].is("but");
            if joint && cue(tokens, end + 1).is_some() && kind != Cue::Between {
                break;
            }
            let within = matches!(
                kind,
                Cue::With | Cue::Which | Cue::Price | Cue::Rating | Cue::Without
            );
            let divides = cue(tokens, end).is_some_and(|(next, _)| {
                // "that are sold out on the first page": the page is no part of it.
                let here = tokens[end + 1..].iter().take(4).any(|it| {
                    ["page", "pages", "site", "list", "table", "screen"]
                        .iter()
                        .any(|word| it.is(word))
                });
                let part = kind == Cue::Which
                    && !here
                    && matches!(
                        next,
                        Cue::Place | Cue::For | Cue::By | Cue::Which | Cue::With
                    );
                let inside = within && end < from + 5 && compares(next);
                let again = end == from && next == Cue::With;
                !part && !inside && !again
            });
            if divides && !(end == from && compares(kind)) {
                break;
            }
            end += 1;
        }
        let body = &tokens[from..end];
        let text = text_of(&tokens[at..end]);
        one(kind, body, &text, filters, places, fields);
        at = end;
        while tokens
            .get(at)
            .is_some_and(|it| it.class == Class::Mark || it.is("and") || it.is("but"))
        {
            at += 1;
        }
        // What follows a condition and begins none is one more thing that must be said.
        if at < tokens.len() && cue(tokens, at).is_none() {
            let text = text_of(&tokens[at..]);
            filters.push(Filter::says(text));
            break;
        }
    }
    let head = bare_quotation(&tokens[..first], filters);
    head.min(first)
}

fn compares(cue: Cue) -> bool {
    matches!(
        cue,
        Cue::Over
            | Cue::AtLeast
            | Cue::Under
            | Cue::AtMost
            | Cue::Between
            | Cue::Before
            | Cue::After
            | Cue::Contains
    )
}

/// `customer 'Ann Lee'`: what is quoted beside a noun must be said by the thing.
fn bare_quotation(tokens: &[Token], filters: &mut Vec<Filter>) -> usize {
    let quote = tokens.iter().position(|it| it.class == Class::Quoted);
    match quote {
        Some(at) if at > 0 => {
            let text = tokens[at].text.clone();
            filters.push(Filter {
                field: None,
                test: Test::Says(text.clone()),
                not: false,
                text: format!("\"{text}\""),
            });
            at
        }
        _ => tokens.len(),
    }
}

fn one(
    cue: Cue,
    body: &[Token],
    text: &str,
    filters: &mut Vec<Filter>,
    places: &mut Vec<String>,
    fields: &mut Vec<String>,
) {
    let mut push = |field: Option<String>, test: Test, not: bool| {
        filters.push(Filter {
            field,
            test,
            not,
            text: text.to_owned(),
        });
    };
    match cue {
        Cue::Over
        | Cue::AtLeast
        | Cue::Under
        | Cue::AtMost
        | Cue::Between
        | Cue::Before
        | Cue::After => {
            if let Some((field, test)) = compared(cue, body) {
                push(field, test, false);
            } else {
                places.push(words(body));
            }
        }
        Cue::Contains => push(None, Test::Contains(value(body)), false),
        Cue::Called => push(Some("name".to_owned()), Test::Is(value(body)), false),
        Cue::By => push(Some("author".to_owned()), Test::Says(value(body)), false),
        Cue::Price | Cue::Rating => {
            let field = if cue == Cue::Price { "price" } else { "rating" };
            if let Some((_, test)) = inner(body) {
                push(Some(field.to_owned()), test, false);
            } else {
                push(Some(field.to_owned()), Test::Is(value(body)), false);
            }
        }
        Cue::Without => push(None, Test::Says(value(body)), true),
        Cue::Place | Cue::For => places.push(value(body)),
        Cue::With => with(body, text, filters, fields),
        Cue::Which => which(body, text, filters),
    }
}

fn text_of(tokens: &[Token]) -> String {
    plain(
        &tokens
            .iter()
            .filter(|it| it.class != Class::Mark)
            .collect::<Vec<_>>(),
    )
}
