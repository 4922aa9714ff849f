//! What calls cost, without rounding on the way.

use std::{fmt, iter::Sum, ops::AddAssign};

use serde::{Deserialize, Serialize};

use crate::Usage;

/// An amount of money in the currency of the price table, counted in millionths of millionths
/// (10⁻¹²): a token at a price with six decimals per million tokens is a whole number of them, so
/// sums are exact. Saturates at 18 million.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Cost(u64);

impl Cost {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// So many millionths (10⁻⁶).
    #[must_use]
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros.saturating_mul(1_000_000))
    }

    /// Millionths (10⁻⁶), half a millionth rounded up. Round sums, not their parts.
    #[must_use]
    pub fn micros(self) -> u64 {
        self.0 / 1_000_000 + u64::from(self.0 % 1_000_000 >= 500_000)
    }

    /// The sum, or the largest amount there is.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// What is left after `other`, nothing at least.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// How many tokens this pays for at so many millionths per million tokens.
    pub(crate) fn tokens(self, price: u64) -> u64 {
        self.0.checked_div(price).unwrap_or(u64::MAX)
    }
}

impl AddAssign for Cost {
    fn add_assign(&mut self, other: Self) {
        *self = self.plus(other);
    }
}

impl Sum for Cost {
    fn sum<I: Iterator<Item = Self>>(costs: I) -> Self {
        costs.fold(Self::ZERO, Self::plus)
    }
}

/// As a decimal with six places: `0.001250`.
impl fmt::Display for Cost {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = self.micros();
        write!(
            formatter,
            "{}.{:06}",
            micros / 1_000_000,
            micros % 1_000_000
        )
    }
}

/// What a million tokens cost, each in millionths: 2.5 is 2,500,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prices {
    /// Prompt.
    pub input: u64,
    /// Prompt from the provider's cache.
    pub cached_input: u64,
    /// Prompt written to the provider's cache.
    pub cache_write: u64,
    /// Answer.
    pub output: u64,
}

impl Prices {
    /// What so many tokens cost, exactly.
    #[must_use]
    pub fn of(&self, usage: Usage) -> Cost {
        let special = usage.cached_input.saturating_add(usage.cache_write);
        let plain = usage.input.saturating_sub(special);
        [
            (plain, self.input),
            (usage.cached_input, self.cached_input),
            (usage.cache_write, self.cache_write),
            (usage.output, self.output),
        ]
        .into_iter()
        .map(|(tokens, price)| Cost(tokens.saturating_mul(price)))
        .sum()
    }
}
