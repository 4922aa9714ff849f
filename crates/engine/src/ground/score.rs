//! How well an element fits a phrase, part by part.

use std::{cell::RefCell, collections::HashMap, fmt};

use errand_browser::Node;

use super::{Use, index::Index, likeness::Wanted};
use crate::goal::{Kind, Phrase};

/// Where all of the words stand among what a page's author calls the element, in any order.
const HINTED: f64 = 0.62;
/// The same for an icon that nothing makes a control.
const HINTED_ICON: f64 = 0.75;
/// Where nothing is said but the kind of thing, or which one.
const UNNAMED: f64 = 0.6;

/// What speaks for an element and what against it; the sum decides.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Score {
    /// How much one of its names is like the words, from 0 to 1, by the weight of that name.
    pub name: f64,
    /// What the words besides the name find elsewhere on it: its colour, its type, its state.
    pub more: f64,
    /// Whether it is of the kind that was said.
    pub kind: f64,
    /// What keeps it from being used now.
    pub state: f64,
}

impl Score {
    /// The sum of the parts.
    pub fn sum(&self) -> f64 {
        self.name + self.more + self.kind + self.state
    }
}

impl fmt::Display for Score {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            more,
            kind,
            state,
        } = self;
        write!(
            formatter,
            "{:.2} (name {name:.2}, more {more:.2}, kind {kind:.2}, state {state:.2})",
            self.sum()
        )
    }
}

/// Scores elements for one phrase and one use.
pub struct Scorer<'i, 'o> {
    index: &'i Index<'o>,
    wanted: Wanted,
    kind: Option<Kind>,
    unnamed: bool,
    /// People count what they see, whether it can be used or not.
    stateless: bool,
    using: Use,
    /// Names that many elements have are compared once.
    known: RefCell<HashMap<String, f64>>,
}

impl<'i, 'o> Scorer<'i, 'o> {
    pub fn new(index: &'i Index<'o>, phrase: &Phrase, using: Use) -> Self {
        let counted = phrase.ordinal.is_some() || phrase.every || phrase.most.is_some();
        let unnamed = phrase.words.trim().is_empty();
        let stateless = phrase.ordinal.is_some() || phrase.most.is_some();
        Self {
            index,
            wanted: Wanted::new(&phrase.words, phrase.quoted),
            kind: phrase.kind,
            unnamed: unnamed && (phrase.kind.is_some() || counted),
            stateless,
            using,
            known: RefCell::default(),
        }
    }

    fn likeness(&self, name: &str) -> f64 {
        if name.is_empty() {
            return 0.0;
        }
        if let Some(known) = self.known.borrow().get(name) {
            return *known;
        }
        let mut likeness = self.wanted.likeness(name);
        if likeness < HINTED {
            likeness = likeness.max(self.wanted.misspelt(name));
        }
        self.known.borrow_mut().insert(name.to_owned(), likeness);
        likeness
    }

    /// The score of an element that is meant to be used.
    pub fn rate(&self, at: usize) -> Score {
        let node = self.index.node(at);
        if self.unnamed {
            return Score {
                name: UNNAMED,
                kind: kind(node, self.kind, self.using),
                state: self.state(node),
                ..Score::default()
            };
        }
        let name = self.names(at, node);
        if name < 0.2 {
            return Score {
                name,
                ..Score::default()
            };
        }
        Score {
            name,
            more: self.more(at, node, name),
            kind: kind(node, self.kind, self.using),
            state: self.state(node),
        }
    }

    /// The score of a text, or of what holds it: only what it says counts.
    pub fn rate_text(&self, at: usize) -> Score {
        let node = self.index.node(at);
        let mut name = 0.0_f64;
        if node.role == "text" {
            name = self.likeness(&node.text);
        } else {
            for (text, weight) in [(&node.name, 1.0), (&self.index.text(at, 300), 0.99)] {
                name = name.max(self.likeness(text) * weight);
            }
            let described = node.description.as_deref().unwrap_or_default();
            name = name.max(self.likeness(described) * 0.9);
            if self.hinted(node) {
                name = name.max(HINTED_ICON);
            }
        }
        Score {
            name: name * 0.9,
            state: self.state(node),
            ..Score::default()
        }
    }

    fn names(&self, at: usize, node: &'o Node) -> f64 {
        let mut score = 0.0_f64;
        let mut best = |name: &str, weight: f64| {
            // What can't be better any more is not compared.
            if weight > score {
                score = score.max(self.likeness(name) * weight);
            }
        };
        let given = |name: &'o Option<String>| name.as_deref().unwrap_or_default();
        best(&node.name, 1.0);
        best(given(&node.label), 1.0);
        if node.name.is_empty() || matches!(&*node.role, "link" | "generic") {
            best(&self.index.text(at, 200), 0.97);
        }
        best(given(&node.placeholder), 0.95);
        best(given(&node.description), 0.85);
        best(given(&node.field), 0.85);
        best(given(&node.autocomplete), 0.85);
        best(given(&node.test_id), 0.8);
        if matches!(self.using, Use::Fill) {
            best(given(&node.input_type), 0.8);
        }
        if matches!(&*node.role, "checkbox" | "radio" | "option") {
            best(given(&node.value), 0.8);
        }
        let nameless = node.name.is_empty();
        if nameless && matches!(&*node.role, "img" | "link" | "button") {
            best(last_place(given(&node.href)), 0.7);
            best(last_place(given(&node.src)), 0.7);
        }
        if nameless {
            if node.label.is_none()
                && is_control(node)
                && let Some(text) = self.index.nearby().name(self.index, at)
            {
                best(&self.index.node(text).text, 0.88);
            }
            if let Some(head) = self.index.grid().head(self.index, at) {
                best(&self.index.text(head, 200), 0.86);
            }
        }
        if score < HINTED && self.hinted(node) {
            score = HINTED;
        }
        score
    }

