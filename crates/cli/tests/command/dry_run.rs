//! `errand run --dry-run`: what would be done, and no browser for it.

use crate::errand::Errand;

const URL: &str = "http://127.0.0.1:1/";

#[test]
fn a_plan_is_told_for_people_and_for_programs() {
    let errand = Errand::new();
    let _server = errand.serve(&["--browsers", "0"]);
    let goal =
        "Log in with username 'ann' and password 'hunter2', then click the second 'Buy' button";
    let schema = r#"{"type":"object","properties":{"order":{"type":"string"}}}"#;
    let run = ["run", goal, "--url", URL, "--dry-run", "--schema", schema];
    let said = errand.run(&run).with(0);
    for part in [
        "starts at http://127.0.0.1:1/",
        "1. Log in with username 'ann' and password '•••'",
        "password   not shown, from the prompt",
        "2. click the second 'Buy' button",
        "looks for  button named exactly \"Buy\", 2nd",
        "/order               text: what the page calls \"order\"",
    ] {
        assert!(said.out.contains(part), "no {part:?} in {}", said.out);
    }
    assert!(!said.out.contains("hunter2") && !said.err.contains("hunter2"));

    let said = errand.run(&["run", goal, "--url", URL, "--validate-only", "--json"]);
    let read = said.with(0).json();
    assert_eq!(read["understanding"]["understood"], true);
    let span = &read["understanding"]["clauses"][1]["span"];
    assert_eq!(span["start"], goal.find("click").unwrap());
    assert!(!read["understanding"].to_string().contains("hunter2"));
    assert_eq!(errand.run(&["runs", "list"]).with(0).out, "");
}

#[test]
fn what_is_not_understood_is_marked_in_its_line() {
    let errand = Errand::new();
    let _server = errand.serve(&["--browsers", "0"]);
    let goal = "Go to the shop page.\nLog in as ann with password 'hunter2'. Klick 打开 it.";
    let said = errand
        .run(&["run", goal, "--url", URL, "--dry-run"])
        .with(1);
    let marked = ["   . Klick 打开 it.", "     ^^^^^^^^^^^^^"];
    assert!(said.out.contains(&marked.join("\n")), "{}", said.out);
    assert!(said.out.contains("did you mean \"click\"?"), "{}", said.out);
    assert!(!said.out.contains("hunter2"), "{}", said.out);

    let contrary = r#"{"type":"object","properties":{"a":false},"required":["a"]}"#;
    let run = [
        "run",
        "Get the a",
        "--url",
        URL,
        "--dry-run",
        "--schema",
        contrary,
    ];
    let said = errand.run(&run).with(1);
    assert!(
        said.out.contains("✗ the schema can't be filled"),
        "{}",
        said.out
    );

    // What is refused anyway is refused here too.
    let said = errand.run(&["run", "Get the heading", "--dry-run"]).with(2);
    assert!(said.err.contains("url: "), "{}", said.err);
    errand.run(&["run", goal, "--dry-run", "--detach"]).with(2);
}
