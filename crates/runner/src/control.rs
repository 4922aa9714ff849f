//! Who controls a live browser: the engine, or one person.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use errand_domain::{Timestamp, log::hex, port::Clock as _};
use tokio::sync::watch;

use crate::SystemClock;

/// How long control stays with somebody who says nothing.
const LEASE: Duration = Duration::from_secs(30);

/// Somebody who controls a browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Controller {
    /// What they call themselves.
    pub name: String,
    /// Since when.
    pub since: Timestamp,
    token: String,
    until: Instant,
}

/// Control of one browser. Clones share it.
#[derive(Debug, Clone)]
pub struct Control {
    state: Arc<watch::Sender<Option<Controller>>>,
}

impl Default for Control {
    fn default() -> Self {
        Self {
            state: Arc::new(watch::Sender::new(None)),
        }
    }
}

impl Control {
    /// Takes control; the token is what input has to carry.
    ///
    /// # Errors
    /// Who has it.
    pub fn take(&self, name: &str) -> Result<String, Controller> {
        let token = hex(&rand::random::<[u8; 16]>());
        let mut refused = None;
        self.state.send_if_modified(|state| {
            if let Some(other) = state.as_ref().filter(|it| it.until > Instant::now()) {
                refused = Some(other.clone());
                return false;
            }
            *state = Some(Controller {
                name: name.to_owned(),
                since: SystemClock::start().now(),
                token: token.clone(),
                until: Instant::now() + LEASE,
            });
            true
        });
        match refused {
            Some(other) => Err(other),
            None => Ok(token),
        }
    }

    /// Keeps control for another while. `false` if it is lost.
    #[must_use]
    pub fn keep(&self, token: &str) -> bool {
        let mut kept = false;
        self.state.send_if_modified(|state| {
            let now = Instant::now();
            if let Some(own) = state
                .as_mut()
                .filter(|it| it.token == token && it.until > now)
            {
                own.until = now + LEASE;
                kept = true;
            }
            // Nobody else sees a difference.
            false
        });
        kept
    }

    /// Gives control back. `false` if it was lost before.
    pub fn release(&self, token: &str) -> bool {
        self.state.send_if_modified(|state| {
            let own = state.as_ref().is_some_and(|it| it.token == token);
            if own {
                *state = None;
            }
            own
        })
    }

    /// Takes control away from whoever has it.
    pub fn revoke(&self) {
        self.state.send_replace(None);
    }

    /// Who controls the browser, if a person does.
    #[must_use]
    pub fn taken(&self) -> Option<Controller> {
        let state = self.state.borrow().clone();
        state.filter(|it| it.until > Instant::now())
    }

    /// Comes back when control was taken or given back since the last look.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<Option<Controller>> {
        self.state.subscribe()
    }

    /// Comes back when nobody controls the browser.
    pub async fn free(&self) {
        let mut changes = self.state.subscribe();
        loop {
            let until = match changes.borrow_and_update().as_ref() {
                Some(controller) if controller.until > Instant::now() => controller.until,
                _ => return,
            };
            tokio::select! {
                changed = changes.changed() => if changed.is_err() { return },
                () = tokio::time::sleep_until(until.into()) => {}
            }
        }
    }
}
