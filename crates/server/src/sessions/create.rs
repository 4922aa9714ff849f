//! Sessions are made here.

use errand_api::v1;
use errand_domain::{OrganizationId, Session, SessionId, log::hex};
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
    let mut request = intake::session(&given, &edge.runner, &mut violations);
    violations.finish()?;
    edge.has_profile(owner, request.profile_id.as_ref()).await?;
    // Where browsers are somebody else's business, another server may have it.
    if edge.runner.slots() > 0 {
        let there = edge.runner.has_browser(request.browser_type).await;
        there.map_err(|missing| refusal::browser_not_installed(&missing))?;
    }
    let hash = Sha256::new()
        .chain_update(serde_json::to_string(&request).unwrap_or_default())
        .chain_update(&given.proxy_url)
        .finalize();
    let id = SessionId::generate();
    if request.proxy_url.is_some() {
        request.proxy_sealed = Some(sealed(edge, &id, &given.proxy_url)?);
    }
    let request_id = (!given.request_id.is_empty()).then(|| RequestKey {
        method: "CreateSession".to_owned(),
        key: given.request_id.clone(),
        hash: hash.into(),
    });
    let new = NewSession {
        id,
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

/// The proxy with its credentials, as only this session's browser can be given it.
fn sealed(edge: &Edge, id: &SessionId, url: &str) -> Result<String, Status> {
    let bound = errand_runner::proxy_bound(id);
    errand_vault::seal(&edge.config.secret.0, &bound, url.as_bytes())
        .map(|bytes| hex(&bytes))
        .map_err(|error| fault::internal("a proxy can't be sealed", &error))
}
