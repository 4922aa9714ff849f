//! `errand doctor`.

use std::{collections::BTreeMap, fs, net::TcpListener, os::unix::fs::PermissionsExt as _};

use serde_json::Value;

use crate::errand::{Errand, Said};

/// Verdicts by name.
#[track_caller]
fn findings(said: &Said) -> BTreeMap<String, Value> {
    let name = |it: &Value| it["name"].as_str().unwrap().to_owned();
    said.lines().into_iter().map(|it| (name(&it), it)).collect()
}

#[test]
fn a_machine_that_has_everything_is_left_as_it_is() {
    let errand = Errand::new();
    let said = errand.run(&["doctor", "--json", "--listen", "127.0.0.1:0"]);
    let findings = findings(&said.with(0));
    let names: Vec<&str> = findings.keys().map(String::as_str).collect();
    let expected = [
        "ChromeDriver",
        "Chromium",
        "Firefox",
        "Microsoft Edge",
        "Xvfb",
        "data folder",
        "database",
        "disk room",
        "models",
        "port",
        "settings",
        "versions",
    ];
    assert_eq!(names, expected);
    assert!(!errand.data().join("errand.db").exists());
    let said = errand.run(&["doctor", "--listen", "127.0.0.1:0"]).with(0);
    assert_eq!(said.out, "");
}

#[test]
fn each_problem_is_named_with_how_to_mend_it() {
    let errand = Errand::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let old = errand.file("driver", "#!/bin/sh\necho 'ChromeDriver 99.0.1.2 (abc)'\n");
    fs::set_permissions(&old, fs::Permissions::from_mode(0o755)).unwrap();
    let file = errand.file("a-file", "");
    let toml = errand.file("wrong.toml", "lisen = 1\n");
    let garbage = errand.file("garbage.db", "no database at all, whatever its name says");
    let garbage = format!("sqlite://{garbage}");
    for (flags, name, said_with) in [
        (
            ["--chromium", "/nowhere/chromium"],
            "Chromium",
            "/nowhere/chromium",
        ),
        // A program that answers, but is no browser.
        (["--chromium", "/bin/false"], "Chromium", "not a Chromium"),
        (
            ["--chromedriver", "/bin/true"],
            "ChromeDriver",
            "not a ChromeDriver",
        ),
        (["--chromedriver", &old], "versions", "99.0.1.2"),
        (["--data-dir", &file], "data folder", "not a folder"),
        (["--database-url", "mysql://x"], "database", "sqlite://"),
        (
            ["--database-url", "postgres://a:s3cret@127.0.0.1:1/x"],
            "database",
            "refused",
        ),
        (["--database-url", &garbage], "database", "not a database"),
        (["--listen", &taken], "port", "in use"),
        (["--config", &toml], "settings", "did you mean `listen`"),
        (["--tls-cert", "nowhere.pem"], "settings", "tls_key"),
    ] {
        let all = [&["doctor", "--json", flags[0], flags[1]][..]].concat();
        let said = errand.run(&all).with(1);
        assert!(!said.out.contains("s3cret"), "{}", said.out);
        let findings = findings(&said);
        let found = &findings[name];
        assert_eq!(found["verdict"], "bad", "{found}");
        let text = found["found"].as_str().unwrap();
        assert!(text.contains(said_with), "{flags:?}: {text}");
        assert!(!found["mend"].as_str().unwrap().is_empty(), "{found}");
    }
}
