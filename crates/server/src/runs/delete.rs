//! Runs are removed here, with all they left.

use errand_domain::{OrganizationId, RunId};
use errand_store::Error as StoreError;
use tonic::Status;

use crate::{edge::Edge, fault, refusal};

pub(super) async fn delete(edge: &Edge, owner: &OrganizationId, id: &RunId) -> Result<(), Status> {
    match edge.store.delete_run(owner, id).await {
        Ok(Some(_)) => {}
        Ok(None) | Err(StoreError::NotFound(_)) => return Err(refusal::run_not_found(id)),
        Err(StoreError::NotFinal(state)) => return Err(refusal::not_final(id, state, "deleted")),
        Err(error) => return Err(fault::store(error)),
    }
    // The rows are gone, and with them every way to the files; files that stay are waste of disk,
    // not a reason to tell the caller that the run is still there.
    if let Err(error) = edge.artifacts.delete_run(owner, id).await {
        tracing::warn!(%error, run.id = %id, "the files of a deleted run could not be removed");
    }
    Ok(())
}
