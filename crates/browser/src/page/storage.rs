//! What a browser remembers, to go on elsewhere.
//!
//! Read and put back through the isolated world of documents of each origin: of those that are
//! open, else of empty ones that we make up in a tab of our own. No site's server is asked.

mod cookies;
mod key;
mod put;
mod retreat;

use std::{
    collections::{BTreeMap, HashSet, VecDeque},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use errand_domain::storage::{Database, MAX_ORIGIN_BYTES, OriginState, StorageState};
use futures_util::{FutureExt as _, future::join_all};
use serde::Deserialize;
use serde_json::json;
use tokio::time;

use self::retreat::Retreat;
use super::{Error, Page, watch::Visit};

const STORAGE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long reading all of it may take; what was not read by then is noted.
const READ_TIMEOUT: Duration = Duration::from_secs(30);
/// How long one document may take to tell what its origin keeps.
const ORIGIN_TIMEOUT: Duration = Duration::from_secs(5);
/// What a script has on top of its own bound before it counts as hung.
const GRACE: Duration = Duration::from_secs(2);
/// Tabs of our own that are open at once: each site has a process of its own to start.
const MAX_RETREATS: usize = 3;
/// When to ask again for what is about to be known.
const LOOK_AGAIN: Duration = Duration::from_millis(20);
/// Most frames that are looked into for what they keep.
const MAX_OPEN: usize = 60;

/// What a document tells of its origin.
#[derive(Debug, Default, Deserialize)]
struct Kept {
    origin: String,
    local: Vec<(String, String)>,
    session: Vec<(String, String)>,
    databases: Vec<Database>,
    notes: Vec<String>,
}

/// What is still to be read: an origin by itself, or origins in frames of another.
struct Errand {
    top: String,
    inside: Vec<String>,
}

/// What was read so far, by origin and the site around it.
#[derive(Default)]
struct Found {
    known: HashSet<(String, Option<String>)>,
    state: StorageState,
}

impl Found {
    fn add(&mut self, under: Option<String>, kept: Kept, with_session: bool) {
        if kept.origin.is_empty() || !self.known.insert((kept.origin.clone(), under.clone())) {
            return;
        }
        let state = OriginState {
            origin: kept.origin,
            under,
            local: kept.local,
            session: if with_session {
                kept.session
            } else {
                Vec::new()
            },
            databases: kept.databases,
        };
        for note in kept.notes {
            self.state.note(format!("{}: {note}", state.name()));
        }
        if !state.is_empty() {
            self.state.origins.push(state);
        }
    }
}

impl Page {
    /// What the browser remembers now: cookies, and the storage of every origin that was visited,
    /// also in frames; session storage for the current tab. Nothing in the pages is changed, and it
    /// ends within half a minute: what was not read by then is in the notes.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn storage_state(&self) -> Result<StorageState, Error> {
        let _turn = self.shared.turn.lock().await;
        let until = Instant::now() + READ_TIMEOUT;
        let (context, _) = self.current()?;
        let mut found = Found::default();
        found.state.cookies = self.cookies().await?;
        found.state.url = self.url();
        let (visits, open) = {
            let state = self.watch().state();
            let tabs = state.tabs.iter().map(|tab| tab.context.clone());
            let mut open: Vec<String> = tabs.chain(state.parents.keys().cloned()).collect();
            // The current tab first: its session storage is the one that counts.
            open.sort_by_key(|frame| (state.top_of(frame) != context, *frame != context));
            open.truncate(MAX_OPEN);
            (state.visits.clone(), open)
        };
        for frame in open {
            if Instant::now() > until {
                break;
            }
            let here = self.watch().state().top_of(&frame) == context;
            match Box::pin(self.read_frame(&frame, here, &mut found)).await {
                Err(Error::Gone) => return Err(Error::Gone),
                Err(error) => tracing::debug!(%error, "a frame's storage could not be read"),
                Ok(()) => {}
            }
        }
        self.take_untouched(&visits, &mut found);
        let errands = unread(&visits, &found);
        Box::pin(self.read_closed(errands, &mut found, until)).await?;
        let mut state = found.state;
        state.trim();
        Ok(state)
    }

    /// Reads what the origin of a frame keeps, if that is not known yet.
    async fn read_frame(
        &self,
        frame: &str,
        with_session: bool,
        found: &mut Found,
    ) -> Result<(), Error> {
        let Some((origin, under)) = self.storage_key(frame).await? else {
            return Ok(());
        };
        if found.known.contains(&(origin, under.clone())) {
            return Ok(());
        }
        self.read_as(frame, under, with_session, found).await
    }

    async fn read_as(
        &self,
        frame: &str,
        under: Option<String>,
        with_session: bool,
        found: &mut Found,
    ) -> Result<(), Error> {
        let input = json!({ "limit": millis(ORIGIN_TIMEOUT), "bytes": MAX_ORIGIN_BYTES });
        let limit = ORIGIN_TIMEOUT + GRACE;
        let kept = self
            .ask_storage::<Kept>(limit, frame, "keep", &input)
            .await?;
        let kept = kept.map_err(|refusal| refusal.into_error(frame))?;
        let with_session = with_session && under.is_none();
        found.add(under, kept, with_session);
        Ok(())
    }

    /// What was put back and never visited since is as it was.
    fn take_untouched(&self, visits: &[Visit], found: &mut Found) {
        for state in &*self.put_back() {
            let visited = visits
                .iter()
                .any(|it| it.origin == state.origin && it.top.is_some() == state.under.is_some());
            let key = (state.origin.clone(), state.under.clone());
            if !visited && found.known.insert(key) {
                found.state.origins.push(state.clone());
            }
        }
    }

    async fn read_closed(
        &self,
        errands: Vec<Errand>,
        found: &mut Found,
        until: Instant,
    ) -> Result<(), Error> {
        let hands = errands.len().min(MAX_RETREATS);
        let queue = Mutex::new(VecDeque::from(errands));
        let found = Mutex::new(found);
        // Boxed: a closure that borrows and waits can't be sent between threads, for all that the
        // compiler can tell.
        let hands = (0..hands).map(|_| self.read_some(&queue, &found, until).boxed());
        let done: Vec<Result<(), Error>> = join_all(hands).await;
        done.into_iter().collect()
    }

    /// Reads what the queue has left, in one tab.
    async fn read_some(
        &self,
        queue: &Mutex<VecDeque<Errand>>,
        found: &Mutex<&mut Found>,
        until: Instant,
    ) -> Result<(), Error> {
        let next = || {
            let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
            queue.pop_front()
        };
        let retreat = Box::pin(Retreat::open(self)).await?;
        while let Some(errand) = next() {
            let mut read = Found::default();
            let done = if Instant::now() < until {
                Box::pin(self.read_there(&retreat, &errand, &mut read)).await
            } else {
                let what = "reading what origins keep".to_owned();
                let after = READ_TIMEOUT;
                Err(Error::Timeout { what, after })
            };
            let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
            found.take(read);
            match done {
                Err(Error::Gone) => return Err(Error::Gone),
                Err(error) => {
                    let top = &errand.top;
                    found.state.note(format!("{top} was left out: {error}"));
                }
                Ok(()) => {}
            }
        }
        retreat.close().await;
        Ok(())
    }

    async fn read_there(
        &self,
        retreat: &Retreat,
        errand: &Errand,
        found: &mut Found,
    ) -> Result<(), Error> {
        if errand.inside.is_empty() {
            retreat.go(self, &errand.top).await?;
            return Box::pin(self.read_as(&retreat.context, None, false, found)).await;
        }
        let until = Instant::now() + ORIGIN_TIMEOUT;
        let frames = retreat.go_around(self, &errand.top, &errand.inside, until);
        for (frame, _) in frames.await? {
            // The browser may not know yet what the document says of itself.
            while self.storage_key(&frame).await?.is_none() && Instant::now() < until {
                time::sleep(LOOK_AGAIN).await;
            }
            Box::pin(self.read_frame(&frame, false, found)).await?;
        }
        Ok(())
    }
}

