//! What goes where, and how a command ends.

use std::process::Stdio;

use errand_testing::Site;
use serde_json::json;

use crate::errand::{Errand, run_id};

const GOAL: &str = "Extract the main heading";

#[tokio::test(flavor = "multi_thread")]
async fn standard_output_is_the_output_and_nothing_else() {
    let site = Site::start(1).await.unwrap();
    let errand = Errand::new();
    let _server = errand.serve(&[]);
    let url = site.url("/heading");
    let heading = json!({ "heading": site.heading() });

    let said = errand.run(&["run", GOAL, "--url", &url]).with(0);
    assert_eq!(said.json(), heading);
    assert_eq!(said.out.lines().count(), 1);
    assert!(!said.err.contains('\u{1b}'), "colours: {:?}", said.err);
    let id = run_id(&said.err);
    for part in ["✓ open http", "completed"] {
        assert!(said.err.contains(part), "no {part:?} in {}", said.err);
    }

    let events = errand.run(&["watch", &id, "--json"]).with(0).lines();
    for (number, event) in (1..).zip(&events) {
        assert_eq!(event["sequence"], number);
        assert_eq!(event["run_id"], id.as_str());
    }
    let last = events.last().unwrap();
    assert_eq!(last["kind"], "run_finished");
    assert_eq!(last["run_finished"]["status"], "completed");

    // From the last event on nothing more comes, and that is no lost connection.
    let after = events.len().to_string();
    let said = errand.run(&["watch", &id, "--after", &after]).with(0);
    assert_eq!(said.json(), heading);

    let schema = errand.file(
        "heading.json",
        r#"{"type":"object","properties":{"heading":{"type":"string"}},"required":["heading"]}"#,
    );
    let run = ["run", GOAL, "--url", &url, "--schema", &schema, "--json"];
    let events = errand.run(&run).with(0).lines();
    let request = &events[0]["run_created"]["request"];
    assert!(request["data_extraction_schema"].is_string(), "{request}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_exit_code_says_how_a_run_ended() {
    let site = Site::start(1).await.unwrap();
    let errand = Errand::new();
    let _server = errand.serve(&[]);
    let heading = site.url("/heading");
    let slow = site.url("/slow?ms=20000");

    let said = errand.run(&["run", "Frobnicate the gizmo", "--url", &heading]);
    let said = said.with(1);
    assert!(said.err.contains("GOAL_NOT_UNDERSTOOD"), "{}", said.err);
    assert_eq!(said.out, "");

    let run = ["run", GOAL, "--url", &slow, "--timeout", "1s"];
    let said = errand.run(&run).with(4);
    assert!(said.err.contains("DEADLINE"), "{}", said.err);

    let going = errand.go(&["run", GOAL, "--url", &slow]);
    going.says("run tsk_");
    let id = run_id(&going.err());
    errand.run(&["runs", "cancel", &id]).with(0);
    let said = going.end().with(3);
    assert!(said.err.contains("STOPPED_BY_CALLER"), "{}", said.err);
    assert_eq!(said.out, "");

    errand.run(&["runs", "delete", &id]).with(0);
    let said = errand.run(&["runs", "get", &id]).with(1);
    assert!(said.err.contains("not found"), "{}", said.err);
}

#[test]
fn a_run_that_never_started_is_canceled() {
    let errand = Errand::new();
    let _server = errand.serve(&["--browsers", "0"]);
    let url = "http://127.0.0.1:1/";
    let run = ["run", GOAL, "--url", url, "--start-within", "1s"];
    let said = errand.run(&run).with(5);
    assert!(said.err.contains("canceled"), "{}", said.err);
}

#[test]
fn a_refused_request_names_every_violation_once() {
    let errand = Errand::new();
    let _server = errand.serve(&["--browsers", "0"]);
    let wrong = [
        "run",
        "",
        "--url",
        "ftp://x",
        "--max-steps",
        "0",
        "--engine",
        "magic",
        "--schema",
        r#"{"type":5}"#,
    ];
    let said = errand.run(&wrong).with(2);
    for field in [
        "prompt",
        "url",
        "max_steps",
        "engine",
        "data_extraction_schema",
    ] {
        let named = said.err.matches(&format!("  {field}: ")).count();
        assert_eq!(named, 1, "{field} in {}", said.err);
    }
    assert_eq!(said.out, "");

    for wrong in [
        [
            "run",
            GOAL,
            "--url",
            "http://x/",
            "--schema",
            "nowhere.json",
        ]
        .as_slice(),
        &["run", GOAL, "--timeout", "5"],
        &["run"],
        &["frobnicate"],
        &["runs", "list", "--server", "localhost:50051"],
    ] {
        let said = errand.run(wrong).with(2);
        assert_eq!(said.out, "");
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let errand = Errand::new();
    let _server = errand.serve(&["--browsers", "0"]);
    for _ in 0..2 {
        let run = ["run", GOAL, "--url", "http://127.0.0.1:1/", "--detach"];
        errand.run(&run).with(0);
    }
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut list = errand.command(&["runs", "list"]);
    let list = list.stdout(writer).stderr(Stdio::piped());
    let output = list.output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}
