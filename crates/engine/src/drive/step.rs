//! One observe-decide-act cycle after the other.

use std::time::Duration;

use errand_browser::{Observation, Reading, page};
use errand_domain::{
    Action, Answer, Draft, FailureCategory, RunState, StepId,
    event::{Body, TimeSpent},
    port::{ArtifactDraft, PortError},
    text::clip,
};
use serde_json::Value;

use super::{
    Checkpoint, Ending, Limits, Task, evidence, failure,
    file::AtHand,
    is_safe,
    obstacle::{self, Obstacle},
    repeat::Repeats,
};
use crate::engine::{Decision, Done, Turn};

/// Nodes that an engine sees of a page; the rest can be read.
pub(super) const MAX_NODES: usize = 1_500;
/// Longest memory of an engine in the log.
const MAX_MEMORY_BYTES: usize = 48 * 1024;
/// Readings and pictures in one step.
const MAX_LOOKS: u32 = 4;

pub struct Loop<'t, 'a> {
    pub(super) task: &'t mut Task<'a>,
    pub(super) history: Vec<Done>,
    pub(super) memory: Value,
    pub(super) steps: u32,
    pub(super) actions: u32,
    pub(super) fresh: usize,
    pub(super) repeats: Repeats,
    /// Evidence of the last action that is not kept yet.
    pub(super) left: Vec<ArtifactDraft>,
    /// Files that a page can be given.
    pub(super) at_hand: AtHand,
    /// What a person said, until the engine decided on it.
    pub(super) answer: Option<Answer>,
    /// Questions that were asked.
    pub(super) questions: u32,
    /// Captchas that were met.
    pub(super) captchas: u32,
    /// Whether the page stands as it was arrived at.
    pub(super) clean: bool,
    /// Whether the page was arrived at after the last checkpoint.
    pub(super) due: bool,
}

impl<'t, 'a> Loop<'t, 'a> {
    pub fn new(task: &'t mut Task<'a>) -> Self {
        let resume = std::mem::take(&mut task.resume);
        task.resume.storage = resume.storage;
        Self {
            task,
            fresh: 0,
            history: resume.history,
            memory: resume.memory,
            steps: resume.steps,
            actions: resume.actions,
            repeats: Repeats::default(),
            left: Vec::new(),
            at_hand: AtHand::default(),
            answer: resume.answer,
            questions: 0,
            captchas: 0,
            clean: true,
            due: true,
        }
    }

    pub async fn run(mut self) -> Result<Ending, PortError> {
        if let Some(storage) = self.task.resume.storage.take() {
            if let Err(error) = self.task.page.restore(&storage).await {
                return Ok(self.failed(&error, "going back to the checkpoint"));
            }
        } else if let Some(ending) = self.open().await? {
            return Ok(ending);
        }
        loop {
            if let Some(ending) = self
                .task
                .limits
                .reached(self.steps, self.task.clock.elapsed())
            {
                return Ok(ending);
            }
            self.give_way().await?;
            if let Some(ending) = self.step().await? {
                return Ok(ending);
            }
        }
    }

    /// Waits while a person controls the browser. `true`: what was seen of the page is out of date.
    async fn give_way(&mut self) -> Result<bool, PortError> {
        let given = self.task.people.give_way().await?;
        if given {
            // They may have done anything in it.
            self.clean = false;
        }
        Ok(given)
    }

    /// The first step: to the start URL.
    async fn open(&mut self) -> Result<Option<Ending>, PortError> {
        let Some(url) = self.task.url.map(str::to_owned) else {
            return Ok(None);
        };
        let step_id = StepId::generate();
        self.begin(&step_id).await?;
        let mut spent = TimeSpent::default();
        let action = Action::Navigate { url };
        let done = self.act(&step_id, action, "", &mut spent).await?;
        self.end(&step_id, spent).await?;
        if let Err(error) = done {
            return Ok(Some(self.failed(&error, "opening the start URL")));
        }
        self.history.clear();
        self.fresh = 0;
        Ok(None)
    }

    async fn begin(&mut self, step_id: &StepId) -> Result<(), PortError> {
        self.steps += 1;
        let number = self.steps;
        let body = Body::StepStarted {
            step_id: step_id.clone(),
            number,
        };
        self.task
            .events
            .append(vec![Draft::new(format!("step {number}"), body)])
            .await
    }

    pub(super) async fn end(
        &mut self,
        step_id: &StepId,
        spent: TimeSpent,
    ) -> Result<(), PortError> {
        let left = std::mem::take(&mut self.left);
        evidence::keep(self.task, left).await?;
        let number = self.steps;
        let body = Body::StepFinished {
            step_id: step_id.clone(),
            number,
            spent,
        };
        self.task
            .events
            .append(vec![Draft::new(format!("step {number} done"), body)])
            .await
    }

