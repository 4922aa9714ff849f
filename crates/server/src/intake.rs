//! Requests become domain types here, with all violations at once.

mod address;
mod browser;
mod codes;
mod engine;
mod filter;
mod headers;
mod input;
mod labels;
mod page;
mod profile;
mod schema;
mod session;
mod task;
mod time;
mod unsupported;

pub(crate) use engine::Engines;
pub(crate) use filter::filter;
pub(crate) use input::{input, view_options};
pub(crate) use labels::labels;
pub(crate) use page::{MAX_PAGE, page, position, size};
pub(crate) use profile::{description, name};
pub(crate) use session::{minutes, session};
pub(crate) use task::{Accepted, request_id, task};
pub(crate) use time::duration;

/// Longest prompt in bytes.
pub(crate) const MAX_PROMPT_BYTES: usize = 32_000;
/// Longest schema in bytes.
pub(crate) const MAX_SCHEMA_BYTES: usize = 16 * 1024;
/// Most steps a run may ask for.
pub(crate) const MAX_STEPS: i32 = 1_000;
/// Longest timeout a run may ask for, in seconds.
pub(crate) const MAX_TIMEOUT_SECONDS: u64 = 24 * 3_600;
/// Most labels of a run.
pub(crate) const MAX_LABELS: usize = 32;
/// Longest request id in bytes.
pub(crate) const MAX_REQUEST_ID_BYTES: usize = 128;
/// Longest reason that a caller gives, in bytes.
pub(crate) const MAX_REASON_BYTES: usize = 500;
