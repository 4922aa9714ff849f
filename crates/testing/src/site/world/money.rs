//! Amounts of money.

use std::fmt;

/// An amount in cents; shown as `$1,234.50`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Money(pub u64);

impl Money {
    /// The amount as JSON would have it.
    pub fn number(self) -> f64 {
        self.0 as f64 / 100.0
    }

    /// Without sign and separators, as in a CSV file: `1234.50`.
    pub fn plain(self) -> String {
        format!("{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = (self.0 / 100).to_string();
        let mut grouped = String::new();
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        write!(out, "${grouped}.{:02}", self.0 % 100)
    }
}
