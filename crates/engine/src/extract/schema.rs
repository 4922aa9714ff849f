//! The shape that a JSON Schema gives to the output.

mod contradiction;

use serde_json::Value;

pub use contradiction::contradiction;

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

/// Deeper schemas are not read.
const MAX_DEPTH: usize = 12;
/// More values than that are not read: references can make a short schema endless.
const MAX_VALUES: usize = 1_000;
/// More parts of one schema are not heeded.
const MAX_PARTS: usize = 100;
static ANYTHING: Value = Value::Bool(true);
/// Most places that are named among those left out.
const MAX_NAMED: usize = 20;

/// What a schema asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Outline {
    /// Everything that can be looked for.
    pub shape: Shape,
    /// What is not looked for: where (a JSON pointer, `*` for every item of a list) and why.
    pub left_out: Vec<(String, &'static str)>,
}

/// Reads a schema.
#[must_use]
pub fn outline(schema: &Value) -> Outline {
    let mut reader = Reader {
        root: schema,
        room: MAX_VALUES,
        above: Vec::new(),
        left_out: Vec::new(),
    };
    let shape = reader.shape(schema, "");
    Outline {
        shape: shape.unwrap_or(Shape::Object(Vec::new())),
        left_out: reader.left_out,
    }
}

struct Reader<'v> {
    /// Where local references point into.
    root: &'v Value,
    /// How many values may come.
    room: usize,
    /// The schemas that the present one lies in.
    above: Vec<*const Value>,
    left_out: Vec<(String, &'static str)>,
}

impl<'v> Reader<'v> {
    fn shape(&mut self, schema: &'v Value, pointer: &str) -> Option<Shape> {
        let parts = parts(self.root, schema);
        if parts.is_empty() {
            return self.leave_out(pointer, "the schema allows no value");
        }
        let itself = std::ptr::from_ref(target(self.root, schema));
        if self.above.contains(&itself) {
            return self.leave_out(pointer, "the schema refers to itself");
        }
        if self.above.len() >= MAX_DEPTH {
            return self.leave_out(pointer, "it lies deeper than 12 levels");
        }
        if self.room == 0 {
            return self.leave_out(pointer, "the schema has more than 1,000 values");
        }
        self.room -= 1;
        self.above.push(itself);
        let shape = self.read(&parts, pointer);
        self.above.pop();
        shape
    }

    fn read(&mut self, parts: &[&'v Value], pointer: &str) -> Option<Shape> {
        let types = types(parts);
        let is = |name: &str| types.contains(&name);
        let keyword = |key: &str| parts.iter().map(|it| &it[key]).find(|it| !it.is_null());
        if is("object") || types.is_empty() {
            let properties = parts.iter().filter_map(|it| it["properties"].as_object());
            let properties: Vec<_> = properties.flatten().collect();
            if !properties.is_empty() {
                let mut read: Vec<(String, Shape)> = Vec::new();
                for (name, inner) in properties {
                    let pointer = format!("{pointer}/{}", escaped(name));
                    let known = read.iter().any(|(known, _)| known == name);
                    if let Some(shape) = self.shape(inner, &pointer).filter(|_| !known) {
                        read.push((name.clone(), shape));
                    }
                }
                return Some(Shape::Object(read));
            }
        }
        if is("array") || types.is_empty() && keyword("items").is_some() {
            let items = keyword("items").unwrap_or(&ANYTHING);
            let items = Box::new(self.shape(items, &format!("{pointer}/*"))?);
            let most = parts.iter().filter_map(|it| it["maxItems"].as_u64()).min();
            let most = most.and_then(|it| usize::try_from(it).ok());
            return Some(Shape::Array { items, most });
        }
        let kind = match () {
            () if is("integer") => Type::Integer,
            () if is("number") => Type::Number,
            () if is("boolean") => Type::Boolean,
            () => Type::Text,
        };
        let text = |key: &str| keyword(key).and_then(Value::as_str).map(str::to_owned);
        let choices = keyword("enum").and_then(Value::as_array).cloned();
        Some(Shape::Scalar(Scalar {
            kind,
            format: text("format"),
            choices: choices.unwrap_or_default(),
            description: text("description").or_else(|| text("title")),
        }))
    }

    fn leave_out(&mut self, pointer: &str, why: &'static str) -> Option<Shape> {
        if self.left_out.len() < MAX_NAMED {
            self.left_out.push((pointer.to_owned(), why));
        }
        None
    }
}

/// A name as a part of a JSON pointer.
pub(crate) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The types that a value may have; none if the schema does not say.
fn types<'v>(parts: &[&'v Value]) -> Vec<&'v str> {
    let given = parts.iter().map(|it| &it["type"]).find(|it| !it.is_null());
    match given {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// The schemas that hold of a value together: itself, what it refers to, every part of `allOf`, and
/// of `anyOf` and `oneOf` the first that is not null. None if no value is allowed.
fn parts<'v>(root: &'v Value, schema: &'v Value) -> Vec<&'v Value> {
    let mut parts = Vec::new();
    if collect(root, schema, 0, &mut parts) {
        parts
    } else {
        Vec::new()
    }
}

fn collect<'v>(
    root: &'v Value,
    schema: &'v Value,
    depth: usize,
    parts: &mut Vec<&'v Value>,
) -> bool {
    if *schema == Value::Bool(false) {
        return false;
    }
    let known = parts.iter().any(|it| std::ptr::eq(*it, schema));
    if known || depth > MAX_DEPTH || parts.len() >= MAX_PARTS {
        return true;
    }
    parts.push(schema);
    let of = |key: &str| schema[key].as_array().into_iter().flatten();
    let one = |key| of(key).find(|it| it["type"] != "null");
    let mut branches = reference(root, schema)
        .into_iter()
        .chain(of("allOf"))
        .chain(one("anyOf"))
        .chain(one("oneOf"));
    branches.all(|branch| collect(root, branch, depth + 1, parts))
}

/// What a local reference of the schema points at.
fn reference<'v>(root: &'v Value, schema: &'v Value) -> Option<&'v Value> {
    let pointer = schema["$ref"].as_str()?.strip_prefix('#')?;
    root.pointer(pointer)
}

/// The schema that a chain of references ends at.
fn target<'v>(root: &'v Value, schema: &'v Value) -> &'v Value {
    let chain = std::iter::successors(Some(schema), |it| reference(root, it));
    chain.take(MAX_DEPTH).last().unwrap_or(schema)
}
