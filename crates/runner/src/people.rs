//! Who answers a paused run: anybody who may call RespondToRun.

use std::time::Duration;

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
    control::Control,
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
    /// Who controls the browser.
    pub control: &'a Control,
}

impl Callers<'_> {
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

#[async_trait]
impl People for Callers<'_> {
    async fn ask(&self, question: &Question) -> Result<Option<Answer>, PortError> {
        // An answer to an earlier question is none to this one.
        for (late, _) in self.pending().await? {
            self.note(&late, "came too late", None).await?;
        }
        let mut hints = self.store.watch_run(self.run_id);
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
        let _held = self.clock.hold();
        let asked = tokio::time::Instant::now();
        let mut control = self.control.changes();
        let mut helping = false;
        loop {
            // Whoever took over did what was asked for, and says so by giving control back.
            let taken = self.control.taken();
            if helping && taken.is_none() && question.wants == Wants::Help {
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
            tokio::select! {
                _ = hints.wait(left.min(POLL)) => {}
                _ = control.changed() => {}
            }
        }
    }

    async fn give_way(&self) -> Result<bool, PortError> {
        let Some(controller) = self.control.taken() else {
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
        let free = tokio::time::timeout(self.patience, self.control.free());
        if free.await.is_err() {
            self.control.revoke();
        }
        self.resume("control was given back").await?;
        Ok(true)
    }
}
