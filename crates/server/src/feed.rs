//! The tail of a run's log, read once for all who watch the run.
//!
//! A feed lives as long as somebody watches. Its task reads new events from the store into a ring
//! of bounded size; a watcher that fell behind the ring reads the store itself until it caught up.

mod ring;
mod tail;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use errand_domain::{Run, RunId};
use tokio::sync::watch;
use tokio_util::task::AbortOnDropHandle;

use ring::Ring;
pub(crate) use ring::{Entry, Taken};

use crate::edge::Edge;

/// How many events a fresh feed reads back, so that those who begin together share them.
const HEAD_START: u64 = 64;

/// Where the feed is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    /// Everything up to this number was read.
    At(u64),
    /// The run was deleted.
    Gone,
    /// The store could not be read for too long.
    Failed,
}

/// One run's tail.
#[derive(Debug)]
pub(crate) struct Feed {
    shared: Arc<Shared>,
    _task: AbortOnDropHandle<()>,
}

#[derive(Debug)]
struct Shared {
    ring: Mutex<Ring>,
    progress: watch::Sender<Progress>,
}

/// All tails.
#[derive(Debug, Default)]
pub(crate) struct Feeds {
    open: Mutex<HashMap<RunId, Weak<Feed>>>,
}

impl Feeds {
    /// The run's tail; the first who asks starts it.
    pub(crate) fn open(&self, edge: &Arc<Edge>, run: &Run) -> Arc<Feed> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(feed) = open.get(&run.id).and_then(Weak::upgrade)
            && matches!(*feed.shared.progress.borrow(), Progress::At(_))
        {
            return feed;
        }
        open.retain(|_, feed| feed.strong_count() > 0);
        let start = run.last_sequence.saturating_sub(HEAD_START);
        let shared = Arc::new(Shared {
            ring: Mutex::new(Ring::new(start)),
            progress: watch::Sender::new(Progress::At(start)),
        });
        let tail = tail::follow(Arc::clone(edge), run.clone(), Arc::clone(&shared), start);
        let task = AbortOnDropHandle::new(edge.tasks.spawn(tail));
        let feed = Arc::new(Feed {
            shared,
            _task: task,
        });
        open.insert(run.id.clone(), Arc::downgrade(&feed));
        feed
    }
}

impl Feed {
    /// What comes next after `position`: at most `limit` events, and none after so many bytes.
    pub(crate) fn take(&self, position: u64, limit: usize, bytes: usize) -> Taken {
        self.shared
            .ring
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take(position, limit, bytes)
    }

    /// Tells where the feed is, now and whenever that changes.
    pub(crate) fn progress(&self) -> watch::Receiver<Progress> {
        self.shared.progress.subscribe()
    }
}
