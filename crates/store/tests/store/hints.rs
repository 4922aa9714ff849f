//! Wake-ups reach those who wait, also in other processes.

use std::time::Duration;

use errand_domain::RunState;
use errand_store::{Store, Writer};

use crate::{
    database::{Database, LONG, on_both_databases},
    drafts::{finished, thought},
};

on_both_databases![
    each_watcher_is_woken_by_what_it_watches,
    many_events_are_few_hints,
];

async fn each_watcher_is_woken_by_what_it_watches(database: Database) {
    let store = &database.store;
    let (mut queue, mut organization) = (
        store.watch_queue(),
        store.watch_organization(&database.organization),
    );
    let run = database.queued().await;
    assert!(queue.wait(LONG).await && organization.wait(LONG).await);
    let mut watched = store.watch_run(&run.id);
    let claim = database.claim().await.unwrap();
    assert!(watched.wait(LONG).await && organization.wait(LONG).await);
    let writer = Writer::Holder { epoch: claim.epoch };
    store
        .append(&run.id, writer, vec![finished(RunState::Completed)])
        .await
        .unwrap();
    assert!(watched.wait(LONG).await && organization.wait(LONG).await && queue.wait(LONG).await);
    let mut other = store.watch_run(&errand_domain::RunId::generate());
    assert!(!other.wait(Duration::from_millis(100)).await);
}

async fn many_events_are_few_hints(database: Database) {
    let claim = database.running().await;
    let mut hints = database.store.watch_run(&claim.run.id);
    let started = tokio::time::Instant::now();
    let (store, run_id) = (database.store.clone(), claim.run.id.clone());
    let writer = Writer::Holder { epoch: claim.epoch };
    let work = tokio::spawn(async move {
        for _ in 0..100 {
            store
                .append(&run_id, writer, vec![thought("again")])
                .await
                .unwrap();
        }
    });
    let mut count = 0;
    while !work.is_finished() || count == 0 {
        count += u32::from(hints.wait(Duration::from_millis(50)).await);
    }
    work.await.unwrap();
    let most = started.elapsed().as_millis() / 25 + 2;
    assert!(
        u128::from(count) <= most,
        "{count} hints where {most} are the most"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_process_is_woken_over_postgresql() {
    let database = crate::database::postgres().await;
    let there = Store::open(&database.url).await.unwrap();
    let run = database.queued().await;
    let mut hints = there.watch_run(&run.id);
    // Once when it began to listen, perhaps; then for each append.
    for round in 0..5 {
        while hints.wait(Duration::from_millis(100)).await {}
        let writer = Writer::Nobody {
            state: RunState::Queued,
            last_sequence: run.last_sequence + round,
        };
        database
            .store
            .append(&run.id, writer, vec![thought("hello")])
            .await
            .unwrap();
        assert!(hints.wait(LONG).await);
    }
    there.close().await;
    assert!(matches!(
        there.now().await,
        Err(errand_store::Error::Closed)
    ));
}
