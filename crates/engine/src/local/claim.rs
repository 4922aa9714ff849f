//! Whether what was done bears the clause out.

use errand_browser::{Node, Observation, observation::Choice};
use errand_domain::{Action, FailureCategory, Target, event::Claim, text::squeeze};

use super::{
    form, login,
    memory::{Memory, Pending},
    plan::point,
    widget,
};
use crate::{
    engine::{Decision, Done, Turn},
    goal::{Ask, Clause, Goal, Ordinal},
};

/// Most elements of one clause that are remembered.
const MAX_TOUCHED: usize = 300;

/// Reads the outcome of the last decision's actions into the memory.
///
/// A clause whose action failed is tried once more on a fresh observation; then the run is stuck.
pub fn settle(goal: &Goal, turn: &Turn<'_>, memory: &mut Memory) -> Option<Decision> {
    let pending = std::mem::take(&mut memory.pending);
    if pending.is_empty() {
        return None;
    }
    let fresh = &turn.history[turn.history.len() - turn.fresh..];
    for (index, Pending { clause, stage }) in pending.iter().enumerate() {
        let Some(clause_of) = goal.clauses.get(*clause) else {
            continue;
        };
        let Some(done) = fresh.get(index) else {
            // Dropped, since an earlier action led elsewhere: decided anew on the new page.
            memory.at = *clause;
            memory.stage = *stage;
            return None;
        };
        if done.error.is_none()
            && let Some(target) = done.action.target()
            && memory.touched.len() < MAX_TOUCHED
        {
            memory.touched.push(target.element.clone());
        }
        if let Some(error) = &done.error {
            memory.failures += 1;
            memory.at = *clause;
            memory.stage = *stage;
            if memory.failures < 2 {
                return None;
            }
            return Some(Decision::Stuck {
                category: category(&done.action),
                reason: format!("\"{}\": {error}", clause_of.text),
                claims: memory.claims.clone(),
            });
        }
        let last_of_clause = pending
            .get(index + 1)
            .is_none_or(|next| next.clause != *clause);
        let moved_on = memory.at > *clause;
        if last_of_clause && moved_on {
            let of_clause: Vec<&Done> = pending
                .iter()
                .zip(fresh)
                .filter(|(it, _)| it.clause == *clause)
                .map(|(_, done)| done)
                .collect();
            // What was waited for before is no part of it.
            let acts = |it: &&Done| !matches!(it.action, Action::Wait { .. });
            let waits = matches!(clause_of.ask, Ask::Wait(_));
            let of_clause: Vec<&Done> = of_clause
                .into_iter()
                .filter(|it| waits || acts(it))
                .collect();
            let claim = judge(clause_of, &of_clause, turn.observation);
            if claim.holds != Some(true) {
                let reason = format!("\"{}\" was done, but {}", clause_of.text, claim.seen);
                let mut claims = memory.claims.clone();
                claims.push(claim);
                let category = match clause_of.ask {
                    Ask::LogIn { .. } => FailureCategory::AuthFailed,
                    Ask::Download(_) => FailureCategory::DownloadFailed,
                    _ => FailureCategory::VerificationFailed,
                };
                return Some(Decision::Stuck {
                    category,
                    reason,
                    claims,
                });
            }
            memory.claims.push(claim);
            memory.waits = 0;
            memory.failures = 0;
            memory.touched.clear();
        }
    }
    None
}

fn category(action: &Action) -> FailureCategory {
    match action {
        Action::Navigate { .. } | Action::Back | Action::Forward | Action::Reload => {
            FailureCategory::NavigationFailed
        }
        Action::Download { .. } => FailureCategory::DownloadFailed,
        _ => FailureCategory::ActionFailed,
    }
}

