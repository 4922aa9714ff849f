//! Where a run writes: into memory, or nowhere.

use std::{
    sync::Mutex,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use errand_domain::{
    Answer, ArtifactId, Draft, Question, Timestamp, log,
    port::{ArtifactDraft, ArtifactSink, Clock, EventSink, Kept, People, PortError},
};
use errand_engine::drive::{Checkpoint, CheckpointSink};

/// The log of one run.
#[derive(Default)]
pub struct Log(pub Mutex<Vec<Draft>>);

#[async_trait]
impl EventSink for Log {
    async fn append(&self, drafts: Vec<Draft>) -> Result<(), PortError> {
        let mut log = self.0.lock().map_err(|_| PortError::LeaseLost)?;
        log.extend(drafts);
        Ok(())
    }
}

/// Keeps nothing.
pub struct Nowhere;

#[async_trait]
impl ArtifactSink for Nowhere {
    async fn keep(&self, draft: ArtifactDraft) -> Result<Kept, PortError> {
        Ok(Kept {
            artifact_id: ArtifactId::generate(),
            size: u64::try_from(draft.content.len()).unwrap_or(u64::MAX),
            checksum: log::sha256(&draft.content),
        })
    }
}

#[async_trait]
impl CheckpointSink for Nowhere {
    async fn save(&self, _checkpoint: &Checkpoint) -> Result<(), PortError> {
        Ok(())
    }
}

#[async_trait]
impl People for Nowhere {
    async fn ask(&self, _question: &Question) -> Result<Option<Answer>, PortError> {
        Ok(None)
    }
}

/// Time since the run began.
pub struct Since(pub Instant);

#[async_trait]
impl Clock for Since {
    fn now(&self) -> Timestamp {
        Timestamp(0)
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}
