//! GetRunTimeline and ListRunEvents: the log in pages.

use errand_api::v1::{
    GetRunRequest, GetRunTimelineRequest, GetRunTimelineResponse, ListRunEventsRequest,
    ListRunEventsResponse, RunUsage, TimelineEntry, action::Action as Kind, run_event,
    timeline_entry::Content,
};
use errand_domain::{Body, Draft, ModelCall, RunState, StepId};
use prost::Message as _;
use tonic::{Code, Status};

use crate::{
    drafts::{finished, step},
    refusal::{invalid, refused},
    server::{Server, on_both_databases},
};

on_both_databases!(
    the_timeline_is_the_log_as_a_tree_whatever_the_page,
    events_are_listed_in_parts,
    calls_of_models_are_under_their_step_and_add_up_in_the_run,
);

async fn timeline(
    server: &Server,
    run_id: &str,
    page_size: i32,
    token: &str,
) -> Result<GetRunTimelineResponse, Status> {
    let request = GetRunTimelineRequest {
        run_id: run_id.to_owned(),
        page_size,
        page_token: token.to_owned(),
    };
    Ok(server.runs().get_run_timeline(request).await?.into_inner())
}

async fn whole(server: &Server, run_id: &str, page_size: i32) -> Vec<TimelineEntry> {
    let (mut entries, mut token) = (Vec::new(), String::new());
    loop {
        let page = timeline(server, run_id, page_size, &token).await.unwrap();
        assert!(!page.entries.is_empty());
        entries.extend(page.entries);
        token = page.next_page_token;
        if token.is_empty() {
            return entries;
        }
    }
}

async fn the_timeline_is_the_log_as_a_tree_whatever_the_page(server: Server) {
    let held = server.running().await;
    for number in 1..=5 {
        held.append(step(number)).await;
    }
    held.append(vec![finished(RunState::Completed)]).await;
    let entries = whole(&server, &held.run_id, 0).await;
    let kinds: Vec<_> = entries
        .iter()
        .map(|it| (it.sequence, it.kind.as_str()))
        .collect();
    let expected = [
        (1, "run_created"),
        (2, "run_queued"),
        (3, "run_started"),
        (4, "step_started"),
        (10, "step_started"),
        (16, "step_started"),
        (22, "step_started"),
        (28, "step_started"),
        (34, "run_finished"),
    ];
    assert_eq!(kinds, expected);
    let Some(Content::Step(second)) = &entries[4].content else {
        panic!("{:?}", entries[4]);
    };
    assert_eq!((second.step_id.as_str(), second.number), ("stp_2", 2));
    assert_eq!(second.url, "https://a.example/2");
    assert_eq!(second.thoughts, ["thought 2"]);
    assert_eq!(second.spent.unwrap().act_ms, 5);
    assert!(second.finished_at.is_some());
    let action = &second.actions[0];
    let kind = action.action.as_ref().unwrap().action.as_ref();
    assert!(matches!(kind, Some(Kind::Navigate(it)) if it.url == "https://a.example/2"));
    assert!(action.finished_at.is_some() && action.description.contains("a.example/2"));

    for size in [1, 2, 3, 8, 9, 1_000] {
        assert_eq!(
            whole(&server, &held.run_id, size).await,
            entries,
            "pages of {size}"
        );
    }
    for garbage in ["x", "dGltZWxpbmUvLTE", "ü", &"A".repeat(2_000)] {
        let status = timeline(&server, &held.run_id, 0, garbage)
            .await
            .unwrap_err();
        assert!(
            crate::refusal::Refusal::of(&status)
                .fields()
                .contains(&"page_token"),
            "{status:?}"
        );
    }
    invalid(
        timeline(&server, &held.run_id, -1, "").await.unwrap_err(),
        &["page_size"],
    );
}

async fn events(
    server: &Server,
    run_id: &str,
    after: i64,
    size: i32,
) -> Result<ListRunEventsResponse, Status> {
    let request = ListRunEventsRequest {
        run_id: run_id.to_owned(),
        after_sequence: after,
        page_size: size,
        include_body_json: true,
    };
    Ok(server.runs().list_run_events(request).await?.into_inner())
}

