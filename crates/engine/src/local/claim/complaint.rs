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

/// Short texts that refuse something or ask for something: what a page answers when it will not do
/// what it was told. Each may stand there all the time; one that is new is the answer.
pub fn warnings(seen: &Observation) -> Vec<String> {
    const REFUSING: &[&str] = &[
        "must ",
        "required",
        "invalid",
        "not valid",
        "incorrect",
        "wrong",
        "error",
        "failed",
        "missing",
        "could not",
        "couldn't",
        "cannot",
        "can't",
        "unable",
        "not found",
        "not allowed",
        "not available",
        "not possible",
        "not enough",
        "not accepted",
        "denied",
        "refused",
        "rejected",
        "expired",
        "sold out",
        "already exists",
        "already taken",
        "already in use",
        "already registered",
        "already used",
        "not match",
        "n't match",
        "try again",
        "too short",
        "too long",
        "too many",
        "too few",
        "too large",
        "too small",
        "too high",
        "too low",
        "at least",
        "at most",
        "no such",
        "unknown",
        "sorry",
        "needs to be",
        "need to",
        "has to be",
        "have to",
        "first choose",
        "first select",
        "first enter",
        "not permitted",
        "forbidden",
        "nothing selected",
        "no item selected",
        "in the past",
        "not a valid",
    ];
    const PLEASE: &[&str] = &[
        "enter", "fill", "choose", "select", "check", "tick", "agree", "accept", "confirm",
        "provide", "correct", "try", "add", "pick", "complete", "give", "specify", "upload", "use",
        "log in", "sign in", "type", "tell", "answer", "state", "write", "read", "set", "mark",
        "name",
    ];
    let refuses = |text: &str| {
        let lower = text.to_lowercase();
        let please = lower
            .split("please ")
            .skip(1)
            .any(|it| PLEASE.iter().any(|word| it.starts_with(word)));
        please || REFUSING.iter().any(|it| lower.contains(it))
    };
    let texts = seen
        .nodes
        .iter()
        .filter(|it| it.role == "text" && it.text.len() < 160);
    texts
        .map(|it| &it.text)
        .filter(|it| refuses(it))
        .take(40)
        .cloned()
        .collect()
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
