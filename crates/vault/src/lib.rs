//! What must not be read where it is kept, encrypted there.
//!
//! Everything here is a codec over bytes; where they lie is for others to say.
#![forbid(unsafe_code)]

mod profile;
mod seal;

pub use profile::{open_state, seal_state};
pub use seal::{Error, Key, Secret, open, seal};
