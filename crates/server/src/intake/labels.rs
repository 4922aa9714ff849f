//! The caller's own key-value pairs.

use std::collections::{BTreeMap, HashMap};

use super::MAX_LABELS;
use crate::violations::{Violations, quoted};

const MAX_KEY_BYTES: usize = 63;
const MAX_VALUE_BYTES: usize = 256;

/// Checks labels; `field` is where they stand.
pub(crate) fn labels(
    field: &str,
    given: &HashMap<String, String>,
    violations: &mut Violations,
) -> BTreeMap<String, String> {
    if given.len() > MAX_LABELS {
        violations.add(
            field,
            format!("has {} labels, at most {MAX_LABELS}", given.len()),
        );
    }
    let accepted: BTreeMap<String, String> = given
        .iter()
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    for (key, value) in &accepted {
        let field = format!("{field}[{}]", quoted(key));
        if !is_key(key) {
            let description = format!(
                "needs a key of 1 to {MAX_KEY_BYTES} characters out of a-z 0-9 - _ . / that begins \
                 with a letter or digit"
            );
            violations.add(&field, description);
        }
        if value.len() > MAX_VALUE_BYTES || value.contains('\0') {
            let description =
                format!("needs a value of at most {MAX_VALUE_BYTES} bytes without NUL");
            violations.add(&field, description);
        }
    }
    accepted
}

fn is_key(key: &str) -> bool {
    let letter = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit();
    key.len() <= MAX_KEY_BYTES
        && key.bytes().next().is_some_and(letter)
        && key.bytes().all(|it| letter(it) || b"-_./".contains(&it))
}
