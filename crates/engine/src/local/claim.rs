//! Whether what was done bears the clause out.

use errand_browser::Observation;
use errand_domain::{Action, FailureCategory, event::Claim, text::squeeze};

use super::{
    login,
    memory::{Memory, Pending},
};
use crate::{
    engine::{Decision, Done, Turn},
    goal::{Ask, Clause, Goal},
};

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
            let claim = judge(clause_of, &of_clause, turn.observation);
            if claim.holds != Some(true) {
                let reason = format!("\"{}\" was done, but {}", clause_of.text, claim.seen);
                let mut claims = memory.claims.clone();
                claims.push(claim);
                let category = match clause_of.ask {
                    Ask::LogIn { .. } => FailureCategory::AuthFailed,
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
    {
        let answer = format!("{} answered {status}", seen.url);
        return Claim {
            clause: text,
            holds: Some(false),
            evidence: "url".into(),
            seen: answer,
        };
    }
    let chosen = || effect.value.clone().unwrap_or_default();
    let (holds, evidence, seen) = match &clause.ask {
        Ask::Open(_) | Ask::Back | Ask::Forward | Ask::Reload => (true, "url", effect.url.clone()),
        Ask::Fill { value, .. } => match &last.action {
            Action::Type { text, .. } => filled(value.given().unwrap_or(text), last, seen),
            Action::Select { .. } => (true, "value", format!("selected \"{}\"", chosen())),
            _ => (true, "value", format!("checked: {:?}", effect.checked)),
        },
        Ask::Clear(_) => (
            chosen().is_empty(),
            "value",
            format!("the field holds \"{}\"", chosen()),
        ),
        Ask::Select { .. } => match effect.checked {
            Some(checked) => (checked, "value", format!("it is checked: {checked}")),
            None => (true, "value", format!("selected \"{}\"", chosen())),
        },
        Ask::Check { on, .. } => {
            let state = effect.checked;
            (
                state.is_some() && on.is_none_or(|on| state == Some(on)),
                "value",
                format!("it is checked: {state:?}"),
            )
        }
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
        Ask::Drag { .. } => (
            effect.changed,
            "text",
            format!("the page changed: {}", effect.changed),
        ),
        Ask::Click(_)
        | Ask::DoubleClick(_)
        | Ask::GoTo(_)
        | Ask::Submit(_)
        | Ask::Search { .. } => moved(done),
        _ => (true, "action", last.action.describe()),
    };
    Claim {
        clause: text,
        holds: Some(holds),
        evidence: evidence.to_owned(),
        seen,
    }
}

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

/// Whether a field holds what was typed. A field may rewrite it (a mask, a date): letters and
/// digits count then.
fn filled(wanted: &str, done: &Done, seen: &Observation) -> (bool, &'static str, String) {
    let Some(have) = &done.effect.value else {
        let node = done.action.target().and_then(|it| seen.node(&it.element));
        let holds = node.is_none_or(|it| it.filled);
        return (holds, "value", format!("the field is filled: {holds}"));
    };
    let bare = |text: &str| -> String {
        text.chars()
            .filter(|it| it.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect()
    };
    let same = squeeze(have) == squeeze(wanted) || bare(have) == bare(wanted);
    let digits = |text: &str| {
        let mut digits: Vec<char> = text.chars().filter(char::is_ascii_digit).collect();
        digits.sort_unstable();
        digits
    };
    let date = !digits(wanted).is_empty() && digits(have) == digits(wanted);
    (same || date, "value", format!("the field holds \"{have}\""))
}
