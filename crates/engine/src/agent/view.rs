//! A page as a model sees it: in whole, or as what changed.

use errand_browser::{Node, Observation, Reading, page::render};
use similar::{ChangeTag, TextDiff};

/// Tokens of one view.
const BUDGET: usize = 12_000;
/// Longest part of a page that is read at once, in bytes.
pub const PART: usize = 24 * 1024;

/// The page in words.
pub fn whole(seen: &Observation) -> String {
    render(seen, BUDGET)
}

/// A text between the marks of a page. Nothing in it can be taken for such a mark.
pub fn fenced(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let mut safe = String::with_capacity(text.len() + 16);
    let mut from = 0;
    // In ASCII letters only, so that places stay the same.
    for (at, _) in lower.match_indices('<') {
        let rest = lower[at + 1..].trim_start();
        let rest = rest.strip_prefix('/').unwrap_or(rest).trim_start();
        if rest.starts_with("page") {
            safe.push_str(&text[from..at]);
            safe.push('‹');
            from = at + 1;
        }
    }
    safe.push_str(&text[from..]);
    format!("<page>\n{}\n</page>", safe.trim_end())
}

/// The lines that went and came, with one line around each; none where a whole page is shorter.
pub fn difference(before: &str, now: &str) -> Option<String> {
    if before == now {
        return Some(String::new());
    }
    let diff = TextDiff::from_lines(before, now);
    let mut lines = String::new();
    for group in diff.grouped_ops(1) {
        if !lines.is_empty() {
            lines.push_str("…\n");
        }
        for change in group.iter().flat_map(|it| diff.iter_changes(it)) {
            let mark = match change.tag() {
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
                ChangeTag::Equal => ' ',
            };
            lines.push(mark);
            lines.push_str(change.value().trim_end_matches('\n'));
            lines.push('\n');
        }
        if lines.len() * 2 > now.len() {
            return None;
        }
    }
    Some(lines)
}

/// One part of a reading, counted from 1, and how many there are.
pub fn part(reading: &Reading, part: usize) -> (String, usize) {
    let seen = Observation {
        nodes: reading.nodes.clone(),
        ..Observation::default()
    };
    // The first two lines are the title and the address, which a reading has not.
    let text = render(&seen, usize::MAX / 8);
    let text: String = text.splitn(3, '\n').nth(2).unwrap_or_default().to_owned();
    let mut parts: Vec<String> = vec![String::new()];
    for line in text.lines() {
        let line = errand_domain::text::clip(line, PART / 2);
        if parts.last().is_some_and(|it| it.len() + line.len() > PART) {
            parts.push(String::new());
        }
        if let Some(last) = parts.last_mut() {
            last.push_str(&line);
            last.push('\n');
        }
    }
    let count = parts.len();
    let chosen = part.clamp(1, count) - 1;
    (parts.swap_remove(chosen), count)
}

/// The texts of a page that a value can be read in: what is shown, and what stands behind it.
pub fn texts(nodes: &[Node]) -> impl Iterator<Item = (&Node, &str)> {
    nodes.iter().flat_map(|node| {
        let behind = [&node.value, &node.href, &node.src, &node.label];
        let behind = behind.into_iter().flatten().map(String::as_str);
        let own = [node.text.as_str(), node.name.as_str()].into_iter();
        own.chain(behind)
            .filter(|it| !it.is_empty())
            .map(move |it| (node, it))
    })
}
