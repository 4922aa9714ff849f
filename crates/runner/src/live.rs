//! The browsers of this process, for those who look at them or take them over.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use errand_browser::Page;
use errand_domain::{OrganizationId, SessionId};

use crate::control::Control;

/// A live browser of this process.
#[derive(Debug, Clone)]
pub struct Live {
    /// Whose.
    pub organization: OrganizationId,
    /// The session that it is kept for, if it is.
    pub session: Option<SessionId>,
    /// What is done in it.
    pub page: Page,
    /// Who controls it.
    pub control: Control,
}

/// All of them, by the ids of their sessions and runs. Clones share the list.
#[derive(Debug, Clone, Default)]
pub struct Lives(Arc<Mutex<HashMap<String, Arc<Live>>>>);

impl Lives {
    fn all(&self) -> MutexGuard<'_, HashMap<String, Arc<Live>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a browser known under an id until the answer is dropped.
    #[must_use]
    pub fn enter(&self, id: &str, live: Arc<Live>) -> Entry {
        self.all().insert(id.to_owned(), live);
        Entry {
            lives: self.clone(),
            id: id.to_owned(),
        }
    }

    /// The organization's browser that is known under a session's or run's id.
    #[must_use]
    pub fn find(&self, organization: &OrganizationId, id: &str) -> Option<Arc<Live>> {
        let found = self.all().get(id).cloned();
        found.filter(|it| it.organization == *organization)
    }
}

/// Keeps a browser known.
#[derive(Debug)]
pub struct Entry {
    lives: Lives,
    id: String,
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.lives.all().remove(&self.id);
    }
}
