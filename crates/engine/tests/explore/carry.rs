//! The engine without a browser: pages that a test writes, and what is done on them.

use errand_browser::{Observation, observation::Choice};
use errand_domain::Action;
use errand_engine::{Decision, Done, Engine, Local, Turn};
use serde_json::Value;

use crate::page;

/// Where the pages are.
pub const HERE: &str = "https://example.test/";

/// Carries a goal through on a page that `change` changes, and says what was done and how it ended.
pub async fn carry(
    goal: &str,
    start: &str,
    change: impl Fn(&str) -> Option<(&'static str, &'static str)>,
) -> (Vec<String>, String) {
    let mut seen = show("https://example.test/", start);
    let mut memory = Value::Null;
    let mut history: Vec<Done> = Vec::new();
    let mut done = Vec::new();
    let mut fresh = 0;
    for _ in 0..60 {
        let turn = Turn {
            goal,
            schema: None,
            observation: &seen,
            reading: None,
            history: &history,
            fresh,
            memory: &memory,
            picture: None,
            answer: None,
        };
        match Local.decide(&turn).await {
            Decision::Act {
                actions,
                memory: next,
                ..
            } => {
                memory = next;
                fresh = actions.len();
                for action in actions {
                    let told = told(&action, &seen);
                    let mut effect = errand_domain::event::ActionEffect::default();
                    if let Some((url, page)) = change(&told) {
                        effect.changed = true;
                        effect.navigated = url != seen.url;
                        seen = show(url, page);
                    }
                    effect.url.clone_from(&seen.url);
                    if !matches!(action, Action::Wait { .. } | Action::Scroll { .. }) {
                        done.push(told);
                    }
                    history.push(Done {
                        action,
                        error: None,
                        effect,
                        outside_requests: 0,
                    });
                }
            }
            Decision::Stuck { reason, .. } => return (done, reason),
            Decision::Finish(_) => return (done, "finished".to_owned()),
            other => panic!("{other:?}"),
        }
    }
    panic!("no end: {done:?}");
}

pub fn show(url: &str, lines: &str) -> Observation {
    Observation {
        url: url.to_owned(),
        fingerprint: format!("{url} {}", lines.len()),
        ..page::page(lines)
    }
}

pub fn told(action: &Action, seen: &Observation) -> String {
    let target = action.target().map(|it| it.element.clone());
    let target = target.filter(|it| seen.node(it).is_some());
    format!("{} {}", action.kind(), target.unwrap_or_default())
        .trim()
        .to_owned()
}

/// Two lists with the same boats, one of them in a section of its own.
pub fn boats() -> Observation {
    let mut seen = show(
        HERE,
        "combobox \"Returned\" #returned\nregion \"New booking\"\n  combobox \"Boat\" #boat\n  textbox \"Member\" #member",
    );
    for at in [0, 2] {
        let choice = |label: &str| Choice {
            label: label.to_owned(),
            value: label.to_owned(),
            selected: false,
        };
        seen.nodes[at].options = vec![choice("Heron"), choice("Gull")];
    }
    seen
}

/// The first thing that is done about a goal, or how it ends.
pub async fn first(goal: &str, seen: &Observation) -> Decision {
    let mut memory = Value::Null;
    // A page that is filling is waited for.
    for _ in 0..20 {
        let turn = Turn {
            goal,
            schema: None,
            observation: seen,
            reading: None,
            history: &[],
            fresh: 0,
            memory: &memory,
            picture: None,
            answer: None,
        };
        match Local.decide(&turn).await {
            Decision::Act {
                actions,
                memory: next,
                ..
            } if matches!(actions[..], [Action::Wait { .. } | Action::Scroll { .. }]) => {
                memory = next;
            }
            other => return other,
        }
    }
    panic!("waits for ever");
}
