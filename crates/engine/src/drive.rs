//! The loop around an engine: limits, events, evidence, checkpoints, loop detection.
//!
//! It exists once, whatever decides. Everything that it does stands in the log before the page is
//! touched, and what came of it after.

mod act;
mod captcha;
mod checkpoint;
mod code;
mod evidence;
mod failure;
mod file;
mod limit;
mod obstacle;
mod pause;
mod repeat;
mod step;

use std::{collections::BTreeMap, time::Duration};

use errand_browser::{Page, page::Look};
use errand_domain::{
    Answer, Draft, FailureCategory, RunState, StorageState,
    event::{Body, Claim},
    port::{ArtifactSink, CaptchaSolver, Clock, EventSink, People, PortError},
    run::{Detail, Failure, RunError},
};
use serde_json::Value;
use tokio::time::timeout;

use crate::{
    engine::{Done, Engine, Finding},
    goal,
};

pub use checkpoint::{Checkpoint, CheckpointSink, is_safe};
pub use limit::Limits;
pub use pause::MAX_QUESTIONS;

/// How long a look at the page may take after the run's end was decided.
const LAST_LOOK: Duration = Duration::from_secs(10);
/// How long an engine may take to name what went wrong.
const NAMING: Duration = Duration::from_secs(60);

/// What is to be done, with what, and where it is written.
pub struct Task<'a> {
    /// The goal in words.
    pub goal: &'a str,
    /// Where to start.
    pub url: Option<&'a str>,
    /// JSON Schema of the output.
    pub schema: Option<&'a Value>,
    /// How much evidence to keep.
    pub detail: Detail,
    /// The browser's current page.
    pub page: &'a Page,
    /// What decides.
    pub engine: &'a dyn Engine,
    /// The log.
    pub events: &'a dyn EventSink,
    /// The evidence.
    pub artifacts: &'a dyn ArtifactSink,
    /// Where checkpoints go.
    pub checkpoints: &'a dyn CheckpointSink,
    /// Why the browser could not reach the host of a URL, if the egress knows.
    pub refusal: &'a (dyn Fn(&str) -> Option<(FailureCategory, String)> + Send + Sync),
    /// The caller's error codes, each with a description of when it applies.
    pub error_codes: &'a BTreeMap<String, String>,
    /// Who solves captchas, if somebody is set to.
    pub captcha: Option<&'a dyn CaptchaSolver>,
    /// Who can be asked.
    pub people: &'a dyn People,
    /// Time, without pauses.
    pub clock: &'a dyn Clock,
    /// How long it may take.
    pub limits: Limits,
    /// Where to go on, after a crash.
    pub resume: Resume,
}

/// Where to go on.
#[derive(Debug, Clone, Default)]
pub struct Resume {
    /// The browser's state to go on with; a fresh start if absent.
    pub storage: Option<StorageState>,
    /// What the engine remembered.
    pub memory: Value,
    /// The actions up to there.
    pub history: Vec<Done>,
    /// Steps taken so far.
    pub steps: u32,
    /// Actions done so far.
    pub actions: u32,
    /// What a person said to what was asked last.
    pub answer: Option<Answer>,
}

/// How the run ends, and with what.
#[derive(Debug, Clone, PartialEq)]
pub struct Ending {
    /// A final state.
    pub state: RunState,
    /// Why, if not completed.
    pub failure: Option<Failure>,
    /// What was found.
    pub finding: Finding,
    /// The caller's error codes that apply.
    pub errors: Vec<RunError>,
}

impl Ending {
    /// Ended with a failure of that category.
    #[must_use]
    pub fn failure(
        state: RunState,
        category: FailureCategory,
        reason: impl Into<String>,
        claims: Vec<Claim>,
    ) -> Self {
        let reason = errand_domain::text::clip(&reason.into(), 2_000);
        let finding = Finding {
            claims,
            ..Finding::default()
        };
        Self {
            state,
            failure: Some(Failure { category, reason }),
            finding,
            errors: Vec::new(),
        }
    }
}

impl Task<'_> {
    /// Carries the task through and writes its last evidence, but not its final event.
    ///
    /// # Errors
    /// When the log can't be written; the run must stop at once then.
    pub async fn run(mut self) -> Result<Ending, PortError> {
        let mut ending = step::Loop::new(&mut self).run().await?;
        if let Some(failure) = ending
            .failure
            .as_ref()
            .filter(|_| !self.error_codes.is_empty())
        {
            ending.errors = self.named(&failure.reason).await;
        }
        let shot = self.page.screenshot().await;
        let last = evidence::picture("screenshot_final", None, "final", shot);
        evidence::keep(&self, last.into_iter().collect()).await?;
        if !ending.finding.claims.is_empty() {
            let mut claims = ending.finding.claims.clone();
            claims.truncate(100);
            let holding = claims
                .iter()
                .filter(|claim| claim.holds == Some(true))
                .count();
            let summary = format!("{holding} of {} claims hold", claims.len());
            self.events
                .append(vec![Draft::new(summary, Body::Verified { claims })])
                .await?;
        }
        Ok(ending)
    }

    /// The caller's codes for what went wrong.
    async fn named(&self, reason: &str) -> Vec<RunError> {
        let look = Look {
            goal_words: goal::words(self.goal),
            max_nodes: step::MAX_NODES,
        };
        let seen = timeout(LAST_LOOK, self.page.observe(&look)).await;
        let seen = seen.ok().and_then(Result::ok);
        let named = self.engine.named(self.error_codes, reason, seen.as_ref());
        match timeout(NAMING, named).await {
            Ok(Some(mut errors)) => {
                errors.retain(|it| self.error_codes.contains_key(&it.error_code));
                errors
            }
            _ => {
                let text = seen.map(|it| it.text()).unwrap_or_default();
                code::by_words(self.error_codes, reason, &text)
            }
        }
    }
}