impl Found {
    fn take(&mut self, other: Self) {
        for state in other.state.origins {
            self.known
                .insert((state.origin.clone(), state.under.clone()));
            let same = |it: &OriginState| it.origin == state.origin && it.under == state.under;
            if !self.state.origins.iter().any(same) {
                self.state.origins.push(state);
            }
        }
        for note in other.state.notes {
            self.state.note(note);
        }
    }

    /// Whether it is known what an origin keeps in frames of that page's site.
    fn knows_framed(&self, origin: &str, top: &str) -> bool {
        self.known.iter().any(|(known, under)| {
            let site = under.as_deref();
            known == origin && site.is_some_and(|site| key::is_of(top, site))
        })
    }
}

/// The visits that nothing was read of.
fn unread(visits: &[Visit], found: &Found) -> Vec<Errand> {
    let mut alone = Vec::new();
    let mut framed: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for visit in visits {
        match &visit.top {
            None if !found.known.contains(&(visit.origin.clone(), None)) => {
                let top = visit.origin.clone();
                alone.push(Errand {
                    top,
                    inside: Vec::new(),
                });
            }
            None => {}
            Some(top) if !found.knows_framed(&visit.origin, top) => {
                framed.entry(top).or_default().push(visit.origin.clone());
            }
            Some(_) => {}
        }
    }
    let framed = framed.into_iter().map(|(top, inside)| Errand {
        top: top.to_owned(),
        inside,
    });
    alone.extend(framed);
    alone
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