    fn state(&self, node: &Node) -> f64 {
        if self.stateless {
            return 0.0;
        }
        let mut state = 0.0;
        if node.disabled {
            state -= 0.1;
        }
        if node.covered {
            state -= 0.05;
        }
        if !node.in_view {
            state -= 0.01;
        }
        state
    }

    /// Whether what a page's author calls an element without a name says all of the words.
    fn hinted(&self, node: &Node) -> bool {
        let hints = node.hint.as_deref().unwrap_or_default();
        !hints.is_empty() && self.wanted.left_by(hints).is_empty()
    }

    /// Words that the name lacks may describe the element otherwise: "the red button".
    fn more(&self, at: usize, node: &Node, name: f64) -> f64 {
        let count = self.wanted.words().len();
        if name >= 0.9 || count < 2 {
            return 0.0;
        }
        let own = [
            &node.name,
            node.label.as_deref().unwrap_or_default(),
            &self.index.text(at, 200),
        ]
        .join(" ");
        let left = self.wanted.left_by(&own);
        if left.is_empty() || left.len() >= count {
            return 0.0;
        }
        let other = [
            node.description.as_deref(),
            node.hint.as_deref(),
            node.input_type.as_deref(),
            node.placeholder.as_deref(),
            node.field.as_deref(),
            Some(&*node.role),
            Some(&*node.tag),
        ];
        let other: Vec<&str> = other.into_iter().flatten().collect();
        let missing = self
            .wanted
            .left_by(&format!("{own} {}", other.join(" ")))
            .len();
        #[expect(clippy::cast_precision_loss, reason = "counts of words")]
        let found = (left.len() - missing.min(left.len())) as f64 / left.len() as f64;
        0.15 * found
    }
}

/// Whether a node is something that a value is given to.
pub fn is_control(node: &Node) -> bool {
    node.editable
        || matches!(&*node.tag, "input" | "select" | "textarea")
        || matches!(
            &*node.role,
            "textbox"
                | "searchbox"
                | "spinbutton"
                | "slider"
                | "combobox"
                | "listbox"
                | "checkbox"
                | "radio"
                | "switch"
        )
}

fn is_date(node: &Node) -> bool {
    let kind = node.input_type.as_deref().unwrap_or_default();
    matches!(kind, "date" | "time" | "datetime-local" | "month" | "week")
}

fn last_place(address: &str) -> &str {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let path = path.split_once("://").map_or(path, |(_, rest)| rest);
    // A host alone is no place.
    let Some((_, last)) = path.trim_end_matches('/').rsplit_once('/') else {
        return "";
    };
    last.rsplit_once('.').map_or(last, |(name, _)| name)
}

fn kind(node: &Node, kind: Option<Kind>, using: Use) -> f64 {
    let fits = |roles: &[&str]| roles.contains(&&*node.role) || roles.contains(&&*node.tag);
    match kind {
        Some(Kind::Button) if fits(&["button"]) => 0.08,
        Some(Kind::Link) if fits(&["link", "menuitem", "a"]) => 0.08,
        Some(Kind::Field)
            if node.editable || fits(&["textbox", "searchbox", "combobox", "spinbutton"]) =>
        {
            // A text area has a word of its own.
            if node.tag == "textarea" { 0.07 } else { 0.08 }
        }
        Some(Kind::Area) if node.tag == "textarea" || node.editable && node.tag != "input" => 0.08,
        Some(Kind::Check) if fits(&["checkbox", "switch", "radio"]) => 0.08,
        Some(Kind::Choice) if fits(&["combobox", "listbox", "select"]) => 0.08,
        Some(Kind::Tab) if fits(&["tab"]) => 0.08,
        Some(Kind::Tab | Kind::Page) if fits(&["link", "menuitem"]) => 0.06,
        Some(Kind::Button) if fits(&["link"]) => 0.0,
        Some(Kind::Slider) if fits(&["slider"]) => 0.08,
        Some(Kind::Date) if is_date(node) => 0.08,
        Some(Kind::Date | Kind::Slider) if is_control(node) => 0.0,
        Some(Kind::Section) if node.expanded.is_some() => 0.08,
        Some(Kind::Image) if fits(&["img", "svg", "canvas"]) => 0.08,
        Some(Kind::Item) if fits(&["row", "listitem", "article", "option", "treeitem"]) => 0.08,
        Some(Kind::Text) if fits(&["heading", "text"]) => 0.08,
        // What is called an item, a section or a text may be anything.
        Some(Kind::Item | Kind::Section | Kind::Dialog | Kind::Text | Kind::Image) => 0.0,
        Some(_) => -0.06,
        // Without a kind, real controls go before generic listeners.
        None if using == Use::Click && fits(&["button", "link", "menuitem", "tab"]) => 0.05,
        None if using == Use::Choose && fits(&["combobox", "listbox", "select"]) => 0.05,
        None => 0.0,
    }
}
