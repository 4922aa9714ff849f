//! Watching a live browser: pictures of its current tab, and what is around them.
//!
//! Each kind of picture (quality and size) has one screencast, on a CDP connection of its own, that
//! all its watchers share and that ends with the last of them. The browser sends a picture only when
//! the page changed, and waits for one to be taken before it sends more than a few: so a page at
//! rest costs nothing, and the rate is kept by when pictures are taken. Every place on the way holds
//! the latest picture only.

mod cast;
mod jpeg;
mod pace;
mod poll;
mod scene;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use errand_domain::view::{Frame, ViewOptions, ViewState};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    time::{Instant, sleep_until},
};
use tokio_util::sync::CancellationToken;

use self::{
    cast::{Cast, Kind},
    scene::Scene,
};
use crate::page::Page;

/// Most watchers of one browser.
pub const MAX_WATCHERS: usize = 32;
/// Most kinds of pictures that are made of one browser at a time.
pub const MAX_KINDS: usize = 4;

/// Why somebody can't watch.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The browser is dead, or the connection to it.
    #[error("the browser is gone")]
    Gone,
    /// Others watch already.
    #[error("{MAX_WATCHERS} others watch this browser already")]
    Watchers,
    /// Others watch with other options.
    #[error(
        "this browser is watched with {MAX_KINDS} other qualities and sizes already; ask for one of \
         these: {}",
        .kinds.join(", ")
    )]
    Kinds {
        /// `quality 60, 1280 by 1280`.
        kinds: Vec<String>,
    },
}

/// Where watchers come from. Clones share what it takes to watch; without watchers that is nothing.
#[derive(Debug, Clone)]
pub struct View {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    page: Page,
    seats: Arc<Semaphore>,
    live: Mutex<Live>,
}

/// What watchers hold in common, as long as there are any.
#[derive(Debug, Default)]
struct Live {
    scene: Weak<Scene>,
    casts: Vec<Weak<Cast>>,
}

/// One who watches. Dropping it ends the watching.
#[derive(Debug)]
pub struct Watcher {
    scene: watch::Receiver<Arc<ViewState>>,
    frames: watch::Receiver<Option<Arc<Frame>>>,
    pause: Duration,
    next_at: Instant,
    last: Option<u64>,
    dropped: u64,
    gone: CancellationToken,
    _rate: cast::Rate,
    _scene: Arc<Scene>,
    _seat: OwnedSemaphorePermit,
}

/// What a watcher is told.
#[derive(Debug, Clone, PartialEq)]
pub enum Update {
    /// Something that no picture shows changed; all of it as it is now.
    State(Arc<ViewState>),
    /// A new picture.
    Frame(Frame),
}

impl View {
    /// Watches through the eyes of this page: make one for a browser and keep it.
    #[must_use]
    pub fn new(page: &Page) -> Self {
        let shared = Shared {
            page: page.clone(),
            seats: Arc::new(Semaphore::new(MAX_WATCHERS)),
            live: Mutex::default(),
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// Begins to watch; out of range options are taken as the nearest possible ones. Must be called
    /// in a tokio runtime.
    ///
    /// # Errors
    /// See [`Error`]: at most [`MAX_WATCHERS`] watch, with at most [`MAX_KINDS`] different qualities
    /// and sizes.
    pub fn watch(&self, options: ViewOptions) -> Result<Watcher, Error> {
        let page = &self.shared.page;
        if page.closed().is_cancelled() {
            return Err(Error::Gone);
        }
        let seat = Arc::clone(&self.shared.seats).try_acquire_owned();
        let seat = seat.map_err(|_| Error::Watchers)?;
        let fps = options.max_fps.clamp(1, ViewOptions::MAX_FPS);
        let mut live = self.live();
        let scene = live.scene.upgrade().unwrap_or_else(|| {
            let scene = Arc::new(Scene::start(page));
            live.scene = Arc::downgrade(&scene);
            scene
        });
        let cast = live.cast(page, &scene, Kind::of(options))?;
        let mut frames = cast.frames();
        // The latest picture of a page at rest is for whoever comes later as well.
        if frames.borrow().is_some() {
            frames.mark_changed();
        }
        let mut state = scene.states();
        state.mark_changed();
        Ok(Watcher {
            scene: state,
            frames,
            pause: Duration::from_secs(1) / u32::from(fps),
            next_at: Instant::now(),
            last: None,
            dropped: 0,
            gone: page.closed(),
            _rate: cast::Rate::new(cast, fps),
            _scene: scene,
            _seat: seat,
        })
    }

    /// How many watch now.
    #[must_use]
    pub fn watchers(&self) -> usize {
        MAX_WATCHERS - self.shared.seats.available_permits()
    }

    fn live(&self) -> MutexGuard<'_, Live> {
        self.shared
            .live
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Live {
    fn cast(&mut self, page: &Page, scene: &Scene, kind: Kind) -> Result<Arc<Cast>, Error> {
        self.casts.retain(|cast| cast.strong_count() > 0);
        let casts: Vec<Arc<Cast>> = self.casts.iter().filter_map(Weak::upgrade).collect();
        if let Some(cast) = casts.iter().find(|cast| cast.kind() == kind) {
            return Ok(Arc::clone(cast));
        }
        if casts.len() >= MAX_KINDS {
            let kinds = casts.iter().map(|cast| cast.kind().to_string()).collect();
            return Err(Error::Kinds { kinds });
        }
        let cast = Arc::new(Cast::start(page, scene.here(), kind));
        self.casts.push(Arc::downgrade(&cast));
        Ok(cast)
    }
}

impl Watcher {
    /// The next thing to tell; none once the browser is gone. The state comes first, and again
    /// whenever it changes; pictures come as often as was asked for at most, and only when the page
    /// changed. A watcher that is slow to ask gets the latest, never a backlog. Nothing is lost when
    /// the future is dropped.
    pub async fn next(&mut self) -> Option<Update> {
        loop {
            tokio::select! {
                biased;
                () = self.gone.cancelled() => return None,
                changed = self.scene.changed() => {
                    changed.ok()?;
                    let state = Arc::clone(&self.scene.borrow_and_update());
                    return Some(Update::State(state));
                }
                changed = taken(&mut self.frames, self.next_at) => {
                    changed.ok()?;
                    let Some(frame) = self.frames.borrow_and_update().clone() else {
                        continue;
                    };
                    return Some(Update::Frame(self.take(&frame)));
                }
            }
        }
    }

    fn take(&mut self, frame: &Frame) -> Frame {
        let missed = self
            .last
            .map_or(0, |last| frame.sequence.saturating_sub(last + 1));
        self.dropped += missed;
        self.last = Some(frame.sequence);
        // One that is given out a little late doesn't make the next ones late.
        self.next_at = (self.next_at + self.pause).max(Instant::now() + self.pause / 2);
        Frame {
            dropped: self.dropped,
            ..frame.clone()
        }
    }
}

/// Waits for a picture, and not before it may be given out.
async fn taken(
    frames: &mut watch::Receiver<Option<Arc<Frame>>>,
    at: Instant,
) -> Result<(), watch::error::RecvError> {
    sleep_until(at).await;
    frames.changed().await
}
