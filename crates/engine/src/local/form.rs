//! Forms: what belongs to one, and how it is sent.

use std::ops::Range;

use errand_browser::{Node, Observation, observation::end_of};
use errand_domain::{Action, Target};

use crate::ground::likeness;

/// Aims at a node.
pub fn target(node: &Node) -> Target {
    Target::element(node.id.clone().unwrap_or_default())
}

/// The nodes of the form around a node; of the whole page if there is none.
pub fn range(seen: &Observation, index: usize) -> Range<usize> {
    let mut at = Some(index);
    while let Some(up) = at {
        let node = &seen.nodes[up];
        if node.role == "form" || node.tag == "form" || node.role == "dialog" {
            return up..end_of(&seen.nodes, up);
        }
        at = node.parent.map(|it| it as usize);
    }
    0..seen.nodes.len()
}

/// Clicks the form's button of one of these names, or its only submit button, or presses Enter in
/// the field.
pub fn submit(seen: &Observation, field: usize, names: &[&str]) -> Action {
    let range = range(seen, field);
    let buttons: Vec<&Node> = seen.nodes[range]
        .iter()
        .filter(|node| node.id.is_some() && node.role == "button" && !node.disabled)
        .collect();
    let named = buttons
        .iter()
        .map(|node| {
            let score = names.iter().map(|name| likeness(&node.name, name, false));
            (score.fold(0.0, f64::max), *node)
        })
        .filter(|(score, _)| *score > 0.7)
        .max_by(|left, right| left.0.total_cmp(&right.0));
    let sends = |node: &&&Node| node.input_type.as_deref() == Some("submit");
    let button = named
        .map(|(_, node)| node)
        .or_else(|| buttons.iter().find(sends).copied());
    match button {
        Some(node) => Action::Click {
            target: target(node),
        },
        None => Action::PressKeys {
            target: Some(target(&seen.nodes[field])),
            keys: vec!["Enter".to_owned()],
        },
    }
}
