//! Orders that only a form of the page gives a meaning: "subscribe ann@x.com to the newsletter".
//!
//! The verb is what a button is called. Every other word that says something has to be a value for
//! a field beside that button, the name of a field that gets one, or what stands there already. One
//! way to place all of them, in one form, has to fit better than any other.

mod field;
mod form;
mod place;

use errand_domain::{Action, ValueSource};

use self::{
    field::Given,
    form::{Form, forms},
    place::{Placing, place},
};
use super::{Desk, Plan};
use crate::{
    goal::{Said, said},
    local::form::target,
};

/// Words that turn an order around, or make it more than one.
const TURNS: &[&str] = &[
    "not", "no", "never", "without", "except", "but", "if", "unless", "until", "don't", "all",
    "every", "each", "both", "other", "than", "or", "instead", "first", "last", "cheapest", "most",
    "least",
];

/// Fills a form in as the words say and presses its button; nothing where no form, or more than one,
/// gives every word a place.
pub fn plan(desk: &Desk<'_>, text: &str) -> Option<Plan> {
    let words = said(text);
    let turned = |it: &Said| !it.quoted && TURNS.contains(&&*it.lower);
    if !desk.alone || words.len() > 40 || words.iter().any(turned) || desk.seen.dialog.is_some() {
        return None;
    }
    let mut found: Vec<(Placing, Form<'_>)> = Vec::new();
    for form in forms(desk.seen, &words) {
        if let Some(placing) = place(&form, &words, text) {
            found.push((placing, form));
        }
    }
    found.sort_by_key(|it| std::cmp::Reverse(it.0.strength));
    let best = found.first()?;
    // The same fields and another button, or the same words elsewhere: not to be told apart.
    if found
        .get(1)
        .is_some_and(|it| it.0.strength == best.0.strength)
    {
        return None;
    }
    let (placing, form) = found.swap_remove(0);
    let mut actions = Vec::new();
    for (at, given) in placing.given {
        let target = target(form.fields[at]);
        actions.push(match given {
            Given::Text(text) => Action::Type {
                target,
                text,
                source: ValueSource::Goal,
                clear: true,
            },
            Given::Option(option) => Action::Select {
                target,
                options: vec![option],
                source: ValueSource::Goal,
            },
            Given::Checked => Action::Check {
                target,
                checked: true,
            },
        });
    }
    actions.extend(form.button.map(|it| Action::Click { target: target(it) }));
    Some(desk.act(actions, true))
}
