//! Where settings come from, and which are refused.

use crate::errand::{Errand, Said};

const PRINT: [&str; 2] = ["serve", "--print-config"];

#[track_caller]
fn line(said: &Said, key: &str) -> String {
    let found = said
        .out
        .lines()
        .find(|it| it.starts_with(&format!("{key} ")));
    let found = found.unwrap_or_else(|| panic!("no {key} in {}", said.out));
    found
        .split_whitespace()
        .skip(1)
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn a_flag_goes_before_a_variable_before_the_file_before_the_default() {
    let errand = Errand::new();
    let said = errand.run(&PRINT).with(0);
    assert_eq!(line(&said, "listen"), "127.0.0.1:50051 (default)");
    let data = errand.data().display().to_string();
    assert_eq!(line(&said, "data_dir"), format!("{data} (default)"));

    errand.file(
        "state/errand/errand.toml",
        "listen = \"127.0.0.1:7001\"\nbrowsers = 5\nchromium = \"bin/chromium\"\n",
    );
    let said = errand.run(&PRINT).with(0);
    assert_eq!(line(&said, "listen"), "127.0.0.1:7001 (file)");
    // A relative path in the file starts at the file.
    let chromium = format!("{data}/bin/chromium (file)");
    assert_eq!(line(&said, "chromium"), chromium);

    let variables = [
        ("ERRAND_LISTEN", "127.0.0.1:7002"),
        ("ERRAND_DATABASE_URL", "postgres://ann:s3cret@db/errand"),
    ];
    let said = errand.run_with(&variables, &PRINT).with(0);
    assert_eq!(line(&said, "listen"), "127.0.0.1:7002 (environment)");
    assert_eq!(line(&said, "browsers"), "5 (file)");
    assert!(!said.out.contains("s3cret"), "{}", said.out);

    let flagged = [&PRINT[..], &["--listen", "127.0.0.1:7003"]].concat();
    let said = errand.run_with(&variables, &flagged).with(0);
    assert_eq!(line(&said, "listen"), "127.0.0.1:7003 (flag)");

    let other = errand.file("other.toml", "drain = \"3s\"\n");
    let said = errand.run(&["serve", "--print-config", "--config", &other]);
    let said = said.with(0);
    assert_eq!(line(&said, "drain"), "3s (file)");
    assert_eq!(line(&said, "browsers").split(' ').nth(1), Some("(default)"));
}

#[test]
fn what_cannot_be_used_is_refused_with_its_place() {
    let errand = Errand::new();
    for (content, reasons) in [
        (
            "lisen = \"127.0.0.1:1\"\nbrowser = 3\n",
            [
                "line 1: unknown key `lisen`; did you mean `listen`?",
                "line 2: unknown key `browser`",
            ],
        ),
        ("# one\nlisten = 5\n", ["line 2", "expected a string"]),
        (
            "listen = \"nowhere\"\n",
            ["line 1", "no address with a port"],
        ),
        ("drain = \"soon\"\n", ["line 1", "no length of time"]),
        (
            "tls_cert = \"cert.pem\"\n",
            ["tls_cert is set", "tls_key is not"],
        ),
        (
            "[server]\nport = 1\n",
            ["line 1: unknown key `server`", "the keys are listen"],
        ),
    ] {
        let file = errand.file("wrong.toml", content);
        let said = errand.run(&["serve", "--config", &file]).with(2);
        for reason in reasons {
            assert!(said.err.contains(reason), "no {reason:?} in {}", said.err);
        }
        assert_eq!(said.out, "");
    }
    errand.file("state/errand/errand.toml", "data_dir = \"/elsewhere\"\n");
    let said = errand.run(&["serve"]).with(2);
    assert!(said.err.contains("remove data_dir"), "{}", said.err);
    // The server that a client starts is told by the same file, and its refusal comes through.
    let said = errand.run(&["runs", "list"]).with(2);
    assert!(said.err.contains("remove data_dir"), "{}", said.err);
}

#[test]
fn a_variable_that_is_no_setting_is_said() {
    let errand = Errand::new();
    let said = errand.run_with(&[("ERRAND_LISTN", "127.0.0.1:1")], &["doctor"]);
    assert!(said.err.contains("ERRAND_LISTEN"), "{}", said.err);
}
