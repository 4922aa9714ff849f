//! What the page looked like to an engine.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A tab or popup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tab {
    /// Names the tab in actions (`t1`); stable for the life of the tab.
    pub id: String,
    /// Its address.
    pub url: String,
    /// Its title.
    pub title: String,
    /// Whether this is the tab that was observed.
    pub current: bool,
}

/// An open alert, confirm, prompt or beforeunload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dialog {
    /// `alert`, `confirm`, `prompt` or `beforeunload`.
    pub kind: String,
    /// Its message.
    pub message: String,
}

/// An option of a select, listbox or combobox whose options are known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What a person reads.
    pub label: String,
    /// What a form sends.
    pub value: String,
    /// Whether it is chosen.
    #[serde(default)]
    pub selected: bool,
}

/// One node of the page in reading order: an element that matters, or a run of text.
///
/// Nothing invisible is a node (but for `datum`), and no text stands twice: an element's own words are its `text`
/// children, and `name` is what assistive technology would call it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Node {
    /// Index of the parent in the list; absent at the top.
    pub parent: Option<u32>,
    /// Names the element in actions (`e17`); the same from step to step. Interactive elements,
    /// rows, items and regions have one; a run of text has that of the element it is in, where that
    /// is no node itself.
    pub id: Option<String>,
    /// ARIA role, given or implied: `button`, `link`, `textbox`, `heading`, `table`, `row`, `cell`,
    /// `columnheader`, `rowheader`, `list`, `listitem`, `term`, `definition`, `img`, `form`,
    /// `group`, `region`, `dialog`, `article`, `frame`, …; `text` for a run of text; `generic` for a
    /// container kept for its structure; `omitted` for a part left out (its `id` can be read).
    pub role: String,
    /// Tag in lower case; empty for text.
    pub tag: String,
    /// Accessible name.
    pub name: String,
    /// The text itself, for `text`; white space squeezed.
    pub text: String,
    /// Text of the label that names a control.
    pub label: Option<String>,
    /// Placeholder of a control.
    pub placeholder: Option<String>,
    /// `title` or description.
    pub description: Option<String>,
    /// Current value of a control; never that of a password field.
    pub value: Option<String>,
    /// Whether a password field holds something.
    pub filled: bool,
    /// `type` of an input.
    pub input_type: Option<String>,
    /// `name` attribute of a control.
    pub field: Option<String>,
    /// `autocomplete` token.
    pub autocomplete: Option<String>,
    /// Absolute target of a link.
    pub href: Option<String>,
    /// Absolute source of an image.
    pub src: Option<String>,
    /// Options, where they are known without opening anything.
    pub options: Vec<Choice>,
    /// Heading level.
    pub level: Option<u8>,
    /// Columns that a cell spans.
    pub column_span: Option<u32>,
    /// Rows that a cell spans.
    pub row_span: Option<u32>,
    /// Checked, for what can be.
    pub checked: Option<bool>,
    /// Selected, for tabs and options.
    pub selected: Option<bool>,
    /// Expanded, for what can be.
    pub expanded: Option<bool>,
    /// Can't be used.
    pub disabled: bool,
    /// Can't be changed.
    pub readonly: bool,
    /// Must be filled.
    pub required: bool,
    /// Refused by the page's own validation.
    pub invalid: bool,
    /// Can be acted on: natively, by role, by `tabindex`, or by a listener alone.
    pub interactive: bool,
    /// `contenteditable`.
    pub editable: bool,
    /// In the viewport.
    pub in_view: bool,
    /// Covered by something else at its middle.
    pub covered: bool,
    /// `data-testid`, `data-test` or `data-qa`.
    pub test_id: Option<String>,
    /// Left, top, width, height in CSS pixels of the top viewport; of texts not in a reading.
    pub rect: Option<[f64; 4]>,
    /// Number of rows or items that were left out, for `omitted`.
    pub omitted: Option<u32>,
    /// How the page's author calls it: `itemprop`, `data-label`, `class`, `id`, by spaces. Only in
    /// a reading, and for what can be acted on and says nothing: with the names of its icon then.
    pub hint: Option<String>,
    /// Parts of a text that the author marked, in reading order. Only in a reading, for `text`.
    pub marks: Vec<Mark>,
}

