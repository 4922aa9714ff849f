//! Whether what was put into a form is still there at the end: a choice may empty the field before
//! it.

use std::collections::HashMap;

use errand_browser::{Node, Observation};
use errand_domain::Action;

use crate::engine::Done;

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
