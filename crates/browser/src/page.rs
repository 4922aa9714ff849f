//! A page in a live browser: what it looks like, what is done to it, and what came of that.
//!
//! Scripts and input go over BiDi; a CDP socket beside it notices dialogs, stops a page that spins
//! and tells what listens. Nothing here waits without a bound, and no call goes over the classic
//! channel, where one command that hangs would hold up all others.

mod act;
mod block;
mod captcha;
mod error;
mod events;
mod frames;
mod listeners;
mod live;
mod observe;
mod picture;
mod place;
mod render;
mod requests;
mod settle;
mod storage;
mod target;
mod watch;
mod world;

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use errand_domain::storage::OriginState;
use serde_json::{Value, json};
use tokio::sync::Mutex as Turn;
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

pub(crate) use self::live::Here;
pub use self::{
    act::{Download, Downloads, Outcome, Remote},
    block::Blocked,
    captcha::CaptchaOnPage,
    error::Error,
    observe::Look,
    picture::Picture,
    render::render,
    watch::OutsideRequest,
};
use self::{listeners::Marked, target::Known, watch::Watch};
use crate::{AdBlock, attach::Ours, launch::Identity, socket::Socket};

/// Largest `html` given out, in bytes.
const MAX_HTML_BYTES: usize = 8 << 20;
const SCREENSHOT_TIMEOUT: Duration = Duration::from_secs(10);

/// The connections to one live browser.
#[derive(Debug, Clone)]
pub struct Parts {
    /// The browser-level CDP socket.
    pub cdp: Socket,
    /// The tabs to take up, by CDP's target ids.
    pub tabs: Vec<String>,
    /// Where others use the browser as well: only these tabs, and what they open, are touched.
    pub ours: Option<Ours>,
    /// CDP calls that every tab gets before it does anything.
    pub settings: Vec<(&'static str, Value)>,
    /// Where its downloads go.
    pub downloads: Downloads,
    /// What its tabs and workers say they are; what the browser says by itself, if none.
    pub identity: Option<Identity>,
    /// What it does not ask for.
    pub blocking: Option<AdBlock>,
}

/// A browser's tabs, of which one is current. Clones share them.
#[derive(Debug, Clone)]
pub struct Page {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    parts: Parts,
    downloads: Downloads,
    watch: Arc<Watch>,
    gone: CancellationToken,
    known: Mutex<HashMap<String, Known>>,
    frames: Mutex<HashMap<String, frames::Place>>,
    marked: Mutex<HashMap<String, Marked>>,
    /// The document that was pictured last: its tab, and how many came in it before.
    pictured: Mutex<Option<(String, u64)>>,
    /// What origins kept when it was put back, for those that nobody visits.
    put_back: Mutex<Vec<OriginState>>,
    /// Next element id; one sequence for all documents, so that no id ever means two things.
    next_id: AtomicU64,
    /// Looking and acting take turns.
    turn: Turn<()>,
    _events: AbortOnDropHandle<()>,
}

impl Page {
    /// Takes over a browser: subscribes to its events and takes up the tabs that are open.
    ///
    /// # Errors
    ///
    /// [`Error::Gone`] when the browser is dead, [`Error::Timeout`] when it does not answer.
    pub async fn new(parts: Parts) -> Result<Self, Error> {
        let watch = Arc::new(Watch::new());
        watch.state().downloads.max_bytes = parts.downloads.max_bytes;
        let downloads = parts.downloads.clone();
        let gone = CancellationToken::new();
        let task = events::start(&parts, &watch, &gone).await?;
        let shared = Shared {
            parts,
            downloads,
            watch,
            gone,
            known: Mutex::default(),
            frames: Mutex::default(),
            marked: Mutex::default(),
            pictured: Mutex::default(),
            put_back: Mutex::default(),
            next_id: AtomicU64::new(1),
            turn: Turn::new(()),
            _events: AbortOnDropHandle::new(task),
        };
        Ok(Self {
            shared: Arc::new(shared),
        })
    }

    /// Fires when the browser or the connection to it has ended.
    #[must_use]
    pub fn closed(&self) -> CancellationToken {
        self.shared.gone.clone()
    }

    /// The requests since the last call that may have changed something outside: anything but GET,
    /// HEAD and OPTIONS, from every frame and worker. The oldest beyond 1,000 are dropped.
    #[must_use]
    pub fn outside_requests(&self) -> Vec<OutsideRequest> {
        self.watch().state().outside.drain(..).collect()
    }

    /// What was not asked for, by [`Parts::blocking`].
    #[must_use]
    pub fn blocked(&self) -> Blocked {
        let state = self.watch().state();
        Blocked {
            total: state.tally.total,
            here: state.here().map_or(0, |tab| tab.blocked),
            hosts: state.tally.hosts.clone(),
        }
    }

    /// The address of the current tab, without asking the page.
    #[must_use]
    pub fn url(&self) -> String {
        self.watch()
            .state()
            .here()
            .map(|tab| tab.url.clone())
            .unwrap_or_default()
    }

    /// The HTTP status of the current tab's document, if it came over HTTP.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.watch().state().here().and_then(|tab| tab.status)
    }

    /// What the viewport shows, as JPEG. Works while a script spins, not while a dialog is open.
    ///
    /// # Errors
    ///
    /// See [`Error`]; none of them need end a run.
    pub async fn screenshot(&self) -> Result<Bytes, Error> {
        self.photograph(json!({ "format": "jpeg", "quality": 70, "optimizeForSpeed": true }))
            .await
    }

    async fn photograph(&self, params: serde_json::Value) -> Result<Bytes, Error> {
        let (context, session) = self.current()?;
        self.reachable(&context, &session)?;
        let method = "Page.captureScreenshot";
        let call = self
            .cdp()
            .call_in_within(SCREENSHOT_TIMEOUT, &session, method, params);
        let image = call.await?;
        let text = image["data"].as_str().unwrap_or_default();
        let bytes = STANDARD.decode(text);
        let bytes = bytes.map_err(|error| Error::Browser {
            reason: error.to_string(),
        })?;
        Ok(Bytes::from(bytes))
    }

    /// The current tab's document as it is now, shadow roots left out.
    ///
    /// # Errors
    ///
    /// [`Error::TooLarge`] beyond 8 MiB; else see [`Error`].
    pub async fn html(&self) -> Result<String, Error> {
        let (context, _) = self.current()?;
        let limit = json!({ "limit": MAX_HTML_BYTES });
        let answer: Option<String> = self
            .ask(&context, "html", limit)
            .await?
            .map_err(|refusal| refusal.into_error("the page"))?;
        answer.ok_or_else(|| Error::TooLarge {
            what: "HTML".to_owned(),
            limit: MAX_HTML_BYTES,
        })
    }

    /// The current tab's context and CDP session.
    fn current(&self) -> Result<(String, String), Error> {
        let state = self.watch().state();
        let tab = state.here().ok_or(Error::Gone)?;
        Ok((tab.context.clone(), tab.session.clone().unwrap_or_default()))
    }

    fn cdp(&self) -> &Socket {
        &self.shared.parts.cdp
    }

    fn watch(&self) -> &Watch {
        &self.shared.watch
    }

    fn gone(&self) -> &CancellationToken {
        &self.shared.gone
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, Known>> {
        self.shared
            .known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn next_id(&self) -> u64 {
        self.shared.next_id.load(Ordering::Relaxed)
    }

    /// Keeps the sequence of ids ahead of every document's own.
    fn ids_used(&self, next: u64) {
        self.shared.next_id.fetch_max(next, Ordering::Relaxed);
    }
}
