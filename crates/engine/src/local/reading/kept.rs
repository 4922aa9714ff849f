//! What was read so far, in the log.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    extract::{self, Extract, Rows},
    goal::{Extraction, Slice},
};

/// Values read from several pages stand in one event of the log, which holds 64 KiB.
const MAX_BYTES: usize = 40 * 1024;
/// Most notes that are kept.
const MAX_NOTES: usize = 50;

/// What was read so far.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Kept {
    /// The address that was read last.
    pub page: String,
    /// The clause whose reading ended on another page than it began.
    pub turned: Option<usize>,
    /// Whether the last page was reached by scrolling.
    pub scrolled: bool,
    /// The values; null where a list goes.
    pub value: Value,
    /// The lists.
    pub lists: Vec<Rows>,
    /// Why parts of it are null.
    pub notes: Vec<String>,
}

impl Kept {
    /// Takes what was read; of a further page of the same clause, what comes to its lists. Says
    /// whether anything came.
    pub fn take(&mut self, read: Extract, further: bool, moved: bool) -> bool {
        if !further {
            self.notes.extend(
                read.notes
                    .into_iter()
                    .take(MAX_NOTES.saturating_sub(self.notes.len())),
            );
            merge(&mut self.value, read.value);
            for rows in read.lists {
                match self.lists.iter_mut().find(|it| it.pointer == rows.pointer) {
                    // The same property, read anew by a later clause.
                    Some(known) if known.rows.is_empty() => *known = rows,
                    Some(_) => {}
                    None => self.lists.push(rows),
                }
            }
            return true;
        }
        let mut fresh = false;
        for rows in read.lists {
            if let Some(known) = self.lists.iter_mut().find(|it| it.pointer == rows.pointer) {
                fresh |= known.extend(rows, !moved);
            }
        }
        fresh
    }

    /// Makes room for what a later part of the goal reads under a name that is taken: "the price of A
    /// and the price of B" are two values. What only tells more of what was read before takes its
    /// place.
    pub fn make_room(&mut self, read: &mut Extract, theirs: bool) {
        let Value::Object(values) = &mut read.value else {
            return;
        };
        let Value::Object(known) = &mut self.value else {
            return;
        };
        let taken: Vec<String> = values
            .keys()
            .filter(|it| known.contains_key(*it))
            .cloned()
            .collect();
        for key in taken {
            let pointer = format!("/{key}");
            if theirs {
                known.remove(&key);
                self.lists.retain(|it| it.pointer != pointer);
                continue;
            }
            let free = (2..100).map(|it| format!("{key}_{it}"));
            let Some(name) = free.into_iter().find(|it| !known.contains_key(it)) else {
                continue;
            };
            if let Some(value) = values.remove(&key) {
                values.insert(name.clone(), value);
            }
            for rows in read.lists.iter_mut().filter(|it| it.pointer == pointer) {
                rows.pointer = format!("/{name}");
            }
        }
    }

    /// Whether further pages belong to what is asked for.
    pub fn wants_more(&self, own: usize, wanted: &Extraction) -> bool {
        let mine = || {
            self.lists
                .iter()
                .filter(|it| it.by.is_none_or(|by| by == own))
        };
        let whole = wanted.tally.is_some()
            || wanted.most.is_some()
            || wanted.sorting.is_some()
            || matches!(wanted.slice, Some(Slice::Last(_)));
        match wanted.slice {
            _ if whole => true,
            Some(Slice::First(most)) => mine().any(|it| it.rows.len() < most),
            Some(Slice::Nth(nth)) => mine().any(|it| it.rows.len() < nth),
            _ if wanted.single => mine().any(|it| it.rows.is_empty()),
            _ => wanted.all || mine().any(|it| it.conditional),
        }
    }

    /// Whether there is no room for another page of values.
    pub fn is_full(&self) -> bool {
        serde_json::to_string(self).is_ok_and(|it| it.len() > MAX_BYTES)
    }

    /// The output, if anything was read; and what is to be said about it.
    ///
    /// # Errors
    /// In words, where the lists don't come to what is asked for.
    pub fn output(self, goal: &[Extraction]) -> Result<(Option<Value>, Vec<String>), String> {
        let mut notes = self.notes;
        if self.value.is_null() && self.lists.is_empty() {
            return Ok((None, notes));
        }
        let value = extract::settle(self.value, self.lists, goal, &mut notes)?;
        Ok((Some(value), notes))
    }
}

/// Later values come to earlier ones; what is there stays, but for null.
fn merge(into: &mut Value, more: Value) {
    match (into, more) {
        (Value::Object(into), Value::Object(more)) => {
            for (key, value) in more {
                match into.get_mut(&key) {
                    Some(known) => merge(known, value),
                    None => {
                        into.insert(key, value);
                    }
                }
            }
        }
        (into @ Value::Null, more) => *into = more,
        _ => {}
    }
}
