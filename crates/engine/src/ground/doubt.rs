//! Why a phrase names nothing for certain, in words that help to say it better.

use std::fmt::Write as _;

use errand_browser::{Node, Observation};
use errand_domain::text::clip;

use super::{index::Index, name, structure};

/// Most elements that are told.
const MAX_TOLD: usize = 5;

/// What was counted where more were looked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counted {
    /// How many there are.
    pub count: usize,
    /// The id of the first, and what it says.
    pub first: String,
    /// What they are called.
    pub names: Vec<String>,
}

impl Counted {
    pub(super) fn new(index: &Index<'_>, elements: &[usize]) -> Self {
        Self {
            count: elements.len(),
            first: elements
                .first()
                .map(|it| mark(index.node(*it), &index.text(*it, 60)))
                .unwrap_or_default(),
            names: names(index, elements),
        }
    }

    /// Whether the first one is still on the page, and says the same.
    #[must_use]
    pub fn is_there(seen: &Observation, first: &str) -> bool {
        let index = Index::new(seen);
        (0..seen.nodes.len()).any(|it| {
            let node = &seen.nodes[it];
            node.id.as_deref().is_some_and(|id| first.starts_with(id))
                && mark(node, &index.text(it, 60)) == first
        })
    }
}

fn mark(node: &Node, text: &str) -> String {
    let id = node.id.as_deref().unwrap_or_default();
    format!("{id} {} {text}", node.name)
}

/// Why a phrase names nothing for certain.
#[derive(Debug, Clone, PartialEq)]
pub enum Doubt {
    /// Nothing fits; these come nearest.
    Nothing(Vec<String>),
    /// These fit equally well.
    Between(Vec<String>),
    /// No such place is on the page.
    NoPlace(String),
    /// The place is there, and nothing that fits is in it; these fit elsewhere.
    NotThere(String, Vec<String>),
    /// Fewer fit than were counted.
    Few(Counted),
    /// The list is too long to be seen whole, and which one is meant hangs on all of it.
    LeftOut,
    /// What is to be compared can't be read of these.
    Unmeasured(String, Vec<String>),
}

impl Doubt {
    /// Whether it may be somewhere else, where nothing was looked at yet.
    #[must_use]
    pub fn is_absence(&self) -> bool {
        matches!(
            self,
            Self::Nothing(_) | Self::NoPlace(_) | Self::NotThere(..) | Self::Few(_)
        )
    }

    /// In a sentence: what was looked for where, why it is not found, and what would help.
    #[must_use]
    pub fn reason(&self, what: &str, url: &str) -> String {
        let list = |names: &[String]| names.join(", ");
        match self {
            Self::Nothing(near) if near.is_empty() => format!("nothing on {url} fits \"{what}\""),
            Self::Nothing(near) => format!(
                "nothing on {url} fits \"{what}\"; the nearest are {}",
                list(near)
            ),
            Self::Between(several) => format!(
                "\"{what}\" could be {} on {url}; quote the exact name, or say which one (\"the \
                 second\", \"in the row of …\")",
                several.join(" or ")
            ),
            Self::NoPlace(place) => format!(
                "\"{what}\" is to be at \"{place}\", and nothing on {url} is called so; quote a \
                 text that stands there"
            ),
            Self::NotThere(place, elsewhere) => format!(
                "nothing that fits \"{what}\" is at \"{place}\" on {url}; elsewhere there are {}",
                list(elsewhere)
            ),
            Self::Few(all) => format!(
                "there are only {} of \"{what}\" on {url}: {}",
                all.count,
                list(&all.names)
            ),
            Self::LeftOut => format!(
                "the list on {url} is too long to count \"{what}\" in it; say it by a name or a \
                 text that stands there"
            ),
            Self::Unmeasured(quality, several) => format!(
                "which of {} has the most or least {quality} can't be read on {url}; say it by \
                 name",
                list(several)
            ),
        }
    }
}

/// The names of elements, told apart by where they are if they have the same.
pub fn names(index: &Index<'_>, elements: &[usize]) -> Vec<String> {
    let told = &elements[..elements.len().min(MAX_TOLD)];
    let plain: Vec<String> = told.iter().map(|it| name(index.node(*it))).collect();
    let mut named: Vec<String> = Vec::new();
    for (at, element) in told.iter().enumerate() {
        let mut text = plain[at].clone();
        if plain.iter().filter(|it| **it == text).count() > 1 {
            let _ = write!(text, " {}", whereabouts(index, *element, at));
        }
        named.push(text);
    }
    if elements.len() > told.len() {
        named.push(format!("{} more", elements.len() - told.len()));
    }
    named
}

/// Where an element is, in words that a goal may use.
fn whereabouts(index: &Index<'_>, element: usize, position: usize) -> String {
    let item = index
        .lineage(element)
        .skip(1)
        .find(|it| structure::is_item(index, *it));
    if let Some(item) = item {
        let before = index.texts_in(item, element);
        let after = index.texts_in(index.end(element), index.end(item));
        let texts: Vec<&str> = before
            .chain(after)
            .take(10)
            .map(|it| &*index.node(it).text)
            .collect();
        if !texts.is_empty() {
            return format!("in the row of \"{}\"", clip(&texts.join(" "), 50));
        }
    }
    let heading = (0..element).rev().find(|it| {
        index.node(*it).role == "heading" && structure::section(index, *it).contains(&element)
    });
    match heading {
        Some(heading) => {
            let text = index.text(heading, 80);
            format!("under \"{}\" (number {})", clip(&text, 50), position + 1)
        }
        None => format!("(number {})", position + 1),
    }
}
