//! A session, from its claim to its end: a browser that runs take turns in.

use std::time::Duration;

use errand_domain::{Action, Session, session::CloseReason};
use errand_store::{Error, SessionClaim};
use tokio::{
    sync::watch,
    time::{Instant, sleep, sleep_until, timeout},
};
use tokio_util::task::AbortOnDropHandle;

use crate::{
    carry::{Carrier, Seating},
    live::Entry,
    over::Over,
    seat::{Seat, Wishes, session_life},
};

/// How often is looked for runs when no hint comes.
const POLL: Duration = Duration::from_secs(1);
/// How long the database may take to hear of a session's end.
const ENDING: Duration = Duration::from_secs(60);

/// When a session's time runs out, and how long it lives in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Term {
    end: Option<Instant>,
    minutes: u32,
}

impl Carrier {
    /// Keeps a claimed session until it ends. Every way out closes the browser.
    pub async fn keep(&self, claim: SessionClaim) {
        let SessionClaim { session, epoch } = claim;
        let over = Over::default();
        let (told, term) = watch::channel(Term::default());
        let keeper = self
            .clone()
            .renew(session.clone(), epoch, over.clone(), told);
        let _keeper = AbortOnDropHandle::new(tokio::spawn(keeper));
        let (reason, detail) = Box::pin(self.host(&session, epoch, &over, term)).await;
        tracing::info!(session.id = %session.id, reason = reason.as_str(), detail, "a session ended");
        let until = Instant::now() + ENDING;
        loop {
            let ended = self
                .store
                .end_session(&session.id, epoch, reason, &detail)
                .await;
            match ended {
                Ok(_) => break,
                Err(error) if Instant::now() > until => {
                    tracing::warn!(session.id = %session.id, %error, "its end was not written");
                    break;
                }
                Err(_) => sleep(POLL).await,
            }
        }
        if let Err(error) = self.store.cancel_stranded().await {
            tracing::debug!(%error, "runs that wait for ended sessions are canceled later");
        }
    }

    async fn host(
        &self,
        session: &Session,
        epoch: u64,
        over: &Over,
        mut term: watch::Receiver<Term>,
    ) -> (CloseReason, String) {
        let seat = tokio::select! {
            seat = self.begin(session) => seat,
            end = over.wait() => return end,
            () = self.stop.cancelled() => return stopped(),
        };
        let seat = match seat {
            Ok(seat) => seat,
            Err(reason) => return (CloseReason::StartFailed, reason),
        };
        let version = seat.browser().version();
        let summary = format!("{} {version} is up", session.request.browser_type.as_str());
        let started = self.store.session_started(&session.id, epoch, &summary);
        let end = match started.await {
            Ok(_) => {
                for lack in seat.browser().lacks() {
                    self.note(session, "lacking", lack.sentence.to_owned())
                        .await;
                }
                let _known: Entry = self.lives.session(&session.id, &seat.live);
                tokio::select! {
                    end = self.turns(session, epoch, &seat, over) => end,
                    end = watch_over(&seat, over, &mut term) => end,
                    end = self.records(session, &seat) => end,
                    end = self.hands(session, &seat) => end,
                }
            }
            Err(Error::LeaseLost) => over.wait().await,
            Err(error) => (CloseReason::StartFailed, error.to_string()),
        };
        seat.close().await;
        end
    }

    /// The session's browser, with its profile, on its first page.
    async fn begin(&self, session: &Session) -> Result<Seat, String> {
        let request = &session.request;
        let owner = &session.organization_id;
        let wishes = Wishes::of_session(owner, &session.id, request, &self.config)?;
        let seat = Seat::open(&self.config, &self.room, &self.pool, wishes)
            .await
            .map_err(|refused| refused.reason)?;
        if let Some(id) = &request.profile_id {
            let loaded = self.load(&session.organization_id, id, seat.page()).await;
            match loaded {
                Ok(notes) => {
                    for note in notes {
                        self.note(session, "profile_incomplete", note).await;
                    }
                }
                Err(refused) => {
                    seat.close().await;
                    return Err(refused.reason);
                }
            }
        }
        if let Some(url) = &request.url {
            let action = Action::Navigate { url: url.clone() };
            let opened = seat.page().act(&action).await;
            let failed = opened.err().map(|error| error.to_string());
            // What the proxy refuses looks like a page to the browser.
            if let Some(why) = seat.incident(url).map(|it| it.1).or(failed) {
                // The page is not the session: a person or a run may go elsewhere.
                tracing::info!(session.id = %session.id, why, "its first page did not open");
                self.note(session, "url_failed", format!("{url}: {why}"))
                    .await;
            }
        }
        Ok(seat)
    }

    /// One run after the other, until the session is over.
    async fn turns(
        &self,
        session: &Session,
        epoch: u64,
        seat: &Seat,
        over: &Over,
    ) -> (CloseReason, String) {
        let mut hints = self.store.watch_session(&session.id);
        let holder = &self.config.holder;
        loop {
            // What ended the run before may have ended the session: nothing begins in it any more.
            if over.is_told() {
                return over.wait().await;
            }
            let next = self
                .store
                .claim_in_session(&session.id, epoch, holder, self.config.lease)
                .await;
            match next {
                Ok(Some(claim)) => {
                    let run = claim.run.id.clone();
                    self.note(session, "run_started", run.to_string()).await;
                    let drained = self.drain(over);
                    tokio::pin!(drained);
                    let carried = self.carry(claim, Seating::Session(seat, over));
                    tokio::pin!(carried);
                    // The run ends by itself, and says why, once the session is told to be over.
                    tokio::select! {
                        () = &mut carried => {}
                        () = &mut drained => carried.await,
                    }
                    self.note(session, "run_finished", run.to_string()).await;
                    continue;
                }
                Ok(None) => {}
                Err(Error::LeaseLost) => return over.wait().await,
                Err(error) => tracing::warn!(%error, "the runs of a session can't be read"),
            }
            tokio::select! {
                end = over.wait() => return end,
                () = self.stop.cancelled() => return stopped(),
                _ = hints.wait(POLL) => {}
            }
        }
    }

