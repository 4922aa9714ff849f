//! Everything that one call of a model was.

use std::time::Duration;

use bytes::Bytes;

use crate::{Cost, Error, Kind, Reply, Usage};

/// A call with all its tries.
#[derive(Debug, Clone)]
pub struct Call {
    /// How it ended.
    pub answer: Result<Reply, Error>,
    /// Each time that something was sent, in order; empty if nothing was.
    pub tries: Vec<Try>,
}

/// One request on the wire and what came back. Keys are in neither: they travel in headers, and
/// are taken out of bodies.
#[derive(Debug, Clone)]
pub struct Try {
    /// Which configured model.
    pub model: String,
    /// Where it was sent, without query.
    pub url: String,
    /// How long was waited before it: for a rate limit, or before trying again.
    pub waited: Duration,
    /// From sending to the answer's last byte.
    pub took: Duration,
    /// The body that was sent, exactly.
    pub request: Bytes,
    /// The status that came back, if one did.
    pub status: Option<u16>,
    /// The body that came back; empty if none did.
    pub response: Bytes,
    /// What this try used, where that is known.
    pub usage: Option<Usage>,
    /// What that costs; None if usage or prices are not known.
    pub cost: Option<Cost>,
    /// Why it brought no reply, if it didn't.
    pub error: Option<Error>,
}

impl Try {
    /// Whether the provider may have worked for it, though how much was never told: the answer was
    /// cut off, came too late or was too long.
    pub(crate) fn is_uncounted(&self) -> bool {
        let kind = self.error.as_ref().map(|it| it.kind);
        let lost = matches!(
            kind,
            Some(Kind::Truncated | Kind::Deadline | Kind::TooLarge)
        );
        self.usage.is_none() && lost
    }
}

impl Call {
    /// What all tries used together.
    #[must_use]
    pub fn usage(&self) -> Usage {
        let mut sum = Usage::default();
        for usage in self.tries.iter().filter_map(|it| it.usage) {
            sum += usage;
        }
        sum
    }

    /// What all tries cost together; None if the cost of any of them is not known.
    #[must_use]
    pub fn cost(&self) -> Option<Cost> {
        let used = self.tries.iter();
        let used = used.filter(|it| it.usage.is_some() || it.is_uncounted());
        used.map(|it| it.cost)
            .try_fold(Cost::ZERO, |sum, cost| Some(sum.plus(cost?)))
    }
}