    async fn step(&mut self) -> Result<Option<Ending>, PortError> {
        let step_id = StepId::generate();
        let mut spent = TimeSpent::default();
        let started = self.task.clock.elapsed();
        self.begin(&step_id).await?;
        spent.store_ms += self.since(started);
        let observed = self.task.clock.elapsed();
        let look = page::Look {
            goal_words: crate::goal::words(self.task.goal),
            max_nodes: MAX_NODES,
        };
        let observation = match self.task.page.observe(&look).await {
            Ok(observation) => observation,
            Err(error) => return Ok(Some(self.failed(&error, "looking at the page"))),
        };
        spent.observe_ms = self.since(observed);
        if let Some(ending) = self.blocked(&observation) {
            return Ok(Some(ending));
        }
        let decision = match self.decide(&observation, &mut spent).await {
            Ok(decision) => decision,
            Err(ending) => return Ok(Some(*ending)),
        };
        let seen = Body::Observed {
            step_id: step_id.clone(),
            url: clip(&observation.url, 2_000),
            title: clip(&observation.title, 300),
            elements: u32::try_from(observation.nodes.iter().filter(|it| it.interactive).count())
                .unwrap_or(u32::MAX),
            fingerprint: observation.fingerprint.clone(),
        };
        let mut drafts = vec![Draft::new(format!("looked at {}", observation.url), seen)];
        let ending = match decision {
            Decision::Act {
                thought,
                actions,
                memory,
            } => {
                return self
                    .carry_out(
                        &step_id,
                        &observation,
                        drafts,
                        thought,
                        actions,
                        memory,
                        spent,
                    )
                    .await;
            }
            Decision::Read { .. } | Decision::See { .. } => self.looks_too_much(),
            Decision::Ask {
                thought,
                question,
                memory,
            } => {
                return self
                    .put(&step_id, drafts, &thought, &question, memory, spent)
                    .await;
            }
            Decision::Finish(finding) => {
                let undecided = finding
                    .claims
                    .iter()
                    .find(|claim| claim.holds != Some(true));
                match undecided {
                    None => Ending {
                        state: RunState::Completed,
                        failure: None,
                        finding,
                        errors: Vec::new(),
                    },
                    Some(claim) => Ending::failure(
                        RunState::Failed,
                        FailureCategory::VerificationFailed,
                        format!("\"{}\" is not borne out: {}", claim.clause, claim.seen),
                        finding.claims.clone(),
                    ),
                }
            }
            Decision::Terminate {
                category,
                reason,
                claims,
            } => Ending::failure(RunState::Terminated, category, reason, claims),
            Decision::Stuck {
                category,
                reason,
                claims,
            } => {
                let obstacle = obstacle::behind(category, &reason, &observation, self.task.goal);
                match obstacle {
                    Some(captcha) if captcha.category == FailureCategory::Captcha => {
                        drafts.push(thought(&step_id, &reason));
                        self.task.events.append(drafts).await?;
                        let ending = self
                            .solve(&step_id, &observation, &captcha, &mut spent)
                            .await?;
                        self.end(&step_id, spent).await?;
                        return Ok(ending);
                    }
                    Some(Obstacle { category, what }) => {
                        let reason = format!("{what}; {reason}");
                        Ending::failure(RunState::Failed, category, reason, claims)
                    }
                    None => {
                        // Out of tokens or money is out of a bound, as out of steps is.
                        let state = match category {
                            FailureCategory::Budget => RunState::TimedOut,
                            _ => RunState::Failed,
                        };
                        Ending::failure(state, category, reason, claims)
                    }
                }
            }
        };
        let text = match &ending.failure {
            Some(failure) => failure.reason.clone(),
            None => "the goal is met".to_owned(),
        };
        drafts.push(thought(&step_id, &text));
        self.task.events.append(drafts).await?;
        self.end(&step_id, spent).await?;
        Ok(Some(ending))
    }

    fn looks_too_much(&self) -> Ending {
        Ending::failure(
            RunState::Failed,
            FailureCategory::Internal,
            format!(
                "the engine {} asked to look more than {MAX_LOOKS} times in one step",
                self.task.engine.name()
            ),
            Vec::new(),
        )
    }

