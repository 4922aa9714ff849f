//! What stands at one place.

use errand_browser::Node;

/// What stands at one place: the words, and what lies behind them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cell {
    /// The words.
    pub text: String,
    /// The value that the page says they stand for.
    pub value: Option<String>,
    /// Where a link in it leads.
    pub href: Option<String>,
    /// The address of a picture in it.
    pub src: Option<String>,
    /// Whether it is checked, for what can be.
    pub checked: Option<bool>,
    /// Index of its element.
    pub node: usize,
}

impl Cell {
    /// Words of an element.
    #[must_use]
    pub fn of_text(text: impl Into<String>, node: usize) -> Self {
        Self {
            text: text.into(),
            node,
            ..Self::default()
        }
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
            && self.checked.is_none()
            && self.src.is_none()
            && self.value.is_none()
    }
}

/// How the element of a cell is called: `link "Next" (e17)`.
#[must_use]
pub fn locator(nodes: &[Node], index: usize) -> String {
    let mut at = index;
    // A run of text has no id; the element around it does.
    while let Some(node) = nodes.get(at) {
        if let Some(id) = &node.id {
            let name = errand_domain::text::clip(&node.name, 40);
            return if name.is_empty() {
                format!("{} {id}", node.role)
            } else {
                format!("{} \"{name}\" {id}", node.role)
            };
        }
        match node.parent {
            Some(parent) => at = parent as usize,
            None => break,
        }
    }
    "the page".to_owned()
}
