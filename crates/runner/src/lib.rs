//! How a run is carried through: claim, drive, record, recover.
#![forbid(unsafe_code)]

mod handle;

pub use handle::Handle;
