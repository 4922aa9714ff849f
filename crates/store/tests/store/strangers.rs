//! What isn't the organization's, or isn't anything, is not found.

use errand_domain::{ArtifactId, KeyId, OrganizationId, RunId};
use errand_store::{Command, Error, RunFilter};

use crate::{
    artifacts::screenshot,
    database::{Database, on_both_databases},
};

on_both_databases![
    another_organizations_id_is_not_found,
    made_up_ids_are_not_found
];

async fn another_organizations_id_is_not_found(database: Database) {
    let claim = database.running().await;
    let artifact = screenshot(&database, &claim, "a_1", "screenshot_action").await;
    let stranger = OrganizationId::from("o_stranger");
    database.store.ensure_organization(&stranger).await.unwrap();
    finds_nothing(&database, &stranger, &claim.run.id, &artifact).await;
    let position = database.queued().await;
    let store = &database.store;
    assert_eq!(
        store.queue_position(&stranger, &position.id).await.unwrap(),
        None
    );
    assert!(store.changes(&stranger, 0, 100).await.unwrap().is_empty());
    let listed = store
        .list_runs(&stranger, &RunFilter::default(), 0, None)
        .await
        .unwrap();
    assert!(listed.items.is_empty());
    // Nothing of it was touched by asking.
    assert_eq!(database.read(&claim.run.id).await.last_sequence, 4);
    assert!(
        store
            .artifact(&database.organization, &artifact)
            .await
            .unwrap()
            .is_some()
    );
}

async fn made_up_ids_are_not_found(database: Database) {
    let long = "x".repeat(100_000);
    for text in [
        "",
        "tsk_1",
        "nul \0 in it",
        "'; DROP TABLE runs; --",
        "\u{1f980}",
        &long,
    ] {
        let (run_id, artifact) = (RunId::from(text), ArtifactId::from(text));
        finds_nothing(&database, &database.organization, &run_id, &artifact).await;
        assert_eq!(database.store.key(&KeyId::from(text)).await.unwrap(), None);
        let organization = OrganizationId::from(text);
        finds_nothing(&database, &organization, &run_id, &artifact).await;
        assert_eq!(
            database.store.latest_change(&organization).await.unwrap(),
            0
        );
    }
}

async fn finds_nothing(
    database: &Database,
    organization: &OrganizationId,
    run_id: &RunId,
    artifact: &ArtifactId,
) {
    let store = &database.store;
    assert_eq!(store.get_run(organization, run_id).await.unwrap(), None);
    assert_eq!(
        store.queue_position(organization, run_id).await.unwrap(),
        None
    );
    assert!(
        store
            .events(organization, run_id, 0, 100)
            .await
            .unwrap()
            .is_empty()
    );
    let listed = store
        .artifacts(organization, run_id, &[], 0, None)
        .await
        .unwrap();
    assert!(listed.items.is_empty());
    assert_eq!(store.artifact(organization, artifact).await.unwrap(), None);
    assert_eq!(
        store.delete_artifact(organization, artifact).await.unwrap(),
        None
    );
    assert_eq!(store.delete_run(organization, run_id).await.unwrap(), None);
    let command = Command::Cancel {
        reason: String::new(),
    };
    let refused = store.add_command(organization, run_id, command).await;
    assert!(
        matches!(refused, Err(Error::NotFound("run"))),
        "{refused:?}"
    );
}
