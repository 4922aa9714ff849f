//! ChromeDrivers that don't do what they should.

use std::{fs, os::unix::fs::PermissionsExt as _, path::PathBuf};

use errand_api::v1::{FailureCategory, RunStatus};
use errand_testing::Site;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tempfile::TempDir;

use crate::{
    leftover, process,
    server::{Server, follow, get, summaries, task},
};

/// A program in the driver's place, after it told its version.
fn instead(folder: &TempDir, version: &str, then: &str) -> PathBuf {
    let path = folder.path().join("chromedriver");
    let script =
        format!("#!/bin/sh\nif [ \"$1\" = --version ]; then {version}; exit; fi\n{then}\n");
    fs::write(&path, script).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

const REAL: &str = "exec chromedriver --version";

#[tokio::test(flavor = "multi_thread")]
async fn a_driver_that_cannot_be_used_is_named_with_the_reason() {
    let site = Site::start(1).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (version, then, said) in [
        ("echo 'ChromeDriver 99.0.1.2 (abc)'", "exit 1", "99.0.1.2"),
        (REAL, "echo 'no libfoo here' >&2; exit 3", "no libfoo here"),
        // Says nothing, and says that it listens where nobody does.
        (REAL, "exec sleep 600", "did not get ready"),
        (
            REAL,
            "echo 'ChromeDriver was started successfully on port 9.'; exec sleep 600",
            "did not",
        ),
    ] {
        let driver = instead(&folder, version, then);
        let server = Server::start_with(&["--chromedriver", driver.to_str().unwrap()]);
        let goal = task("Extract the main heading", &site.url("/heading"));
        let (run, _) = server.carry(goal).await;
        assert_eq!(run.status(), RunStatus::Failed);
        assert_eq!(run.failure_category(), FailureCategory::BrowserCrashed);
        let reason = &run.failure_reason;
        assert!(reason.contains(said), "{then}: {reason}");
        leftover::assert_none(&server.data);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_driver_that_is_killed_in_mid_run_ends_it() {
    let site = Site::start(1).await.unwrap();
    let server = Server::start();
    let mut runs = server.runs().await;
    let slow = task("Extract the main heading", &site.url("/slow?ms=20000"));
    let run = runs.run_task(slow).await.unwrap().into_inner().run.unwrap();
    follow(&mut runs, &run.run_id, |it| it.kind == "action_started").await;
    let browser = leftover::browsers(&server.data)[0];
    kill(Pid::from_raw(process::parent(browser)), Signal::SIGKILL).unwrap();
    let events = follow(&mut runs, &run.run_id, |_| false).await;
    let run = get(&mut runs, &run.run_id).await;
    assert_eq!(
        run.failure_category(),
        FailureCategory::BrowserCrashed,
        "{:#?}",
        summaries(&events)
    );
    leftover::assert_none(&server.data);
}
