//! Server-sent events, as both vendors stream.

use serde_json::Value;

/// How many characters a piece of a stream has.
const PIECE: usize = 12;

/// Events with their names.
pub fn named(events: &[Value]) -> String {
    let one = |event: &Value| {
        let name = event
            .get("type")
            .and_then(Value::as_str)
            .unwrap_or_default();
        format!("event: {name}\ndata: {event}\n\n")
    };
    events.iter().map(one).collect()
}

/// Chunks without names, and the end.
pub fn chunks(chunks: &[Value]) -> String {
    let mut text: String = chunks.iter().map(|it| format!("data: {it}\n\n")).collect();
    text.push_str("data: [DONE]\n\n");
    text
}

/// A text in pieces.
pub fn pieces(text: &str) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    letters
        .chunks(PIECE)
        .map(|it| it.iter().collect())
        .collect()
}
