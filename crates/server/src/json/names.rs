//! Names and values that JSON has otherwise than the contract.

use prost_reflect::{EnumDescriptor, FieldDescriptor};

/// Fields that carry JSON as text; in JSON they are the JSON itself.
const JSON_TEXT: &[&str] = &[
    "errand.v1.ImportProfileRequest.storage_state",
    "errand.v1.Memory.memory",
    "errand.v1.RespondToRunRequest.response",
    "errand.v1.Run.output",
    "errand.v1.RunTaskRequest.data_extraction_schema",
];
/// Enums whose values stay in upper case, as they are written everywhere else.
const UPPER: &[&str] = &["errand.v1.FailureCategory", "errand.v1.ErrorReason"];

pub(super) fn is_json_text(field: &FieldDescriptor) -> bool {
    JSON_TEXT.contains(&field.full_name())
}

/// The value's name as JSON has it; the unspecified one has none.
pub(super) fn short(kind: &EnumDescriptor, number: i32) -> Option<String> {
    if number == 0 {
        return None;
    }
    let Some(value) = kind.get_value(number) else {
        return Some(number.to_string());
    };
    let name = value
        .name()
        .strip_prefix(&prefix(kind))
        .unwrap_or_else(|| value.name());
    let upper = UPPER.contains(&kind.full_name());
    Some(if upper {
        name.to_owned()
    } else {
        name.to_ascii_lowercase()
    })
}

/// The full name of a value, given as JSON has it.
pub(super) fn full(kind: &EnumDescriptor, name: &str) -> Option<String> {
    let name = format!("{}{}", prefix(kind), name.to_ascii_uppercase());
    kind.get_value_by_name(&name)
        .map(|value| value.name().to_owned())
}

/// The names that JSON has for an enum, for people.
pub(super) fn all(kind: &EnumDescriptor) -> String {
    let names: Vec<_> = kind
        .values()
        .filter_map(|it| short(kind, it.number()))
        .collect();
    names.join(", ")
}

/// What every value's name begins with: `RUN_STATUS_`.
fn prefix(kind: &EnumDescriptor) -> String {
    let zero = kind.default_value();
    zero.name()
        .strip_suffix("UNSPECIFIED")
        .unwrap_or_default()
        .to_owned()
}
