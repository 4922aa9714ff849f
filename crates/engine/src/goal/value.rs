//! Values: as the goal gives them, or as the page does.

use super::phrase::{Ordinal, Phrase};

/// A value to type, choose or search for.
#[derive(Debug, Clone, PartialEq)]
pub enum Worth {
    /// Written in the goal.
    Given(String),
    /// Read from the page when it is needed: "the 3rd word of the paragraph".
    Read(Derivation),
    /// What the last clause before read: "it", "that".
    Remembered,
}

impl Worth {
    /// The value, if the goal gives it.
    #[must_use]
    pub fn given(&self) -> Option<&str> {
        match self {
            Self::Given(text) => Some(text),
            Self::Read(_) | Self::Remembered => None,
        }
    }
}

/// What a value is made from.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// A text in the goal.
    Text(String),
    /// Something on the page: a field's value or an element's text.
    Page(Phrase),
    /// Several things on the page: "the sum of Price and Tax".
    Several(Vec<Phrase>),
    /// What was read before.
    Remembered,
}

/// A value that is made from another by plain steps.
#[derive(Debug, Clone, PartialEq)]
pub struct Derivation {
    /// From what.
    pub from: Source,
    /// In the order they are done.
    pub steps: Vec<Step>,
}

/// One plain step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// This word of it.
    Word(Ordinal),
    /// This letter or digit of it.
    Letter(Ordinal),
    /// This line of it.
    Line(Ordinal),
    /// This sentence of it.
    Sentence(Ordinal),
    /// In lower case.
    Lower,
    /// In upper case.
    Upper,
    /// Each word with a capital.
    Title,
    /// Backwards.
    Reversed,
    /// How many words.
    CountWords,
    /// How many letters.
    CountLetters,
    /// The sum of its numbers.
    Sum,
    /// The difference of its two numbers.
    Difference,
    /// The product of its numbers.
    Product,
    /// The mean of its numbers.
    Average,
    /// The smallest of its numbers.
    Smallest,
    /// The largest of its numbers.
    Largest,
}
