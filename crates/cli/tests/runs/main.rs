//! Runs from a call to a real browser and back: the real binary, a real gRPC client, the demo site.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "tests"
)]

mod agent;
mod bench;
mod bounds;
mod captcha;
mod download;
mod fault;
mod flow;
mod input;
mod leftover;
mod model;
mod paging;
mod pause;
mod pictures;
mod prompts;
mod recovery;
mod server;
mod trouble;
