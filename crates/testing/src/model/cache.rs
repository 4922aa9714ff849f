//! Counting as providers do: tokens, and how many of them were sent before.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use serde_json::Value;

use super::Wire;

/// Prompts that are remembered.
const REMEMBERED: usize = 8;

/// The tokens of one request and its answer.
#[derive(Debug, Clone, Copy)]
pub struct Tokens {
    /// The prompt.
    pub input: usize,
    /// What of it was the beginning of an earlier one.
    pub cached: usize,
    /// The answer.
    pub output: usize,
}

/// Remembers the last prompts of a server.
#[derive(Debug, Default)]
pub struct Cache(Mutex<VecDeque<String>>);

impl Cache {
    /// Counts a request: four bytes are a token, 1,000 an image.
    ///
    /// `marked` says whether the request marks what is to be kept.
    pub fn count(&self, wire: Wire, body: &Value, marked: bool, answer: usize) -> Tokens {
        let prompt = prompt(wire, body);
        let mut before = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let shared = before.iter().map(|it| common(it, &prompt)).max();
        // Anthropic keeps what is marked, and nothing else.
        let keeps = wire != Wire::Messages || marked;
        let cached = if keeps { shared.unwrap_or(0) / 4 } else { 0 };
        let input = (prompt.len() / 4).max(1);
        before.push_back(prompt);
        if before.len() > REMEMBERED {
            before.pop_front();
        }
        Tokens {
            input,
            cached: cached.min(input),
            output: (answer / 4).max(1),
        }
    }
}

/// The prompt in the order in which it is cached. Marks are no part of it, and an image is as long
/// as what it counts.
fn prompt(wire: Wire, body: &Value) -> String {
    let keys: &[&str] = match wire {
        Wire::Chat => &["tools", "messages"],
        Wire::Responses => &["instructions", "tools", "input"],
        Wire::Messages => &["tools", "system", "messages"],
    };
    let mut prompt = String::new();
    for key in keys {
        write(body.get(key).unwrap_or(&Value::Null), &mut prompt);
    }
    prompt
}

fn write(value: &Value, prompt: &mut String) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields.iter().filter(|(key, _)| *key != "cache_control") {
                prompt.push_str(key);
                write(value, prompt);
            }
        }
        Value::Array(items) => items.iter().for_each(|it| write(it, prompt)),
        Value::String(text) if text.len() > 4_000 && text.is_ascii() && !text.contains(' ') => {
            // A picture: its end tells it from others.
            prompt.push_str(&text[text.len() - 64..]);
            prompt.push_str(&"#".repeat(3_936));
        }
        Value::String(text) => prompt.push_str(text),
        other => prompt.push_str(&other.to_string()),
    }
}

/// How many bytes are the same at the beginning.
fn common(one: &str, other: &str) -> usize {
    // In large pieces first: prompts are long and mostly the same.
    const PIECE: usize = 1024;
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let pieces = one.chunks_exact(PIECE).zip(other.chunks_exact(PIECE));
    let same = pieces.take_while(|(one, other)| one == other).count() * PIECE;
    let rest = one[same..].iter().zip(&other[same..]);
    same + rest.take_while(|(one, other)| one == other).count()
}