/// A part of a text that an element of its own stands around.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Mark {
    /// The part, white space squeezed.
    pub text: String,
    /// Tag in lower case.
    pub tag: String,
    /// How the page's author calls it, as in [`Node::hint`].
    pub hint: Option<String>,
    /// The value that it stands for, where the page says so: `datetime`, `content`, a label.
    pub value: Option<String>,
}

/// What a page says of itself without showing it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Datum {
    /// `meta` for a name and its content (also Open Graph), `json` for a block of JSON-LD.
    pub kind: String,
    /// The name; empty for `json`.
    pub name: String,
    /// The content, at most 1,000 letters for `meta` and 256 KiB together for `json`.
    pub content: String,
}

/// A page, or a region of it, read in whole.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Reading {
    /// As in an observation, with more structure: every box that holds several things is a
    /// `generic`, and microdata that is not shown is a `datum` with its `hint` and `value`.
    pub nodes: Vec<Node>,
    /// The language that the top document says it is in: `en`, `de-CH`; empty if it does not.
    pub language: String,
    /// What the top document says of itself; empty for a region.
    pub data: Vec<Datum>,
    /// Whether parts are missing: the page is too large to be read in time.
    pub truncated: bool,
}

/// What the page looked like at one moment.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Observation {
    /// Address of the top document.
    pub url: String,
    /// Title of the top document.
    pub title: String,
    /// Every open tab.
    pub tabs: Vec<Tab>,
    /// A dialog that blocks the page; `nodes` is empty then.
    pub dialog: Option<Dialog>,
    /// The page in reading order; parents before children, frames and shadow roots stitched in.
    pub nodes: Vec<Node>,
    /// Element that has the focus.
    pub focus: Option<String>,
    /// Changes when the page's structure or text changes; not by scrolling or focus.
    pub fingerprint: String,
    /// HTTP status of the top document's last navigation, where the browser told.
    pub status: Option<u16>,
    /// Whether parts were left out.
    pub truncated: bool,
}

impl Observation {
    /// The node of that element.
    #[must_use]
    pub fn node(&self, id: &str) -> Option<&Node> {
        self.nodes
            .iter()
            .find(|node| node.id.as_deref() == Some(id))
    }

    /// All text under the node at `index`, joined by single spaces.
    #[must_use]
    pub fn text_of(&self, index: usize) -> String {
        text_of(&self.nodes, index)
    }

    /// All visible text.
    #[must_use]
    pub fn text(&self) -> String {
        let texts = self
            .nodes
            .iter()
            .filter(|node| node.role == "text")
            .map(|node| &*node.text);
        texts.collect::<Vec<_>>().join(" ")
    }
}

/// All text under the node at `index`, joined by single spaces.
#[must_use]
pub fn text_of(nodes: &[Node], index: usize) -> String {
    let mut words: Vec<&str> = Vec::new();
    if let Some(node) = nodes.get(index).filter(|node| node.role == "text") {
        return node.text.clone();
    }
    let under = &nodes[(index + 1).min(nodes.len())..end_of(nodes, index)];
    words.extend(
        under
            .iter()
            .filter(|node| node.role == "text")
            .map(|node| &*node.text),
    );
    words.join(" ")
}

/// One past the last descendant of the node at `index`: descendants follow their ancestor.
#[must_use]
pub fn end_of(nodes: &[Node], index: usize) -> usize {
    let top = u32::try_from(index).unwrap_or(u32::MAX);
    nodes[index + 1..]
        .iter()
        .position(|node| node.parent.is_none_or(|parent| parent < top))
        .map_or(nodes.len(), |offset| index + 1 + offset)
}

impl fmt::Display for Tab {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = if self.current { "*" } else { "" };
        write!(formatter, "{}{mark} {} {}", self.id, self.title, self.url)
    }
}
