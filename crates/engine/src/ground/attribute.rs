//! Words that say in which state an element is, not what it is called: "the empty field".

use errand_browser::Node;

use crate::goal::Phrase;

use super::index::Index;

/// A state that an element can be seen to be in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attribute {
    Disabled,
    Enabled,
    Checked,
    Unchecked,
    Selected,
    Empty,
    Filled,
    Required,
    Optional,
    Invalid,
    Open,
    Closed,
    Focused,
    Readonly,
}

const WORDS: &[(&str, Attribute)] = &[
    ("disabled", Attribute::Disabled),
    ("inactive", Attribute::Disabled),
    ("enabled", Attribute::Enabled),
    ("active", Attribute::Selected),
    ("checked", Attribute::Checked),
    ("ticked", Attribute::Checked),
    ("unchecked", Attribute::Unchecked),
    ("unticked", Attribute::Unchecked),
    ("selected", Attribute::Selected),
    ("current", Attribute::Selected),
    ("empty", Attribute::Empty),
    ("blank", Attribute::Empty),
    ("filled", Attribute::Filled),
    ("required", Attribute::Required),
    ("mandatory", Attribute::Required),
    ("optional", Attribute::Optional),
    ("invalid", Attribute::Invalid),
    ("expanded", Attribute::Open),
    ("open", Attribute::Open),
    ("collapsed", Attribute::Closed),
    ("closed", Attribute::Closed),
    ("focused", Attribute::Focused),
    ("readonly", Attribute::Readonly),
];

/// The phrase without its words for states, and the states; `None` if it has none, or was quoted.
pub fn split(phrase: &Phrase) -> Option<(Phrase, Vec<Attribute>)> {
    if phrase.quoted {
        return None;
    }
    let state = |word: &str| {
        let word = word.to_lowercase();
        WORDS
            .iter()
            .find(|(it, _)| *it == word)
            .map(|(_, state)| *state)
    };
    let (states, rest): (Vec<&str>, Vec<&str>) = phrase
        .words
        .split_whitespace()
        .partition(|it| state(it).is_some());
    let named = !rest.is_empty() || phrase.kind.is_some();
    (!states.is_empty() && named).then(|| {
        let phrase = Phrase {
            words: rest.join(" "),
            ..phrase.clone()
        };
        (phrase, states.into_iter().filter_map(state).collect())
    })
}

impl Attribute {
    /// Whether the element is in that state.
    pub fn holds(self, index: &Index<'_>, node: &Node) -> bool {
        let filled = node.filled
            || node
                .value
                .as_deref()
                .is_some_and(|it| !it.trim().is_empty());
        match self {
            Self::Disabled => node.disabled,
            Self::Enabled => !node.disabled,
            Self::Checked => node.checked == Some(true),
            Self::Unchecked => node.checked == Some(false),
            Self::Selected => {
                node.selected == Some(true) || node.options.iter().any(|it| it.selected)
            }
            Self::Empty => !filled,
            Self::Filled => filled,
            Self::Required => node.required,
            Self::Optional => !node.required,
            Self::Invalid => node.invalid,
            Self::Open => node.expanded == Some(true),
            Self::Closed => node.expanded == Some(false),
            Self::Focused => node.id.is_some() && node.id.as_deref() == index.focus(),
            Self::Readonly => node.readonly,
        }
    }
}
