//! What fields, lists and sections say of themselves afterwards.

use errand_browser::{Observation, observation::Choice};
use errand_domain::{Action, Target, text::squeeze};

use super::change::moved;
use crate::{engine::Done, local::widget};

/// Whether each field, option and box has what it was given.
pub fn every(done: &[&Done], seen: &Observation) -> (bool, &'static str, String) {
    let mut told = Vec::new();
    for it in done {
        let effect = &it.effect;
        let (holds, evidence, text) = match &it.action {
            Action::Type { text, .. } => filled(text, it, seen),
            Action::Check { checked, .. } => match effect.checked {
                Some(state) => (
                    state == *checked,
                    "value",
                    format!("it is checked: {state}"),
                ),
                None => (
                    false,
                    "value",
                    "whether it is checked is not to be seen".to_owned(),
                ),
            },
            Action::Select {
                options, target, ..
            } => selected(options, target, it, seen),
            Action::Click { .. } => {
                let (holds, evidence, text) = moved(&[*it]);
                let state = it.action.target().and_then(|it| seen.node(&it.element));
                match state.and_then(|node| node.selected.or(node.checked)) {
                    Some(true) => (true, "value", "it is selected".to_owned()),
                    _ => (holds, evidence, text),
                }
            }
            _ => continue,
        };
        if !holds {
            return (false, evidence, text);
        }
        told.push((evidence, text));
    }
    let evidence = told.first().map_or("value", |(evidence, _)| evidence);
    let texts: Vec<String> = told.into_iter().map(|(_, text)| text).take(10).collect();
    (!texts.is_empty(), evidence, texts.join("; "))
}

/// Whether each field took what it was given, as it was read back then: the form may be gone by now.
pub fn took(done: &[&Done], seen: &Observation) -> (bool, String) {
    for it in done {
        let effect = &it.effect;
        let holds = match &it.action {
            Action::Type { text, target, .. } => {
                let have = effect.value.as_deref().unwrap_or_default();
                widget::holds(text, have, seen.node(&target.element))
            }
            Action::Select { options, .. } => {
                let have = squeeze(effect.value.as_deref().unwrap_or_default()).to_lowercase();
                options
                    .iter()
                    .all(|it| have.contains(&squeeze(it).to_lowercase()))
            }
            Action::Check { checked, .. } => effect.checked == Some(*checked),
            _ => true,
        };
        if !holds {
            let have = effect.value.clone().unwrap_or_default();
            return (
                false,
                format!("a field held \"{have}\" after it was filled"),
            );
        }
    }
    (true, String::new())
}

/// Whether the field holds the file, or the page took it at once.
pub fn given(done: &Done) -> (bool, &'static str, String) {
    let effect = &done.effect;
    let holds = effect.value.clone().unwrap_or_default();
    let Action::Upload { files, .. } = &done.action else {
        return (false, "file", "no file was given".to_owned());
    };
    // Only the server knows the name of a file that has an address.
    let named = |file: &String| file.contains("://") || holds.contains(file.as_str());
    if !holds.is_empty() {
        let told = format!("the field holds \"{holds}\"");
        return (files.iter().all(named), "file", told);
    }
    let taken = effect.changed && done.outside_requests > 0;
    (taken, "file", format!("the page sent it at once: {taken}"))
}

/// Whether a list shows what was chosen.
pub fn selected(
    options: &[String],
    target: &Target,
    done: &Done,
    seen: &Observation,
) -> (bool, &'static str, String) {
    let bare = |text: &str| squeeze(text).to_lowercase();
    let node = seen.node(&target.element);
    let known = node.map(|it| &it.options[..]).unwrap_or_default();
    if known.iter().any(|it| it.selected) {
        let chosen = |option: &String| {
            let fits = |it: &&Choice| bare(&it.label) == bare(option) || it.value == *option;
            known.iter().filter(|it| it.selected).any(|it| fits(&it))
        };
        let names: Vec<&str> = known
            .iter()
            .filter(|it| it.selected)
            .map(|it| &*it.label)
            .collect();
        let holds = options.iter().all(chosen);
        return (
            holds,
            "value",
            format!("selected \"{}\"", names.join("\", \"")),
        );
    }
    match &done.effect.value {
        Some(value) => {
            let have = bare(value);
            let holds = options
                .iter()
                .all(|it| have.contains(&bare(it)) || bare(it).contains(&have) && !have.is_empty());
            (holds, "value", format!("selected \"{value}\""))
        }
        None => moved(&[done]),
    }
}

/// Whether a section is open or closed: by its own state, or by what came and went with it.
pub fn expanded(done: &[&Done], open: bool, seen: &Observation) -> (bool, &'static str, String) {
    let state = done.last().and_then(|it| it.action.target());
    let state = state
        .and_then(|it| seen.node(&it.element))
        .and_then(|it| it.expanded);
    match state {
        Some(state) => (state == open, "value", format!("it is open: {state}")),
        None => moved(done),
    }
}

/// Whether a field holds what was typed.
pub fn filled(wanted: &str, done: &Done, seen: &Observation) -> (bool, &'static str, String) {
    let node = done.action.target().and_then(|it| seen.node(&it.element));
    let Some(have) = &done.effect.value else {
        let holds = node.is_none_or(|it| it.filled);
        return (holds, "value", format!("the field is filled: {holds}"));
    };
    let holds = widget::holds(wanted, have, node);
    (holds, "value", format!("the field holds \"{have}\""))
}
