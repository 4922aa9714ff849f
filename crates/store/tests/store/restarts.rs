//! PostgreSQL goes and comes back in the middle of the work.

use std::time::Duration;

use errand_domain::{RunState, log::verify};
use errand_store::{Error, Options, Store, Writer};
use errand_testing::Postgres;

use crate::{
    database::{LONG, UNLIMITED},
    drafts::{accepted, finished, thought},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn restarts_and_crashes_in_the_middle_of_appends_lose_nothing() {
    let server = Postgres::start_with("").unwrap();
    let store = Store::open(&server.url()).await.unwrap();
    let organization = store.ensure_default_organization().await.unwrap();
    let mut holders = tokio::task::JoinSet::new();
    let (progress, mut seen) = tokio::sync::watch::channel(0_u32);
    for _ in 0..4 {
        let (store, organization) = (store.clone(), organization.clone());
        let progress = progress.clone();
        holders.spawn(async move {
            let new = errand_store::NewRun {
                id: errand_domain::RunId::generate(),
                organization: organization.clone(),
                drafts: accepted("open the page"),
                request_id: None,
            };
            store.create_run(new).await.unwrap();
            let claim = store
                .claim("holder", LONG, &UNLIMITED)
                .await
                .unwrap()
                .unwrap();
            let writer = Writer::Holder { epoch: claim.epoch };
            let mut written = Vec::new();
            for number in 0..400 {
                let drafts = vec![thought(&number.to_string()), thought("and")];
                written.extend(store.append(&claim.run.id, writer, drafts).await.unwrap());
                progress.send_modify(|count| *count += 1);
            }
            let end = vec![finished(RunState::Completed)];
            written.extend(store.append(&claim.run.id, writer, end).await.unwrap());
            (claim.run, written)
        });
    }
    for (at, crash) in [(200, false), (600, true), (1_000, false)] {
        seen.wait_for(|count| *count >= at).await.unwrap();
        tokio::task::block_in_place(|| {
            if crash {
                server.crash()
            } else {
                server.restart()
            }
        })
        .unwrap();
    }
    while let Some(done) = holders.join_next().await {
        let (run, written) = done.unwrap();
        assert_eq!(written.len(), 801);
        let mut stored = Vec::new();
        loop {
            let after = run.last_sequence + stored.len() as u64;
            let page = store
                .events(&organization, &run.id, after, 500)
                .await
                .unwrap();
            if page.is_empty() {
                break;
            }
            stored.extend(page);
        }
        assert_eq!(stored, written);
        verify(run.last_sequence, written[0].previous_hash, &stored).unwrap();
    }
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_stays_away_is_an_error_in_bounded_time_and_comes_back() {
    let server = Postgres::start().unwrap();
    let options = Options {
        retry_for: Duration::from_millis(300),
        ..Options::default()
    };
    let store = Store::open_with(&server.url(), options).await.unwrap();
    let organization = store.ensure_default_organization().await.unwrap();
    tokio::task::block_in_place(|| server.pause()).unwrap();
    let asked = store.latest_change(&organization);
    let answer = tokio::time::timeout(Duration::from_secs(20), asked)
        .await
        .unwrap();
    assert!(matches!(answer, Err(Error::Unavailable(_))), "{answer:?}");
    assert!(store.ping().await.is_err());
    tokio::task::block_in_place(|| server.resume()).unwrap();
    assert_eq!(store.latest_change(&organization).await.unwrap(), 0);
    let mut hints = store.watch_organization(&organization);
    let new = errand_store::NewRun {
        id: errand_domain::RunId::generate(),
        organization,
        drafts: accepted("open the page"),
        request_id: None,
    };
    store.create_run(new).await.unwrap();
    assert!(hints.wait(LONG).await);
}
