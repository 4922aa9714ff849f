//! The log as a tree, page by page.

use std::collections::HashSet;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use errand_api::v1;
use errand_domain::{Body, Event, OrganizationId, RunId, StepId, timeline};
use prost::Message as _;
use tonic::Status;

use crate::{
    edge::{Edge, MAX_ANSWER_BYTES},
    fault, intake, render,
    violations::Violations,
};

/// Events of one read.
const BATCH: u32 = 500;
/// Most events that one page looks at, and after how many bytes of them it looks at no more.
const MAX_EVENTS: usize = 5_000;
const MAX_BYTES: usize = MAX_ANSWER_BYTES * 3 / 4;
/// What an event costs a page besides its texts, at most.
const EVENT_BYTES: usize = 128;

pub(super) async fn page(
    edge: &Edge,
    owner: &OrganizationId,
    given: v1::GetRunTimelineRequest,
) -> Result<v1::GetRunTimelineResponse, Status> {
    let mut violations = Violations::default();
    let page = intake::page(given.page_size, &given.page_token, &mut violations);
    let after = match page.token.as_deref().map(read_token) {
        None => 0,
        Some(Some(after)) => after,
        Some(None) => {
            violations.add("page_token", "was not made by this server");
            0
        }
    };
    violations.finish()?;
    let id = RunId::from(given.run_id);
    edge.run(owner, &id).await?;
    let mut limit = usize::try_from(page.size).unwrap_or(usize::MAX);
    let (mut events, mut bytes) = (Vec::new(), 0);
    let complete = 'reading: loop {
        let from = events.last().map_or(after, |event: &Event| event.sequence);
        let found = edge
            .store
            .events(owner, &id, from, BATCH)
            .await
            .map_err(fault::store)?;
        if found.is_empty() {
            break true;
        }
        for event in found {
            bytes += event.body_json.len() + event.summary.len() + EVENT_BYTES;
            // The first fits, whatever it is.
            if bytes > MAX_BYTES && !events.is_empty() {
                break 'reading false;
            }
            events.push(event);
        }
        if events.len() >= MAX_EVENTS || cut(&events, limit).1 {
            break false;
        }
    };
    loop {
        let (end, over) = cut(&events, limit);
        let end = if over || !complete { end } else { events.len() };
        let more = end < events.len() || !complete;
        let part = &events[..end];
        let entries: Vec<_> = timeline::fold(part).iter().map(render::entry).collect();
        let last = part.last().map_or(after, |event| event.sequence);
        let next_page_token = if more { token(last) } else { String::new() };
        let answer = v1::GetRunTimelineResponse {
            entries,
            next_page_token,
        };
        if answer.encoded_len() <= MAX_ANSWER_BYTES || limit == 1 {
            return Ok(answer);
        }
        limit = limit.div_ceil(2);
    }
}

/// Where a page of at most `limit` entries ends without tearing a step apart, and whether there are
/// more entries than that. A first step that is longer than a page makes the page longer.
fn cut(events: &[Event], limit: usize) -> (usize, bool) {
    let mut known: HashSet<&StepId> = HashSet::new();
    let mut open = false;
    let mut entries = 0;
    let mut end = 0;
    for (index, event) in events.iter().enumerate() {
        let starts = matches!(event.body, Body::StepStarted { .. });
        if (starts || !open) && index > 0 {
            if entries > limit {
                end = if end == 0 { index } else { end };
                break;
            }
            end = index;
        }
        let part = event.body.step_id().is_some_and(|id| known.contains(id));
        if !part {
            entries += 1;
        }
        match &event.body {
            Body::StepStarted { step_id, .. } => {
                known.insert(step_id);
                open = true;
            }
            Body::StepFinished { .. } => open = false,
            _ => {}
        }
    }
    (if end == 0 { events.len() } else { end }, entries > limit)
}

fn token(after: u64) -> String {
    URL_SAFE_NO_PAD.encode(format!("timeline/{after}"))
}

fn read_token(token: &str) -> Option<u64> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    text.strip_prefix("timeline/")?.parse().ok()
}
