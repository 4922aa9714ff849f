//! What a page says against what it was sent.

use errand_browser::{Node, Observation};

use crate::{ground, local::form};

const COMPLAINTS: &[&str] = &[
    "error",
    "invalid",
    "required",
    "must ",
    "too short",
    "too long",
    "incorrect",
    "wrong",
    "failed",
    "missing",
    "cannot",
    "can't",
    "could not",
    "not valid",
    "please enter",
    "please fill",
    "please choose",
    "please select",
    "denied",
    "not allowed",
    "try again",
    "at least",
];

/// What the page says against what it was sent: an alert of an error, a field that it refuses.
pub fn complaint(seen: &Observation) -> Option<String> {
    let alert = seen
        .nodes
        .iter()
        .enumerate()
        .filter(|(_, node)| node.role == "alert");
    let alert = alert.map(|(at, _)| seen.text_of(at)).find(|text| {
        let lower = text.to_lowercase();
        COMPLAINTS.iter().any(|word| lower.contains(word))
    });
    if let Some(text) = alert {
        return Some(format!(
            "the page says \"{}\"",
            errand_domain::text::clip(&text, 200)
        ));
    }
    let refused = seen.nodes.iter().find(|node| node.invalid)?;
    Some(format!(
        "the page refuses what {} holds",
        ground::name(refused)
    ))
}

/// What a form that its button did not send still wants: the browser itself holds it back.
pub fn withheld(seen: &Observation, button: &str) -> Option<String> {
    let at = seen
        .nodes
        .iter()
        .position(|it| it.id.as_deref() == Some(button))?;
    if seen.nodes[at].input_type.as_deref() != Some("submit") {
        return None;
    }
    let wanting = |node: &&Node| {
        let empty = node.value.as_ref().is_none_or(String::is_empty) && !node.filled;
        node.required && !node.disabled && empty && node.checked != Some(true)
    };
    let wanted = seen.nodes[form::range(seen, at)].iter().find(wanting)?;
    Some(format!("{} must be filled first", ground::name(wanted)))
}

/// A short text that asks for something after a form was to be sent.
pub fn remark(seen: &Observation) -> Option<String> {
    const ASKING: &[&str] = &[
        "please fill",
        "please enter",
        "please choose",
        "please select",
        "please check",
        "please provide",
        "please correct",
        "is required",
        "are required",
        "is missing",
        "are missing",
        "is invalid",
        "not valid",
        "too short",
        "too long",
        "must be",
        "must have",
        "must contain",
        "could not",
        "try again",
    ];
    let form = seen.nodes.iter().any(|it| {
        it.editable || matches!(&*it.role, "textbox" | "combobox" | "checkbox" | "radio")
    });
    let texts = seen
        .nodes
        .iter()
        .filter(|it| it.role == "text" && it.text.len() < 120);
    let asks = |text: &str| {
        let lower = text.to_lowercase();
        ASKING.iter().any(|it| lower.contains(it))
            && !lower.contains("fields marked")
            && !lower.contains('*')
    };
    let found = texts.map(|it| &it.text).find(|it| asks(it))?;
    form.then(|| errand_domain::text::clip(found, 200))
}
