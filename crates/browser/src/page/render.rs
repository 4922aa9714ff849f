//! An observation as compact text, for models.

use std::fmt::Write as _;

use crate::observation::{Node, Observation, end_of};

/// Tokens are about this many bytes of such text.
const BYTES_PER_TOKEN: usize = 4;

/// Things in one cell of a row that is told in one line.
const MAX_PIECES: usize = 6;

/// The observation in reading order, one element a line: `[e17] button "Save" disabled`, indented
/// by structure, at most about `budget_tokens` tokens. A row of a table is one line, with its cells
/// between bars; addresses of the page's own origin are told without it. What does not fit is
/// counted at the end.
#[must_use]
pub fn render(observation: &Observation, budget_tokens: usize) -> String {
    let budget = budget_tokens.saturating_mul(BYTES_PER_TOKEN);
    let mut out = format!("page: {}\nurl: {}\n", observation.title, observation.url);
    if let Some(status) = observation.status.filter(|status| *status >= 400) {
        let _ = writeln!(out, "http status: {status}");
    }
    if observation.tabs.len() > 1 {
        for tab in &observation.tabs {
            let _ = writeln!(out, "tab {tab}");
        }
    }
    if let Some(dialog) = &observation.dialog {
        let _ = writeln!(out, "open {}: \"{}\"", dialog.kind, dialog.message);
    }
    let origin = url::Url::parse(&observation.url).ok();
    let origin = origin.map(|it| it.origin().ascii_serialization());
    let mut lines = Lines {
        nodes: &observation.nodes,
        origin: origin.unwrap_or_default(),
        out,
        budget,
        left_out: 0,
    };
    lines.children(0, observation.nodes.len(), 0);
    let Lines {
        mut out, left_out, ..
    } = lines;
    if left_out > 0 {
        let _ = writeln!(out, "… {left_out} more elements did not fit");
    }
    out
}

struct Lines<'a> {
    nodes: &'a [Node],
    /// Of the page, such as `https://shop.example`.
    origin: String,
    out: String,
    budget: usize,
    left_out: usize,
}

