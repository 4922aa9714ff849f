//! Files and checkpoints of runs.

use errand_domain::{ArtifactId, Draft, RunState, event::Body};
use errand_store::{ArtifactRow, Claim, Error, Writer};

use crate::{
    database::{Database, on_both_databases},
    drafts::finished,
};

on_both_databases![
    a_file_is_noted_with_its_event,
    files_are_listed_by_type_in_pages,
    a_deleted_file_is_gone_and_its_event_stays,
    a_checkpoint_lives_until_the_run_ends,
];

/// Notes a file of that type.
pub async fn screenshot(
    database: &Database,
    claim: &Claim,
    id: &str,
    artifact_type: &str,
) -> ArtifactId {
    let id = ArtifactId::from(id);
    let row = ArtifactRow {
        id: id.clone(),
        organization_id: claim.run.organization_id.clone(),
        run_id: claim.run.id.clone(),
        step_id: None,
        artifact_type: artifact_type.to_owned(),
        content_type: "image/png".to_owned(),
        filename: "page.png".to_owned(),
        size: 5,
        checksum: None,
        location: format!("place/{id}"),
        created_at: errand_domain::Timestamp(0),
    };
    let body = Body::ArtifactCreated {
        artifact_id: id.clone(),
        artifact_type: artifact_type.to_owned(),
        step_id: None,
        content_type: "image/png".to_owned(),
        size: 5,
    };
    let writer = Writer::Holder { epoch: claim.epoch };
    let drafts = vec![Draft::new("a screenshot", body)];
    database
        .store
        .append_artifact(&claim.run.id, writer, row, drafts)
        .await
        .unwrap();
    id
}

async fn a_file_is_noted_with_its_event(database: Database) {
    let claim = database.running().await;
    let id = screenshot(&database, &claim, "a_1", "screenshot_action").await;
    let run = database.read(&claim.run.id).await;
    assert_eq!(
        (run.last_sequence, &run.screenshots),
        (4, &vec![id.clone()])
    );
    let row = database
        .store
        .artifact(&database.organization, &id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((row.size, row.location.as_str()), (5, "place/a_1"));
    assert_eq!(row.created_at, run.modified_at);

    let mut late = row;
    late.id = ArtifactId::from("a_2");
    let writer = Writer::Holder {
        epoch: claim.epoch + 1,
    };
    let drafts = vec![crate::drafts::thought("late")];
    let refused = database
        .store
        .append_artifact(&run.id, writer, late.clone(), drafts)
        .await;
    assert!(matches!(refused, Err(Error::LeaseLost)), "{refused:?}");
    assert_eq!(
        database
            .store
            .artifact(&database.organization, &late.id)
            .await
            .unwrap(),
        None
    );
}

async fn files_are_listed_by_type_in_pages(database: Database) {
    let claim = database.running().await;
    for number in 0..6 {
        let artifact_type = ["screenshot_action", "html_action", "recording"][number % 3];
        screenshot(&database, &claim, &format!("a_{number}"), artifact_type).await;
    }
    let types = ["screenshot_action".to_owned(), "html_action".to_owned()];
    let (mut found, mut token) = (Vec::new(), None);
    loop {
        let page = database
            .store
            .artifacts(
                &database.organization,
                &claim.run.id,
                &types,
                3,
                token.as_deref(),
            )
            .await
            .unwrap();
        found.extend(page.items.into_iter().map(|it| it.id.to_string()));
        token = page.next_page_token;
        if token.is_none() {
            break;
        }
        let elsewhere = database
            .store
            .artifacts(
                &database.organization,
                &claim.run.id,
                &[],
                3,
                token.as_deref(),
            )
            .await;
        assert!(matches!(elsewhere, Err(Error::PageToken)), "{elsewhere:?}");
    }
    assert_eq!(found, ["a_0", "a_1", "a_3", "a_4"]);
}

async fn a_deleted_file_is_gone_and_its_event_stays(database: Database) {
    let claim = database.running().await;
    let id = screenshot(&database, &claim, "a_1", "screenshot_action").await;
    let location = database
        .store
        .delete_artifact(&database.organization, &id)
        .await
        .unwrap();
    assert_eq!(location.as_deref(), Some("place/a_1"));
    assert_eq!(
        database
            .store
            .artifact(&database.organization, &id)
            .await
            .unwrap(),
        None
    );
    assert_eq!(database.read(&claim.run.id).await.last_sequence, 4);
}

async fn a_checkpoint_lives_until_the_run_ends(database: Database) {
    let store = &database.store;
    let claim = database.running().await;
    let run_id = &claim.run.id;
    assert_eq!(store.checkpoint(run_id).await.unwrap(), None);
    for (sequence, content) in [(3, vec![1, 0, 255]), (9, vec![])] {
        store
            .put_checkpoint(run_id, claim.epoch, sequence, content.clone())
            .await
            .unwrap();
        assert_eq!(
            store.checkpoint(run_id).await.unwrap(),
            Some((sequence, content))
        );
    }
    let long = vec![0; errand_store::MAX_CHECKPOINT_BYTES + 1];
    let refused = store.put_checkpoint(run_id, claim.epoch, 9, long).await;
    assert!(matches!(refused, Err(Error::Limit(_))), "{refused:?}");
    let writer = Writer::Holder { epoch: claim.epoch };
    store
        .append(run_id, writer, vec![finished(RunState::Completed)])
        .await
        .unwrap();
    assert_eq!(store.checkpoint(run_id).await.unwrap(), None);
}
