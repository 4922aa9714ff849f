//! Taking runs while there is room, and letting go of them at the end.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use errand_artifacts::Artifacts;
use errand_store::{ClaimLimits, Store};
use tokio::{sync::Notify, task::JoinSet, time::timeout};
use tokio_util::sync::CancellationToken;

use crate::{
    Config, Handle,
    carry::{Berth, Carrier, Seating},
    live::Lives,
    pool::Pool,
    room::{Place, Room},
};

/// How often is looked for work when no hint comes.
const POLL: Duration = Duration::from_secs(1);
/// How often others are told where this process can be called.
const TELL_EVERY: Duration = Duration::from_secs(60 * 60);
/// Pause after the database failed.
const RETRY: Duration = Duration::from_secs(2);

/// Carries runs through, as many at once as there is room for.
pub struct Service {
    config: Arc<Config>,
    store: Store,
    artifacts: Artifacts,
    lives: Lives,
    room: Arc<Room>,
    pool: Arc<Pool>,
    wake: Arc<Notify>,
}

impl Service {
    /// A runner that does nothing until [`run`](Self::run), and what the edge may ask of it.
    #[must_use]
    pub fn new(config: Config, store: Store, artifacts: Artifacts) -> (Self, Handle) {
        let wake = Arc::new(Notify::new());
        let lives = Lives::default();
        let room = Arc::new(Room::new(config.slots, config.browser_memory));
        let handle = Handle::new(wake.clone(), &config, lives.clone(), room.clone());
        let config = Arc::new(config);
        let pool = Arc::new(Pool::new(config.clone(), room.clone()));
        (
            Self {
                config,
                store,
                artifacts,
                lives,
                room,
                pool,
                wake,
            },
            handle,
        )
    }

    /// Works until `stop` fires and every run has ended or was handed back, at most
    /// [`Config::drain`] and a few seconds later. No browser is left then.
    pub async fn run(self, stop: CancellationToken) {
        tokio::join!(self.work(&stop), self.expire(&stop), self.pool.keep(&stop));
    }

    async fn work(&self, stop: &CancellationToken) {
        let mut runs = JoinSet::new();
        let mut hints = self.store.watch_queue();
        while !stop.is_cancelled() {
            while runs.try_join_next().is_some() {}
            let place = tokio::select! {
                () = stop.cancelled() => break,
                place = self.room.place() => place,
            };
            let Some(place) = place else { break };
            match self.take(place, stop, &mut runs).await {
                Ok(true) => continue,
                Ok(false) => {
                    tokio::select! {
                        () = stop.cancelled() => {}
                        () = self.wake.notified() => {}
                        () = hints.changed() => {}
                        () = tokio::time::sleep(POLL) => {}
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "no run can be claimed");
                    timeout(RETRY, stop.cancelled()).await.ok();
                }
            }
        }
        let bound = self.config.drain + Duration::from_secs(15);
        let drained = timeout(bound, async { while runs.join_next().await.is_some() {} }).await;
        if drained.is_err() {
            tracing::warn!("runs were still going at the end of the drain");
            runs.shutdown().await;
        }
    }

    /// What has to be done in time also while there is no room: runs whose `not_after` passed, and
    /// sessions whose server died.
    async fn expire(&self, stop: &CancellationToken) {
        let mut told: Option<Instant> = None;
        loop {
            let due = told.is_none_or(|at| at.elapsed() > TELL_EVERY);
            let sweep = async {
                if due {
                    let Config {
                        holder, address, ..
                    } = &*self.config;
                    self.store.note_replica(holder, address).await?;
                }
                self.store.expire_queued().await?;
                self.store.sweep_sessions().await?;
                self.store.cancel_stranded().await
            };
            let swept = tokio::select! {
                swept = sweep => swept,
                () = stop.cancelled() => return,
            };
            let pause = match swept {
                Ok(_) => {
                    if due {
                        told = Some(Instant::now());
                    }
                    POLL
                }
                Err(error) => {
                    tracing::warn!(%error, "what should have ended can't be swept");
                    RETRY
                }
            };
            if timeout(pause, stop.cancelled()).await.is_ok() {
                return;
            }
        }
    }

    /// Claims a session or a run and lets it go on its own. `false` if there is none. Sessions
    /// first: somebody waits for them.
    async fn take(
        &self,
        place: Place,
        stop: &CancellationToken,
        runs: &mut JoinSet<()>,
    ) -> Result<bool, errand_store::Error> {
        let carrier = Carrier {
            config: self.config.clone(),
            store: self.store.clone(),
            artifacts: self.artifacts.clone(),
            lives: self.lives.clone(),
            room: self.room.clone(),
            pool: self.pool.clone(),
            stop: stop.clone(),
        };
        let (holder, lease) = (&self.config.holder, self.config.lease);
        if let Some(claim) = self.store.claim_session(holder, lease).await? {
            self.pool.begin();
            runs.spawn(async move {
                Box::pin(carrier.keep(claim)).await;
                drop(place);
            });
            return Ok(true);
        }
        let limits = ClaimLimits {
            per_organization: self.config.per_organization,
        };
        let Some(claim) = self.store.claim(holder, lease, &limits).await? else {
            return Ok(false);
        };
        runs.spawn(async move {
            let berth = Berth::new(Some(place));
            Box::pin(carrier.carry(claim, Seating::Own(&berth))).await;
        });
        Ok(true)
    }
}
