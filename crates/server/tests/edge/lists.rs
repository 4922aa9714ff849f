//! ListRuns and its pages.

use std::collections::HashMap;

use errand_api::v1::{ListRunsRequest, ListRunsResponse, RunFilter, RunStatus};
use errand_domain::{RunState, TaskRequest};
use prost_types::Timestamp;

use crate::{
    drafts::{finished, output, task},
    refusal::invalid,
    server::{Server, on_both_databases},
};

on_both_databases!(pages_hold_every_run_once, filters_pick_runs);

async fn list(
    server: &Server,
    filter: Option<RunFilter>,
    size: i32,
    token: &str,
) -> ListRunsResponse {
    let request = ListRunsRequest {
        filter,
        page_size: size,
        page_token: token.to_owned(),
    };
    server.runs().list_runs(request).await.unwrap().into_inner()
}

async fn pages_hold_every_run_once(server: Server) {
    let (other, _) = server.stranger().await;
    server.queued_by(&other, task("theirs")).await;
    let mut made = Vec::new();
    for _ in 0..7 {
        made.push(server.queued().await.id.to_string());
    }
    made.reverse();
    let (mut found, mut token) = (Vec::new(), String::new());
    loop {
        let page = list(&server, None, 3, &token).await;
        assert!(page.runs.len() <= 3);
        found.extend(page.runs.into_iter().map(|run| run.run_id));
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(found, made);

    // A list is without what only a single run has.
    let held = server.running().await;
    held.append(vec![output("1"), finished(RunState::Completed)])
        .await;
    let page = list(&server, None, 0, "").await;
    let done = page
        .runs
        .iter()
        .find(|run| run.run_id == held.run_id)
        .unwrap();
    assert_eq!(
        (done.status(), done.output.as_str()),
        (RunStatus::Completed, "")
    );
}

async fn filters_pick_runs(server: Server) {
    let named = TaskRequest {
        title: Some("Monthly Report".to_owned()),
        labels: [("team".to_owned(), "blue".to_owned())].into(),
        ..task("report")
    };
    let named = server
        .queued_by(&server.organization, named)
        .await
        .id
        .to_string();
    let held = server.claim().await;
    held.append(vec![finished(RunState::Failed)]).await;
    let queued = server.queued().await;
    let at = |micros: i64| {
        Some(Timestamp {
            seconds: micros / 1_000_000,
            nanos: i32::try_from(micros % 1_000_000).unwrap() * 1_000,
        })
    };
    let all = [queued.id.to_string(), named.clone()];
    let created = queued.created_at.micros();
    let cases = [
        (
            RunFilter {
                statuses: vec![RunStatus::Failed.into()],
                ..Default::default()
            },
            &all[1..],
        ),
        (
            RunFilter {
                statuses: vec![RunStatus::Failed.into(), RunStatus::Queued.into()],
                ..Default::default()
            },
            &all[..],
        ),
        (
            RunFilter {
                title_contains: "monthly r".to_owned(),
                ..Default::default()
            },
            &all[1..],
        ),
        (
            RunFilter {
                title_contains: "%".to_owned(),
                ..Default::default()
            },
            &[],
        ),
        (
            RunFilter {
                labels: HashMap::from([("team".to_owned(), "blue".to_owned())]),
                ..Default::default()
            },
            &all[1..],
        ),
        (
            RunFilter {
                engine: "local".to_owned(),
                ..Default::default()
            },
            &all[..],
        ),
        (
            RunFilter {
                engine: "skyvern_v1".to_owned(),
                ..Default::default()
            },
            &[],
        ),
        (
            RunFilter {
                created_after: at(created),
                ..Default::default()
            },
            &all[..1],
        ),
        (
            RunFilter {
                created_after: at(created + 1_000_000),
                ..Default::default()
            },
            &[],
        ),
        (
            RunFilter {
                created_before: at(1),
                ..Default::default()
            },
            &[],
        ),
    ];
    for (filter, expected) in cases {
        let page = list(&server, Some(filter.clone()), 0, "").await;
        let mut found: Vec<_> = page.runs.into_iter().map(|run| run.run_id).collect();
        // Both may have been made in the same millisecond.
        if filter.created_after == at(created) && found.len() == 2 {
            found.truncate(1);
        }
        assert_eq!(found, expected, "{filter:?}");
    }
}

#[tokio::test]
async fn tokens_and_sizes_that_make_no_sense_are_refused() {
    let server = Server::start().await;
    for _ in 0..3 {
        server.queued().await;
    }
    let token = list(&server, None, 1, "").await.next_page_token;
    let mut tampered = token.clone();
    tampered.insert(3, 'A');
    let blue = Some(RunFilter {
        engine: "local".to_owned(),
        ..Default::default()
    });
    let refused = async |filter, page_size, page_token: &str| {
        let request = ListRunsRequest {
            filter,
            page_size,
            page_token: page_token.to_owned(),
        };
        server.runs().list_runs(request).await.unwrap_err()
    };
    for garbage in ["x", "!!", &tampered, &"A".repeat(2_000), "ü"] {
        invalid(refused(None, 0, garbage).await, &["page_token"]);
    }
    invalid(refused(blue, 0, &token).await, &["page_token"]);
    invalid(refused(None, -1, "").await, &["page_size"]);
    let filter = RunFilter {
        statuses: vec![RunStatus::Queued.into(), 0, 77],
        labels: HashMap::from([("A".to_owned(), String::new())]),
        created_after: Some(Timestamp {
            seconds: 20,
            nanos: 0,
        }),
        created_before: Some(Timestamp {
            seconds: 10,
            nanos: 0,
        }),
        title_contains: "x".repeat(201),
        ..Default::default()
    };
    let fields = [
        "filter.statuses",
        "filter.statuses",
        "filter.created_before",
        "filter.title_contains",
        "filter.labels[\"A\"]",
    ];
    invalid(refused(Some(filter), 0, "").await, &fields);
}
