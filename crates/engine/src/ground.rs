//! Which element a phrase means.

mod anchor;
mod attribute;
mod candidate;
mod doubt;
mod grid;
mod index;
mod likeness;
mod measure;
mod nearby;
mod order;
mod place;
mod score;
mod search;
mod structure;
mod symbol;
mod synonym;

use errand_browser::{Node, Observation};

use crate::goal::Phrase;
use index::Index;
use search::Search;

pub use doubt::{Counted, Doubt};
pub use likeness::{likeness, stem as words_stem, words};
pub use synonym::canonical as words_canonical;

/// What the phrase is to be used for; decides which elements come into question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// Clicked, hovered over: what can be acted on, or else a text that is called so.
    Click,
    /// Followed: what leads to another page; a text that is called so does not.
    Follow,
    /// Typed into.
    Fill,
    /// Given files.
    Give,
    /// Chosen from.
    Choose,
    /// Checked and unchecked.
    Check,
    /// Looked at, scrolled to: anything.
    See,
}

/// The element that the phrase means.
///
/// # Errors
/// With the candidates, when none fits or several fit alike.
pub fn find<'o>(seen: &'o Observation, phrase: &Phrase, using: Use) -> Result<&'o Node, Doubt> {
    let index = Index::new(seen);
    let found = Search::new(&index, using).one(phrase)?;
    Ok(&seen.nodes[found])
}

/// Each element that the phrase means, in reading order; at least one.
///
/// # Errors
/// As [`find`], but several are no doubt.
pub fn all<'o>(seen: &'o Observation, phrase: &Phrase, using: Use) -> Result<Vec<&'o Node>, Doubt> {
    let index = Index::new(seen);
    let found = Search::new(&index, using).all(phrase)?;
    Ok(found.into_iter().map(|it| &seen.nodes[it]).collect())
}

/// What on the page the first place of a phrase may name, by index.
pub fn whereabouts(seen: &Observation, phrase: &Phrase) -> Vec<usize> {
    let index = Index::new(seen);
    let anchors = phrase
        .places
        .first()
        .map(|it| anchor::anchors(&index, &it.what));
    let anchors = anchors.unwrap_or_default();
    anchors.iter().map(anchor::Anchor::at).collect()
}

/// How a person would call the node.
pub fn name(node: &Node) -> String {
    let name = [&node.name, node.label.as_ref().unwrap_or(&node.text)];
    let name = name.into_iter().find(|it| !it.is_empty());
    let name = name.or(node.placeholder.as_ref()).or(node.field.as_ref());
    match name {
        Some(name) => format!("{} \"{}\"", node.role, errand_domain::text::clip(name, 60)),
        None => format!("{} {}", node.role, node.id.as_deref().unwrap_or_default()),
    }
}
