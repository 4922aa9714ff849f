//! The shape that a JSON Schema gives to the output.

use serde_json::Value;

/// The type of one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// Text.
    Text,
    /// A number.
    Number,
    /// A whole number.
    Integer,
    /// Yes or no.
    Boolean,
}

impl Type {
    /// In words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Integer => "whole number",
            Self::Boolean => "yes or no",
        }
    }
}

/// One value.
#[derive(Debug, Clone, PartialEq)]
pub struct Scalar {
    /// Its type.
    pub kind: Type,
    /// `format`, if given.
    pub format: Option<String>,
    /// `enum`, if given.
    pub choices: Vec<Value>,
    /// `description` or `title`, if given.
    pub description: Option<String>,
}

/// What the output looks like.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// Properties in the order of the schema.
    Object(Vec<(String, Shape)>),
    /// Items, at most so many.
    Array {
        items: Box<Shape>,
        most: Option<usize>,
    },
    /// One value.
    Scalar(Scalar),
}

/// Deeper schemas are read as text.
const MAX_DEPTH: usize = 12;

/// Reads a schema; `root` is where local references point into.
#[must_use]
pub fn shape(root: &Value, schema: &Value, depth: usize) -> Shape {
    let schema = resolve(root, schema, 0);
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let is = |name: &str| types.contains(&name);
    if depth < MAX_DEPTH {
        if (is("object") || types.is_empty()) && schema["properties"].is_object() {
            let properties = schema["properties"].as_object().into_iter().flatten();
            let properties =
                properties.map(|(name, inner)| (name.clone(), shape(root, inner, depth + 1)));
            return Shape::Object(properties.collect());
        }
        if is("array") || types.is_empty() && !schema["items"].is_null() {
            let items = Box::new(shape(root, &schema["items"], depth + 1));
            let most = schema["maxItems"]
                .as_u64()
                .and_then(|it| usize::try_from(it).ok());
            return Shape::Array { items, most };
        }
    }
    let kind = match () {
        () if is("integer") => Type::Integer,
        () if is("number") => Type::Number,
        () if is("boolean") => Type::Boolean,
        () => Type::Text,
    };
    let text = |key: &str| schema[key].as_str().map(str::to_owned);
    Shape::Scalar(Scalar {
        kind,
        format: text("format"),
        choices: schema["enum"].as_array().cloned().unwrap_or_default(),
        description: text("description").or_else(|| text("title")),
    })
}

/// Follows local references and takes the first branch that is not null.
fn resolve<'v>(root: &'v Value, schema: &'v Value, depth: usize) -> &'v Value {
    if depth > MAX_DEPTH {
        return schema;
    }
    if let Some(pointer) = schema["$ref"].as_str().and_then(|it| it.strip_prefix('#'))
        && let Some(target) = root.pointer(pointer)
    {
        return resolve(root, target, depth + 1);
    }
    for key in ["anyOf", "oneOf", "allOf"] {
        let branches = schema[key].as_array().into_iter().flatten();
        if let Some(branch) = branches.into_iter().find(|it| it["type"] != "null") {
            return resolve(root, branch, depth + 1);
        }
    }
    schema
}
