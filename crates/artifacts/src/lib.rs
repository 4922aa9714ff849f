//! Evidence: files that runs leave, kept by object_store, with signed links.
//!
//! A file is written whole or not at all, read in bounded chunks, and never changed. Where it lies
//! is a *location*, a relative path that the store's artifact row remembers; nothing else in the
//! system builds or reads such a path.
#![forbid(unsafe_code)]

mod chunks;
mod disk;
mod error;
mod location;
mod signer;

pub use chunks::{CHUNK_BYTES, Content};
pub use disk::Artifacts;
pub use error::Error;
pub use location::location;
pub use signer::{InvalidLink, Signer};
