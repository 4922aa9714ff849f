//! Saved browser states, and those that runs leave.

use errand_domain::{OrganizationId, Profile, ProfileId, ProfileSource, RunId, profile::Extent};
use errand_store::{Error, MAX_CONTENT_BYTES, NewProfile, ProfileFilter, RequestKey, SealedState};

use crate::database::{Database, on_both_databases};

on_both_databases![
    a_profile_is_named_once_found_and_changed,
    a_deleted_profile_is_listed_and_its_content_is_gone,
    profiles_are_listed_newest_first_in_pages,
    the_same_request_makes_one_profile,
    what_a_run_leaves_is_written_by_its_holder_only,
];

fn sealed(content: &[u8]) -> SealedState {
    SealedState {
        content: content.to_vec(),
        extent: Extent {
            size: content.len() as u64,
            cookies: 2,
            origins: 1,
            notes: vec!["a database was left out".to_owned()],
        },
    }
}

impl Database {
    fn named(&self, name: &str) -> NewProfile {
        NewProfile {
            id: ProfileId::generate(),
            organization: self.organization.clone(),
            name: name.to_owned(),
            description: String::new(),
            source: ProfileSource::Import,
            state: sealed(b"state"),
            request_id: None,
        }
    }

    async fn profile_called(&self, name: &str) -> Profile {
        self.store.create_profile(self.named(name)).await.unwrap()
    }
}

