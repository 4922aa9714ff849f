//! One observe-decide-act cycle after the other.

use std::time::Duration;

use bytes::Bytes;
use errand_browser::{Node, Observation, page};
use errand_domain::{
    Action, Draft, FailureCategory, RunState, StepId,
    event::{ActionEffect, Body, TimeSpent},
    port::{ArtifactDraft, PortError},
    run::Detail,
    text::clip,
};
use serde_json::Value;

use super::{Checkpoint, Ending, Task, failure, is_safe, repeat::Repeats};
use crate::engine::{Decision, Done, Turn};

/// Nodes that an engine sees of a page; the rest can be read.
const MAX_NODES: usize = 1_500;
/// Longest memory of an engine in the log.
const MAX_MEMORY_BYTES: usize = 48 * 1024;
/// Reads in one step.
const MAX_READS: u32 = 4;

pub struct Loop<'t, 'a> {
    task: &'t mut Task<'a>,
    history: Vec<Done>,
    memory: Value,
    steps: u32,
    actions: u32,
    fresh: usize,
    repeats: Repeats,
    /// Whether the page stands as it was arrived at.
    clean: bool,
    /// Whether the page was arrived at after the last checkpoint.
    due: bool,
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
            if let Some(ending) = self.step().await? {
                return Ok(ending);
            }
        }
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

    async fn end(&self, step_id: &StepId, spent: TimeSpent) -> Result<(), PortError> {
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
            Decision::Read { .. } => self.reads_too_much(),
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
            } => Ending::failure(RunState::Failed, category, reason, claims),
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

    fn reads_too_much(&self) -> Ending {
        Ending::failure(
            RunState::Failed,
            FailureCategory::Internal,
            format!(
                "the engine {} asked to read more than {MAX_READS} times in one step",
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
        let mut reading: Option<Vec<Node>> = None;
        for _ in 0..MAX_READS {
            let started = self.task.clock.elapsed();
            let turn = Turn {
                goal: self.task.goal,
                schema: self.task.schema,
                observation,
                reading: reading.as_deref(),
                history: &self.history,
                fresh: self.fresh,
                memory: &self.memory,
            };
            let decision = self.task.engine.decide(&turn).await;
            spent.decide_ms += self.since(started);
            let Decision::Read { region, memory, .. } = decision else {
                return Ok(decision);
            };
            let started = self.task.clock.elapsed();
            match self.task.page.read(region.as_deref()).await {
                Ok(nodes) => reading = Some(nodes),
                Err(error) => return Err(Box::new(self.failed(&error, "reading the page"))),
            }
            spent.observe_ms += self.since(started);
            self.memory = memory;
            self.fresh = 0;
        }
        Err(Box::new(self.reads_too_much()))
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
        if self.repeats.is_loop(&observation.fingerprint, &actions) {
            self.task.events.append(drafts).await?;
            self.end(step_id, spent).await?;
            return Ok(Some(Ending::failure(
                RunState::Failed,
                FailureCategory::Loop,
                format!("the same was tried on the same page again and again: {why}"),
                Vec::new(),
            )));
        }
        if memory.to_string().len() > MAX_MEMORY_BYTES {
            return Ok(Some(Ending::failure(
                RunState::Failed,
                FailureCategory::ResourceExhausted,
                "what was read is more than a run can remember; ask for less at once",
                Vec::new(),
            )));
        }
        drafts.push(thought(step_id, &why));
        let memory_event = Body::Memory {
            step_id: step_id.clone(),
            memory: memory.clone(),
        };
        drafts.push(Draft::new("remembered", memory_event));
        let started = self.task.clock.elapsed();
        self.task.events.append(drafts).await?;
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
            {
                break;
            }
        }
        self.end(step_id, spent).await?;
        Ok(None)
    }

    async fn checkpoint(&mut self) -> Result<(), PortError> {
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

    /// Does one action: the log first, then the page, then the log and the evidence.
    async fn act(
        &mut self,
        step_id: &StepId,
        mut action: Action,
        fingerprint: &str,
        spent: &mut TimeSpent,
    ) -> Result<Result<(), page::Error>, PortError> {
        self.actions += 1;
        let number = self.actions;
        let started = self.task.clock.elapsed();
        if let Some(target) = action.target_mut()
            && let Ok(locator) = self.task.page.locate(&target.element).await
        {
            target.locator = locator;
        }
        let body = Body::ActionStarted {
            step_id: step_id.clone(),
            number,
            action: action.clone(),
            url: clip(&self.task.page.url(), 2_000),
            fingerprint: fingerprint.to_owned(),
        };
        self.task
            .events
            .append(vec![Draft::new(action.describe(), body)])
            .await?;
        let mut own = TimeSpent {
            store_ms: self.since(started),
            ..TimeSpent::default()
        };
        let result = self.task.page.act(&action).await;
        let outside = self.task.page.outside_requests();
        let (effect, error) = match &result {
            Ok(outcome) => {
                own.act_ms = outcome.spent.act_ms;
                own.settle_ms = outcome.spent.settle_ms;
                own.network_ms = outcome.spent.network_ms;
                (outcome.effect.clone(), None)
            }
            Err(error) => (
                ActionEffect::default(),
                Some(clip(&error.to_string(), 2_000)),
            ),
        };
        let mut drafts: Vec<Draft> = outside
            .iter()
            .take(200)
            .map(|request| {
                let url = clip(&request.url, 2_000);
                let summary = format!("{} {url}", request.method);
                let method = request.method.clone();
                Draft::new(
                    summary,
                    Body::Effect {
                        method,
                        url,
                        action_number: number,
                    },
                )
            })
            .collect();
        let summary = match &error {
            Some(error) => format!("could not {}: {error}", action.describe()),
            None => format!("did {}", action.describe()),
        };
        let body = Body::ActionFinished {
            step_id: step_id.clone(),
            number,
            error: error.clone(),
            effect: effect.clone(),
            spent: own,
        };
        drafts.push(Draft::new(summary, body));
        let stored = self.task.clock.elapsed();
        self.task.events.append(drafts).await?;
        self.evidence(step_id, number).await?;
        own.store_ms += self.since(stored);
        if effect.navigated {
            self.clean = true;
            self.due = true;
        } else if !is_safe(&action) {
            self.clean = false;
        }
        add(spent, own);
        let requests = u32::try_from(outside.len()).unwrap_or(u32::MAX);
        self.history.push(Done {
            action,
            error,
            effect,
            outside_requests: requests,
        });
        self.fresh += 1;
        Ok(result.map(|_| ()))
    }

    async fn evidence(&self, step_id: &StepId, number: u32) -> Result<(), PortError> {
        match self.task.page.screenshot().await {
            Ok(shot) => {
                let name = format!("action-{number}.png");
                keep(
                    self.task,
                    "screenshot_action",
                    Some(step_id),
                    shot,
                    "image/png",
                    &name,
                )
                .await?;
            }
            Err(error) => tracing::debug!(%error, "no screenshot of the action"),
        }
        if self.task.detail == Detail::Debug {
            match self.task.page.html().await {
                Ok(html) => {
                    let name = format!("action-{number}.html");
                    let html = Bytes::from(html);
                    keep(
                        self.task,
                        "html_action",
                        Some(step_id),
                        html,
                        "text/html",
                        &name,
                    )
                    .await?;
                }
                Err(error) => tracing::debug!(%error, "no HTML of the action"),
            }
        }
        Ok(())
    }

    /// Whether an address that was asked for leads nowhere: the egress refused it or could not
    /// reach it, or the server answered with an error.
    fn blocked(&self, observation: &Observation) -> Option<Ending> {
        let failed = |category, reason: String| {
            Some(Ending::failure(
                RunState::Failed,
                category,
                reason,
                Vec::new(),
            ))
        };
        let status = observation.status.filter(|status| *status >= 400);
        let error_page = observation.url.starts_with("chrome-error:");
        if status.is_none() && !error_page {
            return None;
        }
        if let Some((category, reason)) = (self.task.refusal)(&observation.url) {
            return failed(category, reason);
        }
        let asked = match self.history.last() {
            Some(done) => matches!(done.action, Action::Navigate { .. }),
            None => true,
        };
        let category = FailureCategory::NavigationFailed;
        match status.filter(|_| asked) {
            Some(status) => {
                let title = clip(&observation.title, 100);
                failed(
                    category,
                    format!("{} answered {status} ({title})", observation.url),
                )
            }
            None if error_page => {
                failed(category, format!("{} could not be opened", observation.url))
            }
            None => None,
        }
    }

    fn is_refused(&self, error: &page::Error) -> bool {
        match error {
            page::Error::Navigation { url, .. } => (self.task.refusal)(url).is_some(),
            _ => false,
        }
    }

    fn failed(&self, error: &page::Error, doing: &str) -> Ending {
        let opened = self.history.last().and_then(|done| match &done.action {
            Action::Navigate { url } => Some(url.clone()),
            _ => None,
        });
        let url = opened.unwrap_or_else(|| self.task.page.url());
        let (category, reason) = match (self.task.refusal)(&url) {
            Some(refusal) if failure::is_navigation(error) => refusal,
            _ => (failure::category(error), format!("{doing}: {error}")),
        };
        Ending::failure(RunState::Failed, category, reason, Vec::new())
    }

    fn since(&self, started: Duration) -> u64 {
        let passed = self.task.clock.elapsed().saturating_sub(started);
        u64::try_from(passed.as_millis()).unwrap_or(u64::MAX)
    }
}

fn thought(step_id: &StepId, text: &str) -> Draft {
    let body = Body::Thought {
        step_id: step_id.clone(),
        text: clip(text, 8_000),
    };
    Draft::new(text, body)
}

fn add(total: &mut TimeSpent, more: TimeSpent) {
    total.act_ms += more.act_ms;
    total.settle_ms += more.settle_ms;
    total.network_ms += more.network_ms;
    total.store_ms += more.store_ms;
}

/// Keeps a file. Evidence is never fatal; a lost lease or a full log is.
pub async fn keep(
    task: &Task<'_>,
    artifact_type: &'static str,
    step_id: Option<&StepId>,
    content: Bytes,
    content_type: &'static str,
    filename: &str,
) -> Result<(), PortError> {
    let draft = ArtifactDraft {
        artifact_type,
        step_id: step_id.cloned(),
        content_type,
        filename: filename.to_owned(),
        content,
    };
    match task.artifacts.keep(draft).await {
        Ok(_) => Ok(()),
        Err(PortError::LeaseLost) => Err(PortError::LeaseLost),
        Err(error) => {
            tracing::warn!(%error, artifact_type, "evidence not kept");
            Ok(())
        }
    }
}
