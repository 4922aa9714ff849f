//! Faults at the level of the whole service: what it stands on fails, and it says so or goes on.
#![expect(clippy::unwrap_used, reason = "tests")]

mod database;
mod driver;
#[path = "../runs/leftover.rs"]
mod leftover;
mod process;
mod queue;
mod renderer;
#[path = "../runs/server.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod server;
