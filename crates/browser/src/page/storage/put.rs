//! Putting back what a browser remembered.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use errand_domain::storage::{OriginState, StorageState};
use futures_util::{FutureExt as _, future::join_all};
use serde_json::{Value, json};

use super::{GRACE, MAX_RETREATS, STORAGE_TIMEOUT, millis, retreat::Retreat};
use crate::page::{Error, Page};

/// How long putting back all of it may take; what is not back by then is told.
const PUT_TIMEOUT: Duration = Duration::from_secs(60);

/// Origins to put back in one tab, and the site whose frames they are kept in, if they are.
type Putting<'a> = (Option<&'a str>, Vec<&'a OriginState>);

impl Page {
    /// Puts back what a browser remembered and opens its address.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn restore(&self, state: &StorageState) -> Result<(), Error> {
        for note in Box::pin(self.put_state(state)).await? {
            tracing::warn!(note, "not all of a browser's state is back");
        }
        if state.url.starts_with("http") {
            let action = errand_domain::Action::Navigate {
                url: state.url.clone(),
            };
            Box::pin(self.act(&action)).await?;
        }
        Ok(())
    }

    /// Puts back what a browser remembered, before anything is opened in this one: in place of what
    /// the same origins keep here. Their servers are not asked. Returns what could not be put back,
    /// one sentence each.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn put_state(&self, state: &StorageState) -> Result<Vec<String>, Error> {
        let _turn = self.shared.turn.lock().await;
        let until = Instant::now() + PUT_TIMEOUT;
        let refused = self.put_cookies(&state.cookies).await?;
        let mut notes: Vec<String> = refused
            .into_iter()
            .map(|cookie| format!("the cookie {cookie} was refused"))
            .collect();
        notes.extend(Box::pin(self.put_origins(&state.origins, until)).await?);
        notes.extend(Box::pin(self.put_sessions(&state.origins, until)).await?);
        self.put_back().clone_from(&state.origins);
        Ok(notes)
    }

    /// What was put back last.
    pub(super) fn put_back(&self) -> MutexGuard<'_, Vec<OriginState>> {
        let put_back = self.shared.put_back.lock();
        put_back.unwrap_or_else(PoisonError::into_inner)
    }

    /// Local storage and databases, in tabs of our own.
    async fn put_origins(
        &self,
        origins: &[OriginState],
        until: Instant,
    ) -> Result<Vec<String>, Error> {
        let mut framed: BTreeMap<&str, Vec<&OriginState>> = BTreeMap::new();
        let mut errands: VecDeque<Putting<'_>> = VecDeque::new();
        for state in origins {
            if state.local.is_empty() && state.databases.is_empty() {
                continue;
            }
            match &state.under {
                Some(site) => framed.entry(site).or_default().push(state),
                None => errands.push_back((None, vec![state])),
            }
        }
        errands.extend(
            framed
                .into_iter()
                .map(|(site, states)| (Some(site), states)),
        );
        let hands = errands.len().min(MAX_RETREATS);
        let queue = Mutex::new(errands);
        let hands = (0..hands).map(|_| self.put_some(&queue, until).boxed());
        let done: Vec<Result<Vec<String>, Error>> = join_all(hands).await;
        let notes: Vec<Vec<String>> = done.into_iter().collect::<Result<_, _>>()?;
        Ok(notes.concat())
    }

    /// Puts back what the queue has left, in one tab.
    async fn put_some(
        &self,
        queue: &Mutex<VecDeque<Putting<'_>>>,
        until: Instant,
    ) -> Result<Vec<String>, Error> {
        let next = || {
            let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
            queue.pop_front()
        };
        let mut notes = Vec::new();
        let retreat = Box::pin(Retreat::open(self)).await?;
        while let Some((site, states)) = next() {
            let put = Box::pin(self.put_there(&retreat, site, &states, &mut notes, until));
            match put.await {
                Err(Error::Gone) => return Err(Error::Gone),
                Err(error) => {
                    let name = site.map_or_else(|| states[0].name(), str::to_owned);
                    notes.push(format!("{name} was left out: {error}"));
                }
                Ok(()) => {}
            }
        }
        retreat.close().await;
        Ok(notes)
    }

    async fn put_there(
        &self,
        retreat: &Retreat,
        site: Option<&str>,
        states: &[&OriginState],
        notes: &mut Vec<String>,
        until: Instant,
    ) -> Result<(), Error> {
        if Instant::now() >= until {
            let what = "putting back what origins keep".to_owned();
            let after = PUT_TIMEOUT;
            return Err(Error::Timeout { what, after });
        }
        let Some(site) = site else {
            for state in states {
                retreat.go(self, &state.origin).await?;
                let input = content(state);
                self.write(&retreat.context, state, input, notes).await?;
            }
            return Ok(());
        };
        let origins: Vec<String> = states.iter().map(|it| it.origin.clone()).collect();
        let within = until.min(Instant::now() + STORAGE_TIMEOUT);
        let frames = retreat.go_around(self, site, &origins, within).await?;
        for state in states {
            match frames.iter().find(|(_, origin)| *origin == state.origin) {
                Some((frame, _)) => self.write(frame, state, content(state), notes).await?,
                None => notes.push(format!("{} was left out: it did not open", state.name())),
            }
        }
        Ok(())
    }

    /// Session storage, which belongs to a tab: the current one. It is left as empty as it was.
    async fn put_sessions(
        &self,
        origins: &[OriginState],
        until: Instant,
    ) -> Result<Vec<String>, Error> {
        let mut kept: Vec<&OriginState> = origins.iter().collect();
        kept.retain(|it| !it.session.is_empty() && it.under.is_none());
        let mut notes = Vec::new();
        if kept.is_empty() {
            return Ok(notes);
        }
        let retreat = Box::pin(Retreat::here(self)).await?;
        for state in kept {
            let input = json!({ "session": state.session });
            let put = async {
                if Instant::now() >= until {
                    let what = "putting back session storage".to_owned();
                    let after = PUT_TIMEOUT;
                    return Err(Error::Timeout { what, after });
                }
                retreat.go(self, &state.origin).await?;
                self.write(&retreat.context, state, input, &mut notes).await
            };
            match Box::pin(put).await {
                Err(Error::Gone) => return Err(Error::Gone),
                Err(error) => {
                    notes.push(format!("session storage of {}: {error}", state.name()));
                }
                Ok(()) => {}
            }
        }
        retreat.go(self, "about:blank").await?;
        retreat.close().await;
        // Nobody was there: going back must not lead there.
        let (_, session) = self.current()?;
        let method = "Page.resetNavigationHistory";
        self.cdp()
            .call_in_within(STORAGE_TIMEOUT, &session, method, json!({}))
            .await?;
        Ok(notes)
    }

    async fn write(
        &self,
        frame: &str,
        state: &OriginState,
        mut input: Value,
        notes: &mut Vec<String>,
    ) -> Result<(), Error> {
        input["origin"] = state.origin.as_str().into();
        input["limit"] = millis(STORAGE_TIMEOUT).into();
        let limit = STORAGE_TIMEOUT + GRACE;
        let written = self.ask_storage::<Vec<String>>(limit, frame, "putBack", &input);
        let told = written
            .await?
            .map_err(|refusal| refusal.into_error(&state.origin))?;
        notes.extend(told.into_iter().map(|it| format!("{}: {it}", state.name())));
        Ok(())
    }
}

fn content(state: &OriginState) -> Value {
    json!({ "local": state.local, "databases": state.databases })
}
