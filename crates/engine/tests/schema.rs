//! Schemas that make trouble: endless, huge, contradicting themselves.
#![expect(clippy::panic, reason = "tests")]

use errand_engine::extract::schema::{Shape, contradiction, outline};
use serde_json::{Map, Value, json};

fn names(shape: &Shape) -> Vec<&str> {
    match shape {
        Shape::Object(properties) => properties.iter().map(|(name, _)| name.as_str()).collect(),
        other => panic!("no object: {other:?}"),
    }
}

#[test]
fn a_schema_that_refers_to_itself_is_read_once() {
    let tree = json!({
        "type": "object",
        "properties": {
            "name": { "type": "string" },
            "parent": { "$ref": "#" },
            "children": { "type": "array", "items": { "$ref": "#" } },
        },
    });
    let read = outline(&tree);
    assert_eq!(names(&read.shape), ["name"]);
    let places: Vec<&str> = read.left_out.iter().map(|(it, _)| it.as_str()).collect();
    assert_eq!(places, ["/parent", "/children/*"]);
    let circle = json!({ "$ref": "#/$defs/a", "$defs": { "a": { "$ref": "#/$defs/b" },
        "b": { "$ref": "#/$defs/a" } } });
    assert!(matches!(outline(&circle).shape, Shape::Scalar(_)));
    assert_eq!(contradiction(&circle), None);
}

/// Ten properties, each with ten of the next level: a hundred thousand million values.
#[test]
fn a_short_schema_that_unfolds_without_end_is_bounded() {
    let mut levels = Map::new();
    for level in 0..11 {
        let next = json!({ "$ref": format!("#/$defs/{}", level + 1) });
        let properties: Map<String, Value> =
            (0..10).map(|it| (format!("p{it}"), next.clone())).collect();
        levels.insert(
            level.to_string(),
            json!({ "type": "object", "properties": properties }),
        );
    }
    levels.insert("11".to_owned(), json!({ "type": "string" }));
    let schema = json!({ "$ref": "#/$defs/0", "$defs": levels });
    let read = outline(&schema);
    assert_eq!(read.left_out.len(), 20, "{:?}", read.left_out);
    assert_eq!(contradiction(&schema), None);
}

#[test]
fn a_schema_of_500_fields_is_read_whole() {
    let properties: Map<String, Value> = (0..500)
        .map(|it| (format!("field {it}"), json!({ "type": "string" })))
        .collect();
    let read = outline(&json!({ "type": "object", "properties": properties }));
    assert_eq!(names(&read.shape).len(), 500);
    assert_eq!(read.left_out, []);
}

#[test]
fn parts_and_alternatives_are_read_together() {
    let schema = json!({
        "$defs": { "named": { "type": "object", "properties": { "name": { "type": "string" } } } },
        "allOf": [
            { "$ref": "#/$defs/named" },
            { "properties": { "price": { "anyOf": [{ "type": "null" }, { "type": "number" }] } } },
        ],
        "properties": { "owner": { "$ref": "#/$defs/named" } },
        "anyOf": [{ "required": ["name"] }, { "required": ["price"] }],
    });
    let read = outline(&schema);
    let mut found = names(&read.shape);
    found.sort_unstable();
    assert_eq!(found, ["name", "owner", "price"]);
    assert_eq!(read.left_out, []);
}

#[test]
fn what_nothing_can_fit_is_found_with_its_place() {
    let of = |property: Value| json!({ "type": "object", "properties": { "a": property }, "required": ["a"] });
    for (schema, place) in [
        (json!(false), ""),
        (of(json!(false)), "/a"),
        (
            of(json!({ "type": "number", "minimum": 5, "maximum": 4 })),
            "/a",
        ),
        (
            of(json!({ "type": "number", "enum": ["one", "two"] })),
            "/a",
        ),
        (
            of(json!({ "allOf": [{ "type": "string" }, { "type": "number" }] })),
            "/a",
        ),
        (of(json!({ "anyOf": [false, { "not": {} }] })), "/a"),
        (
            of(json!({ "type": "array", "minItems": 1, "items": false })),
            "/a/*",
        ),
        (
            json!({ "type": "object", "required": ["b"], "additionalProperties": false }),
            "/b",
        ),
    ] {
        let found = contradiction(&schema).map(|(place, _)| place);
        assert_eq!(found.as_deref(), Some(place), "{schema}");
    }
    for schema in [
        json!(true),
        of(json!({ "type": ["number", "null"], "minimum": 5, "maximum": 4 })),
        of(json!({ "minimum": 5, "maximum": 4 })),
        of(json!({ "allOf": [{ "type": "integer" }, { "type": "number" }] })),
        of(json!({ "anyOf": [false, { "type": "string" }] })),
        of(json!({ "type": "array", "items": false })),
        json!({ "type": "object", "properties": { "a": false } }),
        json!({ "type": "object", "required": ["b"] }),
    ] {
        assert_eq!(contradiction(&schema), None, "{schema}");
    }
}
