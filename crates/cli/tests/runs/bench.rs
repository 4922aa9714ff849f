//! `errand bench`: what succeeded, what failed, and what completed with something else.

use errand_testing::Site;
use serde_json::Value;

use crate::{
    flow::seed,
    server::{Server, errand},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_suite_tells_right_from_failed_and_from_wrong() {
    let site = Site::start(seed()).await.unwrap();
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("suite.toml");
    let (heading, url) = (site.heading(), site.url("/heading"));
    let suite = format!(
        "[[tasks]]\nname = \"heading\"\nprompt = \"Extract the main heading\"\nurl = \"{url}\"\n\
         output = '{{\"heading\": \"{heading}\"}}'\n\
         [[tasks]]\nname = \"other\"\nprompt = \"Extract the main heading\"\nurl = \"{url}\"\n\
         output = '{{\"heading\": \"Something else\"}}'\n\
         [[tasks]]\nname = \"gone\"\nprompt = \"Click 'Nowhere'\"\nurl = \"{url}\"\nmax_steps = 3\n"
    );
    std::fs::write(&file, suite).unwrap();
    let bench = |more: &[&str]| {
        let mut command = errand();
        command.args(["bench", "--suite"]).arg(&file);
        command.arg("--data-dir").arg(&server.data).args(more);
        command.output().unwrap()
    };
    let said = bench(&[
        "--engine",
        "local",
        "--times",
        "2",
        "--at-once",
        "2",
        "--json",
    ]);
    assert_eq!(said.status.code(), Some(1), "{said:?}");
    let report: Value = serde_json::from_slice(&said.stdout).unwrap();
    let engine = &report["engines"][0];
    assert_eq!(engine["engine"], "local");
    assert_eq!(
        (
            &engine["runs"],
            &engine["right"],
            &engine["wrong_completed"]
        ),
        (&6.into(), &2.into(), &2.into())
    );
    assert_eq!(report["runs"].as_array().unwrap().len(), 6);

    let said = bench(&[]);
    let lines = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(
        lines.starts_with("local: 1 of 3 right, 1 wrong completed"),
        "{lines}"
    );
    let err = String::from_utf8_lossy(&said.stderr);
    assert!(err.contains("WRONG") && err.contains("failed"), "{err}");

    // What is wrong with a suite is told before anything is done.
    for (text, says) in [
        ("tasks = []", "has 0 tasks"),
        (
            "[[tasks]]\nname = \"a\"\nprompt = \"b\"\noutput = \"{\"",
            "task 1 (\"a\"): output is no JSON",
        ),
        (
            "[[tasks]]\nname = \"a\"\nprompt = \"b\"\nurls = 1",
            "unknown field `urls`",
        ),
        (
            "[[tasks]]\nname = \"a\"\nprompt = \"b\"\nstatus = \"fine\"",
            "fine is no state",
        ),
    ] {
        std::fs::write(&file, text).unwrap();
        let said = bench(&[]);
        assert_eq!(said.status.code(), Some(2), "{said:?}");
        let err = String::from_utf8_lossy(&said.stderr);
        assert!(err.contains(says), "{err}");
    }
}