async fn events_are_listed_in_parts(server: Server) {
    let held = server.running().await;
    // Parts stay below the bound of a message, however large the events are.
    held.append_thoughts(60, &"x".repeat(60_000)).await;
    let (mut after, mut seen) = (0, Vec::new());
    loop {
        let part = events(&server, &held.run_id, after, 1_000).await.unwrap();
        assert!(part.encoded_len() <= 1024 * 1024, "{}", part.encoded_len());
        seen.extend(part.events.iter().map(|it| it.sequence));
        after = part.next_after_sequence;
        if after == 0 {
            break;
        }
    }
    assert_eq!(seen, (1..=63).collect::<Vec<i64>>());
    let part = events(&server, &held.run_id, 1, 2).await.unwrap();
    let numbers: Vec<_> = part.events.iter().map(|it| it.sequence).collect();
    assert_eq!((numbers, part.next_after_sequence), (vec![2, 3], 3));
    let end = events(&server, &held.run_id, 63, 0).await.unwrap();
    assert_eq!((end.events.len(), end.next_after_sequence), (0, 0));
    let ahead = events(&server, &held.run_id, 64, 0).await.unwrap_err();
    refused(ahead, Code::OutOfRange, "POSITION_AHEAD");
    let wrong = events(&server, &held.run_id, -1, -1).await.unwrap_err();
    invalid(wrong, &["after_sequence", "page_size"]);
}

/// What a step holds has no bound but that of the log; a page has one.
#[tokio::test]
async fn a_step_that_is_longer_than_a_message_spans_pages() {
    let server = Server::start().await;
    let held = server.running().await;
    let mut long = step(1);
    let end = long.split_off(3);
    held.append(long).await;
    for number in 0..60 {
        let body = errand_domain::Body::Thought {
            step_id: StepId::from("stp_1"),
            text: format!("{number:02}{}", "\"".repeat(30_000)),
        };
        held.append(vec![errand_domain::Draft::new("thinks", body)])
            .await;
    }
    held.append(end).await;
    held.append(vec![finished(RunState::Completed)]).await;
    let (mut token, mut last, mut thoughts) = (String::new(), 0, 0);
    loop {
        let page = timeline(&server, &held.run_id, 100, &token).await.unwrap();
        assert!(page.encoded_len() <= 1024 * 1024, "{}", page.encoded_len());
        for entry in &page.entries {
            assert!(entry.sequence > last);
            last = entry.sequence;
            thoughts += match &entry.content {
                Some(Content::Step(step)) => step.thoughts.len(),
                None => usize::from(entry.kind == "thought"),
            };
        }
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    assert_eq!((thoughts, last), (61, 70));
}

async fn calls_of_models_are_under_their_step_and_add_up_in_the_run(server: Server) {
    let held = server.running().await;
    let asked = |step_id: Option<&str>, tries: u32, cost_micros: Option<u64>| {
        let call = ModelCall {
            role: "decide".to_owned(),
            model: "main".to_owned(),
            input_tokens: 3_000,
            cached_input_tokens: 2_900,
            output_tokens: 96,
            cost_micros,
            duration_ms: 1_250,
            tries,
            error: (tries == 0).then(|| "max_tokens leaves no room".to_owned()),
        };
        let step_id = step_id.map(StepId::from);
        Draft::new(call.describe(), Body::ModelCalled { step_id, call })
    };
    let mut drafts = step(1);
    let end = drafts.pop().unwrap();
    drafts.extend([
        asked(Some("stp_1"), 2, Some(1_250)),
        asked(Some("stp_1"), 1, None),
        asked(Some("stp_1"), 0, Some(0)),
        end,
        asked(None, 1, Some(250)),
    ]);
    held.append(drafts).await;

    let entries = whole(&server, &held.run_id, 0).await;
    let Some(Content::Step(taken)) = &entries[3].content else {
        panic!("{:?}", entries[3]);
    };
    let costs: Vec<_> = taken.model_calls.iter().map(|it| it.cost_micros).collect();
    assert_eq!(costs, [Some(1_250), None, Some(0)]);
    let first = &taken.model_calls[0];
    assert_eq!((first.step_id.as_str(), first.tries), ("stp_1", 2));
    assert_eq!(first.duration.unwrap().nanos, 250_000_000);
    let outside = entries.last().unwrap();
    assert_eq!(outside.kind, "model_called");
    assert_eq!(
        outside.summary,
        "asked main to decide: 3000 tokens in (2900 cached), 96 out, $0.00025"
    );
    let part = events(&server, &held.run_id, 0, 0).await.unwrap();
    let bodies = part.events.iter().filter_map(|it| it.body.as_ref());
    let calls = bodies.filter(|it| matches!(it, run_event::Body::ModelCalled(_)));
    assert_eq!(calls.count(), 4);

    let run_id = held.run_id.clone();
    let answer = server.runs().get_run(GetRunRequest { run_id }).await;
    let run = answer.unwrap().into_inner().run.unwrap();
    // The call that was not made counts nothing.
    let usage = RunUsage {
        model_calls: 3,
        input_tokens: 9_000,
        cached_input_tokens: 8_700,
        output_tokens: 288,
        cost_micros: Some(1_500),
        cost_is_partial: true,
    };
    assert_eq!(run.usage, Some(usage));
}
