//! Who calls: the key of a request, looked up and remembered for a moment.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use errand_domain::{KeyId, OrganizationId};
use errand_store::Store;
use http::{HeaderMap, header::AUTHORIZATION};
use tonic::Status;

use crate::{fault, key::Key, refusal};

/// Most keys that are remembered.
const MAX_REMEMBERED: usize = 1_024;
const BEARER: &str = "bearer ";

#[derive(Debug, Clone)]
struct Known {
    organization: OrganizationId,
    hash: [u8; 32],
    since: Instant,
}

/// Checks keys.
pub(crate) struct Keys {
    store: Store,
    remember: Duration,
    known: Mutex<HashMap<KeyId, Known>>,
}

impl Keys {
    pub(crate) fn new(store: Store, remember: Duration) -> Self {
        Self {
            store,
            remember,
            known: Mutex::default(),
        }
    }

    /// The organization whose key the request carries.
    ///
    /// # Errors
    /// UNAUTHENTICATED; UNAVAILABLE if the key can't be looked up.
    pub(crate) async fn check(&self, headers: &HeaderMap) -> Result<OrganizationId, Status> {
        let text = presented(headers)?.ok_or_else(refusal::key_missing)?;
        let key = Key::parse(text).ok_or_else(refusal::key_invalid)?;
        let known = match self.remembered(&key.id) {
            Some(known) => known,
            None => self.look_up(&key.id).await?,
        };
        if !key.fits(&known.hash) {
            return Err(refusal::key_invalid());
        }
        Ok(known.organization)
    }

    fn remembered(&self, id: &KeyId) -> Option<Known> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known
            .get(id)
            .filter(|it| it.since.elapsed() < self.remember)
            .cloned()
    }

    async fn look_up(&self, id: &KeyId) -> Result<Known, Status> {
        let row = self.store.key(id).await.map_err(fault::store)?;
        let row = row.ok_or_else(refusal::key_invalid)?;
        let since = Instant::now();
        let found = Known {
            organization: row.organization,
            hash: row.hash,
            since,
        };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MAX_REMEMBERED {
            known.retain(|_, it| it.since.elapsed() < self.remember);
        }
        if known.len() < MAX_REMEMBERED {
            known.insert(id.clone(), found.clone());
        }
        Ok(found)
    }
}

/// The key as it was sent; both headers may be there if they agree.
fn presented(headers: &HeaderMap) -> Result<Option<&str>, Status> {
    let text = |name: &str| {
        headers
            .get(name)
            .map(|it| it.to_str().unwrap_or_default().trim())
    };
    let bearer = match text(AUTHORIZATION.as_str()) {
        Some(value) => {
            let scheme = value
                .get(..BEARER.len())
                .is_some_and(|it| it.eq_ignore_ascii_case(BEARER));
            let token = value.get(BEARER.len()..).filter(|_| scheme);
            Some(token.ok_or_else(refusal::key_invalid)?.trim())
        }
        None => None,
    };
    match (bearer, text("x-api-key")) {
        (Some(one), Some(other)) if one != other => Err(refusal::key_invalid()),
        (Some(key), _) | (None, Some(key)) => Ok(Some(key)),
        (None, None) => Ok(None),
    }
}