    async fn decide(
        &mut self,
        observation: &Observation,
        spent: &mut TimeSpent,
    ) -> Result<Decision, Box<Ending>> {
        let mut reading: Option<Reading> = None;
        let mut picture = None;
        let answer = self.answer.take();
        for _ in 0..MAX_LOOKS {
            let started = self.task.clock.elapsed();
            let turn = Turn {
                goal: self.task.goal,
                schema: self.task.schema,
                observation,
                reading: reading.as_ref(),
                history: &self.history,
                fresh: self.fresh,
                memory: &self.memory,
                picture: picture.as_ref(),
                answer: answer.as_ref(),
            };
            // An engine may wait for others; its run does not wait longer than it may take.
            let left = self.task.limits.deadline.saturating_sub(started);
            let decision = self.task.engine.decide(&turn);
            let Ok(decision) = tokio::time::timeout(left, decision).await else {
                return Err(Box::new(Limits::out_of_time()));
            };
            spent.decide_ms += self.since(started);
            let started = self.task.clock.elapsed();
            self.memory = match decision {
                Decision::Read { region, memory, .. } => {
                    match self.task.page.read(region.as_deref()).await {
                        Ok(read) => reading = Some(read),
                        Err(error) => {
                            return Err(Box::new(self.failed(&error, "reading the page")));
                        }
                    }
                    memory
                }
                Decision::See { within, memory, .. } => {
                    let shot = self.task.page.picture(within).await;
                    picture = shot
                        .inspect_err(|error| tracing::debug!(%error, "no picture to decide by"))
                        .ok();
                    memory
                }
                decision => return Ok(decision),
            };
            spent.observe_ms += self.since(started);
            self.fresh = 0;
        }
        Err(Box::new(self.looks_too_much()))
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one decision")]
    async fn carry_out(
        &mut self,
        step_id: &StepId,
        observation: &Observation,
        mut drafts: Vec<Draft>,
        why: String,
        actions: Vec<Action>,
        memory: Value,
        mut spent: TimeSpent,
    ) -> Result<Option<Ending>, PortError> {
        if self.repeats.is_loop(observation, &actions) {
            self.task.events.append(drafts).await?;
            self.end(step_id, spent).await?;
            return Ok(Some(Ending::failure(
                RunState::Failed,
                FailureCategory::Loop,
                format!("the same was tried on the same page again and again: {why}"),
                Vec::new(),
            )));
        }
        if let Some(ending) = remember(step_id, &mut drafts, &why, &memory) {
            return Ok(Some(ending));
        }
        let started = self.task.clock.elapsed();
        self.task.events.append(drafts).await?;
        if self.give_way().await? {
            // Decided on a page that a person has changed since: decided anew.
            self.end(step_id, spent).await?;
            return Ok(None);
        }
        // Of the memory before the decision: what follows is decided again after a crash.
        if self.due && self.clean && actions.iter().any(|action| !is_safe(action)) {
            self.checkpoint().await?;
        }
        spent.store_ms += self.since(started);
        self.memory = memory;
        self.fresh = 0;
        for action in actions {
            let done = self
                .act(step_id, action, &observation.fingerprint, &mut spent)
                .await?;
            if let Err(error) = &done
                && (failure::is_fatal(error) || self.is_refused(error))
            {
                self.end(step_id, spent).await?;
                return Ok(Some(self.failed(error, "acting on the page")));
            }
            let Some(last) = self.history.last() else {
                break;
            };
            let effect = &last.effect;
            if last.error.is_some()
                || effect.navigated
                || effect.dialog.is_some()
                || effect.opened_tab.is_some()
                || self.give_way().await?
            {
                break;
            }
        }
        self.end(step_id, spent).await?;
        Ok(None)
    }

    pub(super) async fn checkpoint(&mut self) -> Result<(), PortError> {
        let storage = match self.task.page.storage_state().await {
            Ok(storage) => storage,
            Err(error) => {
                tracing::warn!(%error, "no checkpoint here");
                return Ok(());
            }
        };
        let checkpoint = Checkpoint {
            storage,
            memory: self.memory.clone(),
            steps: self.steps.saturating_sub(1),
            actions: self.actions,
        };
        self.task.checkpoints.save(&checkpoint).await?;
        self.due = false;
        Ok(())
    }

    pub(super) fn since(&self, started: Duration) -> u64 {
        let passed = self.task.clock.elapsed().saturating_sub(started);
        u64::try_from(passed.as_millis()).unwrap_or(u64::MAX)
    }
}

/// Why it was decided and what is remembered of it, for the log; the ending where that is too much.
pub(super) fn remember(
    step_id: &StepId,
    drafts: &mut Vec<Draft>,
    why: &str,
    memory: &Value,
) -> Option<Ending> {
    if memory.to_string().len() > MAX_MEMORY_BYTES {
        return Some(Ending::failure(
            RunState::Failed,
            FailureCategory::ResourceExhausted,
            "what was read is more than a run can remember; ask for less at once",
            Vec::new(),
        ));
    }
    drafts.push(thought(step_id, why));
    let body = Body::Memory {
        step_id: step_id.clone(),
        memory: memory.clone(),
    };
    drafts.push(Draft::new("remembered", body));
    None
}

fn thought(step_id: &StepId, text: &str) -> Draft {
    let body = Body::Thought {
        step_id: step_id.clone(),
        text: clip(text, 8_000),
    };
    Draft::new(text, body)
}
