//! Asking a person, and going on with what they said.

use errand_domain::{
    Answer, Draft, FailureCategory, Question, RunState, StepId, Wants, event::TimeSpent,
    port::PortError,
};
use serde_json::Value;

use super::{
    Ending,
    step::{Loop, remember},
};

/// Questions of one run. Each may wait for long; a run that asks for ever gets nowhere.
pub const MAX_QUESTIONS: u32 = 10;

impl Loop<'_, '_> {
    /// Asks what an engine wants to know; the ending, if nothing comes of it.
    pub(super) async fn put(
        &mut self,
        step_id: &StepId,
        mut drafts: Vec<Draft>,
        why: &str,
        question: &Question,
        memory: Value,
        spent: TimeSpent,
    ) -> Result<Option<Ending>, PortError> {
        if let Some(ending) = remember(step_id, &mut drafts, why, &memory) {
            return Ok(Some(ending));
        }
        self.task.events.append(drafts).await?;
        self.memory = memory;
        self.fresh = 0;
        let ending = self.ask(question).await?;
        self.end(step_id, spent).await?;
        Ok(ending)
    }

    /// Pauses the run. What was said is there for the next decision.
    pub(super) async fn ask(&mut self, question: &Question) -> Result<Option<Ending>, PortError> {
        let asked = errand_domain::text::clip(&question.text, 1_000);
        let ended = |state, category, reason: String| {
            Ok(Some(Ending::failure(state, category, reason, Vec::new())))
        };
        if self.questions == MAX_QUESTIONS {
            let reason =
                format!("{MAX_QUESTIONS} questions were asked; the next would be: {asked}");
            return ended(RunState::Failed, FailureCategory::Loop, reason);
        }
        self.questions += 1;
        let asked_them = self.task.people.ask(question).await;
        if matches!(asked_them, Err(PortError::Parked)) {
            // Nothing of the run is lost by going on from here in another browser.
            self.checkpoint().await?;
        }
        match asked_them? {
            Some(Answer::No) => {
                // What a person forbids is stopped on purpose; what they can't do either has failed.
                let state = match question.wants {
                    Wants::Help => RunState::Failed,
                    Wants::Approval | Wants::Answer | Wants::Control => RunState::Terminated,
                };
                ended(
                    state,
                    question.refused,
                    format!("a person said no to: {asked}"),
                )
            }
            None => {
                let reason = format!("nobody answered in time: {asked}");
                ended(RunState::TimedOut, FailureCategory::Deadline, reason)
            }
            answer => {
                // They may have done anything in the browser meanwhile.
                self.clean = false;
                self.answer = answer;
                Ok(None)
            }
        }
    }
}
