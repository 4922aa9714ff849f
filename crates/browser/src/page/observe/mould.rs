//! Rows of a table that differ in their words only come as one mould and the words of each.

use serde::Deserialize;

use crate::observation::Node;

/// Rows that are built alike.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Mould {
    /// Index of the node that they stand in the place of.
    at: usize,
    /// What one of them is made of; parents are counted from its first node.
    nodes: Vec<Node>,
    /// Where the words go, for each node.
    slots: Vec<Slot>,
    /// The number of each row's element, and its words.
    rows: Vec<(u64, Words)>,
}

type Words = Vec<String>;

/// What of a node differs from row to row, as places in the row's words.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Slot {
    /// What follows the row's id in that of the node.
    id: Option<String>,
    text: Option<usize>,
    name: Option<usize>,
    href: Option<usize>,
}

/// Puts the rows where they belong.
pub fn cast(nodes: Vec<Node>, moulds: Vec<Mould>) -> Vec<Node> {
    if moulds.is_empty() {
        return nodes;
    }
    let index = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
    let more: usize = moulds.iter().map(|it| it.nodes.len() * it.rows.len()).sum();
    let mut whole: Vec<Node> = Vec::with_capacity(nodes.len() + more);
    // Where each node went.
    let mut moved: Vec<u32> = Vec::with_capacity(nodes.len());
    let mut moulds = moulds.into_iter().peekable();
    for (at, mut node) in nodes.into_iter().enumerate() {
        node.parent = node.parent.and_then(|it| moved.get(it as usize).copied());
        moved.push(index(whole.len()));
        let Some(mould) = moulds.next_if(|it| it.at == at) else {
            whole.push(node);
            continue;
        };
        for (element, words) in mould.rows {
            pour(
                &mould.nodes,
                &mould.slots,
                element,
                words,
                node.parent,
                &mut whole,
            );
        }
    }
    whole
}

/// Makes one row. What a mould's own nodes say in the place of words is not copied with them.
fn pour(
    nodes: &[Node],
    slots: &[Slot],
    element: u64,
    mut words: Words,
    parent: Option<u32>,
    whole: &mut Vec<Node>,
) {
    let first = u32::try_from(whole.len()).unwrap_or(u32::MAX);
    for (node, slot) in nodes.iter().zip(slots) {
        let mut made = node.clone();
        made.parent = node.parent.map_or(parent, |it| Some(first + it));
        made.id = slot.id.as_ref().map(|path| format!("e{element}{path}"));
        if let Some(name) = slot.name.and_then(|it| words.get(it - 1)) {
            made.name.clone_from(name);
        }
        if let Some(href) = slot.href.and_then(|it| words.get_mut(it - 1)) {
            made.href = Some(std::mem::take(href));
        }
        // The text stands below all that is named by it.
        if let Some(text) = slot.text.and_then(|it| words.get_mut(it - 1)) {
            made.text = std::mem::take(text);
            if let [mark] = &mut made.marks[..] {
                mark.text.clone_from(&made.text);
            }
        }
        whole.push(made);
    }
}
