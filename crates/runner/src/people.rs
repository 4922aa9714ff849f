//! Who answers a paused run: anybody who may call RespondToRun.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use errand_domain::{
    Answer, Draft, Pause, Question, RunId, Timestamp, Wants,
    event::Body,
    port::{Clock, EventSink, People, PortError},
    text::clip,
};
use errand_store::{Command, PendingCommand, Store};

use crate::{
    SystemClock,
    control::Controller,
    live::{Changes, Live},
    room::Room,
    sink::{Sink, port_error},
};

/// How often is looked when no hint comes.
const POLL: Duration = Duration::from_secs(1);

/// The callers of one run.
pub struct Callers<'a> {
    pub store: &'a Store,
    pub sink: &'a Sink,
    pub run_id: &'a RunId,
    pub epoch: u64,
    /// Stands still while somebody is waited for.
    pub clock: &'a SystemClock,
    /// How long they have.
    pub patience: Duration,
    /// The run's browser, while it has one.
    pub live: Option<&'a Live>,
    /// When the browser is given up to others; absent where that is not possible.
    pub park: Option<Park<'a>>,
}

/// When a paused run gives its browser up.
pub struct Park<'a> {
    pub room: &'a Room,
    /// How long others wait for a browser before that.
    pub after: Duration,
    /// What the run waits for without its browser.
    pub parked: Mutex<Option<Parked>>,
}

/// A question that a run waits on without its browser.
#[derive(Debug, Clone)]
pub struct Parked {
    question: Question,
    asked: tokio::time::Instant,
}

impl Parked {
    /// What was asked.
    #[must_use]
    pub fn question(&self) -> &Question {
        &self.question
    }
}

impl Callers<'_> {
    /// What the run waits for without its browser, once it gave that up.
    #[must_use]
    pub fn parked(&self) -> Option<Parked> {
        let parked = self.park.as_ref()?.parked.lock();
        parked.unwrap_or_else(PoisonError::into_inner).take()
    }

    async fn pending(&self) -> Result<Vec<(PendingCommand, String)>, PortError> {
        let pending = self.store.pending_commands(self.run_id, self.epoch).await;
        let pending = pending.map_err(port_error)?.into_iter();
        let responses = pending.filter_map(|it| match &it.command {
            Command::Respond { response } => {
                let response = response.clone();
                Some((it, response))
            }
            Command::Cancel { .. } => None,
        });
        Ok(responses.collect())
    }

    /// Waits on for the answer to what was asked before the browser was given up.
    ///
    /// # Errors
    /// If the log can't be read or written.
    pub async fn wait_parked(&self, parked: &Parked) -> Result<Option<Answer>, PortError> {
        self.wait(&parked.question, parked.asked).await
    }

    /// Whether others wait for a browser for too long.
    async fn is_due(&self, question: &Question) -> bool {
        let Some(park) = &self.park else { return false };
        // What a person is to do in the browser needs it.
        if question.wants == Wants::Help || !park.room.is_full() || self.taken().is_some() {
            return false;
        }
        let waited = self.store.longest_wait().await;
        waited.is_ok_and(|it| it.is_some_and(|it| it >= park.after))
    }

    async fn wait(
        &self,
        question: &Question,
        asked: tokio::time::Instant,
    ) -> Result<Option<Answer>, PortError> {
        let mut hints = self.store.watch_run(self.run_id);
        let _held = self.clock.hold();
        let mut changes = self.live.map(Live::changes);
        let mut helping = false;
        loop {
            // Whoever took over did what was asked for, and says so by giving control back.
            let taken = self.taken();
            if helping && taken.is_none() && question.wants == Wants::Help {
                self.let_go().await;
                self.resume("control was given back").await?;
                return Ok(Some(Answer::Yes));
            }
            helping |= taken.is_some();
            for (command, response) in self.pending().await? {
                match question.wants.read(&response) {
                    Ok(answer) => {
                        let said = match &answer {
                            Answer::Yes => "approved",
                            Answer::No => "not approved",
                            Answer::Text(_) => "answered",
                        };
                        self.note(&command, said, Some(said)).await?;
                        return Ok(Some(answer));
                    }
                    Err(why) => self.note(&command, &format!("it {why}"), None).await?,
                }
            }
            let left = self.patience.saturating_sub(asked.elapsed());
            if left.is_zero() {
                return Ok(None);
            }
            if let Some(park) = &self.park
                && self.is_due(question).await
            {
                let mut parked = park.parked.lock().unwrap_or_else(PoisonError::into_inner);
                *parked = Some(Parked {
                    question: question.clone(),
                    asked,
                });
                return Err(PortError::Parked);
            }
            tokio::select! {
                _ = hints.wait(left.min(POLL)) => {}
                () = changed(changes.as_mut()) => {}
            }
        }
    }

    /// The person who controls the browser, if one does.
    fn taken(&self) -> Option<Controller> {
        self.live.and_then(|live| live.control.taken())
    }

    async fn let_go(&self) {
        if let Some(live) = self.live {
            live.let_go().await;
        }
    }

    async fn resume(&self, reason: &str) -> Result<(), PortError> {
        let body = Body::RunResumed {
            reason: reason.to_owned(),
        };
        let draft = Draft::new(format!("goes on: {reason}"), body);
        self.sink.append(vec![draft]).await
    }

    async fn note(
        &self,
        command: &PendingCommand,
        detail: &str,
        resumed: Option<&str>,
    ) -> Result<(), PortError> {
        let body = Body::CommandReceived {
            command: "respond".to_owned(),
            detail: clip(detail, 1_000),
        };
        let mut drafts = vec![Draft::new(format!("response: {detail}"), body)];
        drafts.extend(resumed.map(|reason| {
            let reason = reason.to_owned();
            Draft::new(format!("goes on: {reason}"), Body::RunResumed { reason })
        }));
        let noted = self
            .store
            .append_for_command(self.run_id, self.epoch, command.number, drafts)
            .await;
        noted.map(|_| ()).map_err(port_error)
    }
}

