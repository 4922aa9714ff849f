//! `errand runs timeline` and `verify`.

use nix::sys::signal::Signal;
use sqlx::{AnyConnection, Connection as _};

use crate::errand::Errand;

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_was_changed_is_found_out() {
    let errand = Errand::new();
    let server = errand.serve(&["--browsers", "0"]);
    let goal = "Extract the main heading";
    let run = ["run", goal, "--url", "http://127.0.0.1:1/", "--detach"];
    let id = errand.run(&run).with(0).out.trim().to_owned();
    errand
        .run(&["runs", "cancel", &id, "--reason", "enough"])
        .with(0);
    let said = errand.run(&["runs", "timeline", &id]).with(0);
    assert!(said.out.contains(goal), "{}", said.out);
    let said = errand.run(&["runs", "verify", &id]).with(0);
    assert!(said.out.contains("are intact"), "{}", said.out);
    server.signal(Signal::SIGTERM);
    server.end().with(0);

    sqlx::any::install_default_drivers();
    let url = format!("sqlite://{}/errand.db", errand.data().display());
    let mut database = AnyConnection::connect(&url).await.unwrap();
    let changed = sqlx::query("UPDATE run_events SET summary = 'nothing' WHERE sequence = 2")
        .execute(&mut database)
        .await
        .unwrap();
    assert_eq!(changed.rows_affected(), 1);
    database.close().await.unwrap();

    let said = errand.run(&["runs", "verify", &id, "--json"]).with(1);
    let verdict = said.json();
    assert_eq!(verdict["intact"], false, "{verdict}");
    assert!(
        verdict["fault"].as_str().unwrap().contains('2'),
        "{verdict}"
    );
}
