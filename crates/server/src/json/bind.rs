//! Path and query become fields.

use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};
use serde_json::{Map, Value};

use crate::violations::{Violations, quoted};

/// Most parameters of a query.
const MAX_PARAMETERS: usize = 200;

/// Puts the parameters of a query into a request's fields. `a.b=x` sets a field of a message,
/// `a[k]=x` an entry of a map, and a repeated parameter adds to a list.
pub(super) fn query(
    descriptor: &MessageDescriptor,
    query: &str,
    fields: &mut Map<String, Value>,
    violations: &mut Violations,
) {
    for (count, (name, text)) in url::form_urlencoded::parse(query.as_bytes()).enumerate() {
        if count == MAX_PARAMETERS {
            violations.add(
                "",
                format!("the query has more than {MAX_PARAMETERS} parameters"),
            );
            return;
        }
        if let Err(wrong) = set(descriptor, fields, &name, &text) {
            violations.add(name.as_ref(), wrong);
        }
    }
}

/// Puts a text into the field that a dotted path names.
pub(super) fn set(
    descriptor: &MessageDescriptor,
    fields: &mut Map<String, Value>,
    path: &str,
    text: &str,
) -> Result<(), String> {
    let (head, rest) = match path.split_once('.') {
        Some((head, rest)) if !head.contains('[') => (head, Some(rest)),
        _ => (path, None),
    };
    let (name, key) = match head.strip_suffix(']').and_then(|it| it.split_once('[')) {
        Some((name, key)) => (name, Some(key)),
        None => (head, None),
    };
    let field = descriptor
        .get_field_by_name(name)
        .or_else(|| descriptor.get_field_by_json_name(name))
        .ok_or_else(|| format!("there is no field {}", quoted(name)))?;
    let name = field.name().to_owned();
    match (key, rest, field.kind()) {
        (Some(key), None, Kind::Message(entry)) if field.is_map() => {
            let value = scalar(&entry.map_entry_value_field(), text)?;
            inner(fields, name)?.insert(key.to_owned(), value);
        }
        (None, Some(rest), Kind::Message(message)) if !field.is_list() && !field.is_map() => {
            return set(&message, inner(fields, name)?, rest, text);
        }
        (None, None, _) if field.is_list() => {
            let value = scalar(&field, text)?;
            match fields
                .entry(name)
                .or_insert_with(|| Value::Array(Vec::new()))
            {
                Value::Array(values) => values.push(value),
                _ => return Err("is in the body, too".to_owned()),
            }
        }
        (None, None, _) if !field.is_map() => {
            if fields.insert(name, scalar(&field, text)?).is_some() {
                return Err("is there twice".to_owned());
            }
        }
        _ => return Err("names no field that a text can be put into".to_owned()),
    }
    Ok(())
}

fn inner(fields: &mut Map<String, Value>, name: String) -> Result<&mut Map<String, Value>, String> {
    match fields
        .entry(name)
        .or_insert_with(|| Value::Object(Map::new()))
    {
        Value::Object(inner) => Ok(inner),
        _ => Err("is in the body, too".to_owned()),
    }
}

/// The JSON that a text stands for. Numbers stay text, which the mapping takes as well.
fn scalar(field: &FieldDescriptor, text: &str) -> Result<Value, String> {
    match field.kind() {
        Kind::Bool => match text {
            "true" | "1" | "" => Ok(Value::Bool(true)),
            "false" | "0" => Ok(Value::Bool(false)),
            _ => Err(format!("{} is neither true nor false", quoted(text))),
        },
        Kind::Int32 | Kind::Int64 | Kind::Sint32 | Kind::Sint64 | Kind::Uint32 | Kind::Uint64 => {
            let number: Result<i64, _> = text.parse();
            number
                .map(Value::from)
                .map_err(|_| format!("{} is no whole number", quoted(text)))
        }
        Kind::Message(message) if !message.full_name().starts_with("google.protobuf.") => {
            Err("is a message: set its fields by name.field".to_owned())
        }
        _ => Ok(Value::String(text.to_owned())),
    }
}
