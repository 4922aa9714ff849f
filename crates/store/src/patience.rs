//! How long a lost connection is retried.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::Error;

/// Retries of one call: quick at first, because after a restart each pooled connection fails
/// once, then up to half a second apart, until the bound.
pub(crate) struct Patience {
    until: Instant,
    pause: Duration,
}

impl Patience {
    pub(crate) fn new(bound: Duration) -> Self {
        Self {
            until: Instant::now() + bound,
            pause: Duration::from_millis(5),
        }
    }

    /// Waits and says yes, if the error is one of the connection and there is time left.
    pub(crate) async fn again(&mut self, error: &Error) -> bool {
        if !error.is_transient() || Instant::now() + self.pause > self.until {
            return false;
        }
        tracing::debug!(%error, pause = ?self.pause, "trying the database again");
        sleep(self.pause).await;
        self.pause = (self.pause * 2).min(Duration::from_millis(500));
        true
    }
}

/// Runs the expression again while patience lasts.
macro_rules! retry {
    ($store:expr, $work:expr) => {{
        let mut patience = $crate::patience::Patience::new($store.inner.retry_for);
        loop {
            match $work {
                Err(error) if patience.again(&error).await => {}
                result => break result,
            }
        }
    }};
}
pub(crate) use retry;
