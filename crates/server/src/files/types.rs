//! The types of artifacts.

use crate::violations::{Violations, quoted};

/// The seeds' types, and those of this service.
const KNOWN: &[&str] = &[
    "browser_console_log",
    "download",
    "har",
    "hashed_href_map",
    "html",
    "html_action",
    "html_scrape",
    "llm_prompt",
    "llm_request",
    "llm_response",
    "llm_response_parsed",
    "llm_response_rendered",
    "output",
    "pdf",
    "recording",
    "screenshot",
    "screenshot_action",
    "screenshot_final",
    "screenshot_llm",
    "script_file",
    "skyvern_log",
    "skyvern_log_raw",
    "trace",
    "visible_elements_id_css_map",
    "visible_elements_id_frame_map",
    "visible_elements_id_xpath_map",
    "visible_elements_tree",
    "visible_elements_tree_in_prompt",
    "visible_elements_tree_trimmed",
];

/// A type that doesn't exist is refused: an empty list would look like an answer.
pub(super) fn check(given: &[String], violations: &mut Violations) {
    if given.len() > KNOWN.len() {
        violations.add(
            "artifact_type",
            format!("has more than {} types", KNOWN.len()),
        );
        return;
    }
    for artifact_type in given {
        if !KNOWN.contains(&artifact_type.as_str()) {
            let description = format!(
                "{} is no type of an artifact; there are: {}",
                quoted(artifact_type),
                KNOWN.join(", ")
            );
            violations.add("artifact_type", description);
        }
    }
}
