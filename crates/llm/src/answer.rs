//! Reading what a model wrote as JSON: exact JSON as it is, nearly-JSON where only one thing can
//! be meant, and nothing that isn't.

mod lenient;

use serde_json::Value;

use crate::{Fault, Message, Request, Schema, Tool, ToolCall, schema::WRAPPED};
pub(crate) use lenient::after_thoughts;

/// Longest JSON that is read, in bytes.
pub const MAX_JSON_BYTES: usize = 1024 * 1024;
/// Deepest nesting that is read.
pub const MAX_DEPTH: usize = 64;
/// Most calls of one answer.
pub const MAX_CALLS: usize = 64;

/// Reads one JSON value out of what a model wrote.
///
/// Valid JSON stays as it is. Besides, these are read: JSON inside of a code fence or between
/// prose, if there is just one; thoughts before it (`<think>…</think>`); trailing commas,
/// comments, single quotes, bare words as keys, Python's `True`, `False`, `None`.
///
/// # Errors
/// [`Fault::NotJson`], [`Fault::Truncated`] or [`Fault::TooLarge`].
pub fn read(text: &str) -> Result<Value, Fault> {
    if text.len() > MAX_JSON_BYTES {
        let reason = format!("{} bytes are more than {MAX_JSON_BYTES}", text.len());
        return Err(Fault::TooLarge { reason });
    }
    let value = match serde_json::from_str(text) {
        Ok(value) => value,
        Err(_) => lenient::read(text)?,
    };
    if is_deeper(&value, MAX_DEPTH) {
        let reason = format!("it is nested deeper than {MAX_DEPTH}");
        return Err(Fault::TooLarge { reason });
    }
    Ok(value)
}

fn is_deeper(value: &Value, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return true;
    };
    match value {
        Value::Array(items) => items.iter().any(|it| is_deeper(it, depth)),
        Value::Object(fields) => fields.values().any(|it| is_deeper(it, depth)),
        _ => false,
    }
}

/// What was written, before it is checked.
pub(crate) enum Written<'a> {
    Text(&'a str),
    Value(Value),
}

/// Reads and checks a value against its schema. `cut` says that the answer ran out of tokens.
pub(crate) fn checked(written: Written<'_>, schema: &Schema, cut: bool) -> Result<Value, Fault> {
    let (value, text) = match written {
        Written::Text(text) => match read(text) {
            Err(Fault::NotJson { written, .. }) if cut => return Err(Fault::Truncated { written }),
            read => (read?, text.to_owned()),
        },
        Written::Value(value) if is_deeper(&value, MAX_DEPTH) => {
            let reason = format!("it is nested deeper than {MAX_DEPTH}");
            return Err(Fault::TooLarge { reason });
        }
        Written::Value(value) => {
            let text = value.to_string();
            (value, text)
        }
    };
    let violations = schema.violations(&value);
    if violations.is_empty() {
        return Ok(value);
    }
    // Some models put the whole value into a string once more.
    if let Value::String(inner) = &value
        && let Ok(inner) = read(inner)
        && schema.violations(&inner).is_empty()
    {
        return Ok(inner);
    }
    if cut {
        return Err(Fault::truncated(&text));
    }
    Err(Fault::invalid(violations, &text))
}

/// The same for a value that was asked for as an object ([`Schema::as_object`]).
pub(crate) fn unwrapped(written: Written<'_>, schema: &Schema, cut: bool) -> Result<Value, Fault> {
    if schema.is_object() {
        return checked(written, schema, cut);
    }
    let value = match written {
        Written::Text(text) => match read(text) {
            Err(Fault::NotJson { written, .. }) if cut => return Err(Fault::Truncated { written }),
            read => read?,
        },
        Written::Value(value) => value,
    };
    let value = match value {
        Value::Object(mut fields) if fields.len() == 1 && fields.contains_key(WRAPPED) => {
            fields.shift_remove(WRAPPED).unwrap_or_default()
        }
        other => other,
    };
    checked(Written::Value(value), schema, cut)
}

/// An id for a call that came without one, not used in this conversation before.
pub(crate) fn new_id(request: &Request, index: usize) -> String {
    let before = request.messages.iter().map(|it| match it {
        Message::Assistant(turn) => turn.calls.len(),
        Message::User(_) => 0,
    });
    format!("call_{}", before.sum::<usize>() + index)
}

/// A call as the model wrote it, checked.
pub(crate) fn call(
    id: String,
    name: String,
    written: Written<'_>,
    tools: &[Tool],
    cut: bool,
) -> ToolCall {
    let input = match tools.iter().find(|it| it.name == name) {
        Some(tool) => match written {
            // A tool without arguments is often called with none at all.
            Written::Text(text) if text.trim().is_empty() => {
                checked(Written::Text("{}"), &tool.schema, cut)
            }
            written => checked(written, &tool.schema, cut),
        },
        None => {
            let known = tools.iter().map(|it| it.name.clone()).collect();
            let text = match written {
                Written::Text(text) => text.to_owned(),
                Written::Value(value) => value.to_string(),
            };
            Err(Fault::unknown_tool(&name, known, &text))
        }
    };
    ToolCall { id, name, input }
}
