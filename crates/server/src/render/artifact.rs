//! Artifacts.

use errand_api::v1;
use errand_store::ArtifactRow;

use super::{long, moment, optional, run::Links};

/// An artifact, with a link to its content if `links` are given.
pub(crate) fn artifact(row: &ArtifactRow, links: Option<&Links<'_>>) -> v1::Artifact {
    v1::Artifact {
        artifact_id: row.id.to_string(),
        artifact_type: row.artifact_type.clone(),
        uri: row.location.clone(),
        signed_url: links
            .map(|it| it.to(&row.id, &row.filename))
            .unwrap_or_default(),
        signed_url_expires_at: links.map(|it| moment(it.expires_at)),
        task_id: row.run_id.to_string(),
        step_id: optional(row.step_id.as_ref()),
        run_id: row.run_id.to_string(),
        workflow_run_id: String::new(),
        workflow_run_block_id: String::new(),
        organization_id: row.organization_id.to_string(),
        created_at: Some(moment(row.created_at)),
        modified_at: Some(moment(row.created_at)),
        content_type: row.content_type.clone(),
        filename: row.filename.clone(),
        file_size: long(row.size),
        checksum: row.checksum.clone().unwrap_or_default(),
    }
}
