//! One screencast: pictures of the current tab in one quality and size, for all who want those.

mod calls;
mod follow;
mod output;

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use errand_domain::view::{Frame, ViewOptions};
use tokio::sync::watch;
use tokio_util::task::AbortOnDropHandle;

use self::follow::Follow;
pub(super) use self::output::Output;
use crate::page::{Here, Page};

/// Lowest quality before pictures that are too large are made smaller instead.
const LEAST_QUALITY: u8 = 20;

/// What pictures are like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind {
    pub(super) quality: u8,
    pub(super) width: u16,
    pub(super) height: u16,
}

impl Kind {
    pub(super) fn of(options: ViewOptions) -> Self {
        let (least, most) = (*ViewOptions::SIDES.start(), *ViewOptions::SIDES.end());
        Self {
            quality: options.quality.clamp(1, 100),
            width: options.max_width.clamp(least, most),
            height: options.max_height.clamp(least, most),
        }
    }

    /// The next one whose pictures take less.
    pub(super) fn less(self) -> Self {
        if self.quality > LEAST_QUALITY {
            let quality = (self.quality / 4 * 3).max(LEAST_QUALITY);
            return Self { quality, ..self };
        }
        let smaller = |side: u16| (side / 4 * 3).max(*ViewOptions::SIDES.start());
        let (width, height) = (smaller(self.width), smaller(self.height));
        Self {
            width,
            height,
            ..self
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            quality,
            width,
            height,
        } = self;
        write!(formatter, "quality {quality}, {width} by {height}")
    }
}

/// A screencast that runs for as long as it is held.
#[derive(Debug)]
pub(super) struct Cast {
    kind: Kind,
    frames: watch::Receiver<Option<Arc<Frame>>>,
    rates: Mutex<Rates>,
    fps: watch::Sender<u8>,
    _task: AbortOnDropHandle<()>,
}

/// How often each of its watchers wants a picture.
#[derive(Debug, Default)]
struct Rates {
    next: u64,
    wanted: BTreeMap<u64, u8>,
}

/// A watcher's share in a screencast.
#[derive(Debug)]
pub(super) struct Rate {
    cast: Arc<Cast>,
    number: u64,
}

impl Cast {
    pub(super) fn start(page: &Page, here: watch::Receiver<Option<Here>>, kind: Kind) -> Self {
        let (frames, seen) = watch::channel(None);
        let (fps, wanted) = watch::channel(1);
        let task = Follow::new(page, here, wanted, frames, kind);
        Self {
            kind,
            frames: seen,
            rates: Mutex::default(),
            fps,
            _task: AbortOnDropHandle::new(tokio::spawn(task.run())),
        }
    }

    pub(super) fn kind(&self) -> Kind {
        self.kind
    }

    pub(super) fn frames(&self) -> watch::Receiver<Option<Arc<Frame>>> {
        self.frames.clone()
    }

    fn rates(&self) -> MutexGuard<'_, Rates> {
        self.rates.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It is as fast as the fastest of its watchers.
    fn tune(&self, rates: &Rates) {
        let most = rates.wanted.values().copied().max().unwrap_or(1);
        self.fps
            .send_if_modified(|fps| std::mem::replace(fps, most) != most);
    }
}

impl Rate {
    pub(super) fn new(cast: Arc<Cast>, fps: u8) -> Self {
        let mut rates = cast.rates();
        let number = rates.next;
        rates.next += 1;
        rates.wanted.insert(number, fps);
        cast.tune(&rates);
        drop(rates);
        Self { cast, number }
    }
}

impl Drop for Rate {
    fn drop(&mut self) {
        let mut rates = self.cast.rates();
        rates.wanted.remove(&self.number);
        self.cast.tune(&rates);
    }
}
