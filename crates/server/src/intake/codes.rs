//! The caller's own error codes.

use std::collections::{BTreeMap, HashMap};

use errand_domain::Text;

use crate::violations::{Violations, quoted};

const MAX_CODES: usize = 50;
const MAX_CODE_BYTES: usize = 64;
const MAX_DESCRIPTION_BYTES: usize = 500;

/// Checks error codes and their descriptions.
pub(crate) fn codes(
    given: &HashMap<String, String>,
    violations: &mut Violations,
) -> BTreeMap<String, String> {
    if given.len() > MAX_CODES {
        let description = format!("has {} codes, at most {MAX_CODES}", given.len());
        violations.add("error_code_mapping", description);
    }
    let sorted: BTreeMap<&String, &String> = given.iter().collect();
    for (code, description) in &sorted {
        let field = format!("error_code_mapping[{}]", quoted(code));
        let printable = code.bytes().all(|it| it.is_ascii_graphic());
        if code.is_empty() || code.len() > MAX_CODE_BYTES || !printable {
            let wrong = format!("needs a code of 1 to {MAX_CODE_BYTES} printable ASCII characters");
            violations.add(&field, wrong);
        }
        if description.trim().is_empty() || description.len() > MAX_DESCRIPTION_BYTES {
            let wrong = format!(
                "needs a description of when it applies, of at most {MAX_DESCRIPTION_BYTES} bytes"
            );
            violations.add(&field, wrong);
        }
    }
    let clean = |text: &String| Text::new(text).into_string();
    sorted
        .into_iter()
        .map(|(code, description)| (clean(code), clean(description)))
        .collect()
}
