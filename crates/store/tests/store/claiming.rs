//! Who gets which run, and for how long.

use std::{collections::HashSet, time::Duration};

use errand_domain::{OrganizationId, Run, RunId, RunState, Timestamp, event::Body};
use errand_store::{ClaimLimits, NewRun, Writer};

use crate::{
    database::{Database, LONG, UNLIMITED, on_both_databases},
    drafts::{accepted, created, finished, queued, request},
    log::log_of,
};

on_both_databases![
    many_claimers_never_get_the_same_run,
    the_limit_of_an_organization_holds_for_many_claimers,
    an_organization_at_its_limit_does_not_hold_up_others,
    the_queue_is_by_priority_then_by_age,
    a_run_is_taken_over_when_its_lease_has_passed,
    a_renewed_lease_is_not_taken_over,
    a_claim_is_in_the_log,
    a_run_whose_time_is_over_is_canceled_and_not_claimed,
];

async fn many_claimers_never_get_the_same_run(database: Database) {
    let mut made = HashSet::new();
    for _ in 0..40 {
        made.insert(database.queued().await.id);
    }
    let claimed = claim_all(&database, UNLIMITED).await;
    assert_eq!(claimed.len(), 40);
    assert_eq!(
        claimed
            .into_iter()
            .map(|run| run.id)
            .collect::<HashSet<_>>(),
        made
    );
}

async fn the_limit_of_an_organization_holds_for_many_claimers(database: Database) {
    for _ in 0..10 {
        database.queued().await;
    }
    let limits = ClaimLimits {
        per_organization: 3,
    };
    let claimed = claim_all(&database, limits).await;
    assert_eq!(claimed.len(), 3);
    let writer = Writer::Holder {
        epoch: claimed[0].lease_epoch,
    };
    let end = vec![finished(RunState::Completed)];
    database
        .store
        .append(&claimed[0].id, writer, end)
        .await
        .unwrap();
    assert_eq!(claim_all(&database, limits).await.len(), 1);
}

/// Eight claimers until each finds nothing three times: one may look while another still
/// decides about the last place.
async fn claim_all(database: &Database, limits: ClaimLimits) -> Vec<Run> {
    let mut claimers = tokio::task::JoinSet::new();
    for claimer in 0..8 {
        let store = database.store.clone();
        claimers.spawn(async move {
            let (mut claimed, mut misses) = (Vec::new(), 0);
            while misses < 3 {
                match store
                    .claim(&format!("h{claimer}"), LONG, &limits)
                    .await
                    .unwrap()
                {
                    Some(claim) => claimed.push(claim.run),
                    None => misses += 1,
                }
            }
            claimed
        });
    }
    claimers.join_all().await.into_iter().flatten().collect()
}

async fn an_organization_at_its_limit_does_not_hold_up_others(database: Database) {
    for _ in 0..3 {
        database.queued().await;
    }
    let other = OrganizationId::from("o_other");
    database.store.ensure_organization(&other).await.unwrap();
    let new = NewRun {
        id: RunId::generate(),
        organization: other.clone(),
        drafts: accepted("open the page"),
        request_id: None,
    };
    let theirs = database.store.create_run(new).await.unwrap().into_run();
    let limits = ClaimLimits {
        per_organization: 1,
    };
    let first = database
        .store
        .claim("h", LONG, &limits)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(first.run.organization_id, database.organization);
    let second = database
        .store
        .claim("h", LONG, &limits)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(second.run.id, theirs.id);
    assert_eq!(
        database.store.claim("h", LONG, &limits).await.unwrap(),
        None
    );
}

