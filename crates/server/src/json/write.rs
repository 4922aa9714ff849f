//! A message becomes JSON.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use errand_domain::{Timestamp, json::timestamp};
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MapKey, ReflectMessage as _, Value};
use serde::de::IgnoredAny;

use super::names;

/// Writes a message. What is unset is left out, and so are empty texts; numbers, truth values and
/// lists are always there.
pub(super) fn message(out: &mut String, message: &DynamicMessage) {
    let descriptor = message.descriptor();
    match descriptor.full_name() {
        "google.protobuf.Timestamp" => return moment(out, message),
        "google.protobuf.Duration" => return length(out, message),
        _ => {}
    }
    out.push('{');
    let mut first = true;
    for field in descriptor.fields() {
        if field.supports_presence() && !message.has_field(&field) {
            continue;
        }
        let value = message.get_field(&field);
        if !field.supports_presence() && is_left_out(&field, &value) {
            continue;
        }
        if !std::mem::take(&mut first) {
            out.push(',');
        }
        string(out, field.name());
        out.push(':');
        self::value(out, &field, &value);
    }
    out.push('}');
}

fn is_left_out(field: &FieldDescriptor, value: &Value) -> bool {
    match value {
        Value::String(text) => text.is_empty(),
        Value::Bytes(bytes) => bytes.is_empty(),
        Value::Map(entries) => entries.is_empty(),
        Value::EnumNumber(number) => *number == 0 && !field.is_list(),
        _ => false,
    }
}

fn value(out: &mut String, field: &FieldDescriptor, value: &Value) {
    match value {
        Value::Bool(it) => out.push_str(if *it { "true" } else { "false" }),
        Value::I32(it) => out.push_str(&it.to_string()),
        Value::I64(it) => out.push_str(&it.to_string()),
        Value::U32(it) => out.push_str(&it.to_string()),
        Value::U64(it) => out.push_str(&it.to_string()),
        Value::F32(it) => number(out, f64::from(*it)),
        Value::F64(it) => number(out, *it),
        Value::String(text) if names::is_json_text(field) && is_json(text) => out.push_str(text),
        Value::String(text) => string(out, text),
        Value::Bytes(bytes) => string(out, &STANDARD.encode(bytes)),
        Value::EnumNumber(number) => match field.kind() {
            Kind::Enum(kind) => match names::short(&kind, *number) {
                Some(name) => string(out, &name),
                None => out.push_str("null"),
            },
            _ => out.push_str(&number.to_string()),
        },
        Value::Message(inner) => message(out, inner),
        Value::List(values) => {
            out.push('[');
            for (index, item) in values.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                self::value(out, field, item);
            }
            out.push(']');
        }
        Value::Map(entries) => {
            let Kind::Message(entry) = field.kind() else {
                return;
            };
            let of = entry.map_entry_value_field();
            let mut entries: Vec<_> = entries
                .iter()
                .map(|(key, value)| (key_text(key), value))
                .collect();
            // The map has no order of its own; the same answer shall be the same text.
            entries.sort_by(|one, other| one.0.cmp(&other.0));
            out.push('{');
            for (index, (key, item)) in entries.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                string(out, &key);
                out.push(':');
                self::value(out, &of, item);
            }
            out.push('}');
        }
    }
}

/// A preview that was cut is no JSON; it is sent as the text that it is.
fn is_json(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok()
}

fn key_text(key: &MapKey) -> String {
    match key {
        MapKey::Bool(it) => it.to_string(),
        MapKey::I32(it) => it.to_string(),
        MapKey::I64(it) => it.to_string(),
        MapKey::U32(it) => it.to_string(),
        MapKey::U64(it) => it.to_string(),
        MapKey::String(it) => it.clone(),
    }
}

/// A quoted text.
pub(super) fn string(out: &mut String, text: &str) {
    out.push_str(&serde_json::Value::from(text).to_string());
}

fn number(out: &mut String, number: f64) {
    match serde_json::Number::from_f64(number) {
        Some(number) => out.push_str(&number.to_string()),
        None => string(out, &number.to_string()),
    }
}

fn parts(message: &DynamicMessage) -> (i64, i32) {
    let seconds = message
        .get_field_by_name("seconds")
        .and_then(|it| it.as_i64());
    let nanos = message
        .get_field_by_name("nanos")
        .and_then(|it| it.as_i32());
    (seconds.unwrap_or_default(), nanos.unwrap_or_default())
}

fn moment(out: &mut String, message: &DynamicMessage) {
    let (seconds, nanos) = parts(message);
    let micros = seconds
        .saturating_mul(1_000_000)
        .saturating_add(i64::from(nanos / 1_000));
    string(out, &timestamp(Timestamp(micros)));
}

fn length(out: &mut String, message: &DynamicMessage) {
    let (seconds, nanos) = parts(message);
    let text = match nanos {
        0 => format!("{seconds}s"),
        nanos => {
            format!("{seconds}.{nanos:09}")
                .trim_end_matches('0')
                .to_owned()
                + "s"
        }
    };
    string(out, &text);
}
