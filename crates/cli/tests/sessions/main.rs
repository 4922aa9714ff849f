//! Live browsers from a call to a real browser and back: the real binary, real gRPC clients, the
//! demo site.
#![expect(clippy::unwrap_used, reason = "tests")]

mod bad;
mod control;
mod living;
mod profile;
mod program;
mod replicas;
mod room;
#[path = "../runs/server.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod server;
mod session;
mod theirs;
mod watch;
