//! SQLite without room, without the lock, without its file.

use std::time::Duration;

use errand_domain::{Draft, RunState, event::Body, log::verify};
use errand_store::{Error, NewRun, Options, Store, Writer};
use sqlx::Connection as _;
use tempfile::TempDir;

use crate::{
    database::{LONG, UNLIMITED},
    drafts::{accepted, finished, thought},
};

fn url(folder: &TempDir) -> String {
    format!("sqlite://{}/errand.db", folder.path().display())
}

fn new(store_organization: &errand_domain::OrganizationId) -> NewRun {
    NewRun {
        id: errand_domain::RunId::generate(),
        organization: store_organization.clone(),
        drafts: accepted("open the page"),
        request_id: None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_database_is_an_error_and_works_again_when_there_is_room() {
    let folder = TempDir::new().unwrap();
    let options = Options {
        max_database_bytes: Some(1 << 20),
        ..Options::default()
    };
    let store = Store::open_with(&url(&folder), options).await.unwrap();
    let organization = store.ensure_default_organization().await.unwrap();
    let old = store
        .create_run(new(&organization))
        .await
        .unwrap()
        .into_run();
    let old = store
        .claim("holder", LONG, &UNLIMITED)
        .await
        .unwrap()
        .filter(|it| it.run.id == old.id);
    let old = old.unwrap();
    let large = || thought(&"x".repeat(60_000));
    let mut drafts: Vec<Draft> = (0..6).map(|_| large()).collect();
    drafts.push(finished(RunState::Completed));
    store
        .append(&old.run.id, Writer::Holder { epoch: old.epoch }, drafts)
        .await
        .unwrap();

    store.create_run(new(&organization)).await.unwrap();
    let claim = store
        .claim("holder", LONG, &UNLIMITED)
        .await
        .unwrap()
        .unwrap();
    let writer = Writer::Holder { epoch: claim.epoch };
    let mut last = claim.run.last_sequence;
    let refused = loop {
        match store.append(&claim.run.id, writer, vec![large()]).await {
            Ok(events) => last = events[0].sequence,
            Err(error) => break error,
        }
    };
    assert!(matches!(refused, Error::StorageFull(_)), "{refused:?}");
    for _ in 0..20 {
        let again = store.append(&claim.run.id, writer, vec![large()]).await;
        assert!(matches!(again, Err(Error::StorageFull(_))), "{again:?}");
    }
    let run = store
        .get_run(&organization, &claim.run.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(run.last_sequence, last);

    store
        .delete_run(&organization, &old.run.id)
        .await
        .unwrap()
        .unwrap();
    store
        .append(&claim.run.id, writer, vec![large()])
        .await
        .unwrap();
    let events = store
        .events(&organization, &claim.run.id, 0, 1_000)
        .await
        .unwrap();
    assert_eq!(events.len() as u64, last + 1);
    verify(0, [0; 32], &events).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_locked_file_is_an_error() {
    let folder = TempDir::new().unwrap();
    let options = Options {
        busy_timeout: Duration::from_millis(50),
        ..Options::default()
    };
    let store = Store::open_with(&url(&folder), options.clone())
        .await
        .unwrap();
    let organization = store.ensure_default_organization().await.unwrap();
    let mut other = sqlx::AnyConnection::connect(&url(&folder)).await.unwrap();
    sqlx::query("BEGIN EXCLUSIVE")
        .execute(&mut other)
        .await
        .unwrap();
    let refused = store.create_run(new(&organization)).await;
    assert!(matches!(refused, Err(Error::Locked)), "{refused:?}");
    assert_eq!(
        refused.unwrap_err().to_string(),
        "the database file is locked by another process"
    );
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    store.create_run(new(&organization)).await.unwrap();
}

#[tokio::test]
async fn what_can_not_be_opened_is_named() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("text.db"), "no database ".repeat(1_000)).unwrap();
    let path = folder.path().display();
    for (url, said) in [
        (
            "mysql://h/db".to_owned(),
            "neither sqlite:// nor postgres://",
        ),
        (
            format!("sqlite://{path}/none/errand.db"),
            "none does not exist",
        ),
        (format!("sqlite://{path}"), "it is a folder"),
        ("sqlite::memory:".to_owned(), "name a file"),
        (format!("sqlite://{path}/text.db"), "not a database"),
        (
            "postgres://user:secret@127.0.0.1:1/db".to_owned(),
            "postgres://…@127.0.0.1:1/db",
        ),
    ] {
        let options = Options {
            busy_timeout: Duration::from_millis(50),
            ..Options::default()
        };
        let Err(error) = Store::open_with(&url, options).await else {
            panic!("{url} opened")
        };
        let text = error.to_string();
        assert!(text.contains(said), "{url}: {text}");
        assert!(!text.contains("secret"), "{text}");
    }
}

#[tokio::test]
async fn a_file_with_spaces_and_percent_signs_is_for_its_owner_only_and_opens_again() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = TempDir::new().unwrap();
    let url = format!("sqlite://{}/my%20errands%2525.db", folder.path().display());
    let store = Store::open(&url).await.unwrap();
    let organization = store.ensure_default_organization().await.unwrap();
    let run = store
        .create_run(new(&organization))
        .await
        .unwrap()
        .into_run();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(
            entry.metadata().unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert!(
            entry
                .file_name()
                .to_string_lossy()
                .starts_with("my errands%25.db")
        );
    }
    store.close().await;
    let store = Store::open(&url).await.unwrap();
    assert_eq!(
        store.get_run(&organization, &run.id).await.unwrap(),
        Some(run)
    );
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let folder = TempDir::new().unwrap();
    Store::open(&url(&folder)).await.unwrap().close().await;
    let mut connection = sqlx::AnyConnection::connect(&url(&folder)).await.unwrap();
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'later', 1, x'00', 1)",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    let refused = Store::open(&url(&folder)).await.err().unwrap();
    assert!(matches!(refused, Error::Schema(_)), "{refused:?}");
}

#[tokio::test]
async fn an_event_of_a_kind_that_this_release_lacks_still_folds() {
    let folder = TempDir::new().unwrap();
    let store = Store::open(&url(&folder)).await.unwrap();
    let organization = store.ensure_default_organization().await.unwrap();
    let run = store
        .create_run(new(&organization))
        .await
        .unwrap()
        .into_run();
    let body: Body = serde_json::from_str(r#"{"kind":"teleported","to":"mars"}"#).unwrap();
    let writer = Writer::Nobody {
        state: run.state,
        last_sequence: 2,
    };
    store
        .append(&run.id, writer, vec![Draft::new("gone", body.clone())])
        .await
        .unwrap();
    let events = store.events(&organization, &run.id, 2, 1).await.unwrap();
    assert_eq!(events[0].body, body);
    assert_eq!(events[0].body.kind(), "teleported");
}
