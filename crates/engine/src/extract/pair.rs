//! Labels and their values.

use errand_browser::{
    Node,
    observation::{end_of, text_of},
};

use super::piece;

/// A label and what stands with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// The label, without a colon.
    pub label: String,
    /// The value.
    pub value: String,
    /// How sure it is that they belong together: 0 is a guess from order alone.
    pub trust: u8,
}

/// Every pair on the page: definition lists, forms, two-cell rows, `Label: value`, and words that
/// follow each other in a small box.
pub fn pairs(nodes: &[Node]) -> Vec<Pair> {
    let mut found = Vec::new();
    let mut term: Option<String> = None;
    for (index, node) in nodes.iter().enumerate() {
        match &*node.role {
            "term" => term = Some(text_of(nodes, index)),
            "definition" => {
                if let Some(label) = &term {
                    push(&mut found, label, &text_of(nodes, index), 3);
                }
            }
            "row" => row(nodes, index, &mut found),
            _ => {}
        }
        let label = node
            .label
            .as_ref()
            .filter(|it| !it.is_empty())
            .unwrap_or(&node.name);
        if let Some(value) = &node.value {
            push(&mut found, label, value, 3);
        } else if let Some(checked) = node.checked {
            push(&mut found, label, if checked { "yes" } else { "no" }, 2);
        }
    }
    if !nodes.is_empty() {
        texts(nodes, &mut found);
    }
    found
}

fn row(nodes: &[Node], index: usize, found: &mut Vec<Pair>) {
    let cells: Vec<usize> = (index + 1..end_of(nodes, index))
        .filter(|it| {
            matches!(
                &*nodes[*it].role,
                "cell" | "gridcell" | "rowheader" | "columnheader"
            )
        })
        .collect();
    if let [label, value] = cells[..] {
        let head = nodes[label].role != "columnheader" || nodes[value].role == "cell";
        if head {
            push(found, &text_of(nodes, label), &text_of(nodes, value), 2);
        }
    }
}

fn texts(nodes: &[Node], found: &mut Vec<Pair>) {
    let tops: Vec<usize> = (0..nodes.len())
        .filter(|it| nodes[*it].parent.is_none())
        .collect();
    let pieces: Vec<piece::Piece> = tops
        .into_iter()
        .flat_map(|top| piece::pieces(nodes, top))
        .collect();
    for (at, piece) in pieces.iter().enumerate() {
        if let Some((label, value)) = piece.text.split_once(':')
            && label.len() < 60
            && !value.starts_with("//")
            && !label.chars().all(|it| it.is_ascii_digit())
        {
            if value.trim().is_empty() {
                if let Some(next) = pieces.get(at + 1) {
                    push(found, label, &next.text, 2);
                }
            } else {
                push(found, label, value, 2);
            }
        }
        if let Some(next) = pieces.get(at + 1)
            && piece.text.len() < 60
            && near(nodes, piece.index, next.index)
        {
            push(
                found,
                &piece.text,
                &next.text,
                u8::from(piece.role == "heading"),
            );
        }
    }
}

/// Whether two elements share a parent that is a small box.
fn near(nodes: &[Node], left: usize, right: usize) -> bool {
    if left == right {
        return true;
    }
    if nodes[left].parent == Some(u32::try_from(right).unwrap_or(u32::MAX))
        || nodes[right].parent == Some(u32::try_from(left).unwrap_or(u32::MAX))
    {
        return true;
    }
    match (nodes[left].parent, nodes[right].parent) {
        (Some(one), Some(other)) if one == other => {
            end_of(nodes, one as usize) - (one as usize) < 16
        }
        _ => false,
    }
}

fn push(found: &mut Vec<Pair>, label: &str, value: &str, trust: u8) {
    let label = label.trim().trim_end_matches(':').trim();
    let value = value.trim();
    if !label.is_empty() && !value.is_empty() && label != value {
        found.push(Pair {
            label: label.to_owned(),
            value: value.to_owned(),
            trust,
        });
    }
}
