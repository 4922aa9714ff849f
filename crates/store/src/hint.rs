//! Wake-ups: hints that something may have changed, outside the transactions that changed it.

mod postgres;

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use errand_domain::{OrganizationId, RunId};
use sqlx::AnyPool;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use crate::{Store, backend::Backend};

/// At most one hint per topic in this time.
const COALESCE: Duration = Duration::from_millis(25);
/// Most topics that wait to be told; beyond, the pollers behind the hints find out.
const MAX_DIRTY: usize = 10_000;

/// What a hint is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Topic {
    Run(String),
    Organization(String),
    Session(String),
    Queue,
}

/// Who listens here, and what is to be told.
pub(crate) struct Hub {
    listeners: Mutex<HashMap<Topic, watch::Sender<()>>>,
    dirty: Mutex<HashSet<Topic>>,
    marked: Notify,
    /// Names this process to itself among those that share the database.
    origin: String,
}

impl Hub {
    pub(crate) fn new() -> Self {
        Self {
            listeners: Mutex::default(),
            dirty: Mutex::default(),
            marked: Notify::new(),
            origin: uuid::Uuid::now_v7().simple().to_string(),
        }
    }

    /// Notes a topic to be told at the next flush.
    pub(crate) fn mark(&self, topic: Topic) {
        let mut dirty = held(&self.dirty);
        if dirty.len() < MAX_DIRTY && dirty.insert(topic) {
            self.marked.notify_one();
        }
    }

    /// Tells what was marked: the first at once, what follows within 25 ms together.
    pub(crate) async fn flush(
        self: Arc<Self>,
        backend: Backend,
        pool: AnyPool,
        stop: CancellationToken,
    ) {
        while stop
            .run_until_cancelled(self.marked.notified())
            .await
            .is_some()
        {
            let topics = std::mem::take(&mut *held(&self.dirty));
            for topic in &topics {
                self.tell(topic);
            }
            if backend == Backend::Postgres {
                let sent = postgres::send(&pool, &self.origin, &topics);
                if stop.run_until_cancelled(sent).await.is_none() {
                    break;
                }
            }
            if stop
                .run_until_cancelled(tokio::time::sleep(COALESCE))
                .await
                .is_none()
            {
                break;
            }
        }
    }

    /// Hears what other processes tell.
    pub(crate) async fn listen(self: Arc<Self>, url: String, stop: CancellationToken) {
        stop.run_until_cancelled(postgres::listen(&self, &url))
            .await;
    }

    fn tell(&self, topic: &Topic) {
        if let Some(sender) = held(&self.listeners).get(topic) {
            sender.send_replace(());
        }
    }

    fn tell_all(&self) {
        for sender in held(&self.listeners).values() {
            sender.send_replace(());
        }
    }

    pub(crate) fn subscribe(self: &Arc<Self>, topic: Topic) -> Hints {
        let mut listeners = held(&self.listeners);
        let sender = listeners
            .entry(topic.clone())
            .or_insert_with(|| watch::Sender::new(()));
        let receiver = sender.subscribe();
        drop(listeners);
        Hints {
            hub: self.clone(),
            topic,
            receiver,
        }
    }
}

/// The data is whole after a panic elsewhere: each change is one call.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Hints about one topic. Those that came since the last look count as one; one may come without
/// a change, and one may be lost, so the reader polls behind them.
pub struct Hints {
    hub: Arc<Hub>,
    topic: Topic,
    receiver: watch::Receiver<()>,
}

impl Hints {
    /// Comes back when there is a hint. Safe to drop and call again.
    pub async fn changed(&mut self) {
        if self.receiver.changed().await.is_err() {
            // The sender lives as long as this receiver.
            std::future::pending::<()>().await;
        }
    }

    /// Comes back when there is a hint (`true`) or the time has passed (`false`).
    pub async fn wait(&mut self, at_most: Duration) -> bool {
        tokio::time::timeout(at_most, self.changed()).await.is_ok()
    }
}

impl Drop for Hints {
    fn drop(&mut self) {
        let mut listeners = held(&self.hub.listeners);
        let last = |sender: &watch::Sender<()>| sender.receiver_count() <= 1;
        if listeners.get(&self.topic).is_some_and(last) {
            listeners.remove(&self.topic);
        }
    }
}

impl Store {
    /// Hints about a run: events and commands.
    #[must_use]
    pub fn watch_run(&self, run_id: &RunId) -> Hints {
        self.inner
            .hub
            .subscribe(Topic::Run(run_id.as_str().to_owned()))
    }

    /// Hints about state changes of an organization's runs.
    #[must_use]
    pub fn watch_organization(&self, organization: &OrganizationId) -> Hints {
        self.inner
            .hub
            .subscribe(Topic::Organization(organization.as_str().to_owned()))
    }

    /// Hints that there may be something to claim. A lease that passes gives none.
    #[must_use]
    pub fn watch_queue(&self) -> Hints {
        self.inner.hub.subscribe(Topic::Queue)
    }
}
