//! A model's side: what it finds in what it was sent.

use errand_testing::model::{Answer, Asked, Wanted};
use serde_json::{Value, json};

/// What was said last about the page, the newest last.
pub fn shown(asked: &Asked) -> String {
    let said = asked.said.iter().map(|it| {
        let results: Vec<&str> = it.results.iter().map(|it| &*it.text).collect();
        format!("{}\n{}", results.join("\n"), it.text)
    });
    said.collect::<Vec<_>>().join("\n")
}

/// The id of the element that was seen last in a line with these words.
pub fn id(text: &str, role: &str, words: &str) -> String {
    let lines = text.lines().map(|it| it.trim_start_matches(['+', ' ']));
    let mut found = lines.filter_map(|line| {
        let (id, rest) = line.strip_prefix('[')?.split_once("] ")?;
        (rest.starts_with(role) && rest.contains(words)).then(|| id.to_owned())
    });
    found
        .next_back()
        .unwrap_or_else(|| panic!("no {role} {words} in:\n{text}"))
}

pub fn act(actions: Value) -> Answer {
    Answer::call("act", &json!({ "thought": "next", "actions": actions }))
}

pub fn done(output: Value, claims: Value) -> Value {
    let mut done = json!({ "summary": "Did it.", "claims": claims });
    if !output.is_null() {
        done["output"] = output;
    }
    done
}

/// What the second opinion says: every clause holds, with these words.
pub fn verdict(quotes: &[&str]) -> Answer {
    let clauses = quotes
        .iter()
        .map(|it| json!({ "clause": it, "holds": "yes", "quote": it }));
    Answer::json(json!({ "clauses": clauses.collect::<Vec<_>>() }))
}

/// Whether the second opinion is asked.
pub fn checks(asked: &Asked) -> bool {
    matches!(asked.wanted, Wanted::Json(_)) || asked.tools.iter().any(|it| it.name == "verdict")
}
