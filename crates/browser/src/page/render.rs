//! An observation as compact text, for models.

use std::fmt::Write as _;

use crate::observation::{Node, Observation, end_of};

/// Tokens are about this many bytes of such text.
const BYTES_PER_TOKEN: usize = 4;

/// The observation in reading order, one element a line: `[e17] button "Save" disabled`, indented
/// by structure, at most about `budget_tokens` tokens. What does not fit is counted at the end.
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
    let mut lines = Lines {
        nodes: &observation.nodes,
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
            self.node(at, end, depth);
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
        if node.role == "omitted" {
            let count = node.omitted.unwrap_or_default();
            let _ = writeln!(self.out, "{indent}[{id}] … {count} left out");
            return;
        }
        let inner = at + 1..end;
        // The words of a leaf stand on its own line.
        let leaf = self.nodes[inner.clone()]
            .iter()
            .all(|child| child.role == "text");
        let words: Vec<&str> = self.nodes[inner.clone()]
            .iter()
            .filter(|_| leaf)
            .map(|child| &*child.text)
            .collect();
        let words = words.join(" ");
        let _ = write!(self.out, "{indent}[{id}] {}", node.role);
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
        self.out.push('\n');
        if !leaf {
            self.children(inner.start, inner.end, depth + 1);
        }
    }

    fn states(&mut self, node: &Node) {
        let out = &mut self.out;
        if let Some(level) = node.level {
            let _ = write!(out, " level={level}");
        }
        if let Some(kind) = node.input_type.as_deref().filter(|kind| *kind != "text") {
            let _ = write!(out, " type={kind}");
        }
        if let Some(label) = node.label.as_ref().filter(|label| **label != node.name) {
            let _ = write!(out, " label=\"{label}\"");
        }
        if let Some(hint) = node.placeholder.as_ref().filter(|hint| **hint != node.name) {
            let _ = write!(out, " placeholder=\"{hint}\"");
        }
        if let Some(value) = node.value.as_ref().filter(|value| !value.is_empty()) {
            let _ = write!(out, " value=\"{value}\"");
        }
        if let Some(href) = &node.href {
            let _ = write!(out, " -> {}", errand_domain::text::clip(href, 120));
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
