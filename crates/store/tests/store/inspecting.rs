//! A look that changes nothing.

use errand_store::{Error, Schema, Store};

use crate::database::{Database, on_both_databases, server};

on_both_databases![a_look_tells_which_release_a_database_is_of];

async fn a_look_tells_which_release_a_database_is_of(database: Database) {
    let look = || Store::inspect(&database.url);
    assert_eq!(look().await.unwrap(), Schema::Current);
    let newer = "UPDATE _sqlx_migrations SET version = 90000000000000";
    database.execute(newer.to_owned()).await;
    let refused = look().await.unwrap_err();
    assert!(matches!(refused, Error::Schema(_)), "{refused}");
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
