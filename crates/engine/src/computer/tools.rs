//! What a model may call besides the computer tool.

use std::sync::LazyLock;

use errand_llm::{Schema, Tool};
use serde_json::{Value, json};

use crate::agent::tools::TOOLS as AGENT;

/// In an order that never changes: it is part of what providers cache.
pub static TOOLS: LazyLock<Vec<Tool>> = LazyLock::new(|| {
    let own = [
        ("go_to", "Opens an address in this tab.", "url"),
        ("switch_tab", "Shows another tab, by its id as in t2.", "id"),
        ("close_tab", "Closes a tab, by its id as in t2.", "id"),
    ];
    let own = own.into_iter().filter_map(|(name, description, field)| {
        Some(Tool {
            name: name.to_owned(),
            description: description.to_owned(),
            schema: Schema::new(one(field)).ok()?,
        })
    });
    let shared = ["keep", "ask", "give_up"];
    let shared = shared
        .iter()
        .filter_map(|name| AGENT.iter().find(|it| it.name == *name).cloned());
    own.chain(shared).collect()
});

/// What is answered to a window that the page opened.
pub static DIALOG: LazyLock<Option<Schema>> = LazyLock::new(|| {
    Schema::new(json!({
        "type": "object",
        "properties": {
            "accept": {"type": "boolean"},
            "text": {"type": ["string", "null"], "description": "Where it asks for a text."}
        },
        "required": ["accept", "text"],
        "additionalProperties": false
    }))
    .ok()
});

fn one(field: &str) -> Value {
    json!({
        "type": "object",
        "properties": { field: {"type": "string"} },
        "required": [field],
        "additionalProperties": false
    })
}