/// Comes back when who acts on the browser may have changed.
async fn changed(changes: Option<&mut Changes>) {
    match changes {
        Some(changes) => changes.changed().await,
        None => std::future::pending().await,
    }
}

#[async_trait]
impl People for Callers<'_> {
    async fn ask(&self, question: &Question) -> Result<Option<Answer>, PortError> {
        // An answer to an earlier question is none to this one.
        for (late, _) in self.pending().await? {
            self.note(&late, "came too late", None).await?;
        }
        let patience = i64::try_from(self.patience.as_micros()).unwrap_or(i64::MAX);
        let reason = clip(&question.text, 2_000);
        let body = Body::RunPaused(Pause {
            reason: reason.clone(),
            wants: question.wants,
            deadline: Some(Timestamp(self.clock.now().0.saturating_add(patience))),
        });
        self.sink
            .append(vec![Draft::new(format!("paused: {reason}"), body)])
            .await?;
        self.wait(question, tokio::time::Instant::now()).await
    }

    async fn give_way(&self) -> Result<bool, PortError> {
        let Some((live, controller)) = self.live.zip(self.taken()) else {
            return Ok(false);
        };
        let reason = format!("{} controls the browser", clip(&controller.name, 100));
        let patience = i64::try_from(self.patience.as_micros()).unwrap_or(i64::MAX);
        let body = Body::RunPaused(Pause {
            reason: reason.clone(),
            wants: Wants::Control,
            deadline: Some(Timestamp(self.clock.now().0.saturating_add(patience))),
        });
        let paused = Draft::new(format!("paused: {reason}"), body);
        self.sink.append(vec![paused]).await?;
        let _held = self.clock.hold();
        let free = tokio::time::timeout(self.patience, live.control.free());
        if free.await.is_err() {
            live.control.revoke();
        }
        self.let_go().await;
        self.resume("control was given back").await?;
        Ok(true)
    }
}
