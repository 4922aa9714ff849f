//! Browsers that are up before anybody asks for one.
//!
//! Each is used once: a run or session gets it as if it had been started for it, and it ends with
//! that. The pool begins with the first session, and empties when nobody wanted a browser for a while.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use errand_browser::{Browser, LaunchOptions};
use errand_egress::Proxy;
use tokio::{sync::Notify, time::timeout};
use tokio_util::sync::CancellationToken;

use crate::{Config, room::Room, seat::options};

/// How long browsers wait for somebody to want one.
const IDLE: Duration = Duration::from_secs(10 * 60);
/// When the guard ends one that was never handed over: well after the pool does.
const DEADLINE: Duration = Duration::from_secs(25 * 60);
/// How often is looked whether all of them still live.
const LOOK: Duration = Duration::from_secs(5);
/// Pause after one could not be started.
const RETRY: Duration = Duration::from_secs(30);

/// A browser that is up, and its way out, which leads nowhere yet.
pub struct Warm {
    pub browser: Browser,
    pub proxy: Proxy,
    options: LaunchOptions,
}

/// The warm browsers of one process.
pub struct Pool {
    config: Arc<Config>,
    room: Arc<Room>,
    state: Mutex<State>,
    wake: Notify,
}

#[derive(Default)]
struct State {
    warm: VecDeque<Warm>,
    /// Until when there are to be some; absent before the first session.
    until: Option<Instant>,
}

impl Pool {
    pub fn new(config: Arc<Config>, room: Arc<Room>) -> Self {
        Self {
            config,
            room,
            state: Mutex::default(),
            wake: Notify::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A session is wanted: from now on there are warm browsers.
    pub fn begin(&self) {
        self.state().until = Some(Instant::now() + IDLE);
        self.wake.notify_one();
    }

    /// A warm browser that can be made into the one that is wanted. It is the caller's alone.
    #[must_use]
    pub fn take(&self, wanted: &LaunchOptions) -> Option<Warm> {
        let mut state = self.state();
        state.until.as_mut()?;
        state.until = Some(Instant::now() + IDLE);
        let fits = |it: &Warm| it.options.fit(wanted) && !it.browser.closed().is_cancelled();
        let at = state.warm.iter().position(fits)?;
        let warm = state.warm.remove(at);
        self.wake.notify_one();
        warm
    }

    /// Keeps the pool filled until `stop` fires; none is left then.
    pub async fn keep(&self, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            let pause = tokio::select! {
                pause = self.tend() => pause,
                () = stop.cancelled() => break,
            };
            tokio::select! {
                () = stop.cancelled() => break,
                _ = timeout(pause, self.wake.notified()) => {}
            }
        }
        self.empty().await;
    }

    /// Lets go of the dead and starts what is missing.
    async fn tend(&self) -> Duration {
        let (wanted, dead) = {
            let mut state = self.state();
            let wanted = state.until.is_some_and(|until| until > Instant::now());
            let warm = std::mem::take(&mut state.warm);
            let (dead, living) = warm
                .into_iter()
                .partition(|it| !wanted || it.browser.closed().is_cancelled());
            state.warm = living;
            (wanted, dead)
        };
        close(dead.into()).await;
        if !wanted || self.config.warm_browsers == 0 || !self.room.is_ample() {
            return LOOK;
        }
        while self.state().warm.len() < self.config.warm_browsers {
            match self.start().await {
                Ok(warm) => self.state().warm.push_back(warm),
                Err(reason) => {
                    tracing::warn!(reason, "no browser could be made ready");
                    return RETRY;
                }
            }
        }
        LOOK
    }

    async fn start(&self) -> Result<Warm, String> {
        let _turn = self.room.start().await;
        let proxy = Proxy::start(None).await.map_err(|it| it.to_string())?;
        let mut options = options(&self.config, proxy.address());
        options.deadline = DEADLINE;
        let browser = Browser::launch(options.clone()).await;
        let browser = browser.map_err(|it| it.to_string())?;
        Ok(Warm {
            browser,
            proxy,
            options,
        })
    }

    async fn empty(&self) {
        let warm = std::mem::take(&mut self.state().warm);
        close(warm.into()).await;
    }
}

async fn close(warm: Vec<Warm>) {
    for it in warm {
        it.proxy.cut();
        // Its guard ends it anyway.
        timeout(Duration::from_secs(10), it.browser.close())
            .await
            .ok();
    }
}
