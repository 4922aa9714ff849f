//! When what a model does changes nothing: remedies that cost little, in a fixed order, each once.

use errand_browser::{Node, Observation};
use errand_domain::{
    Action,
    action::{Condition, Scroll},
};
use serde::{Deserialize, Serialize};

use crate::engine::Done;

/// Steps without any change before something is tried.
const PATIENCE: u32 = 2;
/// How long a page that does nothing is waited for.
const WAIT_MS: u64 = 2_000;
/// Elements that are named in place of the one that does nothing.
const MAX_OTHERS: usize = 6;

/// How long nothing has changed, and what was tried.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Stall {
    /// The page before the last actions.
    before: String,
    /// Steps since anything changed.
    idle: u32,
    /// Remedies that were tried.
    tried: usize,
}

/// What is tried next.
#[derive(Debug)]
pub enum Remedy {
    /// Do this, and tell the model so.
    Act(Box<Action>, &'static str),
    /// Tell the model which other elements it could be, and show it a picture.
    Show(Option<String>),
    /// Nothing is left.
    GiveUp(String),
}

impl Stall {
    /// Takes what came of the last actions; what is to be tried, if nothing has changed for too
    /// long.
    pub fn look(&mut self, seen: &Observation, fresh: &[Done]) -> Option<Remedy> {
        if fresh.is_empty() {
            return None;
        }
        let same = self.before == seen.fingerprint && fresh.iter().all(is_idle);
        self.before.clone_from(&seen.fingerprint);
        if !same {
            self.idle = 0;
            return None;
        }
        if fresh.iter().all(is_remedy) {
            return None;
        }
        self.idle += 1;
        if self.idle < PATIENCE {
            return None;
        }
        let at = self.tried;
        self.tried += 1;
        Some(match at {
            0 => Remedy::Act(
                Box::new(Action::Scroll {
                    target: None,
                    to: Scroll::Down,
                }),
                "Nothing changed, so the page was scrolled down.",
            ),
            1 => Remedy::Act(
                Box::new(Action::Wait {
                    until: Condition::Elapsed,
                    timeout_ms: WAIT_MS,
                }),
                "Nothing changed, so the page was given two more seconds.",
            ),
            2 => Remedy::Show(others(seen, fresh).map(|others| {
                let others = super::view::fenced(&others);
                format!("Nothing changed again. It may be another element that is meant:\n{others}")
            })),
            _ => Remedy::GiveUp(format!(
                "nothing on the page changed in {} steps, the last: {}; scrolling, waiting and other \
                 elements were tried",
                self.idle,
                fresh
                    .last()
                    .map_or_else(String::new, |it| it.action.describe())
            )),
        })
    }
}

/// Whether an action left everything as it was.
pub fn is_idle(done: &Done) -> bool {
    let effect = &done.effect;
    !effect.navigated
        && !effect.changed
        && effect.value.is_none()
        && effect.checked.is_none()
        && effect.dialog.is_none()
        && effect.opened_tab.is_none()
        && effect.files.is_empty()
        && done.outside_requests == 0
}

fn is_remedy(done: &Done) -> bool {
    matches!(
        done.action,
        Action::Scroll { .. } | Action::Wait { .. } | Action::Hover { .. }
    )
}

/// Elements like the one that the last action was aimed at, a line each.
fn others(seen: &Observation, fresh: &[Done]) -> Option<String> {
    let target = fresh.iter().rev().find_map(|it| it.action.target())?;
    let words = |text: &str| -> Vec<String> {
        let words = text.split(|it: char| !it.is_alphanumeric());
        let words = words.filter(|it| it.len() > 2);
        words.map(str::to_lowercase).collect()
    };
    let wanted = words(&target.locator.name);
    let likeness = |node: &Node| {
        let name = words(&node.name);
        let shared = name.iter().filter(|it| wanted.contains(it)).count();
        shared * 2 + usize::from(node.role == target.locator.role)
    };
    let mut found: Vec<(usize, &Node)> = seen
        .nodes
        .iter()
        .filter(|it| it.interactive && it.id.as_deref().is_some_and(|id| id != target.element))
        .map(|it| (likeness(it), it))
        .filter(|(likeness, _)| *likeness > 0)
        .collect();
    found.sort_by_key(|(likeness, _)| std::cmp::Reverse(*likeness));
    let lines: Vec<String> = found
        .into_iter()
        .take(MAX_OTHERS)
        .filter_map(|(_, node)| {
            let id = node.id.as_deref()?;
            let name = errand_domain::text::clip(&node.name, 80);
            Some(format!("[{id}] {} \"{name}\"", node.role))
        })
        .collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}
