//! The schema that an output must fit.

use serde_json::Value;

use super::MAX_SCHEMA_BYTES;

/// Keywords whose values are data, where a `$ref` is only a word.
const DATA: &[&str] = &["const", "default", "enum", "examples"];
/// Keywords whose values are maps from names to schemas, where a `$ref` is only a name.
const MAPS: &[&str] = &[
    "$defs",
    "definitions",
    "dependentSchemas",
    "patternProperties",
    "properties",
];
const REFERENCES: &[&str] = &["$ref", "$dynamicRef", "$recursiveRef"];

/// Checks a schema without leaving the process.
///
/// # Errors
/// What is wrong, for a violation.
pub(crate) fn check(text: &str) -> Result<(), String> {
    if text.len() > MAX_SCHEMA_BYTES {
        return Err(format!(
            "has {} bytes, at most {MAX_SCHEMA_BYTES}",
            text.len()
        ));
    }
    let schema: Value =
        serde_json::from_str(text).map_err(|error| format!("is no JSON: {error}"))?;
    if !schema.is_object() && !schema.is_boolean() {
        return Err("is no JSON Schema: it must be an object".to_owned());
    }
    if let Some(reference) = remote(&schema, false) {
        let shown = crate::violations::quoted(reference);
        return Err(format!(
            "refers to {shown}, another document: put it under $defs and refer to it by #/$defs/…"
        ));
    }
    jsonschema::options()
        .build(&schema)
        .map(|_| ())
        .map_err(|error| format!("is no JSON Schema: at {}: {error}", place(&error)))
}

fn place(error: &jsonschema::ValidationError<'_>) -> String {
    let path = error.instance_path().to_string();
    if path.is_empty() {
        "the top".to_owned()
    } else {
        path
    }
}

/// The first reference that leaves the document. `names`: the keys are names, not keywords.
fn remote(value: &Value, names: bool) -> Option<&str> {
    match value {
        Value::Array(items) => items.iter().find_map(|item| remote(item, false)),
        Value::Object(fields) => fields.iter().find_map(|(key, value)| {
            if names {
                return remote(value, false);
            }
            if DATA.contains(&key.as_str()) {
                return None;
            }
            if REFERENCES.contains(&key.as_str()) {
                return value.as_str().filter(|it| !it.starts_with('#'));
            }
            remote(value, MAPS.contains(&key.as_str()))
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn schemas_are_checked_without_the_network() {
        assert_eq!(
            check(r##"{"$defs":{"a":{"type":"string"}},"$ref":"#/$defs/a"}"##),
            Ok(())
        );
        assert_eq!(
            check(r#"{"properties":{"$ref":{"type":"string"}}}"#),
            Ok(())
        );
        assert_eq!(check(r#"{"const":{"$ref":"http://a.example/x"}}"#), Ok(()));
        for bad in [
            "{",
            "[]",
            "3",
            r#"{"type":"strin"}"#,
            r#"{"pattern":"("}"#,
            r#"{"$ref":"http://a.example/x"}"#,
            r#"{"items":{"$ref":"other.json"}}"#,
            r##"{"$ref":"#/$defs/none"}"##,
        ] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }
}
