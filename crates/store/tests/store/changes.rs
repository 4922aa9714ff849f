//! The organization's numbered state changes.

use errand_domain::RunState;
use errand_store::Writer;

use crate::{
    database::{Database, on_both_databases},
    drafts::{finished, thought},
};

on_both_databases![
    every_state_change_has_the_next_number,
    a_reader_that_goes_on_from_the_last_number_misses_none,
];

async fn every_state_change_has_the_next_number(database: Database) {
    let store = &database.store;
    assert_eq!(
        store.latest_change(&database.organization).await.unwrap(),
        0
    );
    let claim = database.running().await;
    let writer = Writer::Holder { epoch: claim.epoch };
    let drafts = vec![thought("nothing changes"), finished(RunState::Completed)];
    store.append(&claim.run.id, writer, drafts).await.unwrap();
    let changes = store.changes(&database.organization, 0, 100).await.unwrap();
    let seen: Vec<_> = changes
        .iter()
        .map(|it| (it.number, it.state, it.sequence))
        .collect();
    use RunState::{Completed, Created, Queued, Running};
    assert_eq!(
        seen,
        [
            (1, Created, 1),
            (2, Queued, 2),
            (3, Running, 3),
            (4, Completed, 5)
        ]
    );
    assert_eq!(
        store.latest_change(&database.organization).await.unwrap(),
        4
    );
    let rest = store.changes(&database.organization, 2, 1).await.unwrap();
    assert_eq!(rest, changes[2..3]);
}

async fn a_reader_that_goes_on_from_the_last_number_misses_none(database: Database) {
    let mut writers = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let (store, organization) = (database.store.clone(), database.organization.clone());
        writers.spawn(async move {
            for _ in 0..5 {
                let new = errand_store::NewRun {
                    id: errand_domain::RunId::generate(),
                    organization: organization.clone(),
                    drafts: crate::drafts::accepted("open the page"),
                    request_id: None,
                };
                store.create_run(new).await.unwrap();
            }
        });
    }
    let mut seen = Vec::new();
    while seen.len() < 60 {
        let after = seen.last().copied().unwrap_or(0);
        let changes = database
            .store
            .changes(&database.organization, after, 7)
            .await
            .unwrap();
        seen.extend(changes.into_iter().map(|it| it.number));
    }
    writers.join_all().await;
    assert_eq!(seen, (1..=60).collect::<Vec<_>>());
}