impl Lines<'_> {
    fn children(&mut self, from: usize, to: usize, depth: usize) {
        let mut at = from;
        while at < to {
            let end = end_of(self.nodes, at);
            if self.out.len() >= self.budget {
                self.left_out += to - at;
                return;
            }
            if !self.is_said(at, from, to) {
                self.node(at, end, depth);
            }
            at = end;
        }
    }

    fn node(&mut self, at: usize, end: usize, depth: usize) {
        let node = &self.nodes[at];
        let indent = "  ".repeat(depth.min(12));
        if node.role == "text" {
            let _ = writeln!(self.out, "{indent}{}", node.text);
            return;
        }
        let id = node.id.as_deref().unwrap_or_default();
        if node.role == "row" && self.row(at, end, &indent) {
            return;
        }
        if node.role == "omitted" {
            let count = node.omitted.unwrap_or_default();
            let _ = writeln!(self.out, "{indent}[{id}] … {count} left out");
            return;
        }
        let inner = at + 1..end;
        let leaf = self.is_leaf(at, end);
        self.out.push_str(&indent);
        if node.role == "heading" && self.is_link(at, end) {
            self.element(inner.start, inner.end);
            let _ = writeln!(self.out, " heading level={}", node.level.unwrap_or(2));
            return;
        }
        self.element(at, end);
        self.out.push('\n');
        if !leaf {
            self.children(inner.start, inner.end, depth + 1);
        }
    }

    /// Whether it is a text that is the name of what stands beside it, or around it.
    fn is_said(&self, at: usize, from: usize, to: usize) -> bool {
        let node = &self.nodes[at];
        if node.role != "text" {
            return false;
        }
        let text = node.text.trim_end_matches([':', '*', ' ']);
        let names = |other: &Node| {
            let label = other.label.as_deref().unwrap_or_default();
            other.role != "text" && (other.name == text || label == text || other.name == node.text)
        };
        let around = node.parent.and_then(|it| self.nodes.get(it as usize));
        at + 1 < to && self.nodes[at + 1].interactive && names(&self.nodes[at + 1])
            || at > from && self.nodes[at - 1].interactive && names(&self.nodes[at - 1])
            || at == from && around.is_some_and(|it| it.role == "group" && names(it))
    }

    /// Whether there is nothing but words in it.
    fn is_leaf(&self, at: usize, end: usize) -> bool {
        let mut inner = self.nodes[at + 1..end].iter();
        inner.all(|child| child.role == "text")
    }

    /// Whether it is nothing but one thing to act on, of the same name.
    fn is_link(&self, at: usize, end: usize) -> bool {
        let inner = at + 1;
        inner < end
            && self.nodes[inner].interactive
            && self.nodes[inner].name == self.nodes[at].name
            && end_of(self.nodes, inner) == end
            && self.is_leaf(inner, end)
    }

    /// What is said of one element; the words of a leaf stand with it.
    fn element(&mut self, at: usize, end: usize) {
        let node = &self.nodes[at];
        let id = node.id.as_deref().unwrap_or_default();
        let leaf = self.is_leaf(at, end);
        let words = if leaf {
            self.words(at, end)
        } else {
            String::new()
        };
        let _ = write!(self.out, "[{id}] {}", node.role);
        let name = if node.name.is_empty() {
            &words
        } else {
            &node.name
        };
        if !name.is_empty() {
            let _ = write!(self.out, " \"{name}\"");
        }
        self.states(node);
        if leaf && !node.name.is_empty() && words != node.name && !words.is_empty() {
            let _ = write!(self.out, ": {words}");
        }
    }

    fn words(&self, at: usize, end: usize) -> String {
        let words = self.nodes[at + 1..end].iter().map(|child| &*child.text);
        let words: Vec<&str> = words.filter(|it| !it.is_empty()).collect();
        words.join(" ")
    }

    /// A row whose cells hold words, or one thing to act on each, in one line; `false` where they
    /// hold more than that.
    fn row(&mut self, at: usize, end: usize, indent: &str) -> bool {
        let before = self.out.len();
        let node = &self.nodes[at];
        let _ = write!(
            self.out,
            "{indent}[{}] row",
            node.id.as_deref().unwrap_or_default()
        );
        self.states(node);
        let (mut cell, mut mark) = (at + 1, ": ");
        while cell < end {
            let cell_end = end_of(self.nodes, cell);
            self.out.push_str(mark);
            if !self.cell(cell, cell_end) {
                self.out.truncate(before);
                return false;
            }
            (cell, mark) = (cell_end, " | ");
        }
        self.out.push('\n');
        mark == " | " || {
            self.out.truncate(before);
            false
        }
    }

    fn cell(&mut self, at: usize, end: usize) -> bool {
        let node = &self.nodes[at];
        let is_cell = matches!(
            &*node.role,
            "cell" | "gridcell" | "columnheader" | "rowheader"
        );
        if !is_cell {
            return false;
        }
        if node.interactive {
            let leaf = self.is_leaf(at, end);
            if leaf {
                self.element(at, end);
            }
            return leaf;
        }
        if self.is_leaf(at, end) {
            let words = self.words(at, end);
            let name = if words.is_empty() { &node.name } else { &words };
            self.out.push_str(name);
            return true;
        }
        self.pieces(at + 1, end, &mut 0)
    }

    /// Words and things to act on, between commas; `false` where there are many, or others.
    fn pieces(&mut self, from: usize, to: usize, count: &mut usize) -> bool {
        let mut at = from;
        while at < to {
            let end = end_of(self.nodes, at);
            let node = &self.nodes[at];
            let wraps = matches!(&*node.role, "generic" | "form" | "group" | "paragraph");
            if wraps && !node.interactive && !self.is_leaf(at, end) {
                if !self.pieces(at + 1, end, count) {
                    return false;
                }
                at = end;
                continue;
            }
            *count += 1;
            if *count > MAX_PIECES || !self.is_leaf(at, end) {
                return false;
            }
            if *count > 1 {
                self.out.push_str(", ");
            }
            if node.role == "text" {
                self.out.push_str(&node.text);
            } else {
                self.element(at, end);
            }
            at = end;
        }
        true
    }

    fn states(&mut self, node: &Node) {
        let out = &mut self.out;
        if let Some(level) = node.level {
            let _ = write!(out, " level={level}");
        }
        // What the role says already.
        let box_like = matches!(&*node.role, "checkbox" | "radio" | "switch");
        let told = ["text", "checkbox", "radio", "search"];
        if let Some(kind) = node.input_type.as_deref().filter(|it| !told.contains(it)) {
            let _ = write!(out, " type={kind}");
        }
        if let Some(label) = node.label.as_ref().filter(|label| **label != node.name) {
            let _ = write!(out, " label=\"{label}\"");
        }
        if let Some(hint) = node.placeholder.as_ref().filter(|hint| **hint != node.name) {
            let _ = write!(out, " placeholder=\"{hint}\"");
        }
        let value = node.value.as_ref().filter(|_| !box_like);
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            let _ = write!(out, " value=\"{value}\"");
        }
        if let Some(href) = &node.href {
            let near = href.strip_prefix(&*self.origin);
            let near = near.filter(|it| it.starts_with('/') && !self.origin.is_empty());
            let shown = near.unwrap_or(href);
            let _ = write!(out, " -> {}", errand_domain::text::clip(shown, 120));
        }
        if !node.options.is_empty() {
            let labels: Vec<&str> = node
                .options
                .iter()
                .take(30)
                .map(|option| &*option.label)
                .collect();
            let more = node.options.len().saturating_sub(30);
            let _ = write!(out, " options=[{}]", labels.join(" | "));
            if more > 0 {
                let _ = write!(out, " and {more} more");
            }
        }
        let flag = |value: Option<bool>, yes: &'static str, no: &'static str| match value {
            Some(true) => yes,
            Some(false) => no,
            None => "",
        };
        let flags = [
            flag(node.checked, "checked", "unchecked"),
            flag(node.selected, "selected", ""),
            flag(node.expanded, "expanded", "collapsed"),
            flag(Some(node.filled), "filled", ""),
            flag(Some(node.disabled), "disabled", ""),
            flag(Some(node.readonly), "readonly", ""),
            flag(Some(node.required), "required", ""),
            flag(Some(node.invalid), "invalid", ""),
            flag(Some(node.covered), "covered", ""),
        ];
        for flag in flags.into_iter().filter(|flag| !flag.is_empty()) {
            let _ = write!(out, " {flag}");
        }
    }
}
