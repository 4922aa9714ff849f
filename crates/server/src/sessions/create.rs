//! Sessions are made here.

use errand_api::v1;
use errand_domain::{OrganizationId, Session, SessionId};
use errand_store::{Error as StoreError, NewSession, RequestKey};
use sha2::{Digest as _, Sha256};
use tonic::Status;

use crate::{edge::Edge, fault, intake, refusal, violations::Violations};

pub(super) async fn create(
    edge: &Edge,
    owner: &OrganizationId,
    given: v1::CreateSessionRequest,
) -> Result<Session, Status> {
    let mut violations = Violations::default();
    let request = intake::session(&given, edge.runner.solves_captchas(), &mut violations);
    violations.finish()?;
    let hash = Sha256::digest(serde_json::to_string(&request).unwrap_or_default());
    let request_id = (!given.request_id.is_empty()).then(|| RequestKey {
        method: "CreateSession".to_owned(),
        key: given.request_id.clone(),
        hash: hash.into(),
    });
    let new = NewSession {
        id: SessionId::generate(),
        organization: owner.clone(),
        request,
        request_id,
    };
    match edge.store.create_session(new).await {
        Ok(session) => {
            edge.runner.wake();
            tracing::info!(session.id = %session.id, "a session was accepted");
            Ok(session)
        }
        Err(StoreError::RequestIdReused) => Err(refusal::request_id_reused(&given.request_id)),
        Err(error) => Err(fault::store(error)),
    }
}
