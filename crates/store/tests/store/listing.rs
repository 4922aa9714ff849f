//! Runs by filter, in pages.

use errand_domain::{Draft, Run, RunState, event::Body};
use errand_store::{Error, RunFilter, Writer};

use crate::{
    database::{Database, on_both_databases},
    drafts::{created, finished, queued, request},
};

on_both_databases![
    runs_are_listed_newest_first_in_pages,
    filters_narrow_the_list,
    a_page_of_long_outputs_is_short,
];

async fn list(database: &Database, filter: &RunFilter) -> Vec<String> {
    let store = &database.store;
    let page = store
        .list_runs(&database.organization, filter, 100, None)
        .await
        .unwrap();
    page.items
        .into_iter()
        .map(|run| run.id.to_string())
        .collect()
}

async fn runs_are_listed_newest_first_in_pages(database: Database) {
    let mut made = Vec::new();
    for _ in 0..7 {
        made.insert(0, database.queued().await);
    }
    let (mut listed, mut token) = (Vec::<Run>::new(), None);
    loop {
        let page = database
            .store
            .list_runs(
                &database.organization,
                &RunFilter::default(),
                3,
                token.as_deref(),
            )
            .await
            .unwrap();
        assert!(page.items.len() <= 3);
        listed.extend(page.items);
        token = page.next_page_token;
        if token.is_none() {
            break;
        }
        let other = RunFilter {
            states: vec![RunState::Failed],
            ..RunFilter::default()
        };
        for (filter, token) in [
            (&other, token.as_deref().unwrap()),
            (&RunFilter::default(), "zz"),
            (&RunFilter::default(), "é"),
            (&RunFilter::default(), "00"),
        ] {
            let refused = database
                .store
                .list_runs(&database.organization, filter, 3, Some(token))
                .await;
            assert!(
                matches!(refused, Err(Error::PageToken)),
                "{token}: {refused:?}"
            );
        }
    }
    assert_eq!(listed, made);
}

async fn filters_narrow_the_list(database: Database) {
    let mut titled = request("open the page");
    titled.title = Some("Grüße 100%_sure".to_owned());
    titled.labels = [("team", "a"), ("env", "test")]
        .map(|(k, v)| (k.into(), v.into()))
        .into();
    let first = database
        .create(vec![created(titled.clone()), queued()])
        .await;
    titled.title = Some("other".to_owned());
    titled.labels.insert("team".to_owned(), "b".to_owned());
    let second = database.create(vec![created(titled)]).await;
    let all = RunFilter::default;
    let only = |runs: &[&Run]| {
        runs.iter()
            .map(|run| run.id.to_string())
            .collect::<Vec<_>>()
    };

    let queued = RunFilter {
        states: vec![RunState::Queued, RunState::Failed],
        ..all()
    };
    assert_eq!(list(&database, &queued).await, only(&[&first]));
    for (labels, expected) in [
        (vec![("env", "test")], only(&[&second, &first])),
        (vec![("env", "test"), ("team", "a")], only(&[&first])),
        (vec![("env", "prod")], only(&[])),
        (vec![("nul\0", "'")], only(&[])),
    ] {
        let labels = labels
            .into_iter()
            .map(|(k, v)| (k.to_owned(), v.to_owned()))
            .collect();
        assert_eq!(
            list(&database, &RunFilter { labels, ..all() }).await,
            expected
        );
    }
    for (words, expected) in [
        ("GRÜSSE", only(&[])),
        ("GRÜßE", only(&[&first])),
        ("100%_S", only(&[&first])),
        ("100__", only(&[])),
        ("%", only(&[&first])),
        ("!", only(&[])),
        ("", only(&[&second, &first])),
    ] {
        let filter = RunFilter {
            search_title: Some(words.to_owned()),
            ..all()
        };
        assert_eq!(list(&database, &filter).await, expected, "{words}");
    }
    let engine = RunFilter {
        engine: Some("agent".to_owned()),
        ..all()
    };
    assert_eq!(list(&database, &engine).await, only(&[]));
    let after = RunFilter {
        created_after: Some(first.created_at),
        ..all()
    };
    assert_eq!(list(&database, &after).await, only(&[&second, &first]));
    let before = RunFilter {
        created_before: Some(first.created_at),
        ..all()
    };
    assert_eq!(list(&database, &before).await, only(&[]));
}

async fn a_page_of_long_outputs_is_short(database: Database) {
    for _ in 0..3 {
        let claim = database.running().await;
        let part = |part| {
            let text = "x".repeat(60_000);
            Draft::new(
                "",
                Body::OutputPart {
                    part,
                    text,
                    artifact_id: None,
                    notes: Vec::new(),
                },
            )
        };
        let mut drafts: Vec<_> = (0..4).map(part).collect();
        drafts.push(finished(RunState::Completed));
        let writer = Writer::Holder { epoch: claim.epoch };
        database
            .store
            .append(&claim.run.id, writer, drafts)
            .await
            .unwrap();
        assert_eq!(
            database.read(&claim.run.id).await.output.unwrap().len(),
            240_000
        );
    }
    let page = database
        .store
        .list_runs(&database.organization, &RunFilter::default(), 3, None)
        .await
        .unwrap();
    assert_eq!(page.items.len(), 2);
    assert!(page.next_page_token.is_some());
}
