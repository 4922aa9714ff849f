//! Whether a record says something: whole words, not turned around by a word before them.

use super::{convert::negated, record::Record};
use crate::ground::{words, words_stem};

/// The words of a text, to look for in many records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    words: Vec<String>,
}

impl Said {
    /// Of a text.
    pub fn new(text: &str) -> Self {
        Self { words: words(text) }
    }

    /// Whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether a text is these words and no others.
    pub fn is(&self, text: &str) -> bool {
        words(text) == self.words
    }

    /// Whether a text says these words in this order; the last one also in the plural.
    pub fn is_in(&self, text: &str) -> bool {
        // Cheap and right for most: a text without the first word says nothing of it.
        let Some(first) = self.words.first() else {
            return false;
        };
        if !contains(text, words_stem(first)) {
            return false;
        }
        let have = words(text);
        let length = self.words.len();
        have.windows(length).enumerate().any(|(at, window)| {
            let same = window[..length - 1] == self.words[..length - 1]
                && (window[length - 1] == self.words[length - 1]
                    || words_stem(&window[length - 1]) == words_stem(&self.words[length - 1]));
            same && !negated(&have[..at])
        })
    }

    /// Whether a text says all of these words, in any order.
    pub fn all_in(&self, text: &str) -> bool {
        let have = words(text);
        let stems: Vec<&str> = have.iter().map(|it| words_stem(it)).collect();
        !self.words.is_empty() && self.words.iter().all(|it| stems.contains(&words_stem(it)))
    }

    /// Whether a record says it: in its words, its marks, or the row above that divides the table.
    pub fn in_record(&self, record: &Record) -> bool {
        let meant = || {
            record
                .cells
                .iter()
                .flatten()
                .filter_map(|it| it.value.as_deref())
        };
        self.is_in(&record.text) || self.is_in(&record.section) || meant().any(|it| self.is_in(it))
    }
}

fn contains(text: &str, word: &str) -> bool {
    if text.is_ascii() && word.is_ascii() {
        let (text, word) = (text.as_bytes(), word.as_bytes());
        return text.len() >= word.len()
            && text
                .windows(word.len())
                .any(|it| it.eq_ignore_ascii_case(word));
    }
    text.to_lowercase().contains(word)
}
