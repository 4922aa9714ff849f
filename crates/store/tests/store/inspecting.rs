//! A look that changes nothing.

use errand_store::{Error, Schema, Store};

use crate::database::{Database, on_both_databases, server};

on_both_databases![
    a_look_tells_which_release_a_database_is_of,
    a_database_of_an_earlier_release_keeps_its_runs,
];

async fn a_look_tells_which_release_a_database_is_of(database: Database) {
    let look = || Store::inspect(&database.url);
    assert_eq!(look().await.unwrap(), Schema::Current);
    let newer = "UPDATE _sqlx_migrations SET version = 90000000000000 WHERE version = 1";
    database.execute(newer.to_owned()).await;
    let refused = look().await.unwrap_err();
    assert!(matches!(refused, Error::Schema(_)), "{refused}");
}

async fn a_database_of_an_earlier_release_keeps_its_runs(database: Database) {
    let before = database.queued().await;
    // As the first release left it.
    for column in [
        "model_calls",
        "input_tokens",
        "cached_input_tokens",
        "output_tokens",
        "cost_micros",
        "cost_is_partial",
    ] {
        let drop = format!("ALTER TABLE runs DROP COLUMN {column}");
        database.execute(drop).await;
    }
    let forget = "DELETE FROM _sqlx_migrations WHERE version = 2";
    database.execute(forget.to_owned()).await;
    let looked = Store::inspect(&database.url).await.unwrap();
    assert_eq!(looked, Schema::Behind(1));

    let newer = Store::open(&database.url).await.unwrap();
    let found = newer.get_run(&database.organization, &before.id).await;
    assert_eq!(found.unwrap(), Some(before));
    let looked = Store::inspect(&database.url).await.unwrap();
    assert_eq!(looked, Schema::Current);
    newer.close().await;
}

#[tokio::test]
async fn what_is_not_there_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("errand.db");
    let sqlite = format!("sqlite://{}", path.display());
    let postgres = server().database().unwrap();
    for url in [&sqlite, &postgres, &sqlite, &postgres] {
        assert_eq!(Store::inspect(url).await.unwrap(), Schema::Absent);
    }
    assert!(!path.exists());
}
