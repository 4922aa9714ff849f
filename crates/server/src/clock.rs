//! The database's time for the ends of links, without asking for it at every answer.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use errand_domain::Timestamp;
use errand_store::{Error, Store};

/// How long an answer of the database counts.
const REMEMBER: Duration = Duration::from_secs(30);

/// Goes on from the last answer by the process's own clock.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    known: Mutex<Option<(Timestamp, Instant)>>,
}

impl Clock {
    /// # Errors
    /// If the database has to be asked, and can't be reached.
    pub(crate) async fn now(&self, store: &Store) -> Result<Timestamp, Error> {
        let known = *self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, since)) = known
            && since.elapsed() < REMEMBER
        {
            let passed = i64::try_from(since.elapsed().as_millis()).unwrap_or_default();
            return Ok(at.plus_millis(passed));
        }
        let since = Instant::now();
        let at = store.now().await?;
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some((at, since));
        Ok(at)
    }
}
