//! Models through their public face, against the scripted model.
#![expect(clippy::unwrap_used, reason = "tests")]

mod fallback;
mod formats;
mod retries;
mod support;
mod trouble;
