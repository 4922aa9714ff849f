//! Whether two outputs say the same.

use serde_json::Value;

/// Whether `found` is what was wanted. Spaces do not count, nor how a number is written. A text
/// that begins with `@/` is a path of the pages' origin. Where no schema names the keys (not
/// `exact`), a key may be longer or shorter by words at its front: `heading`, `main_heading`.
pub fn same(wanted: &Value, found: &Value, exact: bool, origin: &str) -> bool {
    match (wanted, found) {
        (Value::Object(a), Value::Object(b)) if !exact => {
            let alike = |(key, value): (&String, &Value)| {
                b.iter()
                    .any(|(other, it)| ends_alike(key, other) && same(value, it, true, origin))
            };
            a.len() == b.len() && a.iter().all(alike)
        }
        (Value::Object(a), Value::Object(b)) => {
            let alike = |(key, value): (&String, &Value)| {
                b.get(key).is_some_and(|it| same(value, it, true, origin))
            };
            a.len() == b.len() && a.iter().all(alike)
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b, true, origin))
        }
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::String(a), Value::String(b)) => match a.strip_prefix("@/") {
            Some(path) => *b == format!("{origin}/{path}"),
            None => a.split_whitespace().eq(b.split_whitespace()),
        },
        _ => wanted == found,
    }
}

fn ends_alike(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    long == short || long.ends_with(&format!("_{short}"))
}
