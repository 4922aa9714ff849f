//! JSON becomes a message.

use prost_reflect::{DeserializeOptions, DynamicMessage, Kind, MessageDescriptor};
use serde_json::{Map, Value};
use tonic::Status;

use super::names;
use crate::violations::{Violations, quoted};

/// Deepest nesting that is looked into.
const MAX_DEPTH: usize = 16;

/// Reads a request whose body, query and path have been put together.
///
/// # Errors
/// INVALID_ARGUMENT with every field that doesn't exist, or with what else can't be read.
pub(super) fn message(
    descriptor: &MessageDescriptor,
    mut fields: Map<String, Value>,
) -> Result<DynamicMessage, Status> {
    let mut violations = Violations::default();
    prepare(descriptor, &mut fields, "", MAX_DEPTH, &mut violations);
    violations.finish()?;
    let options = DeserializeOptions::new().deny_unknown_fields(true);
    DynamicMessage::deserialize_with_options(descriptor.clone(), Value::Object(fields), &options)
        .map_err(|error| Violations::one("", format!("the request can't be read: {error}")))
}

/// Turns what is ours into the standard mapping.
fn prepare(
    descriptor: &MessageDescriptor,
    fields: &mut Map<String, Value>,
    path: &str,
    depth: usize,
    violations: &mut Violations,
) {
    for (name, value) in fields.iter_mut() {
        let path = if path.is_empty() {
            name.clone()
        } else {
            format!("{path}.{name}")
        };
        let field = descriptor
            .get_field_by_name(name)
            .or_else(|| descriptor.get_field_by_json_name(name));
        let Some(field) = field else {
            violations.add(path, format!("there is no field {}", quoted(name)));
            continue;
        };
        if names::is_json_text(&field) && !value.is_string() && !value.is_null() {
            *value = Value::String(value.to_string());
        }
        if depth == 0 {
            continue;
        }
        let values = match &mut *value {
            _ if field.is_map() => Vec::new(),
            Value::Array(values) => values.iter_mut().collect(),
            value => vec![value],
        };
        let known = violations.count();
        for value in values {
            match (field.kind(), value) {
                (Kind::Enum(kind), Value::String(name)) => {
                    if let Some(full) = names::full(&kind, name) {
                        *name = full;
                    } else if kind.get_value_by_name(name).is_none() {
                        let known = names::all(&kind);
                        violations.add(&path, format!("{} is none of: {known}", quoted(name)));
                    }
                }
                (Kind::Message(inner), Value::Object(fields)) => {
                    prepare(&inner, fields, &path, depth - 1, violations);
                }
                _ => {}
            }
        }
        if violations.count() == known
            && !(value.is_string() && matches!(field.kind(), Kind::String))
            && let Some(wrong) = misfit(descriptor, name, value)
        {
            violations.add(&path, wrong);
        }
    }
}

/// Why a field can't have this value, by itself: the reader tells of the first only, and not where.
fn misfit(descriptor: &MessageDescriptor, name: &str, value: &Value) -> Option<String> {
    if value.is_object() {
        return None;
    }
    let one = Map::from_iter([(name.to_owned(), value.clone())]);
    let read = DynamicMessage::deserialize(descriptor.clone(), Value::Object(one));
    let error = read.err()?;
    Some(format!(
        "{} can't be read: {error}",
        quoted(&value.to_string())
    ))
}
