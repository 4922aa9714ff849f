//! What a page too long to be shown in whole says of something.

use errand_browser::{Node, observation};
use errand_domain::text::{clip, squeeze};
use serde_json::Value;

/// Most words and values that are looked for, and longest value, in bytes.
const MAX_WORDS: usize = 80;
const MAX_VALUE: usize = 120;
/// Longest thing that is taken as one, in bytes.
const MAX_LINE: usize = 400;
/// What is said in one breath: its words are shown together.
const WHOLE: &[&str] = &[
    "row",
    "listitem",
    "article",
    "paragraph",
    "heading",
    "definition",
    "option",
];

/// The words of a goal, and the values of an output.
pub fn words(goal: &str, output: Option<&Value>) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(output) = output {
        values(output, &mut found);
    }
    found.extend(crate::goal::words(goal));
    let mut known = std::collections::HashSet::new();
    found.retain(|it| known.insert(it.clone()));
    found.truncate(MAX_WORDS);
    found
}

fn values(value: &Value, found: &mut Vec<String>) {
    // The words of the goal have their place as well.
    if found.len() >= MAX_WORDS / 2 {
        return;
    }
    match value {
        Value::Array(items) => items.iter().for_each(|it| values(it, found)),
        Value::Object(fields) => fields.values().for_each(|it| values(it, found)),
        Value::Number(number) => found.push(number.to_string()),
        Value::String(text) if text.len() <= MAX_VALUE && !text.trim().is_empty() => {
            found.push(plain(text));
        }
        _ => {}
    }
}

/// The lines of the page that hold these words, in reading order, in at most so many bytes: first
/// those with words that few lines hold.
pub fn lines(nodes: &[Node], words: &[String], most: usize) -> String {
    let lines = said(nodes);
    let compared: Vec<String> = lines.iter().map(|it| plain(it)).collect();
    let mut rates = vec![0.0_f64; lines.len()];
    for word in words {
        let holding = || (0..compared.len()).filter(|it| compared[*it].contains(word));
        let count = u32::try_from(holding().count()).unwrap_or(u32::MAX);
        for at in holding() {
            rates[at] += 1.0 / f64::from(count);
        }
    }
    let mut ranked: Vec<usize> = (0..lines.len()).filter(|it| rates[*it] > 0.0).collect();
    ranked.sort_by(|one, other| rates[*other].total_cmp(&rates[*one]));
    let mut left = most;
    ranked.retain(|it| {
        // A line takes its end and, at most, the mark of a gap before it.
        let size = lines[*it].len() + "…\n\n".len();
        let fits = size <= left;
        left -= if fits { size } else { 0 };
        fits
    });
    ranked.sort_unstable();
    let mut text = String::new();
    let mut next = 0;
    for at in ranked {
        if at != next {
            text.push_str("…\n");
        }
        text.push_str(&lines[at]);
        text.push('\n');
        next = at + 1;
    }
    text
}

/// What the page says, thing by thing.
fn said(nodes: &[Node]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut at = 0;
    while let Some(node) = nodes.get(at) {
        let whole = WHOLE
            .contains(&&*node.role)
            .then(|| observation::text_of(nodes, at))
            .filter(|it| !it.is_empty() && it.len() <= MAX_LINE);
        let held = node.value.as_deref().unwrap_or_default();
        match whole {
            Some(text) => {
                lines.push(text);
                at = observation::end_of(nodes, at);
                continue;
            }
            None if node.role == "text" => lines.push(clip(&node.text, MAX_LINE)),
            None if node.interactive && !held.is_empty() => {
                let name = node.label.as_deref().unwrap_or(&node.name);
                lines.push(clip(&format!("{} {name}: {held}", node.role), MAX_LINE));
            }
            None => {}
        }
        at += 1;
    }
    lines
}

fn plain(text: &str) -> String {
    squeeze(text).to_lowercase()
}
