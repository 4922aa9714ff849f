//! The store through its public surface, every test on both databases.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod appending;
mod artifacts;
mod changes;
mod claiming;
mod commands;
mod creating;
mod database;
mod deleting;
mod drafts;
mod glancing;
mod hints;
mod inspecting;
mod keys;
mod listing;
mod log;
mod profiles;
mod restarts;
mod room;
mod sessions;
mod strangers;
