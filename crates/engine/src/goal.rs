//! A goal in words, understood as clauses.

mod clause;
mod fill;
mod parse;
mod phrase;
mod token;
mod verb;

pub use clause::{Ask, Clause, Extraction, Goal, Kind, NotUnderstood, Ordinal, Phrase, Until};
pub use parse::parse;

/// The words of a goal that say something about a page, to look at fitting parts of it first.
#[must_use]
pub fn words(goal: &str) -> Vec<String> {
    let mut words = crate::ground::words(goal);
    words.retain(|word| word.len() > 3);
    words.sort();
    words.dedup();
    words.truncate(40);
    words
}
