//! Runs that wait for a person without a browser, because others need one.

use std::sync::{Mutex, PoisonError};

use errand_domain::{
    Answer, Draft, FailureCategory, RunState,
    event::Body,
    port::{EventSink, PortError},
    text::clip,
};
use errand_engine::{Ending, Resume};

use super::{Berth, Carrier, Course, Outcome};
use crate::{
    command,
    people::{Callers, Parked},
    recovery::{self, Rule},
    room::Place,
    sink::port_error,
};

impl Carrier {
    /// In browsers of the run's own: the next one where it had to give one up.
    pub(super) async fn alone(
        &self,
        course: &Course<'_>,
        mut resume: Resume,
        berth: &Berth,
    ) -> Outcome {
        loop {
            let parked = match Box::pin(self.with_browser(course, resume)).await {
                Outcome::Parked(parked) => parked,
                outcome => return outcome,
            };
            match self.unpark(course, &parked, berth).await {
                Ok(next) => resume = next,
                Err(outcome) => return outcome,
            }
        }
    }

    /// Waits for the answer, then for a place, and says where to go on.
    async fn unpark(
        &self,
        course: &Course<'_>,
        parked: &Parked,
        berth: &Berth,
    ) -> Result<Resume, Outcome> {
        drop(exchange(berth, None));
        tracing::info!(run_id = %course.run.id, "a paused run gave its browser up");
        let people = Callers {
            store: &self.store,
            sink: course.sink,
            run_id: &course.run.id,
            epoch: course.epoch,
            clock: course.clock,
            patience: self.config.pause_timeout,
            live: None,
            park: None,
        };
        let cancel = command::cancellation(&self.store, &course.run.id, course.epoch);
        let on = async {
            let answer = match people.wait_parked(parked).await {
                Ok(Some(Answer::No)) => return Err(refused(parked)),
                Ok(Some(answer)) => answer,
                Ok(None) => return Err(silence(parked)),
                Err(error) => return Err(unwritable(error)),
            };
            // What it waits for others takes none of its own time.
            let held = course.clock.hold();
            let place = self.room.place().await;
            drop(held);
            exchange(berth, place);
            self.go_on(course, answer).await
        };
        tokio::select! {
            biased;
            () = course.lost.cancelled() => Err(Outcome::LeaseLost),
            next = on => next,
            reason = cancel => {
                let category = FailureCategory::StoppedByCaller;
                Err(ended(RunState::Terminated, category, reason))
            }
            () = self.drained() => Err(Outcome::HandBack),
        }
    }

    async fn go_on(&self, course: &Course<'_>, answer: Answer) -> Result<Resume, Outcome> {
        let run = course.run;
        let (organization, secret) = (&run.organization_id, &self.config.secret);
        let rule = recovery::decide(&self.store, organization, &run.id, secret).await;
        match rule.map_err(|error| unwritable(port_error(error)))? {
            Rule::GoOn { resume, detail } => {
                let body = Body::Recovered {
                    rule: "unparked".to_owned(),
                    detail: detail.clone(),
                };
                let draft = Draft::new(format!("in another browser: {detail}"), body);
                let said = course.sink.append(vec![draft]).await;
                said.map_err(unwritable)?;
                Ok(Resume {
                    answer: Some(answer),
                    ..*resume
                })
            }
            Rule::Interrupted { reason } => Err(ended(
                RunState::Failed,
                FailureCategory::Interrupted,
                reason,
            )),
        }
    }
}

fn exchange(berth: &Berth, place: Option<Place>) -> Option<Place> {
    let mut berth: std::sync::MutexGuard<'_, Option<Place>> =
        Mutex::lock(berth).unwrap_or_else(PoisonError::into_inner);
    std::mem::replace(&mut *berth, place)
}

fn refused(parked: &Parked) -> Outcome {
    let question = parked.question();
    let reason = format!("a person said no to: {}", clip(&question.text, 1_000));
    ended(RunState::Terminated, question.refused, reason)
}

fn silence(parked: &Parked) -> Outcome {
    let asked = clip(&parked.question().text, 1_000);
    let reason = format!("nobody answered in time: {asked}");
    ended(RunState::TimedOut, FailureCategory::Deadline, reason)
}

fn ended(state: RunState, category: FailureCategory, reason: String) -> Outcome {
    let ending = Ending::failure(state, category, reason, Vec::new());
    Outcome::Ended(Box::new(ending))
}

fn unwritable(error: PortError) -> Outcome {
    match error {
        PortError::LeaseLost => Outcome::LeaseLost,
        error => Outcome::Unwritable(error),
    }
}
