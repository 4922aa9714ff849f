//! Whether what was put into a form is still there at the end: a choice may empty the field before
//! it.

use std::collections::HashMap;

use errand_browser::{
    Node, Observation,
    observation::{end_of, text_of},
};
use errand_domain::Action;

use crate::{
    engine::{Done, Turn},
    goal::{Ask, Clause, Goal},
    ground,
    local::{explore::is_harmless, plan::intent::is_explicit},
};

/// The first field that no longer holds what it was given, in words. What a click, a key or another
/// page changes afterwards was meant to be changed.
pub fn lapsed(history: &[Done], seen: &Observation) -> Option<String> {
    let mut held: HashMap<&str, &Done> = HashMap::new();
    for done in history {
        if done.effect.navigated {
            held.clear();
        }
        if done.error.is_some() {
            continue;
        }
        match &done.action {
            Action::Type { target, .. }
            | Action::Select { target, .. }
            | Action::Check { target, .. } => {
                held.insert(&target.element, done);
            }
            Action::Wait { .. } | Action::Scroll { .. } | Action::Hover { .. } => {}
            _ => held.clear(),
        }
    }
    // In the order of the page, so that the same page gives the same answer.
    let mut fields = seen.nodes.iter().filter_map(|node| {
        let done = held.get(node.id.as_deref()?)?;
        Some((node, *done))
    });
    fields.find_map(|(node, done)| differs(node, done))
}

/// What the page asks in a dialog that the last order opened: "cancel the order" is not done by
/// being asked whether one is sure.
pub fn asked_back(goal: &Goal, turn: &Turn<'_>) -> Option<String> {
    const YES: &[&str] = &[
        "yes", "ok", "okay", "confirm", "continue", "proceed", "sure",
    ];
    let seen = turn.observation;
    let acts = |it: &&Clause| !matches!(it.ask, Ask::Extract(_) | Ask::Take(_) | Ask::Verify(_));
    let clause = goal.clauses.iter().rev().find(acts)?;
    let Ask::Click(_) = &clause.ask else {
        return None;
    };
    let last = turn
        .history
        .iter()
        .rev()
        .find(|it| matches!(it.action, Action::Click { .. }))?;
    let said = ground::words(&clause.text);
    if is_explicit(&clause.text) || is_harmless(&clause.text) {
        return None;
    }
    let pressed = last.action.target().map(|it| &*it.element);
    let dialogs = seen
        .nodes
        .iter()
        .enumerate()
        .filter(|(_, node)| matches!(&*node.role, "dialog" | "alertdialog"));
    for (at, dialog) in dialogs {
        let inside = &seen.nodes[at..end_of(&seen.nodes, at)];
        if inside.iter().any(|it| it.id.as_deref() == pressed) {
            continue;
        }
        let agrees = |it: &&Node| {
            let words = ground::words(&it.name);
            it.role == "button"
                && !it.disabled
                && words
                    .first()
                    .is_some_and(|it| YES.contains(&&**it) || said.first() == Some(it))
        };
        if let Some(button) = inside.iter().find(agrees) {
            let asks = match &*dialog.name {
                "" => errand_domain::text::clip(&text_of(&seen.nodes, at), 100),
                name => name.to_owned(),
            };
            return Some(format!(
                "\"{}\" was done, but the page asks back: \"{asks}\"; add: click \"{}\"",
                clause.text, button.name
            ));
        }
    }
    None
}

fn differs(node: &Node, done: &Done) -> Option<String> {
    let name = crate::ground::name(node);
    if let (Some(was), Some(now)) = (done.effect.checked, node.checked)
        && was != now
    {
        let state = if now { "on" } else { "off" };
        return Some(format!("{name} is {state} again"));
    }
    let was = done.effect.value.as_deref().filter(|it| !it.is_empty())?;
    let native = matches!(&*node.tag, "input" | "textarea" | "select");
    if !native || node.checked.is_some() || node.input_type.as_deref() == Some("password") {
        return None;
    }
    let now = node.value.as_deref().unwrap_or_default();
    // A field may write a value its own way when it is left; empty is another value.
    let chosen = node.options.iter().any(|it| it.selected);
    (now.is_empty() && !chosen).then(|| format!("{name} held \"{was}\" and is empty again"))
}
