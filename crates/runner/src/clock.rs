//! The real clock.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use async_trait::async_trait;
use errand_domain::{Timestamp, port::Clock};

/// Time as the machine has it; `elapsed` counts from when it was made, without the times that it
/// was held.
#[derive(Debug)]
pub struct SystemClock {
    start: Instant,
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    before: Duration,
    since: Option<Instant>,
}

/// Holds a clock until it is dropped.
#[derive(Debug)]
pub struct Hold<'a>(&'a SystemClock);

impl SystemClock {
    /// Starts counting now.
    #[must_use]
    pub fn start() -> Self {
        Self {
            start: Instant::now(),
            held: Mutex::default(),
        }
    }

    /// Stops counting. One at a time.
    pub fn hold(&self) -> Hold<'_> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.since = Some(Instant::now());
        Hold(self)
    }

    /// Comes back when that much time was counted.
    pub async fn run_out(&self, limit: Duration) {
        loop {
            let left = limit.saturating_sub(self.elapsed());
            if left.is_zero() {
                return;
            }
            // While the clock is held, as much is left afterwards.
            tokio::time::sleep(left).await;
        }
    }
}

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        let mut held = self.0.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(since) = held.since.take() {
            held.before += since.elapsed();
        }
    }
}

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Timestamp(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }

    fn elapsed(&self) -> Duration {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let now = held.since.unwrap_or_else(Instant::now);
        now.duration_since(self.start).saturating_sub(held.before)
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}
