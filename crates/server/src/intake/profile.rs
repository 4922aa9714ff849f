//! What people call a profile.

use errand_domain::profile::{MAX_DESCRIPTION_CHARS, MAX_NAME_CHARS};

use crate::violations::Violations;

/// Checks a name.
pub(crate) fn name(given: &str, violations: &mut Violations) {
    let count = given.chars().count();
    if given.trim().is_empty() {
        violations.add("name", "is empty: give the profile a name");
    } else if count > MAX_NAME_CHARS {
        let description = format!("has {count} characters, at most {MAX_NAME_CHARS}");
        violations.add("name", description);
    } else if given.trim() != given {
        violations.add("name", "must not begin or end with a space");
    } else if given.chars().any(char::is_control) {
        violations.add(
            "name",
            "must not have line breaks or other control characters",
        );
    }
}

/// Checks a description.
pub(crate) fn description(given: &str, violations: &mut Violations) {
    let count = given.chars().count();
    if count > MAX_DESCRIPTION_CHARS {
        let description = format!("has {count} characters, at most {MAX_DESCRIPTION_CHARS}");
        violations.add("description", description);
    } else if given.contains('\0') {
        violations.add("description", "must not have NUL in it");
    }
}
