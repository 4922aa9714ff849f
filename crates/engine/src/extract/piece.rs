//! The smallest elements with words of their own.

use errand_browser::{Node, observation::end_of};

/// The words of one small element.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// The words.
    pub text: String,
    /// Role of the element: `heading`, `link`, `img`, `generic`, …
    pub role: String,
    /// Where a link around it leads.
    pub href: Option<String>,
    /// Source, for images.
    pub src: Option<String>,
    /// Index of the element.
    pub index: usize,
}

/// Elements inline in running text: their words belong to the text around them.
const INLINE: &[&str] = &[
    "b", "i", "em", "strong", "u", "small", "sup", "sub", "mark", "code", "abbr",
];

/// The pieces under the node at `top`, in reading order.
pub fn pieces(nodes: &[Node], top: usize) -> Vec<Piece> {
    let mut found: Vec<Piece> = Vec::new();
    for index in top..end_of(nodes, top) {
        let node = &nodes[index];
        if node.role == "img" && !node.name.is_empty() {
            found.push(piece(nodes, top, index, node.name.clone(), "img"));
        } else if node.role == "text" {
            let owner = owner(nodes, top, index);
            let role = role(nodes, top, owner);
            found.push(piece(nodes, top, owner, node.text.clone(), role));
        } else if let Some(value) = node.value.as_ref().filter(|it| !it.is_empty()) {
            found.push(piece(nodes, top, index, value.clone(), &node.role));
        }
    }
    found
}

/// The element that a text belongs to.
fn owner(nodes: &[Node], top: usize, index: usize) -> usize {
    let mut at = nodes[index].parent.map_or(top, |it| it as usize);
    while at > top && INLINE.contains(&&*nodes[at].tag) {
        at = nodes[at].parent.map_or(top, |it| it as usize);
    }
    at.max(top)
}

/// Headings and links count also when they hold the element that holds the words.
fn role(nodes: &[Node], top: usize, index: usize) -> &str {
    let mut at = index;
    loop {
        if matches!(&*nodes[at].role, "heading" | "link") {
            return &nodes[at].role;
        }
        match nodes[at].parent {
            Some(parent) if at > top => at = parent as usize,
            _ => return &nodes[index].role,
        }
    }
}

fn piece(nodes: &[Node], top: usize, index: usize, text: String, role: &str) -> Piece {
    let mut href = None;
    let mut at = index;
    loop {
        if nodes[at].href.is_some() {
            href.clone_from(&nodes[at].href);
            break;
        }
        match nodes[at].parent {
            Some(parent) if at > top => at = parent as usize,
            _ => break,
        }
    }
    // A heading that holds a link is found with its target.
    if href.is_none() {
        href = nodes[index..end_of(nodes, index)]
            .iter()
            .find_map(|node| node.href.clone());
    }
    let src = nodes[index].src.clone();
    Piece {
        text,
        role: role.to_owned(),
        href,
        src,
        index,
    }
}
