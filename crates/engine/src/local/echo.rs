//! A page that repeats the goal: a task list, a ticket, an instruction above a form.
//!
//! What the page says in the goal's own words names everything that the goal names, and is none of
//! it. It is left out before anything is looked for.

use std::ops::Range;

use errand_browser::{Node, Observation, Reading, observation};

use crate::{
    engine::Turn,
    goal::{Ask, Goal},
    ground::words,
};

/// Words of a clause from which on it is no name of something on the page.
const LEAST: usize = 4;

/// The observation and the reading without what repeats the goal, if anything does.
pub fn without(goal: &Goal, turn: &Turn<'_>) -> Option<(Observation, Option<Reading>)> {
    let orders = orders(goal, turn.goal);
    let seen = blanked(&turn.observation.nodes, &orders);
    let read = turn
        .reading
        .and_then(|reading| blanked(&reading.nodes, &orders));
    if seen.is_none() && read.is_none() {
        return None;
    }
    let mut observation = turn.observation.clone();
    if let Some(nodes) = seen {
        observation.nodes = nodes;
    }
    let reading = turn.reading.map(|reading| Reading {
        nodes: read.unwrap_or_else(|| reading.nodes.clone()),
        ..reading.clone()
    });
    Some((observation, reading))
}

/// The words of the goal and of each order in it.
fn orders(goal: &Goal, prompt: &str) -> Vec<Vec<String>> {
    let clauses = goal.clauses.iter().filter(|it| match &it.ask {
        // A question may be a heading, with the answer below.
        Ask::Extract(wanted) => wanted.tally.is_some(),
        _ => true,
    });
    let texts = std::iter::once(prompt).chain(clauses.map(|it| &*it.text));
    let mut orders: Vec<Vec<String>> = texts.map(words).filter(|it| it.len() >= LEAST).collect();
    orders.dedup();
    orders
}

/// The nodes without the texts that repeat an order; nothing if none does.
fn blanked(nodes: &[Node], orders: &[Vec<String>]) -> Option<Vec<Node>> {
    if orders.is_empty() {
        return None;
    }
    let initials: Vec<char> = orders
        .iter()
        .flatten()
        .filter_map(|it| it.chars().next())
        .collect();
    let mut said: Vec<(String, usize)> = Vec::new();
    for (at, node) in nodes.iter().enumerate() {
        if node.role != "text" {
            continue;
        }
        let initial = node.text.chars().find(|it| it.is_alphanumeric());
        match initial.and_then(|it| it.to_lowercase().next()) {
            None => {}
            // What repeats an order begins with one of its words; what does not stands for itself.
            Some(initial) if !initials.contains(&initial) => said.push((String::new(), at)),
            Some(_) => said.extend(words(&node.text).into_iter().map(|word| (word, at))),
        }
    }
    let mut echoes: Vec<usize> = Vec::new();
    for order in orders {
        let mut from = 0;
        while from + order.len() <= said.len() {
            let run = &said[from..from + order.len()];
            if run.iter().map(|(word, _)| word).ne(order) {
                from += 1;
                continue;
            }
            let whole = starts(&said, from) && starts(&said, from + order.len());
            if whole && !run.iter().any(|(_, at)| names(nodes, *at)) {
                echoes.extend(run.iter().map(|(_, at)| *at));
            }
            from += order.len();
        }
    }
    if echoes.is_empty() {
        return None;
    }
    let mut nodes = nodes.to_vec();
    for at in &echoes {
        nodes[*at].text.clear();
        nodes[*at].marks.clear();
    }
    for at in echoes {
        let mut up = nodes[at].parent;
        while let Some(holder) = up.and_then(|it| usize::try_from(it).ok()) {
            let inside = holder + 1..observation::end_of(&nodes, holder);
            if holder >= at || !is_empty(&nodes, inside) {
                break;
            }
            nodes[holder].name.clear();
            nodes[holder].interactive = false;
            up = nodes[holder].parent;
        }
    }
    Some(nodes)
}

/// Whether a text begins, or all texts end, at this word.
fn starts(said: &[(String, usize)], at: usize) -> bool {
    at == 0 || at >= said.len() || said[at - 1].1 != said[at].1
}

fn is_empty(nodes: &[Node], range: Range<usize>) -> bool {
    nodes[range]
        .iter()
        .all(|it| !it.interactive && (it.role != "text" || it.text.is_empty()))
}

/// Whether a text is the name of a control or a heading.
fn names(nodes: &[Node], text: usize) -> bool {
    let mut up = nodes[text].parent;
    while let Some(at) = up.and_then(|it| usize::try_from(it).ok()) {
        let node = &nodes[at];
        let named = matches!(
            &*node.role,
            "button"
                | "link"
                | "tab"
                | "menuitem"
                | "menuitemcheckbox"
                | "menuitemradio"
                | "option"
                | "checkbox"
                | "radio"
                | "switch"
                | "treeitem"
                | "heading"
                | "term"
                | "definition"
                | "label"
                | "legend"
                | "textbox"
        );
        if named || matches!(&*node.tag, "label" | "legend" | "summary" | "textarea") {
            return true;
        }
        up = node.parent.filter(|it| (*it as usize) < at);
    }
    false
}
