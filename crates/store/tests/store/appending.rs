//! Who may write a log, and what is refused.

use errand_domain::{RunId, RunState, error::LogError, event::MAX_EVENTS, log::verify};
use errand_store::{Error, Writer};

use crate::{
    database::{Database, on_both_databases},
    drafts::{finished, queued, thought},
    log::log_of,
};

on_both_databases![
    a_lost_epoch_can_not_write,
    a_holder_that_handed_back_can_not_write,
    nobody_writes_only_what_they_saw,
    tasks_of_one_holder_write_side_by_side,
    what_does_not_fit_the_log_changes_nothing,
    a_full_log_can_still_end,
];

async fn a_lost_epoch_can_not_write(database: Database) {
    let store = &database.store;
    let old = database.running().await;
    database.abandon(&old.run.id).await;
    let new = database.claim().await.unwrap();
    assert!(new.recovered);
    let before = database.read(&old.run.id).await;

    let writer = Writer::Holder { epoch: old.epoch };
    let refused = store
        .append(&old.run.id, writer, vec![thought("late")])
        .await;
    assert!(matches!(refused, Err(Error::LeaseLost)), "{refused:?}");
    let refused = store
        .put_checkpoint(&old.run.id, old.epoch, 1, vec![1])
        .await;
    assert!(matches!(refused, Err(Error::LeaseLost)), "{refused:?}");
    let refused = store.pending_commands(&old.run.id, old.epoch).await;
    assert!(matches!(refused, Err(Error::LeaseLost)), "{refused:?}");
    assert!(
        !store
            .renew(&old.run.id, old.epoch, crate::database::LONG)
            .await
            .unwrap()
    );
    assert_eq!(database.read(&old.run.id).await, before);

    let writer = Writer::Holder { epoch: new.epoch };
    store
        .append(&new.run.id, writer, vec![thought("in time")])
        .await
        .unwrap();
}

async fn a_holder_that_handed_back_can_not_write(database: Database) {
    let claim = database.running().await;
    let writer = Writer::Holder { epoch: claim.epoch };
    database
        .store
        .append(&claim.run.id, writer, vec![queued()])
        .await
        .unwrap();
    let refused = database
        .store
        .append(&claim.run.id, writer, vec![thought("late")])
        .await;
    assert!(matches!(refused, Err(Error::LeaseLost)), "{refused:?}");
    let again = database.claim().await.unwrap();
    assert_eq!((again.epoch, again.recovered), (claim.epoch + 1, false));
}

async fn nobody_writes_only_what_they_saw(database: Database) {
    let run = database.queued().await;
    let end = || vec![finished(RunState::Canceled)];
    let stale = Writer::Nobody {
        state: RunState::Queued,
        last_sequence: 1,
    };
    let refused = database.store.append(&run.id, stale, end()).await;
    assert!(
        matches!(
            refused,
            Err(Error::Conflict {
                last_sequence: 2,
                ..
            })
        ),
        "{refused:?}"
    );
    let seen = Writer::Nobody {
        state: RunState::Queued,
        last_sequence: 2,
    };
    database.store.append(&run.id, seen, end()).await.unwrap();
    let refused = database.store.append(&run.id, seen, end()).await;
    assert!(
        matches!(refused, Err(Error::Conflict { .. })),
        "{refused:?}"
    );

    let held = database.running().await.run;
    let seen = Writer::Nobody {
        state: held.state,
        last_sequence: held.last_sequence,
    };
    let refused = database
        .store
        .append(&held.id, seen, vec![thought("not mine")])
        .await;
    assert!(
        matches!(refused, Err(Error::Conflict { .. })),
        "{refused:?}"
    );
}

async fn tasks_of_one_holder_write_side_by_side(database: Database) {
    let claim = database.running().await;
    let mut tasks = tokio::task::JoinSet::new();
    for task in 0..8 {
        let (store, run_id) = (database.store.clone(), claim.run.id.clone());
        let writer = Writer::Holder { epoch: claim.epoch };
        tasks.spawn(async move {
            for turn in 0..10 {
                let drafts = vec![thought(&format!("{task}.{turn}")), thought("and")];
                store.append(&run_id, writer, drafts).await.unwrap();
            }
        });
    }
    tasks.join_all().await;
    let events = log_of(&database, &claim.run.id).await;
    assert_eq!(events.len(), 3 + 160);
    verify(0, [0; 32], &events).unwrap();
}

async fn what_does_not_fit_the_log_changes_nothing(database: Database) {
    let store = &database.store;
    let claim = database.running().await;
    let writer = Writer::Holder { epoch: claim.epoch };
    let run_id = &claim.run.id;
    let long = "x".repeat(64 * 1024);
    let refused = store
        .append(run_id, writer, vec![thought("fits"), thought(&long)])
        .await;
    assert!(
        matches!(refused, Err(Error::Log(LogError::TooLarge { .. }))),
        "{refused:?}"
    );
    let refused = store
        .append(run_id, writer, vec![finished(RunState::Canceled)])
        .await;
    assert!(
        matches!(refused, Err(Error::Log(LogError::Illegal(_)))),
        "{refused:?}"
    );
    let drafts = vec![finished(RunState::Completed), thought("after")];
    let refused = store.append(run_id, writer, drafts).await;
    assert!(
        matches!(refused, Err(Error::Log(LogError::AfterTheEnd(_)))),
        "{refused:?}"
    );
    let refused = store
        .append(&RunId::generate(), writer, vec![thought("where")])
        .await;
    assert!(
        matches!(refused, Err(Error::NotFound("run"))),
        "{refused:?}"
    );
    let refused = store
        .append(run_id, writer, vec![thought("much"); 101])
        .await;
    assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
    assert_eq!(database.read(run_id).await, claim.run);
}

async fn a_full_log_can_still_end(database: Database) {
    let claim = database.running().await;
    let run_id = &claim.run.id;
    let near = MAX_EVENTS - 64;
    database
        .execute(format!(
            "UPDATE runs SET last_sequence = {near} WHERE id = '{run_id}'"
        ))
        .await;
    let writer = Writer::Holder { epoch: claim.epoch };
    let refused = database
        .store
        .append(run_id, writer, vec![thought("one more")])
        .await;
    assert!(
        matches!(refused, Err(Error::Log(LogError::Full))),
        "{refused:?}"
    );
    let end = vec![thought("the reason"), finished(RunState::Failed)];
    database.store.append(run_id, writer, end).await.unwrap();
    assert_eq!(database.read(run_id).await.state, RunState::Failed);
}
