//! The edge against bare tonic: reading a run, and five hundred watchers of one.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a bench has nobody to report to"
)]

mod bare;
mod read;
mod watchers;

#[path = "../../tests/edge/drafts.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod drafts;
#[path = "../../tests/edge/server.rs"]
#[expect(
    dead_code,
    unused_imports,
    unused_macros,
    reason = "the tests use the rest"
)]
mod server;

/// One line of the result.
#[expect(clippy::print_stdout, reason = "this is what a bench is for")]
fn line(text: &str) {
    println!("{text}");
}

#[tokio::main]
async fn main() {
    read::compare().await;
    watchers::compare().await;
}
