//! What a run has used, and what it may.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::{Cost, Prices, Usage};

/// The smallest answer that is worth asking for, in tokens.
const LEAST_OUTPUT: u64 = 16;

/// What a run may use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limits {
    /// Prompt and answer tokens of all calls together.
    pub max_tokens: Option<u64>,
    /// Cost of all calls together. Models without known prices are then not asked.
    pub max_cost: Option<Cost>,
}

/// What a run has used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spent {
    /// Requests that were answered.
    pub calls: u64,
    /// Their tokens.
    pub usage: Usage,
    /// Their cost, as far as prices are known.
    pub cost: Cost,
    /// Whether a call without known prices or usage is missing in `cost`.
    pub cost_is_partial: bool,
}

/// Counts what the models of a run use, and stops it before a call that must cross a limit.
///
/// The answer of each call is bounded to what is left, so that a run ends below its limits but
/// for what a provider counts otherwise than expected; calls made at the same time may each use
/// what is left.
#[derive(Debug)]
pub struct Meter {
    limits: Limits,
    spent: Mutex<Spent>,
}

impl Meter {
    /// Starts at nothing.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self::resumed(limits, Spent::default())
    }

    /// Only counts.
    #[must_use]
    pub fn unlimited() -> Self {
        Self::new(Limits::default())
    }

    /// Goes on from what the run's log says was used before.
    #[must_use]
    pub fn resumed(limits: Limits, spent: Spent) -> Self {
        Self {
            limits,
            spent: Mutex::new(spent),
        }
    }

    /// What was used so far.
    #[must_use]
    pub fn spent(&self) -> Spent {
        *self.locked()
    }

    /// What may be used.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// How many tokens the answer to a prompt of at least `input` tokens may have.
    ///
    /// # Errors
    /// Why the call must not be made, in words.
    pub(crate) fn room(&self, input: u64, prices: Option<Prices>) -> Result<u64, String> {
        let spent = self.spent();
        let mut room = u64::MAX;
        if let Some(max) = self.limits.max_tokens {
            let used = spent.usage.total();
            let left = max.saturating_sub(used);
            room = left.saturating_sub(input);
            if room < LEAST_OUTPUT {
                return Err(format!(
                    "max_tokens of the run is {max}; {used} are used, and the next call would \
                     need at least {}",
                    input + LEAST_OUTPUT
                ));
            }
        }
        if let Some(max) = self.limits.max_cost {
            let Some(prices) = prices else {
                return Err(
                    "the run has a max_cost, and the model's prices are not set, so that \
                            its cost is not known"
                        .to_owned(),
                );
            };
            // All of the prompt may come from the cache, which is the cheapest it can be.
            let least = Usage {
                input,
                cached_input: input,
                ..Usage::default()
            };
            let left = max.minus(spent.cost).minus(prices.of(least));
            let affordable = left.tokens(prices.output);
            if affordable < LEAST_OUTPUT {
                return Err(format!(
                    "max_cost of the run is {max}; {} are used, and the next call would cost more \
                     than is left",
                    spent.cost
                ));
            }
            room = room.min(affordable);
        }
        Ok(room)
    }

    pub(crate) fn count(&self, usage: Option<Usage>, cost: Option<Cost>) {
        let mut spent = self.locked();
        spent.calls += 1;
        spent.usage += usage.unwrap_or_default();
        match cost {
            Some(cost) => spent.cost += cost,
            None => spent.cost_is_partial = true,
        }
    }

    fn locked(&self) -> MutexGuard<'_, Spent> {
        self.spent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
