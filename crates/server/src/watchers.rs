//! How many streams and waits are open, by organization.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use errand_domain::OrganizationId;
use tonic::Status;

use crate::refusal;

type Open = Arc<Mutex<HashMap<OrganizationId, usize>>>;

/// Counts what is open.
#[derive(Debug)]
pub(crate) struct Watchers {
    open: Open,
    limit: usize,
}

/// One open stream or wait; its drop ends it.
#[derive(Debug)]
pub(crate) struct Watching {
    open: Open,
    organization: OrganizationId,
}

impl Watchers {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            open: Open::default(),
            limit,
        }
    }

    /// # Errors
    /// RESOURCE_EXHAUSTED if as many are open as may be.
    pub(crate) fn enter(&self, organization: &OrganizationId) -> Result<Watching, Status> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(organization.clone()).or_default();
        if *count >= self.limit {
            return Err(refusal::too_many_watchers(self.limit));
        }
        *count += 1;
        Ok(Watching {
            open: Arc::clone(&self.open),
            organization: organization.clone(),
        })
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.organization) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                open.remove(&self.organization);
            }
        }
    }
}