async fn a_profile_is_named_once_found_and_changed(database: Database) {
    let (store, ours) = (&database.store, &database.organization);
    let run = RunId::generate();
    let mut new = database.named("Shop 100%");
    new.source = ProfileSource::Run(run.clone());
    let made = store.create_profile(new.clone()).await.unwrap();
    assert_eq!(made.source, ProfileSource::Run(run));
    assert_eq!(made.extent, new.state.extent);
    assert_eq!(
        (made.created_at, made.last_used_at),
        (made.modified_at, None)
    );
    assert_eq!(store.profile(ours, &made.id).await.unwrap().unwrap(), made);
    let content = store.profile_content(ours, &made.id).await.unwrap();
    assert_eq!(content.unwrap(), b"state");
    let again = store.create_profile(database.named("Shop 100%")).await;
    assert!(matches!(again, Err(Error::NameTaken)), "{again:?}");
    // Another organization neither sees it nor is in its way.
    let theirs = OrganizationId::from("o_theirs");
    store.ensure_organization(&theirs).await.unwrap();
    let mut same = database.named("Shop 100%");
    same.organization = theirs.clone();
    store.create_profile(same).await.unwrap();
    assert_eq!(store.profile(&theirs, &made.id).await.unwrap(), None);
    assert_eq!(
        store.profile_content(&theirs, &made.id).await.unwrap(),
        None
    );
    assert!(!store.touch_profile(&theirs, &made.id).await.unwrap());
    assert_eq!(store.delete_profile(&theirs, &made.id).await.unwrap(), None);

    let other = database.profile_called("Other").await;
    let taken = store
        .update_profile(ours, &other.id, Some("Shop 100%"), None)
        .await;
    assert!(matches!(taken, Err(Error::NameTaken)), "{taken:?}");
    let renamed = store
        .update_profile(ours, &other.id, Some("Bank"), Some("of the shop"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (&*renamed.name, &*renamed.description),
        ("Bank", "of the shop")
    );
    assert!(renamed.modified_at >= other.modified_at);
    assert!(store.touch_profile(ours, &other.id).await.unwrap());
    let put = store
        .put_profile_content(ours, &other.id, &sealed(b"newer state"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(put.extent.size, 11);
    assert!(put.last_used_at.is_some());
    let content = store.profile_content(ours, &other.id).await.unwrap();
    assert_eq!(content.unwrap(), b"newer state");
    let long = sealed(&vec![0; MAX_CONTENT_BYTES + 1]);
    let refused = store.put_profile_content(ours, &other.id, &long).await;
    assert!(matches!(refused, Err(Error::Limit(_))), "{refused:?}");
    let mut nowhere = database.named("Nowhere");
    nowhere.organization = "o_nobody".into();
    let refused = store.create_profile(nowhere).await;
    assert!(
        matches!(refused, Err(Error::NotFound("organization"))),
        "{refused:?}"
    );
}

async fn a_deleted_profile_is_listed_and_its_content_is_gone(database: Database) {
    let (store, ours) = (&database.store, &database.organization);
    let made = database.profile_called("Shop").await;
    let deleted = store.delete_profile(ours, &made.id).await.unwrap().unwrap();
    assert!(deleted.deleted_at.is_some());
    let again = store.delete_profile(ours, &made.id).await.unwrap().unwrap();
    assert_eq!(again, deleted);
    assert_eq!(store.profile_content(ours, &made.id).await.unwrap(), None);
    let left = "SELECT COUNT(*) FROM browser_profile_contents".to_owned();
    assert_eq!(database.number(left).await, 0);
    let put = store
        .put_profile_content(ours, &made.id, &sealed(b"x"))
        .await;
    assert_eq!(put.unwrap(), None);
    assert!(!store.touch_profile(ours, &made.id).await.unwrap());
    let renamed = store.update_profile(ours, &made.id, Some("y"), None).await;
    assert_eq!(renamed.unwrap(), None);
    // Its name is free again.
    let fresh = database.profile_called("Shop").await;
    let all = ProfileFilter {
        include_deleted: true,
        ..ProfileFilter::default()
    };
    let listed = store.profiles(ours, &all, 0, None).await.unwrap().items;
    assert_eq!(listed, [fresh.clone(), deleted]);
    let kept = store
        .profiles(ours, &ProfileFilter::default(), 0, None)
        .await;
    assert_eq!(kept.unwrap().items, [fresh]);
}

async fn profiles_are_listed_newest_first_in_pages(database: Database) {
    let (store, ours) = (&database.store, &database.organization);
    let mut made = Vec::new();
    for name in ["Shop A", "Bank", "SHOP B", "100%", "Shop_C"] {
        made.insert(0, database.profile_called(name).await.name);
    }
    let mut filter = ProfileFilter::default();
    let (mut seen, mut token) = (Vec::new(), None);
    loop {
        let page = store
            .profiles(ours, &filter, 2, token.as_deref())
            .await
            .unwrap();
        assert!(page.items.len() <= 2);
        seen.extend(page.items.into_iter().map(|it| it.name));
        token = page.next_page_token;
        if token.is_none() {
            break;
        }
    }
    assert_eq!(seen, made);
    for (words, found) in [("shop", 3), ("0%", 1), ("p_", 1), ("none", 0)] {
        words.clone_into(&mut filter.search_name);
        let page = store.profiles(ours, &filter, 0, None).await.unwrap();
        assert_eq!(page.items.len(), found, "{words}");
    }
    let first = store
        .profiles(ours, &ProfileFilter::default(), 1, None)
        .await;
    let token = first.unwrap().next_page_token;
    let foreign = store.profiles(ours, &filter, 1, token.as_deref()).await;
    assert!(matches!(foreign, Err(Error::PageToken)), "{foreign:?}");
}

async fn the_same_request_makes_one_profile(database: Database) {
    let store = &database.store;
    let key = |hash: u8| RequestKey {
        method: "CreateProfile".to_owned(),
        key: "once".to_owned(),
        hash: [hash; 32],
    };
    let mut new = database.named("Shop");
    new.request_id = Some(key(1));
    let made = store.create_profile(new.clone()).await.unwrap();
    new.id = ProfileId::generate();
    assert_eq!(store.create_profile(new.clone()).await.unwrap(), made);
    new.id = ProfileId::generate();
    new.request_id = Some(key(2));
    let reused = store.create_profile(new).await;
    assert!(matches!(reused, Err(Error::RequestIdReused)), "{reused:?}");
}

async fn what_a_run_leaves_is_written_by_its_holder_only(database: Database) {
    let (store, ours) = (&database.store, &database.organization);
    let claim = database.running().await;
    let run = &claim.run.id;
    assert_eq!(store.run_state(ours, run).await.unwrap(), None);
    for content in [b"first", b"later"] {
        store
            .put_run_state(run, claim.epoch, content.to_vec())
            .await
            .unwrap();
    }
    assert_eq!(store.run_state(ours, run).await.unwrap().unwrap(), b"later");
    let theirs = OrganizationId::from("o_theirs");
    assert_eq!(store.run_state(&theirs, run).await.unwrap(), None);
    let late = store.put_run_state(run, claim.epoch + 1, Vec::new()).await;
    assert!(matches!(late, Err(Error::LeaseLost)), "{late:?}");
    let nobody = store.put_run_state(&RunId::generate(), 1, Vec::new()).await;
    assert!(matches!(nobody, Err(Error::NotFound("run"))), "{nobody:?}");
}
