//! A goal in words, understood as clauses.

mod access;
mod address;
mod around;
mod bare;
mod choice;
mod clause;
mod condition;
mod control;
mod end;
mod extraction;
mod fill;
mod filler;
mod filter;
mod frame;
mod gap;
mod heading;
mod key;
mod kind;
mod line;
mod motion;
mod name;
mod order;
mod pair;
mod parse;
mod person;
mod phrase;
mod place;
mod question;
mod recast;
mod refer;
mod relative;
mod request;
mod said;
mod sending;
mod sentence;
mod spare;
mod statement;
mod token;
mod trailing;
mod typing;
mod value;
mod verb;
mod wording;
mod worth;
mod wrap;

pub use clause::{Ask, Clause, Given, Goal, NotUnderstood, Until, When};
pub use extraction::{Extraction, Slice, Sorting, Tally};
pub(crate) use extraction::{cardinal, is_plural};
pub use filter::{Filter, Test};
pub use parse::{Understood, parse, understand};
pub use phrase::{Kind, Ordinal, Phrase, Place, Relation, Superlative};
pub(crate) use question::joins;
pub use question::{Asked, Part, Question};
pub(crate) use said::{Said, said};
pub use value::{Derivation, Source, Step, Worth};

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

/// The passwords that a goal gives, to keep them out of what is written.
#[must_use]
pub fn secrets(goal: &str) -> Vec<String> {
    let clauses = understand(goal).clauses;
    let password = |clause: Clause| match clause.ask {
        Ask::LogIn { password, .. } => password,
        Ask::Fill {
            field: Some(field),
            value: Worth::Given(value),
        } => field
            .words
            .to_lowercase()
            .contains("password")
            .then_some(value),
        _ => None,
    };
    clauses.into_iter().filter_map(password).collect()
}
