//! A run is made once, however often it is asked for.

use errand_domain::{OrganizationId, RunId, RunState};
use errand_store::{Created, Error, NewRun, RequestKey};

use crate::{
    database::{Database, on_both_databases},
    drafts::{accepted, created, queued, request},
};

on_both_databases![
    a_run_is_created_with_its_events,
    the_same_request_id_gives_the_same_run,
    callers_at_once_with_one_request_id_make_one_run,
    a_request_id_is_forgotten_after_a_day,
    creating_again_after_a_lost_answer_gives_the_run,
    an_organization_that_does_not_exist_has_no_runs,
    labels_that_are_too_long_are_refused,
];

fn new(database: &Database, key: &str, hash: u8) -> NewRun {
    NewRun {
        id: RunId::generate(),
        organization: database.organization.clone(),
        drafts: accepted("open the page"),
        request_id: Some(RequestKey {
            method: "RunTask".to_owned(),
            key: key.to_owned(),
            hash: [hash; 32],
        }),
    }
}

async fn a_run_is_created_with_its_events(database: Database) {
    let run = database.queued().await;
    assert_eq!((run.state, run.last_sequence), (RunState::Queued, 2));
    assert_eq!(run.request.prompt, "open the page");
    assert_eq!(database.read(&run.id).await, run);
    let position = database
        .store
        .queue_position(&database.organization, &run.id)
        .await
        .unwrap();
    assert_eq!(position, Some(1));
    let mut late = request("wait");
    late.priority = 5;
    let urgent = database.create(vec![created(late), queued()]).await;
    let position = |id| database.store.queue_position(&database.organization, id);
    assert_eq!(position(&urgent.id).await.unwrap(), Some(1));
    assert_eq!(position(&run.id).await.unwrap(), Some(2));
}

async fn the_same_request_id_gives_the_same_run(database: Database) {
    // Longer than an index takes, and with what PostgreSQL refuses.
    for key in ["abc".to_owned(), "long ".repeat(2_000), "nul \0".to_owned()] {
        let Created::Fresh(run) = database
            .store
            .create_run(new(&database, &key, 1))
            .await
            .unwrap()
        else {
            panic!("new");
        };
        let again = database
            .store
            .create_run(new(&database, &key, 1))
            .await
            .unwrap();
        assert_eq!(again, Created::Same(run));
        let other = database.store.create_run(new(&database, &key, 2)).await;
        assert!(matches!(other, Err(Error::RequestIdReused)), "{other:?}");
        let mut elsewhere = new(&database, &key, 2);
        elsewhere.request_id.as_mut().unwrap().method = "RetryRun".to_owned();
        assert!(matches!(
            database.store.create_run(elsewhere).await.unwrap(),
            Created::Fresh(_)
        ));
    }
}

async fn callers_at_once_with_one_request_id_make_one_run(database: Database) {
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (store, new) = (database.store.clone(), new(&database, "abc", 1));
        callers.spawn(async move { store.create_run(new).await.unwrap() });
    }
    let created = callers.join_all().await;
    assert_eq!(
        created
            .iter()
            .filter(|it| matches!(it, Created::Fresh(_)))
            .count(),
        1
    );
    let mut ids: Vec<_> = created.into_iter().map(|it| it.into_run().id).collect();
    ids.dedup();
    assert_eq!(ids.len(), 1);
}

async fn a_request_id_is_forgotten_after_a_day(database: Database) {
    database
        .store
        .create_run(new(&database, "abc", 1))
        .await
        .unwrap();
    database
        .execute("UPDATE request_ids SET created_at = created_at - 86400000001".into())
        .await;
    let again = database
        .store
        .create_run(new(&database, "abc", 2))
        .await
        .unwrap();
    assert!(matches!(again, Created::Fresh(_)));
    database
        .execute("UPDATE request_ids SET created_at = created_at - 86400000001".into())
        .await;
    database.store.expire_queued().await.unwrap();
    let left = "SELECT CAST(COUNT(*) AS BIGINT) FROM request_ids".to_owned();
    assert_eq!(database.number(left).await, 0);
}

async fn creating_again_after_a_lost_answer_gives_the_run(database: Database) {
    let new = new(&database, "abc", 1);
    let first = database.store.create_run(new.clone()).await.unwrap();
    assert_eq!(database.store.create_run(new).await.unwrap(), first);
}

async fn an_organization_that_does_not_exist_has_no_runs(database: Database) {
    let mut stray = new(&database, "abc", 1);
    stray.organization = OrganizationId::from("o_nobody");
    let refused = database.store.create_run(stray).await;
    assert!(
        matches!(refused, Err(Error::NotFound("organization"))),
        "{refused:?}"
    );
}

async fn labels_that_are_too_long_are_refused(database: Database) {
    let mut labelled = new(&database, "abc", 1);
    let mut task = request("open the page");
    task.labels.insert("k".repeat(257), "v".to_owned());
    labelled.drafts = vec![created(task), queued()];
    let refused = database.store.create_run(labelled).await;
    assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
}
