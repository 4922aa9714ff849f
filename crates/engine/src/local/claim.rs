//! Whether what was done bears the clause out.

mod change;
mod complaint;
mod lapse;
mod state;

use errand_browser::Observation;
use errand_domain::{Action, FailureCategory, event::Claim};

pub use lapse::{asked_back, lapsed};

use self::{
    change::{moved, pressed},
    complaint::warnings,
    state::{every, expanded, given, took},
};
use super::{
    login,
    memory::{Memory, Pending},
    plan::point,
};
use crate::{
    engine::{Decision, Done, Turn},
    goal::{Ask, Clause, Goal, Ordinal},
};

/// Most elements of one clause that are remembered.
const MAX_TOUCHED: usize = 300;

/// What the page warns of before a clause is carried out: what it warns of afterwards is the answer.
pub fn prepare(clause: &Clause, seen: &Observation, memory: &mut Memory) {
    memory.warned.clear();
    let presses = matches!(
        clause.ask,
        Ask::Click(_) | Ask::Submit(_) | Ask::GoTo(_) | Ask::Named(_) | Ask::Search { .. }
    );
    if presses {
        memory.warned = warnings(seen);
    }
}

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
            let claim = judge(clause_of, &of_clause, turn.observation, &memory.warned);
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
fn judge(clause: &Clause, done: &[&Done], seen: &Observation, warned: &[String]) -> Claim {
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
    // A form that was filled in and sent for one order.
    let fills = |it: &&Done| {
        matches!(
            it.action,
            Action::Type { .. } | Action::Select { .. } | Action::Check { .. }
        )
    };
    let composed = matches!(
        clause.ask,
        Ask::Click(_) | Ask::Named(_) | Ask::Fill { .. } | Ask::Search { .. } | Ask::Clear(_)
    );
    if matches!(clause.ask, Ask::Click(_) | Ask::Named(_)) && done.iter().all(fills) {
        let (holds, evidence, seen) = every(done, seen);
        return Claim {
            clause: text,
            holds: Some(holds),
            evidence: evidence.to_owned(),
            seen,
        };
    }
    if let (true, [fields @ .., press]) = (composed, done)
        && !fields.is_empty()
        && fields.iter().copied().all(|it| fills(&it))
        && matches!(press.action, Action::Click { .. })
    {
        let (held, told) = took(fields, seen);
        let (holds, evidence, seen) = match held {
            true => pressed(&[*press], seen, warned),
            false => (false, "value", told),
        };
        return Claim {
            clause: text,
            holds: Some(holds),
            evidence: evidence.to_owned(),
            seen,
        };
    }
    // What was clicked by its whole name is judged as a click, whatever its words might mean besides.
    let by_name = matches!(&last.action, Action::Click { .. })
        && matches!(
            clause.ask,
            Ask::Named(_)
                | Ask::Extract(_)
                | Ask::Check { .. }
                | Ask::Download(_)
                | Ask::Clear(_)
                | Ask::Fill { .. }
        );
    if by_name && last.effect.files.is_empty() && last.effect.checked.is_none() {
        let (holds, evidence, seen) = pressed(done, seen, warned);
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
            let files = done.iter().flat_map(|it| &it.effect.files);
            let names: Vec<&str> = files.map(|it| &*it.filename).collect();
            let asked = |it: &&&Done| matches!(it.action, Action::Download { .. });
            let without = done.iter().filter(asked);
            let without = without.filter(|it| it.effect.files.is_empty()).count();
            match (&*names, without) {
                ([], _) => (false, "file", "no file came of it".to_owned()),
                (names, 0) => (true, "file", format!("{} arrived", names.join(", "))),
                (names, _) => (
                    false,
                    "file",
                    format!("{} arrived, and {without} did not", names.join(", ")),
                ),
            }
        }
        Ask::Upload { .. } => given(last),
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
        Ask::Click(_) | Ask::DoubleClick(_) => pressed(done, seen, warned),
        Ask::Submit(_) | Ask::Search { .. } => pressed(&done[done.len() - 1..], seen, warned),
        Ask::GoTo(_) => pressed(done, seen, warned),
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
