//! Noticing that a run goes in circles.

use std::collections::HashMap;

use errand_browser::Observation;
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
    pub fn is_loop(&mut self, seen: &Observation, actions: &[Action]) -> bool {
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
        let mut key = format!("{}|{}", seen.fingerprint, described.join("|"));
        // Keys may move the focus or the view and nothing else.
        let is_key = |it: &Action| matches!(it, Action::PressKeys { target: None, .. });
        if actions.iter().all(is_key) {
            let tops = seen.nodes.iter().filter_map(|it| it.rect);
            let tops: f64 = tops.map(|[_, top, ..]| top).sum();
            let focus = seen.focus.as_deref().unwrap_or_default();
            key = format!("{focus}|{tops:.0}|{key}");
        }
        let count = self.seen.entry(key).or_default();
        *count += 1;
        *count >= TIMES
    }
}
