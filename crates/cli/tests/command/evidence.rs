//! `errand artifacts`.

use std::fs;

use errand_testing::Site;
use serde_json::Value;

use crate::errand::{Errand, run_id};

#[tokio::test(flavor = "multi_thread")]
async fn what_a_run_left_is_listed_and_fetched_whole() {
    let site = Site::start(1).await.unwrap();
    let errand = Errand::new();
    let _server = errand.serve(&[]);
    let goal = "Extract the main heading";
    let url = site.url("/heading");
    let run = ["run", goal, "--url", &url, "--detail", "debug"];
    let id = run_id(&errand.run(&run).with(0).err);
    let files = errand
        .run(&["artifacts", "list", &id, "--json"])
        .with(0)
        .lines();
    let types: Vec<&str> = files
        .iter()
        .map(|it| it["artifact_type"].as_str().unwrap())
        .collect();
    for wanted in ["screenshot_action", "screenshot_final", "html_action"] {
        assert!(types.contains(&wanted), "{types:?}");
    }
    let of = |wanted: &str| {
        files
            .iter()
            .find(|it| it["artifact_type"] == wanted)
            .unwrap()
    };
    let text = |it: &Value, key: &str| it[key].as_str().unwrap().to_owned();

    let picture = of("screenshot_final");
    let picture_id = text(picture, "artifact_id");
    errand.run(&["artifacts", "get", &picture_id]).with(0);
    // By its own name, here; never over a file that is already there.
    let fetched = errand.path(&text(picture, "filename"));
    let length = fs::metadata(&fetched).unwrap().len();
    assert_eq!(picture["file_size"], length);
    errand.run(&["artifacts", "get", &picture_id]).with(2);
    assert_eq!(fs::metadata(&fetched).unwrap().len(), length);

    let html = text(of("html_action"), "artifact_id");
    let said = errand
        .run(&["artifacts", "get", &html, "--output", "-"])
        .with(0);
    assert!(said.out.contains(site.heading()), "{}", said.out);
    assert_eq!(said.err, "");
    errand.run(&["artifacts", "get", "a_nothing"]).with(1);
}
