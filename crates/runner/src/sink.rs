//! Where a run's events, evidence and checkpoints go, under the epoch of its lease.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use errand_artifacts::{Artifacts, location};
use errand_domain::{
    ArtifactId, Draft, OrganizationId, RunId, StepId,
    event::Body,
    port::{ArtifactDraft, ArtifactSink, EventSink, Kept, PortError, Scrub},
};
use errand_engine::drive::{Checkpoint, CheckpointSink};
use errand_store::{ArtifactRow, Error, Store, Writer};

/// One run's sinks. Nothing is written around its scrub.
pub struct Sink {
    store: Store,
    artifacts: Artifacts,
    organization: OrganizationId,
    run_id: RunId,
    epoch: u64,
    scrub: Scrub,
    secret: [u8; 32],
    /// The step that is under way. Engines know nothing of steps; what they ask of models belongs
    /// to the one that they decide in.
    step: Mutex<Option<StepId>>,
}

impl Sink {
    pub fn new(
        store: Store,
        artifacts: Artifacts,
        organization: OrganizationId,
        run_id: RunId,
        epoch: u64,
        scrub: Scrub,
        secret: [u8; 32],
    ) -> Self {
        Self {
            store,
            artifacts,
            organization,
            run_id,
            epoch,
            scrub,
            secret,
            step: Mutex::new(None),
        }
    }

    fn writer(&self) -> Writer {
        Writer::Holder { epoch: self.epoch }
    }

    /// Which step a draft belongs to, where it doesn't say.
    fn place(&self, draft: &mut Draft) {
        let mut open = self.step.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut draft.body {
            Body::StepStarted { step_id, .. } => *open = Some(step_id.clone()),
            Body::StepFinished { .. } => *open = None,
            Body::ModelCalled { step_id, .. } if step_id.is_none() => step_id.clone_from(&open),
            _ => {}
        }
    }

    fn step_of(&self, draft: &ArtifactDraft) -> Option<StepId> {
        let open = self.step.lock().unwrap_or_else(PoisonError::into_inner);
        match &draft.step_id {
            None if draft.artifact_type.starts_with("llm_") => open.clone(),
            given => given.clone(),
        }
    }

    /// Takes secrets out of a draft, wherever they stand in it.
    fn clean(&self, draft: Draft) -> Draft {
        if self.scrub.is_empty() {
            return draft;
        }
        let summary = self.scrub.text(&draft.summary);
        let body = serde_json::to_string(&draft.body)
            .ok()
            .and_then(|json| serde_json::from_str::<Body>(&self.scrub.text(&json)).ok())
            .unwrap_or(draft.body);
        Draft { summary, body }
    }
}

pub fn port_error(error: Error) -> PortError {
    match error {
        Error::LeaseLost => PortError::LeaseLost,
        Error::StorageFull(_) => PortError::Full(error.to_string()),
        other => PortError::Failed(other.to_string()),
    }
}

#[async_trait]
impl EventSink for Sink {
    async fn append(&self, drafts: Vec<Draft>) -> Result<(), PortError> {
        let drafts = drafts
            .into_iter()
            .map(|mut draft| {
                self.place(&mut draft);
                self.clean(draft)
            })
            .collect();
        match self.store.append(&self.run_id, self.writer(), drafts).await {
            Ok(_) => Ok(()),
            Err(error) => Err(port_error(error)),
        }
    }
}

#[async_trait]
impl ArtifactSink for Sink {
    async fn keep(&self, draft: ArtifactDraft) -> Result<Kept, PortError> {
        let id = ArtifactId::generate();
        let step_id = self.step_of(&draft);
        let text = draft.content_type.starts_with("text/") || draft.content_type.contains("json");
        let content = match std::str::from_utf8(&draft.content) {
            Ok(words) if text && !self.scrub.is_empty() => Bytes::from(self.scrub.text(words)),
            _ => draft.content,
        };
        let size = content.len() as u64;
        let place = location(&self.organization, &self.run_id, &id, &draft.filename);
        let checksum = errand_domain::log::sha256(&content);
        self.artifacts
            .put(&place, content)
            .await
            .map_err(|error| match error {
                errand_artifacts::Error::StorageFull { .. } => PortError::Full(error.to_string()),
                other => PortError::Failed(other.to_string()),
            })?;
        let row = ArtifactRow {
            id: id.clone(),
            organization_id: self.organization.clone(),
            run_id: self.run_id.clone(),
            step_id: step_id.clone(),
            artifact_type: draft.artifact_type.to_owned(),
            content_type: draft.content_type.to_owned(),
            filename: draft.filename.clone(),
            size,
            checksum: Some(checksum.clone()),
            location: place.clone(),
            created_at: errand_domain::Timestamp::default(),
        };
        let body = Body::ArtifactCreated {
            artifact_id: id.clone(),
            artifact_type: draft.artifact_type.to_owned(),
            step_id,
            content_type: draft.content_type.to_owned(),
            size,
        };
        let drafts = vec![Draft::new(format!("kept {}", draft.filename), body)];
        let written = self
            .store
            .append_artifact(&self.run_id, self.writer(), row, drafts)
            .await;
        if let Err(error) = written {
            // No row names the file, so nobody would ever delete it.
            self.artifacts.delete(&place).await.ok();
            return Err(port_error(error));
        }
        Ok(Kept {
            artifact_id: id,
            size,
            checksum,
        })
    }
}

#[async_trait]
impl CheckpointSink for Sink {
    async fn save(&self, checkpoint: &Checkpoint) -> Result<(), PortError> {
        let failed = |error: String| PortError::Failed(error);
        let plain = serde_json::to_vec(checkpoint).map_err(|error| failed(error.to_string()))?;
        let sealed = errand_vault::seal(&self.secret, self.run_id.as_str(), &plain)
            .map_err(|error| failed(error.to_string()))?;
        let bytes = sealed.len() as u64;
        let url = errand_domain::text::clip(&checkpoint.storage.url, 2_000);
        let cookies = u32::try_from(checkpoint.storage.cookies.len()).unwrap_or(u32::MAX);
        let body = Body::CheckpointSaved {
            url: url.clone(),
            cookies,
            bytes,
        };
        let draft = self.clean(Draft::new(format!("checkpoint at {url}"), body));
        let events = self
            .store
            .append(&self.run_id, self.writer(), vec![draft])
            .await
            .map_err(port_error)?;
        let sequence = events.last().map_or(0, |event| event.sequence);
        match self
            .store
            .put_checkpoint(&self.run_id, self.epoch, sequence, sealed)
            .await
        {
            Ok(()) => Ok(()),
            Err(Error::LeaseLost) => Err(PortError::LeaseLost),
            Err(error) => {
                // Without it a crash ends the run instead of going on; that is no reason to stop.
                tracing::warn!(run_id = %self.run_id, %error, "the checkpoint was not kept");
                Ok(())
            }
        }
    }
}
