//! What is told of sessions.

use errand_api::v1;
use errand_domain::{OrganizationId, SessionId};
use errand_store::SessionFilter;
use tonic::Status;

use crate::{edge::Edge, fault, intake, render, violations::Violations};

const DEFAULT_EVENTS: u32 = 100;
const MAX_EVENTS: u32 = 1_000;

pub(super) async fn list(
    edge: &Edge,
    owner: &OrganizationId,
    given: v1::ListSessionsRequest,
) -> Result<v1::ListSessionsResponse, Status> {
    let mut violations = Violations::default();
    let page = intake::page(given.page_size, &given.page_token, &mut violations);
    let filter = SessionFilter {
        include_ended: given.include_ended,
        labels: intake::labels("labels", &given.labels, &mut violations),
    };
    violations.finish()?;
    let found = edge
        .store
        .list_sessions(owner, &filter, page.size, page.token.as_deref())
        .await
        .map_err(fault::store)?;
    Ok(v1::ListSessionsResponse {
        sessions: found.items.iter().map(render::session).collect(),
        next_page_token: found.next_page_token.unwrap_or_default(),
    })
}

pub(super) async fn events(
    edge: &Edge,
    owner: &OrganizationId,
    given: v1::ListSessionEventsRequest,
) -> Result<v1::ListSessionEventsResponse, Status> {
    let mut violations = Violations::default();
    let after = intake::position("after_number", given.after_number, &mut violations);
    let size = intake::size(given.page_size, DEFAULT_EVENTS, MAX_EVENTS, &mut violations);
    violations.finish()?;
    let id = SessionId::from(given.browser_session_id);
    edge.session(owner, &id).await?;
    let found = edge.store.session_events(owner, &id, after, size).await;
    let events: Vec<_> = found
        .map_err(fault::store)?
        .into_iter()
        .map(render::session_event)
        .collect();
    let full = events.len() == size as usize;
    Ok(v1::ListSessionEventsResponse {
        next_after_number: events.last().filter(|_| full).map_or(0, |it| it.number),
        events,
    })
}