async fn the_queue_is_by_priority_then_by_age(database: Database) {
    let mut made = Vec::new();
    for (age, priority) in [0, 5, -1, 5, 0].into_iter().enumerate() {
        let mut task = request("open the page");
        task.priority = priority;
        let run = database.create(vec![created(task), queued()]).await;
        database
            .execute(format!(
                "UPDATE runs SET queued_at = {} WHERE id = '{}'",
                1_000 + age,
                run.id
            ))
            .await;
        made.push(run.id);
    }
    let mut claimed = Vec::new();
    while let Some(claim) = database.claim().await {
        claimed.push(claim.run.id);
    }
    let expected: Vec<_> = [1, 3, 0, 4, 2]
        .into_iter()
        .map(|age: usize| made[age].clone())
        .collect();
    assert_eq!(claimed, expected);
}

async fn a_run_is_taken_over_when_its_lease_has_passed(database: Database) {
    database.queued().await;
    let store = &database.store;
    let first = store
        .claim("first", Duration::ZERO, &UNLIMITED)
        .await
        .unwrap()
        .unwrap();
    assert!(!first.recovered);
    // By the database's clock, which on SQLite counts milliseconds.
    let taken = loop {
        if let Some(claim) = store.claim("second", LONG, &UNLIMITED).await.unwrap() {
            break claim;
        }
    };
    assert!(taken.recovered);
    assert_eq!((taken.epoch, taken.run.attempt), (first.epoch + 1, 2));
    assert_eq!(taken.run.started_at, first.run.started_at);
    assert_eq!(database.read(&taken.run.id).await, taken.run);
    let queued = log_of(&database, &taken.run.id)
        .await
        .into_iter()
        .rev()
        .nth(1)
        .unwrap();
    assert_eq!(queued.body.kind(), "run_queued");
}

async fn a_renewed_lease_is_not_taken_over(database: Database) {
    database.queued().await;
    let store = &database.store;
    let claim = store
        .claim("first", Duration::ZERO, &UNLIMITED)
        .await
        .unwrap()
        .unwrap();
    assert!(store.renew(&claim.run.id, claim.epoch, LONG).await.unwrap());
    assert_eq!(database.claim().await, None);
    assert!(
        !store
            .renew(&claim.run.id, claim.epoch + 1, LONG)
            .await
            .unwrap()
    );
    let writer = Writer::Holder { epoch: claim.epoch };
    store
        .append(&claim.run.id, writer, vec![finished(RunState::Completed)])
        .await
        .unwrap();
    assert!(!store.renew(&claim.run.id, claim.epoch, LONG).await.unwrap());
    assert_eq!(database.claim().await, None);
}

async fn a_claim_is_in_the_log(database: Database) {
    let claim = database.running().await;
    assert_eq!(claim.run.state, RunState::Running);
    assert_eq!(claim.run.queued_reason, None);
    assert_eq!(database.read(&claim.run.id).await, claim.run);
    let last = log_of(&database, &claim.run.id).await.pop().unwrap();
    let expected = Body::RunStarted {
        attempt: 1,
        holder: "holder".to_owned(),
    };
    assert_eq!(last.body, expected);
    let now = database.store.now().await.unwrap();
    assert!(claim.lease_until > now && claim.lease_until <= now.plus_millis(600_000));
}

async fn a_run_whose_time_is_over_is_canceled_and_not_claimed(database: Database) {
    let now = database.store.now().await.unwrap();
    let mut task = request("open the page");
    task.not_after = Some(Timestamp(now.micros() - 1));
    let late = database.create(vec![created(task.clone()), queued()]).await;
    task.not_after = Some(now.plus_millis(600_000));
    let early = database.create(vec![created(task), queued()]).await;
    assert_eq!(database.claim().await.unwrap().run.id, early.id);
    assert_eq!(database.claim().await, None);
    let expired = database.store.expire_queued().await.unwrap();
    assert_eq!(expired.len(), 1);
    assert_eq!(
        (&expired[0].id, expired[0].state),
        (&late.id, RunState::Canceled)
    );
    assert_eq!(database.read(&late.id).await, expired[0]);
    assert!(database.store.expire_queued().await.unwrap().is_empty());
}
