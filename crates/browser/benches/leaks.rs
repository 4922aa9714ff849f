//! What two hundred browsers leave that come and go, most of them by a crash: handles, processes,
//! folders and memory of the process that started them. Fails if anything but memory is left.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench has nobody to report to"
)]

#[path = "../tests/lifecycle/machine.rs"]
#[expect(dead_code, reason = "shared with the tests")]
mod machine;

#[path = "../tests/leaks/churn.rs"]
mod churn;

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use churn::{Held, churn, warm};
use errand_browser::{LaunchOptions, guard};

/// So many at a time, so often.
const PART: usize = 50;
const PARTS: usize = 4;

fn main() -> ExitCode {
    // It is its own guard: nothing else has to be built first.
    let mut args = std::env::args_os().skip(1);
    if args.next().is_some_and(|first| first == "guard") {
        return guard::run(args);
    }
    tokio::runtime::Runtime::new().unwrap().block_on(compare());
    ExitCode::SUCCESS
}

async fn compare() {
    let folder = tempfile::tempdir().unwrap();
    let guard = vec![std::env::current_exe().unwrap().into(), "guard".into()];
    let nowhere = "127.0.0.1:9".parse().unwrap();
    let options = LaunchOptions::new(guard, nowhere, folder.path().to_owned());
    warm(&options).await;
    let before = Held::now(folder.path());
    println!("before: {before:?}");
    for part in 1..=PARTS {
        let began = Instant::now();
        churn(&options, PART).await;
        machine::until(Duration::from_secs(10), || {
            Held::now(folder.path()).is_as(&before)
        });
        let held = Held::now(folder.path());
        let grown = held.memory.saturating_sub(before.memory);
        let (count, time) = (part * PART, began.elapsed());
        println!("after {count}: {held:?}, {grown} KiB more, in {time:?}");
    }
}
