//! What is needed to go on elsewhere after a crash.
//!
//! A checkpoint is made where nothing of the run is lost by coming back to it: on a page that was
//! just arrived at, before anything was typed. What an action may have changed outside is known
//! from the log, so a run never does it twice.

use async_trait::async_trait;
use errand_domain::{Action, StorageState, action::Gesture, port::PortError};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The browser's state and the engine's.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Cookies, storage, URL.
    pub storage: StorageState,
    /// What the engine remembered.
    pub memory: Value,
    /// Steps taken before it.
    pub steps: u32,
    /// Actions done before it.
    pub actions: u32,
}

/// Where checkpoints go; encrypted on the other side.
#[async_trait]
pub trait CheckpointSink: Send + Sync {
    /// Keeps a checkpoint in place of the one before it, and writes its event.
    async fn save(&self, checkpoint: &Checkpoint) -> Result<(), PortError>;
}

/// Whether an action can be done again without changing anything outside, whatever became of it.
///
/// Typing is not among them: a page may save as one types. A reload or a step in the history may
/// send a form again.
#[must_use]
pub fn is_safe(action: &Action) -> bool {
    matches!(
        action,
        Action::Navigate { .. }
            | Action::Wait { .. }
            | Action::Scroll { .. }
            | Action::SwitchTab { .. }
            | Action::OpenTab { .. }
            | Action::Pointer {
                gesture: Gesture::Scroll { .. },
                ..
            }
    )
}