/// Whether the clause holds, by what the page shows afterwards.
fn judge(clause: &Clause, done: &[&Done], seen: &Observation) -> Claim {
    let text = clause.text.clone();
    let Some(last) = done.last() else {
        return Claim {
            clause: text,
            holds: None,
            evidence: "none".into(),
            seen: "nothing was done".into(),
        };
    };
    let effect = &last.effect;
    if let Some(status) = seen
        .status
        .filter(|status| *status >= 400 && effect.navigated)
        // A log-in that is refused has words for it.
        .filter(|_| !matches!(clause.ask, Ask::LogIn { .. }) || login::refused(seen).is_none())
    {
        let answer = format!("{} answered {status}", seen.url);
        return Claim {
            clause: text,
            holds: Some(false),
            evidence: "url".into(),
            seen: answer,
        };
    }
    if let Action::AnswerDialog { .. } = last.action {
        let gone = seen.dialog.is_none();
        return Claim {
            clause: text,
            holds: Some(gone),
            evidence: "text".into(),
            seen: format!("the dialog is answered: {gone}"),
        };
    }
    // What was clicked by its whole name is judged as a click, whatever its words might mean besides.
    let by_name = matches!(&last.action, Action::Click { .. })
        && matches!(
            clause.ask,
            Ask::Named(_) | Ask::Extract(_) | Ask::Check { .. } | Ask::Download(_)
        );
    if by_name && last.effect.files.is_empty() && last.effect.checked.is_none() {
        let (holds, evidence, seen) = pressed(done, seen);
        return Claim {
            clause: text,
            holds: Some(holds),
            evidence: evidence.to_owned(),
            seen,
        };
    }
    let chosen = || effect.value.clone().unwrap_or_default();
    let (holds, evidence, seen) = match &clause.ask {
        Ask::Open(_) | Ask::Back | Ask::Forward | Ask::Reload => (true, "url", effect.url.clone()),
        Ask::Fill { .. } | Ask::Select { .. } => every(done, seen),
        Ask::Clear(_) => (
            chosen().is_empty(),
            "value",
            format!("the field holds \"{}\"", chosen()),
        ),
        Ask::Check { .. } => every(done, seen),
        Ask::Focus(_) => {
            let target = last.action.target().map(|it| it.element.as_str());
            // What is gone with the click can't have the focus any more.
            let gone = target.is_none_or(|it| seen.node(it).is_none());
            let focused =
                target.is_some() && (seen.focus.as_deref() == target || gone && effect.changed);
            (focused, "value", format!("the focus is on it: {focused}"))
        }
        Ask::Expand { open, .. } => expanded(done, *open, seen),
        Ask::LogIn { .. } => {
            let refused = login::refused(seen);
            (
                refused.is_none(),
                "text",
                refused.unwrap_or_else(|| format!("signed in at {}", seen.url)),
            )
        }
        Ask::Download(_) => {
            let names: Vec<&str> = effect.files.iter().map(|it| &*it.filename).collect();
            match &*names {
                [] => (false, "file", "no file came of it".to_owned()),
                names => (true, "file", format!("{} arrived", names.join(", "))),
            }
        }
        Ask::Drag { onto, .. } if onto.ordinal.is_some() && point::is_position(onto) => {
            let stands = last
                .action
                .target()
                .and_then(|it| {
                    seen.nodes
                        .iter()
                        .position(|node| node.id.as_deref() == Some(&it.element))
                })
                .and_then(|at| point::standing(seen, at));
            let wanted = |(place, count): &(usize, usize)| match onto.ordinal {
                Some(Ordinal::Nth(nth)) => *place == nth,
                _ => place == count,
            };
            let told = stands.map_or_else(
                || "where it stands can't be told".to_owned(),
                |(place, count)| format!("it is number {place} of {count}"),
            );
            (stands.as_ref().is_some_and(wanted), "text", told)
        }
        Ask::Drag { .. } => (
            effect.changed,
            "text",
            format!("the page changed: {}", effect.changed),
        ),
        Ask::Click(_) | Ask::DoubleClick(_) => pressed(done, seen),
        Ask::Submit(_) | Ask::Search { .. } => pressed(&done[done.len() - 1..], seen),
        Ask::GoTo(_) => pressed(done, seen),
        Ask::Close(_) | Ask::Dialog { .. } => moved(done),
        _ => (true, "action", last.action.describe()),
    };
    Claim {
        clause: text,
        holds: Some(holds),
        evidence: evidence.to_owned(),
        seen,
    }
}

/// Whether each field, option and box has what it was given.
fn every(done: &[&Done], seen: &Observation) -> (bool, &'static str, String) {
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

/// Whether a list shows what was chosen.
fn selected(
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
fn expanded(done: &[&Done], open: bool, seen: &Observation) -> (bool, &'static str, String) {
    let state = done.last().and_then(|it| it.action.target());
    let state = state
        .and_then(|it| seen.node(&it.element))
        .and_then(|it| it.expanded);
    match state {
        Some(state) => (state == open, "value", format!("it is open: {state}")),
        None => moved(done),
    }
}

/// Whether something came of each click, and the page does not complain.
fn pressed(done: &[&Done], seen: &Observation) -> (bool, &'static str, String) {
    let button = done.last().and_then(|it| it.action.target());
    let sends = button.is_none_or(|it| it.locator.role == "button");
    if sends && let Some(complaint) = complaint(seen) {
        return (false, "text", complaint);
    }
    let stays = done
        .iter()
        .all(|it| !it.effect.navigated && it.outside_requests == 0);
    if stays && let Some(refused) = button.and_then(|it| withheld(seen, &it.element)) {
        return (false, "value", refused);
    }
    if sends
        && stays
        && let Some(text) = remark(seen)
    {
        return (false, "text", format!("the page says \"{text}\""));
    }
    for it in done {
        let judged = moved(&[*it]);
        if !judged.0 {
            return judged;
        }
    }
    moved(done)
}

/// What the page says against what it was sent: an alert of an error, a field that it refuses.
fn complaint(seen: &Observation) -> Option<String> {
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
        crate::ground::name(refused)
    ))
}

/// What a form that its button did not send still wants: the browser itself holds it back.
fn withheld(seen: &Observation, button: &str) -> Option<String> {
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
    Some(format!(
        "{} must be filled first",
        crate::ground::name(wanted)
    ))
}

/// A short text that asks for something after a form was to be sent.
fn remark(seen: &Observation) -> Option<String> {
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

/// Whether anything came of a click.
fn moved(done: &[&Done]) -> (bool, &'static str, String) {
    for it in done.iter().rev() {
        let effect = &it.effect;
        if effect.navigated {
            return (true, "url", format!("the page is now {}", effect.url));
        }
        if let Some(tab) = &effect.opened_tab {
            return (true, "url", format!("it opened the tab {tab}"));
        }
        if let Some(message) = &effect.dialog {
            return (true, "text", format!("the page says \"{message}\""));
        }
        if it.outside_requests > 0 {
            return (
                true,
                "request",
                format!("it sent {} requests", it.outside_requests),
            );
        }
        if effect.changed {
            return (true, "text", "the page changed".to_owned());
        }
    }
    (false, "text", "nothing on the page changed".to_owned())
}

/// Whether a field holds what was typed.
fn filled(wanted: &str, done: &Done, seen: &Observation) -> (bool, &'static str, String) {
    let node = done.action.target().and_then(|it| seen.node(&it.element));
    let Some(have) = &done.effect.value else {
        let holds = node.is_none_or(|it| it.filled);
        return (holds, "value", format!("the field is filled: {holds}"));
    };
    let holds = widget::holds(wanted, have, node);
    (holds, "value", format!("the field holds \"{have}\""))
}
