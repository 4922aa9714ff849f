//! Parts of a run's log.

use errand_api::v1;
use errand_domain::{OrganizationId, RunId};
use prost::Message as _;
use tonic::Status;

use crate::{
    edge::{Edge, MAX_ANSWER_BYTES},
    fault, intake, refusal, render,
    violations::Violations,
};

const DEFAULT_PAGE: u32 = 100;
const MAX_PAGE: u32 = 1_000;

pub(super) async fn list(
    edge: &Edge,
    owner: &OrganizationId,
    given: v1::ListRunEventsRequest,
) -> Result<v1::ListRunEventsResponse, Status> {
    let mut violations = Violations::default();
    let after = intake::position("after_sequence", given.after_sequence, &mut violations);
    let size = intake::size(given.page_size, DEFAULT_PAGE, MAX_PAGE, &mut violations);
    violations.finish()?;
    let id = RunId::from(given.run_id);
    let run = edge.run(owner, &id).await?;
    if after > run.last_sequence {
        return Err(refusal::position_ahead(
            "after_sequence",
            after,
            run.last_sequence,
        ));
    }
    let found = edge
        .store
        .events(owner, &id, after, size)
        .await
        .map_err(fault::store)?;
    let mut events = Vec::with_capacity(found.len());
    let mut bytes = 0;
    for event in &found {
        let event = render::event(event, given.include_body_json);
        bytes += event.encoded_len() + 8;
        if bytes > MAX_ANSWER_BYTES && !events.is_empty() {
            break;
        }
        events.push(event);
    }
    let last = events
        .last()
        .map_or_else(|| render::long(after), |event| event.sequence);
    let more = last < render::long(run.last_sequence);
    let next_after_sequence = if more { last } else { 0 };
    Ok(v1::ListRunEventsResponse {
        events,
        next_after_sequence,
    })
}
