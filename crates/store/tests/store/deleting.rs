//! A run that ended can be deleted, with everything.

use errand_domain::RunState;
use errand_store::{Command, Error, Writer};

use crate::{
    artifacts::screenshot,
    database::{Database, on_both_databases},
    drafts::finished,
};

on_both_databases![a_run_that_ended_is_deleted_with_everything];

async fn a_run_that_ended_is_deleted_with_everything(database: Database) {
    let store = &database.store;
    let claim = database.running().await;
    let run_id = &claim.run.id;
    let artifact = screenshot(&database, &claim, "a_1", "screenshot_action").await;
    let respond = Command::Respond {
        response: "1".to_owned(),
    };
    store
        .add_command(&database.organization, run_id, respond)
        .await
        .unwrap();
    let refused = store.delete_run(&database.organization, run_id).await;
    assert!(
        matches!(refused, Err(Error::NotFinal(RunState::Running))),
        "{refused:?}"
    );

    let writer = Writer::Holder { epoch: claim.epoch };
    store
        .append(run_id, writer, vec![finished(RunState::Completed)])
        .await
        .unwrap();
    let deleted = store
        .delete_run(&database.organization, run_id)
        .await
        .unwrap();
    assert_eq!(deleted, Some(vec!["place/a_1".to_owned()]));
    assert_eq!(
        store
            .delete_run(&database.organization, run_id)
            .await
            .unwrap(),
        None
    );
    assert_eq!(
        store.get_run(&database.organization, run_id).await.unwrap(),
        None
    );
    assert_eq!(
        store
            .artifact(&database.organization, &artifact)
            .await
            .unwrap(),
        None
    );
    for table in [
        "run_details",
        "run_events",
        "run_changes",
        "run_commands",
        "artifacts",
    ] {
        let count = format!("SELECT CAST(COUNT(*) AS BIGINT) FROM {table}");
        assert_eq!(database.number(count).await, 0, "{table}");
    }
    // Numbers of changes go on where they were.
    assert_eq!(
        store.latest_change(&database.organization).await.unwrap(),
        4
    );
}
