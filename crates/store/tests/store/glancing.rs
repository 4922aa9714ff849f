//! Looking where a run is without reading it whole.

use errand_domain::{OrganizationId, RunId};

use crate::database::{Database, on_both_databases};

on_both_databases!(a_glance_tells_what_a_whole_read_would);

async fn a_glance_tells_what_a_whole_read_would(database: Database) {
    let (store, owner) = (&database.store, &database.organization);
    let first = database.queued().await;
    let second = database.queued().await;
    for (run, position) in [(&first, 1), (&second, 2)] {
        let glance = store.glance(owner, &run.id).await.unwrap().unwrap();
        assert_eq!(glance.last_sequence, run.last_sequence);
        assert_eq!(glance.queue_position, position);
        let whole = store.queue_position(owner, &run.id).await.unwrap();
        assert_eq!(whole, Some(position));
    }
    let claim = database.claim().await.unwrap();
    let glance = store.glance(owner, &claim.run.id).await.unwrap().unwrap();
    assert_eq!(glance.last_sequence, claim.run.last_sequence);
    assert_eq!(glance.queue_position, 0);
    let other = OrganizationId::from("other");
    assert_eq!(store.glance(&other, &first.id).await.unwrap(), None);
    let nobodys = RunId::generate();
    assert_eq!(store.glance(owner, &nobodys).await.unwrap(), None);
}
