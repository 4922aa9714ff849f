//! What the engine remembers between decisions.

use errand_domain::event::Claim;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{explore::Try, reading::Kept};

/// Most notes that a run tells.
const MAX_NOTES: usize = 60;

/// An action of the last decision, and the clause it was for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// Index of the clause.
    pub clause: usize,
    /// The clause's stage when the action was decided.
    pub stage: u32,
}

/// In the log as JSON; the engine itself keeps nothing.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// Index of the clause that is next.
    pub at: usize,
    /// Where in that clause.
    pub stage: u32,
    /// How often something was waited for in this clause.
    pub waits: usize,
    /// How often the clause's action failed.
    pub failures: u32,
    /// The actions of the last decision, in order.
    pub pending: Vec<Pending>,
    /// What was decided of the clauses so far.
    pub claims: Vec<Claim>,
    /// Whether the clause's condition was seen to hold.
    pub condition_held: bool,
    /// Elements that the clause's action was done to.
    pub touched: Vec<String>,
    /// The value that the last clause before read.
    pub value: Option<String>,
    /// What the page warned of before the last decision's actions.
    pub warned: Vec<String>,
    /// What was tried to find what the clause names.
    pub tried: Vec<Try>,
    /// What was read so far.
    pub kept: Kept,
    /// Why parts of the output are null.
    pub notes: Vec<String>,
}

impl Memory {
    /// From the log.
    pub fn read(memory: &Value) -> Self {
        Self::deserialize(memory).unwrap_or_default()
    }

    /// For the log.
    pub fn write(self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// Says something about the output, once.
    pub fn note(&mut self, note: String) {
        if self.notes.len() < MAX_NOTES && !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// On to the next clause.
    pub fn next(&mut self) {
        self.at += 1;
        self.stage = 0;
        self.waits = 0;
        self.failures = 0;
        self.condition_held = false;
        self.touched.clear();
    }
}