    /// Notes what programs do in the browser, for as long as it lives.
    async fn records(&self, session: &Session, seat: &Seat) -> (CloseReason, String) {
        let mut records = seat.records.lock().await;
        while let Some(record) = records.recv().await {
            let times = match record.count {
                0 | 1 => String::new(),
                count => format!(" ({count} times)"),
            };
            let missed = match record.missed {
                0 => String::new(),
                missed => format!("; {missed} before it were not noted"),
            };
            let method = &record.method;
            let summary = format!("{method}: {}{times}{missed}", record.summary);
            self.note(session, "command", summary).await;
        }
        std::future::pending().await
    }

    /// Notes who takes control of the browser, and when it is given back.
    async fn hands(&self, session: &Session, seat: &Seat) -> (CloseReason, String) {
        let mut changes = seat.live.control.changes();
        let mut had: Option<String> = None;
        loop {
            let has = seat.live.control.taken().map(|it| it.name);
            if has != had {
                let gone = had.take();
                if let Some(name) = gone {
                    self.note(session, "control_returned", name).await;
                }
                if let Some(name) = &has {
                    self.note(session, "control_taken", name.clone()).await;
                }
                had = has;
            }
            // A lease that passes changes nothing by itself.
            if let Ok(Err(_)) = timeout(POLL, changes.changed()).await {
                return std::future::pending().await;
            }
        }
    }

    /// Comes back when the time to drain is over, having ended the session.
    async fn drain(&self, over: &Over) {
        self.stop.cancelled().await;
        sleep(self.config.drain).await;
        let (reason, detail) = stopped();
        over.tell(reason, detail);
    }

    /// Notes what happened in a session. Never worth the session.
    pub(crate) async fn note(&self, session: &Session, kind: &str, summary: String) {
        let noted = self
            .store
            .add_session_events(&session.id, &[(kind, summary)])
            .await;
        if let Err(error) = noted {
            tracing::warn!(session.id = %session.id, %error, "an event was not noted");
        }
    }

    /// Keeps the lease, and passes on what is asked of the session.
    async fn renew(self, session: Session, epoch: u64, over: Over, told: watch::Sender<Term>) {
        let mut hints = self.store.watch_session(&session.id);
        let lease = self.config.lease;
        let mut renewed = Instant::now();
        loop {
            let bound = (lease * 2 / 3).saturating_sub(renewed.elapsed());
            let sent = Instant::now();
            let renewal = self.store.renew_session(&session.id, epoch, lease);
            match timeout(bound, renewal).await {
                Ok(Ok(orders)) => {
                    renewed = sent;
                    let term = Term {
                        end: orders.left.map(|left| sent + left),
                        minutes: orders.minutes,
                    };
                    told.send_replace(term);
                    if let Some((reason, detail)) = orders.close {
                        over.tell(reason, detail);
                    }
                }
                Ok(Err(Error::LeaseLost)) => {
                    return over.tell(CloseReason::ServerLost, "another server holds it");
                }
                Ok(Err(error)) => tracing::warn!(%error, "a session could not be renewed"),
                Err(_) => {}
            }
            if renewed.elapsed() >= lease * 2 / 3 {
                let detail = "the database could not be reached for too long";
                return over.tell(CloseReason::ServerLost, detail);
            }
            hints.wait(lease / 4).await;
        }
    }
}

/// Comes back when the session ends by itself: its time, or its browser. A run that is under way is
/// given a moment to say so in its log.
async fn watch_over(
    seat: &Seat,
    over: &Over,
    term: &mut watch::Receiver<Term>,
) -> (CloseReason, String) {
    let crashed = seat.browser().closed();
    let mut minutes = term.borrow().minutes;
    let (reason, detail) = loop {
        let now = *term.borrow_and_update();
        if now.minutes != minutes {
            minutes = now.minutes;
            // Counted from now on: longer than it needs, and never too short.
            seat.browser().set_deadline(session_life(minutes)).ok();
        }
        let end = now.end;
        tokio::select! {
            changed = term.changed() => if changed.is_err() { return over.wait().await },
            () = sleep_until(end.unwrap_or_else(Instant::now)), if end.is_some() => {
                break (CloseReason::Timeout, format!("its time of {minutes} minutes ran out"));
            }
            () = crashed.cancelled() => {
                let detail = "the browser ended or stopped answering";
                break (CloseReason::BrowserCrashed, detail.to_owned());
            }
        }
    };
    over.tell(reason, detail);
    // The turns come back with it, once the run under way has ended.
    std::future::pending().await
}

fn stopped() -> (CloseReason, String) {
    (
        CloseReason::ServerStopped,
        "its server was stopped".to_owned(),
    )
}
