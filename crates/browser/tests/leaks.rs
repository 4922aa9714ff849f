//! What browsers that came and went leave: nothing, whatever happened to them.
#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "lifecycle/machine.rs"]
mod machine;

#[path = "leaks/churn.rs"]
mod churn;

use std::{net::SocketAddr, time::Duration};

use churn::{ENDS, Held, churn, warm};
use errand_browser::LaunchOptions;

/// Nobody listens there: no page is opened.
const NOWHERE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 9);
/// What a process may have grown by: its allocator keeps some of what it gives back.
const GROWTH_KIB: usize = 8 << 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn handles_processes_folders_and_memory_end_where_they_began() {
    let folder = tempfile::tempdir().unwrap();
    let guard = vec![machine::example("guard").into()];
    let options = LaunchOptions::new(guard, NOWHERE, folder.path().to_owned());
    // What is made once stays.
    warm(&options).await;
    let before = Held::now(folder.path());
    churn(&options, ENDS.len()).await;
    machine::until(Duration::from_secs(5), || {
        Held::now(folder.path()).is_as(&before)
    });
    let after = Held::now(folder.path());
    assert!(
        after.memory < before.memory + GROWTH_KIB,
        "{before:?} {after:?}"
    );
}
