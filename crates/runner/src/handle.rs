//! What the edge may ask of the runner.

use std::sync::Arc;

use tokio::sync::Notify;

/// Cheap to clone; keeps no run alive.
#[derive(Debug, Clone)]
pub struct Handle {
    wake: Arc<Notify>,
    slots: usize,
    engines: Arc<[&'static str]>,
}

impl Handle {
    pub(crate) fn new(wake: Arc<Notify>, slots: usize, engines: Arc<[&'static str]>) -> Self {
        Self {
            wake,
            slots,
            engines,
        }
    }

    /// A run was queued or commanded: look at once instead of at the next poll. A hint only.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// How many browsers this process runs at once.
    #[must_use]
    pub fn slots(&self) -> usize {
        self.slots
    }

    /// Names of the engines that this process has, the default first.
    #[must_use]
    pub fn engines(&self) -> &[&'static str] {
        &self.engines
    }
}
