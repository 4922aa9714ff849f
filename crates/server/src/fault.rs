//! What the inside reports, as callers may see it. Faults of ours are logged here and nowhere else;
//! their text does not leave the process.

use errand_domain::ArtifactId;
use errand_store::Error as StoreError;
use tonic::Status;

use crate::{refusal, violations::Violations};

/// An error of the store that no caller of it expected.
pub(crate) fn store(error: StoreError) -> Status {
    match error {
        StoreError::Unavailable(_) | StoreError::Closed | StoreError::Locked => {
            tracing::warn!(%error, "the database did not answer");
            refusal::store_unavailable()
        }
        StoreError::StorageFull(_) => {
            tracing::warn!(%error, "the database is full");
            refusal::storage_full()
        }
        StoreError::Limit(limit) => refusal::limit(&limit),
        StoreError::Invalid(wrong) => Violations::one("", wrong),
        StoreError::PageToken => Violations::one("page_token", "does not belong to this list"),
        error => internal("the store failed", &error),
    }
}

/// An error of the artifacts' storage.
pub(crate) fn artifact(id: &ArtifactId, error: errand_artifacts::Error) -> Status {
    match error {
        errand_artifacts::Error::NotFound { .. } => {
            tracing::warn!(artifact.id = %id, "an artifact's content is gone");
            refusal::content_lost(id)
        }
        error => internal("the artifacts' storage failed", &error),
    }
}

/// A fault of ours.
pub(crate) fn internal(what: &str, error: &(dyn std::error::Error + 'static)) -> Status {
    let mut causes = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        causes.push_str(": ");
        causes.push_str(&cause.to_string());
        source = cause.source();
    }
    tracing::error!(error = causes, "{what}");
    refusal::internal()
}
