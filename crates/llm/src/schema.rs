//! JSON Schemas, compiled once.

use std::{fmt, sync::Arc};

use errand_domain::text::clip;
use jsonschema::Validator;
use serde_json::{Map, Value, json};

/// Most violations that are told.
const MAX_VIOLATIONS: usize = 8;
/// Longest text of one.
const MAX_VIOLATION: usize = 200;

/// The key that a schema's value stands under where a provider takes objects only.
pub(crate) const WRAPPED: &str = "value";

/// How deep a schema of the strict mode may be nested.
const MAX_STRICT_DEPTH: usize = 10;

/// A JSON Schema that can be checked against. Cheap to clone.
#[derive(Clone)]
pub struct Schema {
    value: Arc<Value>,
    validator: Arc<Validator>,
}

/// Why a schema can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a usable JSON Schema: {0}")]
pub struct SchemaError(String);

impl fmt::Debug for Schema {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(formatter)
    }
}

impl Schema {
    /// Compiles a schema. References to other documents are not followed.
    ///
    /// # Errors
    /// [`SchemaError`], if it is none.
    pub fn new(value: Value) -> Result<Self, SchemaError> {
        let validator = jsonschema::validator_for(&value)
            .map_err(|error| SchemaError(clip(&error.to_string(), 300)))?;
        Ok(Self {
            value: Arc::new(value),
            validator: Arc::new(validator),
        })
    }

    /// The schema as JSON.
    #[must_use]
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// What in `instance` does not fit: at most eight, each with its place, in few words.
    #[must_use]
    pub fn violations(&self, instance: &Value) -> Vec<String> {
        let errors = self.validator.iter_errors(instance).take(MAX_VIOLATIONS);
        errors
            .map(|error| {
                let place = error.instance_path().to_string();
                let place = if place.is_empty() { "/" } else { &place };
                // The masked form has no values: they may be long, and the model knows them.
                let text = error.masked_with("the value").to_string();
                clip(&format!("{place}: {text}"), MAX_VIOLATION)
            })
            .collect()
    }

    /// Whether it describes objects, as providers want it at the root.
    pub(crate) fn is_object(&self) -> bool {
        self.value.get("type").and_then(Value::as_str) == Some("object")
    }

    /// The schema, put under [`WRAPPED`] of an object if it isn't one.
    pub(crate) fn as_object(&self) -> Value {
        if self.is_object() {
            return (*self.value).clone();
        }
        let mut inner = (*self.value).clone();
        let mut outer = Map::new();
        // References in it start at the root, so what they point to stays there.
        if let Some(object) = inner.as_object_mut() {
            for key in ["$defs", "definitions"] {
                if let Some(definitions) = object.shift_remove(key) {
                    outer.insert(key.to_owned(), definitions);
                }
            }
            object.shift_remove("$schema");
        }
        outer.insert("type".to_owned(), json!("object"));
        outer.insert("properties".to_owned(), json!({ WRAPPED: inner }));
        outer.insert("required".to_owned(), json!([WRAPPED]));
        outer.insert("additionalProperties".to_owned(), json!(false));
        Value::Object(outer)
    }
}

/// Whether OpenAI's strict mode takes this schema: every object closed, every property required,
/// only the keywords that it knows, not too deep, and no alternatives at the root.
pub(crate) fn is_strict(schema: &Value) -> bool {
    schema.get("anyOf").is_none() && is_strict_inside(schema, MAX_STRICT_DEPTH)
}

fn is_strict_inside(schema: &Value, depth: usize) -> bool {
    const KNOWN: [&str; 20] = [
        "type",
        "properties",
        "required",
        "additionalProperties",
        "items",
        "enum",
        "const",
        "anyOf",
        "$ref",
        "$defs",
        "definitions",
        "description",
        "title",
        "pattern",
        "format",
        "minimum",
        "maximum",
        "multipleOf",
        "minItems",
        "maxItems",
    ];
    let (Some(object), Some(depth)) = (schema.as_object(), depth.checked_sub(1)) else {
        return false;
    };
    let says_what = ["type", "enum", "const", "anyOf", "$ref"];
    if !says_what.iter().any(|key| object.contains_key(*key))
        || !object.keys().all(|key| KNOWN.contains(&key.as_str()))
    {
        return false;
    }
    let of_objects = match object.get("type") {
        Some(Value::String(kind)) => kind == "object",
        Some(Value::Array(kinds)) => kinds.iter().any(|it| it == "object"),
        _ => false,
    };
    let properties = object.get("properties").and_then(Value::as_object);
    let required = object.get("required").and_then(Value::as_array);
    let is_required = |name: &String| required.is_some_and(|it| it.iter().any(|it| it == name));
    let is_closed = object.get("additionalProperties") == Some(&Value::Bool(false));
    match properties {
        Some(all) if !is_closed || !all.keys().all(is_required) => return false,
        None if of_objects => return false,
        _ => {}
    }
    let groups = ["properties", "$defs", "definitions"];
    let groups = groups
        .iter()
        .filter_map(|key| object.get(*key)?.as_object());
    let alternatives = object.get("anyOf").and_then(Value::as_array);
    groups
        .flat_map(|group| group.values())
        .chain(object.get("items"))
        .chain(alternatives.into_iter().flatten())
        .all(|it| is_strict_inside(it, depth))
}
