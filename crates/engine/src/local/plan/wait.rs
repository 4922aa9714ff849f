//! Waiting for something, and looking whether it is so.

use errand_domain::{Action, FailureCategory, action::Condition};

use super::{Desk, Missing, Plan, condition::shown};
use crate::{
    goal::{Phrase, Until, When},
    local::memory::Memory,
};

/// Waits of one clause, in milliseconds: about half a minute.
const WAITS: &[u64] = &[250, 500, 1_000, 2_000, 4_000, 8_000, 14_000];

/// Waits.
pub fn plan(desk: &Desk<'_>, until: &Until, memory: &Memory) -> Plan {
    let (what, present) = match until {
        Until::Millis(timeout_ms) => return wait(desk, Condition::Elapsed, *timeout_ms),
        Until::Settled => return wait(desk, Condition::Settled, 10_000),
        Until::Shown(what) => (what, true),
        Until::Gone(what) => (what, false),
    };
    let there = shown(desk.seen, what);
    if there.is_some() == present {
        return desk.met(
            "text",
            match there {
                Some(text) => format!("the page shows \"{text}\""),
                None => format!("the page shows no \"{}\"", name(what)),
            },
        );
    }
    let Some(timeout_ms) = WAITS.get(memory.stage as usize) else {
        let state = if present {
            "did not appear"
        } else {
            "is still there"
        };
        return Plan::Fail {
            category: FailureCategory::ElementNotFound,
            reason: format!(
                "\"{}\" {state} within 30 s on {}",
                name(what),
                desk.seen.url
            ),
        };
    };
    let until = if present && what.quoted {
        Condition::Text(what.words.clone())
    } else {
        Condition::Elapsed
    };
    Plan::Stay {
        actions: vec![Action::Wait {
            until,
            timeout_ms: *timeout_ms,
        }],
        thought: desk.clause.text.clone(),
        stage: memory.stage + 1,
    }
}

fn wait(desk: &Desk<'_>, until: Condition, timeout_ms: u64) -> Plan {
    desk.act(vec![Action::Wait { until, timeout_ms }], true)
}

/// Looks whether something is so.
pub fn verify(desk: &Desk<'_>, when: &When) -> Plan {
    let there = shown(desk.seen, &when.what);
    let what = name(&when.what);
    match there {
        Some(text) if when.present => desk.met("text", format!("the page shows \"{text}\"")),
        None if !when.present => desk.met("text", format!("the page shows no \"{what}\"")),
        there => Plan::Missing(Missing {
            category: FailureCategory::VerificationFailed,
            reason: match there {
                Some(text) => format!("{} shows \"{text}\"", desk.seen.url),
                None => format!("{} does not show \"{what}\"", desk.seen.url),
            },
        }),
    }
}

fn name(what: &Phrase) -> String {
    match what.kind {
        Some(kind) if what.words.is_empty() => format!("{kind:?}").to_lowercase(),
        _ => what.words.clone(),
    }
}
