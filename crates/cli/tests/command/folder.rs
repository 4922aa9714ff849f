//! The data folder: one server, its key, its callers.

use std::fs;

use nix::sys::signal::Signal;

use crate::errand::{Errand, mode, run_id, until};

#[tokio::test(flavor = "multi_thread")]
async fn callers_share_a_server_that_ends_after_the_last() {
    let site = errand_testing::Site::start(1).await.unwrap();
    let errand = Errand::new();
    let url = site.url("/heading");
    let run = ["run", "Extract the main heading", "--url", &url];
    let callers: Vec<_> = (0..3).map(|_| errand.go(&run)).collect();
    let ids: Vec<String> = callers
        .into_iter()
        .map(|it| run_id(&it.end().with(0).err))
        .collect();
    let log = fs::read_to_string(errand.data().join("server.log")).unwrap();
    assert_eq!(log.matches("listens on").count(), 1, "{log}");

    let key = errand.data().join("api-key");
    let first = fs::read_to_string(&key).unwrap();
    for private in [
        "api-key",
        "secret.key",
        "signing.key",
        "errand.db",
        "server.json",
    ] {
        assert_eq!(mode(&errand.data().join(private)), 0o600, "{private}");
    }
    assert_eq!(mode(&errand.data()), 0o700);

    let pid = errand.announced().unwrap()["pid"].as_u64().unwrap();
    let gone = || !fs::exists(format!("/proc/{pid}/cmdline")).unwrap();
    until("end of a server without callers", gone);
    assert!(errand.announced().is_none());

    // The next one finds what the first one kept, and the key is the same.
    let listed = errand.run(&["runs", "list", "--json"]).with(0).lines();
    let mut found: Vec<&str> = listed
        .iter()
        .map(|it| it["run_id"].as_str().unwrap())
        .collect();
    let mut ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    found.sort_unstable();
    ids.sort_unstable();
    assert_eq!(found, ids);
    assert_eq!(fs::read_to_string(&key).unwrap(), first);
}

#[test]
fn one_folder_has_one_server_and_one_port_one_listener() {
    let errand = Errand::new();
    let server = errand.serve(&["--browsers", "0"]);
    let said = errand.run(&["serve", "--listen", "127.0.0.1:0"]).with(1);
    let pid = format!("process {}", server.pid());
    assert!(said.err.contains(&pid), "{}", said.err);

    let other = errand.path("other");
    let other = other.to_str().unwrap();
    let address = errand.url().replace("http://", "");
    let said = errand.run(&["serve", "--data-dir", other, "--listen", &address]);
    let said = said.with(1);
    assert!(said.err.contains("--listen"), "{}", said.err);

    server.signal(Signal::SIGTERM);
    server.end().with(0);
    assert!(errand.announced().is_none());
}

#[test]
fn what_a_killed_server_announced_leads_nobody_astray() {
    let errand = Errand::new();
    let server = errand.serve(&["--browsers", "0"]);
    let run = ["run", "Wait", "--url", "http://127.0.0.1:1/", "--detach"];
    let id = errand.run(&run).with(0).out.trim().to_owned();
    let killed = server.pid();
    server.kill();
    assert_eq!(errand.announced().unwrap()["pid"], killed);
    let said = errand.run(&["doctor", "--json", "--listen", "127.0.0.1:0"]);
    assert!(!said.with(0).out.contains("listens on"));

    let run = errand.run(&["runs", "get", &id, "--json"]).with(0).json();
    assert_eq!(run["run_id"], id.as_str());
    assert_ne!(errand.announced().unwrap()["pid"], killed);
}

#[test]
fn a_folder_that_cannot_be_used_is_named() {
    let errand = Errand::new();
    let file = errand.file("a-file", "");
    for command in [["serve"].as_slice(), &["runs", "list"]] {
        let all = [command, &["--data-dir", &file]].concat();
        let said = errand.run(&all).with(1);
        assert!(said.err.contains(&file), "{}", said.err);
    }
    errand.file("state/errand/signing.key", "no key");
    let said = errand.run(&["serve", "--listen", "127.0.0.1:0"]).with(1);
    assert!(said.err.contains("signing.key"), "{}", said.err);
}
