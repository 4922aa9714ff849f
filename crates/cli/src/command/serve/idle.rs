//! When a server that lives by its callers has none left.

use std::{
    future::pending,
    path::Path,
    time::{Duration, Instant},
};

use errand_domain::{OrganizationId, RunState};
use errand_store::{DEFAULT_ORGANIZATION, RunFilter, SessionFilter, Store};

use crate::folder::lock;

const LOOK: Duration = Duration::from_millis(500);

/// Comes back when for `after` nobody called, no run was unfinished and no session lived; holds off new callers by
/// the lock that it returns. Never comes back without `after`.
pub async fn ended(data: &Path, store: &Store, after: Option<Duration>) -> lock::Lock {
    let Some(after) = after else {
        return pending().await;
    };
    let mut idle_since = Instant::now();
    loop {
        tokio::time::sleep(LOOK.min(after)).await;
        match nobody(data, store).await {
            Some(lock) if idle_since.elapsed() >= after => return lock,
            Some(_) => {}
            None => idle_since = Instant::now(),
        }
    }
}

async fn nobody(data: &Path, store: &Store) -> Option<lock::Lock> {
    let lock = lock::no_callers(data).ok().flatten()?;
    let unfinished = RunFilter {
        states: RunState::ALL
            .into_iter()
            .filter(|it| !it.is_final())
            .collect(),
        ..RunFilter::default()
    };
    let organization = OrganizationId::from(DEFAULT_ORGANIZATION);
    let found = store.list_runs(&organization, &unfinished, 1, None).await;
    let living = SessionFilter::default();
    let sessions = store.list_sessions(&organization, &living, 1, None).await;
    // A database that does not answer is no reason to leave runs and sessions alone.
    let none = found.is_ok_and(|page| page.items.is_empty())
        && sessions.is_ok_and(|page| page.items.is_empty());
    none.then_some(lock)
}
