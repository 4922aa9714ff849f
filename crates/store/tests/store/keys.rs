//! API keys.

use errand_domain::{KeyId, OrganizationId};
use errand_store::Error;

use crate::database::{Database, on_both_databases};

on_both_databases![a_key_is_found_until_it_is_revoked];

async fn a_key_is_found_until_it_is_revoked(database: Database) {
    let store = &database.store;
    let organization = store.ensure_default_organization().await.unwrap();
    let id = KeyId::generate();
    store
        .add_key(&organization, &id, [7; 32], "first start")
        .await
        .unwrap();
    store
        .add_key(&organization, &id, [8; 32], "again")
        .await
        .unwrap();
    let key = store.key(&id).await.unwrap().unwrap();
    assert_eq!(
        (key.organization, key.hash, key.label),
        (organization.clone(), [7; 32], "first start".to_owned())
    );
    let nobody = OrganizationId::from("o_nobody");
    let refused = store
        .add_key(&nobody, &KeyId::generate(), [7; 32], "")
        .await;
    assert!(
        matches!(refused, Err(Error::NotFound("organization"))),
        "{refused:?}"
    );
    assert!(!store.revoke_key(&nobody, &id).await.unwrap());
    assert!(store.revoke_key(&organization, &id).await.unwrap());
    assert!(!store.revoke_key(&organization, &id).await.unwrap());
    assert_eq!(store.key(&id).await.unwrap(), None);
}
