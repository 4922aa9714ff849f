//! Everything that is wrong with a request, collected before anything is refused.

use errand_domain::text::clip;
use tonic::Status;

use crate::refusal;

/// Most violations that are listed; their number is told all the same.
const MAX_LISTED: usize = 50;
/// Most bytes of all of them: they travel in a header, and clients bound those at 8 KiB.
const MAX_BYTES: usize = 4 * 1024;

/// What was wrong, field by field.
#[derive(Debug, Default)]
pub(crate) struct Violations {
    listed: Vec<(String, String)>,
    bytes: usize,
    unlisted: usize,
}

impl Violations {
    /// Notes that `field` can't be honoured, and what would be right.
    pub(crate) fn add(&mut self, field: impl AsRef<str>, description: impl AsRef<str>) {
        let field = clip(field.as_ref(), 120);
        let description = clip(description.as_ref(), 400);
        let size = field.len() + description.len();
        if self.listed.len() >= MAX_LISTED || self.bytes + size > MAX_BYTES {
            self.unlisted += 1;
            return;
        }
        self.bytes += size;
        self.listed.push((field, description));
    }

    /// How many there are so far.
    pub(crate) fn count(&self) -> usize {
        self.listed.len() + self.unlisted
    }

    /// One violation and nothing else.
    pub(crate) fn one(field: &str, description: impl AsRef<str>) -> Status {
        let mut violations = Self::default();
        violations.add(field, description);
        violations.into_status()
    }

    /// # Errors
    /// If anything was noted.
    pub(crate) fn finish(self) -> Result<(), Status> {
        if self.listed.is_empty() {
            Ok(())
        } else {
            Err(self.into_status())
        }
    }

    fn into_status(mut self) -> Status {
        let message = match self.listed.as_slice() {
            [(field, description)] if field.is_empty() => description.clone(),
            [(field, description)] => format!("{field}: {description}"),
            [(field, description), ..] => {
                let more = self.listed.len() + self.unlisted - 1;
                format!("{field}: {description} (and {more} more)")
            }
            [] => "the request is not valid".to_owned(),
        };
        if self.unlisted > 0 {
            let more = format!("{} more violations are not listed", self.unlisted);
            self.listed.push((String::new(), more));
        }
        refusal::invalid(message, self.listed)
    }
}

/// A caller's value for a message to people: quoted, on one line, clipped.
pub(crate) fn quoted(value: &str) -> String {
    format!("\"{}\"", clip(value, 80).escape_debug())
}
