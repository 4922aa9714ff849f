//! Sessions are told to close.

use std::time::Duration;

use errand_api::v1;
use errand_domain::{OrganizationId, Session, SessionId, Text, session::CloseReason};
use errand_store::Error as StoreError;
use tokio::time::Instant;
use tonic::Status;

use crate::{edge::Edge, fault, intake::MAX_REASON_BYTES, refusal, violations::Violations};

/// How long is waited for the browser's end.
const PATIENCE: Duration = Duration::from_secs(15);

pub(super) async fn close(
    edge: &Edge,
    owner: &OrganizationId,
    given: v1::CloseSessionRequest,
) -> Result<Session, Status> {
    if given.reason.len() > MAX_REASON_BYTES {
        let length = given.reason.len();
        let description = format!("has {length} bytes, at most {MAX_REASON_BYTES}");
        return Err(Violations::one("reason", description));
    }
    let detail = match Text::new(given.reason.trim()).into_string() {
        reason if reason.is_empty() => "a caller closed it".to_owned(),
        reason => format!("a caller closed it: {reason}"),
    };
    let id = SessionId::from(given.browser_session_id);
    let mut hints = edge.store.watch_session(&id);
    let told = edge
        .store
        .close_session(owner, &id, CloseReason::Caller, &detail);
    let mut session = told.await.map_err(|error| changed(&id, error))?;
    edge.runner.wake();
    let end = Instant::now() + PATIENCE;
    while !session.state.is_final() {
        tokio::select! {
            () = hints.changed() => {}
            () = tokio::time::sleep(edge.config.poll) => {}
            () = tokio::time::sleep_until(end) => break,
            () = edge.stop.cancelled() => break,
        }
        session = edge.session(owner, &id).await?;
    }
    Ok(session)
}

/// What the store says to a change.
pub(super) fn changed(id: &SessionId, error: StoreError) -> Status {
    match error {
        StoreError::NotFound(_) => refusal::session_not_found(id),
        StoreError::SessionEnded(state) => refusal::session_ended(id, state),
        StoreError::Invalid(wrong) => Violations::one("additional_minutes", wrong),
        error => fault::store(error),
    }
}
