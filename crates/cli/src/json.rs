//! Messages of the contract as JSON: snake_case, enum values by the rest of their names, times as
//! RFC 3339, bytes as Base64. Fields that are not set are left out.

use std::sync::LazyLock;

use anyhow::Context as _;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use prost::Message;
use prost_reflect::{
    DescriptorPool, DynamicMessage, EnumDescriptor, FieldDescriptor, Kind, MapKey,
    ReflectMessage as _, Value as Field,
};
use serde_json::{Map, Value};

static POOL: LazyLock<Option<DescriptorPool>> =
    LazyLock::new(|| DescriptorPool::decode(errand_api::DESCRIPTORS).ok());

/// A message of `errand.v1` as one JSON value.
///
/// # Errors
/// Only if this program was built wrongly: the name is no message of the contract.
pub fn message<M: Message>(name: &str, message: &M) -> anyhow::Result<Value> {
    Ok(object(&dynamic(name, message)?, false))
}

/// The same with numbers, truth values and lists that are 0, false or empty, as a server answers.
///
/// # Errors
/// As [`message`].
pub fn whole<M: Message>(name: &str, message: &M) -> anyhow::Result<Value> {
    Ok(object(&dynamic(name, message)?, true))
}

fn dynamic<M: Message>(name: &str, message: &M) -> anyhow::Result<DynamicMessage> {
    let descriptor = POOL
        .as_ref()
        .and_then(|pool| pool.get_message_by_name(&format!("errand.v1.{name}")))
        .with_context(|| format!("the contract has no message {name}"))?;
    let bytes = message.encode_to_vec();
    Ok(DynamicMessage::decode(descriptor, bytes.as_slice())?)
}

fn object(message: &DynamicMessage, whole: bool) -> Value {
    match message.descriptor().full_name() {
        "google.protobuf.Timestamp" => return instant(message),
        "google.protobuf.Duration" => return length(message),
        _ => {}
    }
    let mut object = Map::new();
    for field in message.descriptor().fields() {
        let content = message.get_field(&field);
        if message.has_field(&field) || whole && !is_left_out(&field, &content) {
            object.insert(
                field.name().to_owned(),
                value(&content, &field.kind(), whole),
            );
        }
    }
    Value::Object(object)
}

/// What is unset, empty texts and maps, and choices that were not made.
fn is_left_out(field: &FieldDescriptor, content: &Field) -> bool {
    field.supports_presence()
        || match content {
            Field::String(text) => text.is_empty(),
            Field::Bytes(bytes) => bytes.is_empty(),
            Field::Map(entries) => entries.is_empty(),
            Field::EnumNumber(number) => *number == 0,
            _ => false,
        }
}

fn value(field: &Field, kind: &Kind, whole: bool) -> Value {
    match field {
        Field::Bool(it) => (*it).into(),
        Field::I32(it) => (*it).into(),
        Field::I64(it) => (*it).into(),
        Field::U32(it) => (*it).into(),
        Field::U64(it) => (*it).into(),
        Field::F32(it) => f64::from(*it).into(),
        Field::F64(it) => (*it).into(),
        Field::String(it) => it.as_str().into(),
        Field::Bytes(it) => STANDARD.encode(it).into(),
        Field::EnumNumber(number) => match kind {
            Kind::Enum(descriptor) => name(descriptor, *number),
            _ => (*number).into(),
        },
        Field::Message(it) => object(it, whole),
        Field::List(list) => list.iter().map(|it| value(it, kind, whole)).collect(),
        Field::Map(map) => {
            let Kind::Message(entry) = kind else {
                return Value::Null;
            };
            let kind = entry.map_entry_value_field().kind();
            let mut entries: Vec<(String, Value)> = map
                .iter()
                .map(|(at, it)| (key(at), value(it, &kind, whole)))
                .collect();
            entries.sort_by(|left, right| left.0.cmp(&right.0));
            Value::Object(entries.into_iter().collect())
        }
    }
}

fn key(key: &MapKey) -> String {
    match key {
        MapKey::Bool(it) => it.to_string(),
        MapKey::I32(it) => it.to_string(),
        MapKey::I64(it) => it.to_string(),
        MapKey::U32(it) => it.to_string(),
        MapKey::U64(it) => it.to_string(),
        MapKey::String(it) => it.clone(),
    }
}

/// `RUN_STATUS_TIMED_OUT` is `timed_out`; failure categories stay in capitals, as everywhere.
fn name(descriptor: &EnumDescriptor, number: i32) -> Value {
    let Some(found) = descriptor.get_value(number) else {
        return number.into();
    };
    let mut prefix = String::new();
    for (at, letter) in descriptor.name().char_indices() {
        if at > 0 && letter.is_ascii_uppercase() {
            prefix.push('_');
        }
        prefix.push(letter.to_ascii_uppercase());
    }
    prefix.push('_');
    let rest = found
        .name()
        .strip_prefix(&prefix)
        .unwrap_or_else(|| found.name());
    if descriptor.name() == "FailureCategory" {
        rest.into()
    } else {
        rest.to_lowercase().into()
    }
}

fn instant(message: &DynamicMessage) -> Value {
    let (seconds, nanos) = parts(message);
    match jiff::Timestamp::new(seconds, nanos) {
        Ok(at) => at.to_string().into(),
        Err(_) => Value::Null,
    }
}

fn length(message: &DynamicMessage) -> Value {
    let (seconds, nanos) = parts(message);
    let sign = if seconds < 0 || nanos < 0 { "-" } else { "" };
    let fraction = format!(".{:09}", nanos.unsigned_abs());
    let fraction = fraction.trim_end_matches('0').trim_end_matches('.');
    format!("{sign}{}{fraction}s", seconds.unsigned_abs()).into()
}

fn parts(message: &DynamicMessage) -> (i64, i32) {
    let field = |name| message.get_field_by_name(name).map(|it| it.into_owned());
    let seconds = field("seconds").and_then(|it| it.as_i64()).unwrap_or(0);
    (
        seconds,
        field("nanos").and_then(|it| it.as_i32()).unwrap_or(0),
    )
}

#[cfg(test)]
mod tests {
    use errand_api::v1::{FailureCategory, Run, RunStatus, RunTaskRequest};
    use serde_json::json;

    #[test]
    fn a_run_reads_like_the_contract() {
        let run = Run {
            run_id: "tsk_1".to_owned(),
            status: RunStatus::TimedOut.into(),
            failure_category: FailureCategory::MaxSteps.into(),
            last_sequence: 1 << 60,
            created_at: Some(prost_types::Timestamp {
                seconds: 1,
                nanos: 500_000_000,
            }),
            run_request: Some(RunTaskRequest {
                timeout: Some(prost_types::Duration {
                    seconds: 90,
                    nanos: 0,
                }),
                labels: [
                    ("b".to_owned(), "2".to_owned()),
                    ("a".to_owned(), "1".to_owned()),
                ]
                .into(),
                ..RunTaskRequest::default()
            }),
            ..Run::default()
        };
        assert_eq!(
            super::message("Run", &run).unwrap(),
            json!({
                "run_id": "tsk_1",
                "status": "timed_out",
                "failure_category": "MAX_STEPS",
                "last_sequence": 1_152_921_504_606_846_976_i64,
                "created_at": "1970-01-01T00:00:01.5Z",
                "run_request": {"timeout": "90s", "labels": {"a": "1", "b": "2"}},
            })
        );
    }
}
