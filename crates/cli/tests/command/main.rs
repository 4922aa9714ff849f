//! The command line as a stranger meets it: the real binary, its output, its exit codes.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod doctor;
mod dry_run;
mod errand;
mod evidence;
mod folder;
mod interrupt;
mod log;
mod models;
mod output;
mod room;
mod settings;
mod site;
mod tls;
