//! What a model may call.

use std::sync::LazyLock;

use errand_llm::{Schema, Tool};
use serde_json::{Value, json};

/// Most actions of one call.
pub const MAX_ACTIONS: usize = 60;

/// Every tool, in an order that never changes: it is part of what providers cache.
pub static TOOLS: LazyLock<Vec<Tool>> = LazyLock::new(|| {
    let tools = [
        ("act", "Does these to the page, in order.", act()),
        (
            "read",
            "Reads a part of the page in whole, also what was left out or is scrolled away; all of it \
             without an id. Long ones come in parts.",
            json!({
                "type": "object",
                "properties": {
                    "id": {"type": "string"},
                    "part": {"type": "integer", "minimum": 1}
                },
                "additionalProperties": false
            }),
        ),
        (
            "keep",
            "Keeps items of this page for the output. Their values must stand on the page.",
            json!({
                "type": "object",
                "properties": {"items": {"type": "array"}},
                "required": ["items"],
                "additionalProperties": false
            }),
        ),
        ("done", "The task is done.", done()),
        (
            "ask",
            "Asks the person whose task it is, and waits: for something that only they know, or may \
             allow. Alone in an answer.",
            json!({
                "type": "object",
                "properties": {
                    "question": {"type": "string"},
                    "wants": {"type": "string", "enum": ["words", "yes_or_no"]}
                },
                "required": ["question", "wants"],
                "additionalProperties": false
            }),
        ),
        (
            "give_up",
            "The task can't be done. For `not_there` quote the words of the page that show it.",
            json!({
                "type": "object",
                "properties": {
                    "why": {
                        "type": "string",
                        "enum": ["not_there", "input_missing", "log_in", "captcha", "blocked", "other"]
                    },
                    "reason": {"type": "string"},
                    "quote": {"type": "string"}
                },
                "required": ["why", "reason"],
                "additionalProperties": false
            }),
        ),
    ];
    let made = tools.into_iter().filter_map(|(name, description, schema)| {
        Some(Tool {
            name: name.to_owned(),
            description: description.to_owned(),
            schema: Schema::new(schema).ok()?,
        })
    });
    made.collect()
});

/// The schema of the verdict.
pub static VERDICT: LazyLock<Option<Schema>> = LazyLock::new(|| {
    Schema::new(json!({
        "type": "object",
        "properties": {
            "clauses": {
                "type": "array",
                "minItems": 1,
                "maxItems": 40,
                "items": {
                    "type": "object",
                    "properties": {
                        "clause": {"type": "string"},
                        "holds": {"type": "string", "enum": ["yes", "no", "unknown"]},
                        "quote": {"type": "string"}
                    },
                    "required": ["clause", "holds", "quote"],
                    "additionalProperties": false
                }
            }
        },
        "required": ["clauses"],
        "additionalProperties": false
    }))
    .ok()
});

fn act() -> Value {
    json!({
        "type": "object",
        "properties": {
            "thought": {"type": "string", "description": "Why, in a sentence."},
            "actions": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "properties": {
                        "do": {
                            "type": "string",
                            "enum": [
                                "click", "double_click", "right_click", "type", "clear", "press",
                                "select", "check", "uncheck", "hover", "drag", "scroll", "upload",
                                "download", "wait", "navigate", "back", "forward", "reload",
                                "open_tab", "switch_tab", "close_tab", "answer_dialog"
                            ]
                        },
                        "id": {"type": "string", "description": "The element, as in [e17]; the tab, as in t2."},
                        "text": {"type": "string", "description": "For type (replaces what is there), answer_dialog, and wait (until it is shown)."},
                        "values": {"type": "array", "items": {"type": "string"}, "description": "Options to select, keys to press (Enter, Control+a), files to upload."},
                        "onto": {"type": "string", "description": "The element to drag onto."},
                        "to": {"type": "string", "enum": ["up", "down", "top", "bottom", "into_view"]},
                        "url": {"type": "string"},
                        "accept": {"type": "boolean"},
                        "seconds": {"type": "number", "minimum": 0, "maximum": 30}
                    },
                    "required": ["do"],
                    "additionalProperties": false
                }
            }
        },
        "required": ["actions"],
        "additionalProperties": false
    })
}

fn done() -> Value {
    json!({
        "type": "object",
        "properties": {
            "summary": {"type": "string", "description": "What was done, in a sentence or two."},
            "output": {"description": "What the task asks for, if it asks for something. Without it, what was kept."},
            "claims": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "properties": {
                        "clause": {"type": "string", "description": "A part of the task."},
                        "by": {
                            "type": "string",
                            "enum": ["text", "url", "value", "file", "output"],
                            "description": "What shows it: a text on the page, the address, the value of a field, a file that arrived, the output."
                        },
                        "id": {"type": "string", "description": "For value: the field."},
                        "is": {"type": "string", "description": "The text, a part of the address, the value (on or off for boxes), the file's name."}
                    },
                    "required": ["clause", "by"],
                    "additionalProperties": false
                }
            }
        },
        "required": ["summary", "claims"],
        "additionalProperties": false
    })
}
