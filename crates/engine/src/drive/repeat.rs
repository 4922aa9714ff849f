//! Noticing that a run goes in circles.

use std::collections::HashMap;

use errand_domain::{Action, action::Gesture};

/// The same decision on the same page so many times is a loop.
const TIMES: u32 = 6;

/// Counts decisions by page and actions.
#[derive(Debug, Default)]
pub struct Repeats {
    seen: HashMap<String, u32>,
}

impl Repeats {
    /// Whether this decision was made on the same page too often. Waiting is no loop: it is
    /// bounded by the engine.
    pub fn is_loop(&mut self, fingerprint: &str, actions: &[Action]) -> bool {
        let moves_nothing = |action: &Action| match action {
            Action::Pointer { gesture, .. } => matches!(gesture, Gesture::Scroll { .. }),
            other => matches!(other, Action::Wait { .. } | Action::Scroll { .. }),
        };
        if actions.iter().all(moves_nothing) {
            return false;
        }
        let described: Vec<String> = actions
            .iter()
            .map(|action| {
                let element = action.target().map_or("", |target| &target.element);
                format!("{}{element}", action.describe())
            })
            .collect();
        let key = format!("{fingerprint}|{}", described.join("|"));
        let count = self.seen.entry(key).or_default();
        *count += 1;
        *count >= TIMES
    }
}
