//! Schemas that nothing fits.

use serde_json::Value;

use super::{MAX_DEPTH, escaped, reference};

/// Schemas that are looked at: references can make a short one endless.
const MAX_VISITS: usize = 2_000;
/// Keywords that bound the same from below and from above, and the only types they speak of.
const BOUNDS: &[(&str, &str, &[&str])] = &[
    ("minimum", "maximum", &["number", "integer"]),
    ("minLength", "maxLength", &["string"]),
    ("minItems", "maxItems", &["array"]),
    ("minProperties", "maxProperties", &["object"]),
];

/// Why nothing can fit a schema: where (a JSON pointer into the output) and what contradicts what.
/// None if something may fit, as far as can be told without trying.
#[must_use]
pub fn contradiction(schema: &Value) -> Option<(String, String)> {
    Search {
        root: schema,
        left: MAX_VISITS,
    }
    .at(schema, "", 0)
}

struct Search<'v> {
    root: &'v Value,
    left: usize,
}

impl<'v> Search<'v> {
    fn at(&mut self, schema: &'v Value, pointer: &str, depth: usize) -> Option<(String, String)> {
        if depth > MAX_DEPTH || self.left == 0 {
            return None;
        }
        self.left -= 1;
        let here = |what: String| Some((pointer.to_owned(), what));
        let parts = together(self.root, schema);
        if parts.iter().any(|it| **it == Value::Bool(false)) {
            return here("no value is allowed".to_owned());
        }
        if parts.iter().any(|it| allows_all(&it["not"])) {
            return here("`not` excludes every value".to_owned());
        }
        let types = match types(&parts) {
            Ok(types) => types,
            Err(what) => return here(what),
        };
        for part in &parts {
            let values = part["enum"].as_array().map(Vec::as_slice);
            let values = values.or_else(|| part.get("const").map(std::slice::from_ref));
            if let (Some(values), Some(types)) = (values, &types)
                && !values.iter().any(|it| is_one_of(it, types))
            {
                return here(format!(
                    "no value of `enum` is of type {}",
                    types.join(" or ")
                ));
            }
        }
        for (least, most, of) in BOUNDS {
            let only = |types: &Vec<&str>| types.iter().all(|it| of.contains(it));
            let low = parts.iter().filter_map(|it| it[*least].as_f64());
            let high = parts.iter().filter_map(|it| it[*most].as_f64());
            let (low, high) = (low.reduce(f64::max), high.reduce(f64::min));
            if let (Some(low), Some(high)) = (low, high)
                && low > high
                && types.as_ref().is_some_and(only)
            {
                return here(format!("`{least}` {low} is more than `{most}` {high}"));
            }
        }
        self.within(&parts, types.as_deref(), pointer, depth)
    }

    /// What a value must hold.
    fn within(
        &mut self,
        parts: &[&'v Value],
        types: Option<&[&str]>,
        pointer: &str,
        depth: usize,
    ) -> Option<(String, String)> {
        if types == Some(&["object"]) {
            let required = parts.iter().filter_map(|it| it["required"].as_array());
            for name in required.flatten().filter_map(Value::as_str) {
                let inner = format!("{pointer}/{}", escaped(name));
                for part in parts {
                    if let Some(property) = part["properties"].get(name) {
                        if let Some(found) = self.at(property, &inner, depth + 1) {
                            return Some(found);
                        }
                    } else if part["additionalProperties"] == false
                        && part.get("patternProperties").is_none()
                    {
                        let what = "it is required, and `additionalProperties` forbids it";
                        return Some((inner, what.to_owned()));
                    }
                }
            }
        }
        if types == Some(&["array"])
            && parts.iter().any(|it| it["minItems"].as_u64() >= Some(1))
            && let Some(items) = parts.iter().find_map(|it| it.get("items"))
            && let Some(found) = self.at(items, &format!("{pointer}/*"), depth + 1)
        {
            return Some(found);
        }
        for key in ["anyOf", "oneOf"] {
            for branches in parts.iter().filter_map(|it| it[key].as_array()) {
                let mut reasons = branches.iter().map(|it| self.at(it, pointer, depth + 1));
                let first = reasons.next().flatten();
                if first.is_some() && reasons.all(|it| it.is_some()) {
                    return first;
                }
            }
        }
        None
    }
}

/// The schemas that all hold of a value: itself, what it refers to, every part of `allOf`.
fn together<'v>(root: &'v Value, schema: &'v Value) -> Vec<&'v Value> {
    let mut parts: Vec<&Value> = vec![schema];
    let mut at = 0;
    while let Some(part) = parts.get(at).copied().filter(|_| at < 100) {
        let all = part["allOf"].as_array().into_iter().flatten();
        for more in reference(root, part).into_iter().chain(all) {
            if !parts.iter().any(|it| std::ptr::eq(*it, more)) {
                parts.push(more);
            }
        }
        at += 1;
    }
    parts
}

fn allows_all(schema: &Value) -> bool {
    *schema == Value::Bool(true) || schema.as_object().is_some_and(serde_json::Map::is_empty)
}

/// The types that every part allows; `None` if none of them says.
fn types<'v>(parts: &[&'v Value]) -> Result<Option<Vec<&'v str>>, String> {
    let mut allowed: Option<Vec<&str>> = None;
    for part in parts {
        let types: Vec<&str> = match &part["type"] {
            Value::String(one) => vec![one],
            Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
            _ => continue,
        };
        let Some(before) = &allowed else {
            allowed = Some(types);
            continue;
        };
        let narrower =
            |it: &&&str| before.contains(it) || **it == "integer" && before.contains(&"number");
        let wider = |it: &&&str| **it == "integer" && types.contains(&"number");
        let both: Vec<&str> = types.iter().filter(narrower).copied().collect();
        let both: Vec<&str> = before.iter().filter(wider).copied().chain(both).collect();
        if both.is_empty() {
            let (one, other) = (before.join(" or "), types.join(" or "));
            return Err(format!("it must be of type {one} and of type {other}"));
        }
        allowed = Some(both);
    }
    Ok(allowed)
}

fn is_one_of(value: &Value, types: &[&str]) -> bool {
    types.iter().any(|it| match *it {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "integer" => value.as_f64().is_some_and(|it| it.fract() == 0.0),
        _ => value.is_number(),
    })
}
