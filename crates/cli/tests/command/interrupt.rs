//! Ctrl-C.

use errand_testing::Site;
use nix::sys::signal::Signal;

use crate::errand::{Errand, run_id, until};

const GOAL: &str = "Extract the main heading";

fn status(errand: &Errand, id: &str) -> String {
    let run = errand.run(&["runs", "get", id, "--json"]).with(0).json();
    run["status"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_interrupt_cancels_the_run_and_waits_for_its_end() {
    let site = Site::start(1).await.unwrap();
    let errand = Errand::new();
    let _server = errand.serve(&[]);
    let going = errand.go(&["run", GOAL, "--url", &site.url("/slow?ms=20000")]);
    going.says("run tsk_");
    let id = run_id(&going.err());
    until("a running run", || status(&errand, &id) == "running");
    going.signal(Signal::SIGINT);
    let said = going.end().with(130);
    assert!(said.err.contains("STOPPED_BY_CALLER"), "{}", said.err);
    assert_eq!(said.out, "");
    assert_eq!(status(&errand, &id), "terminated");
}

#[test]
fn a_second_interrupt_leaves_at_once() {
    let errand = Errand::new();
    let server = errand.serve(&["--browsers", "0"]);
    let going = errand.go(&["run", GOAL, "--url", "http://127.0.0.1:1/"]);
    going.says("run tsk_");
    // A server that answers nothing any more: waiting for the run's end would be long.
    server.signal(Signal::SIGSTOP);
    going.signal(Signal::SIGINT);
    going.says("once more to leave");
    going.signal(Signal::SIGINT);
    going.end().with(130);
}

#[test]
fn whoever_watches_leaves_the_run_alone() {
    let errand = Errand::new();
    let _server = errand.serve(&["--browsers", "0"]);
    let run = ["run", GOAL, "--url", "http://127.0.0.1:1/", "--detach"];
    let id = errand.run(&run).with(0).out.trim().to_owned();
    let watching = errand.go(&["watch", &id]);
    watching.says("run tsk_");
    watching.signal(Signal::SIGINT);
    watching.end().with(130);
    assert_eq!(status(&errand, &id), "queued");
}
