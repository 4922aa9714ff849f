//! Domain types become messages here.

mod action;
mod artifact;
mod event;
mod profile;
mod run;
mod session;
mod timeline;
mod understanding;
mod view;

use errand_domain::Timestamp;

pub(crate) use artifact::artifact;
pub(crate) use event::event;
pub(crate) use profile::{listed_profile, profile};
pub(crate) use run::{Links, run, status, task_request};
pub(crate) use session::{session, session_event};
pub(crate) use timeline::entry;
pub(crate) use understanding::understanding;
pub(crate) use view::{controller, frame, view_state};

/// A point in time.
pub(crate) fn moment(at: Timestamp) -> prost_types::Timestamp {
    prost_types::Timestamp {
        seconds: at.micros().div_euclid(1_000_000),
        nanos: at.micros().rem_euclid(1_000_000) as i32 * 1_000,
    }
}

/// A length of time.
pub(crate) fn milliseconds(length: u64) -> prost_types::Duration {
    prost_types::Duration {
        seconds: long(length / 1_000),
        nanos: (length % 1_000) as i32 * 1_000_000,
    }
}

/// A count; one beyond the wire's range is the wire's most.
pub(crate) fn count(value: u32) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}

/// A size or position.
pub(crate) fn long(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// An id that may be missing; the wire says so by an empty string.
pub(crate) fn optional(id: Option<&impl ToString>) -> String {
    id.map(ToString::to_string).unwrap_or_default()
}
