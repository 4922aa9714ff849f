//! The engine `planner`: splits a goal into parts, carries each out by rules where they suffice and
//! by a model where they don't, and has the whole checked.

mod plan;
mod round;

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use errand_browser::Observation;
use errand_domain::{
    Action, FailureCategory,
    event::Claim,
    port::{ArtifactSink, EventSink},
    run::RunError,
    text::clip,
};
use errand_llm::{Meter, Models, Role};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    agent::{self, Agent},
    engine::{Decision, Done, Engine, Finding, Turn},
    local::{self, Local},
};
use plan::Plan;
use round::Rounds;

/// Parts that may end within one decision.
const MAX_PARTS: usize = 80;
/// Times that rules may wait, or look further, for what is not there.
const MAX_TRIES: usize = 2;
/// How often the rest may be planned anew.
const MAX_REPLANS: u32 = 2;
/// Most claims that are remembered.
const MAX_CLAIMS: usize = 20;
/// Most notes and summaries that are remembered, and most bytes of one.
const MAX_NOTES: usize = 20;
const MAX_NOTE: usize = 200;

/// Decides by parts.
pub struct Planner<'a> {
    agent: Agent<'a>,
}

/// Where the run is, in the log as JSON.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Course {
    plan: Plan,
    /// Index of the part that is being carried out.
    at: usize,
    /// How many actions were done before it.
    since: usize,
    /// Whether rules gave it up.
    by_model: bool,
    /// What its engine remembers.
    inner: Value,
    /// What the parts before came to.
    claims: Vec<Claim>,
    notes: Vec<String>,
    summaries: Vec<String>,
    output: Option<Value>,
    /// Whether a model had a hand in anything.
    asked: bool,
    replans: u32,
    /// Where the part is done for several things.
    rounds: Option<Rounds>,
}

impl<'a> Planner<'a> {
    /// For one run, as [`Agent::new`].
    #[must_use]
    pub fn new(
        models: Models,
        meter: Arc<Meter>,
        events: &'a dyn EventSink,
        artifacts: &'a dyn ArtifactSink,
    ) -> Self {
        Self {
            agent: Agent::new(models, meter, events, artifacts),
        }
    }

    /// Splits the goal, or what is left of it.
    async fn plan(&self, turn: &Turn<'_>, so_far: Option<&str>) -> Result<Plan, Decision> {
        let unusable = |why: &str| Decision::Stuck {
            category: FailureCategory::ModelError,
            reason: format!("the model that plans gave no usable answer: {why}"),
            claims: Vec::new(),
        };
        let request = plan::request(turn.goal, turn.schema, turn.observation, so_far);
        let request = request.ok_or_else(|| unusable("no schema"))?;
        let mut why = String::new();
        for _ in 0..2 {
            let reply = self.agent.ask(Role::Plan, &request).await?;
            match reply.json {
                Some(Ok(answer)) => {
                    if let Some(plan) = plan::read(&answer) {
                        if let Some(title) = plan.title.as_deref().filter(|_| so_far.is_none()) {
                            self.agent.entitle(title).await;
                        }
                        return Ok(plan);
                    }
                }
                Some(Err(fault)) => why = fault.to_string(),
                None => {}
            }
        }
        Err(unusable(&why))
    }

    /// The part's engine on the page.
    async fn part(&self, course: &Course, turn: &Turn<'_>, fresh: usize) -> (Decision, bool) {
        let part = &course.plan.parts[course.at];
        let history = &turn.history[course.since.min(turn.history.len())..];
        let goal = course.goal();
        let rules = !course.by_model && plan::by_rules(&goal);
        // Whoever takes a part over is told all of it.
        let told = if course.inner.is_null() && !rules {
            history.len()
        } else {
            fresh
        };
        let inner = Turn {
            goal: &goal,
            schema: turn.schema.filter(|_| part.output),
            history,
            fresh: told.min(history.len()),
            memory: &course.inner,
            ..*turn
        };
        let decision = if rules {
            Local.decide(&inner).await
        } else {
            self.agent.decide(&inner).await
        };
        (decision, rules)
    }

    /// All parts are done: is the whole?
    async fn conclude(&self, turn: &Turn<'_>, course: Course) -> Decision {
        if course.asked && turn.observation.truncated && turn.reading.is_none() {
            return Decision::Read {
                thought: "reading what it came to".to_owned(),
                region: None,
                memory: course.write(),
            };
        }
        let mut claims = course.claims;
        if course.asked {
            let verdict = self
                .agent
                .second_opinion(turn, course.output.as_ref())
                .await;
            let verdict = match verdict {
                Ok(verdict) => verdict,
                Err(decision) => return decision,
            };
            let wrong = verdict.iter().find(|it| it.holds != Some(true)).cloned();
            claims.extend(verdict);
            if let Some(wrong) = wrong {
                return Decision::Stuck {
                    category: FailureCategory::VerificationFailed,
                    reason: format!("\"{}\" is not borne out: {}", wrong.clause, wrong.seen),
                    claims,
                };
            }
        }
        Decision::Finish(Finding {
            parts: course.plan.parts,
            output: course.output,
            notes: course.notes,
            claims,
            summary: clip(&course.summaries.join(" "), 1_000),
        })
    }
}

#[async_trait]
impl Engine for Planner<'_> {
    fn name(&self) -> &'static str {
        "planner"
    }

    async fn decide(&self, turn: &Turn<'_>) -> Decision {
        let mut course = Course::deserialize(turn.memory).unwrap_or_default();
        if course.plan.parts.is_empty() {
            let open = turn.observation.url.starts_with("http");
            let whole = plan::whole(turn.goal).filter(|_| open);
            // What a model made of the goal may not be all of it.
            course.asked = whole.is_none();
            course.plan = match whole {
                Some(plan) => plan,
                None => match self.plan(turn, None).await {
                    Ok(plan) => plan,
                    Err(decision) => return decision,
                },
            };
            if let Err(decision) = course.enter() {
                return decision;
            }
            if !open {
                let Some(url) = start(&course.plan) else {
                    return Decision::Stuck {
                        category: FailureCategory::InputInvalid,
                        reason: "no start is given, and the model is sure of none: set url, or \
                                 name the place in the prompt"
                            .to_owned(),
                        claims: Vec::new(),
                    };
                };
                return Decision::Act {
                    thought: course.thought("start there"),
                    actions: vec![Action::Navigate { url }],
                    memory: course.write(),
                };
            }
        }
        let (mut reading, mut fresh) = (turn.reading, turn.fresh);
        let (mut picture, mut answer) = (turn.picture, turn.answer);
        for _ in 0..MAX_PARTS {
            let here = Turn {
                reading,
                picture,
                answer,
                ..*turn
            };
            // What is left may be nothing, or nothing to go over.
            if course.at == course.plan.parts.len() {
                return self.conclude(&here, course).await;
            }
            let (decision, rules) = self.part(&course, &here, fresh).await;
            course.asked |= !rules;
            match decision {
                // A model may see at once what rules would look for at length.
                Decision::Act { memory, .. } if rules && local::tries(&memory) > MAX_TRIES => {
                    course.by_model = true;
                    course.inner = Value::Null;
                }
                Decision::Act {
                    thought,
                    actions,
                    memory,
                } => {
                    course.inner = memory;
                    return Decision::Act {
                        thought: course.thought(&thought),
                        actions,
                        memory: course.write(),
                    };
                }
                Decision::Read {
                    thought,
                    region,
                    memory,
                } => {
                    course.inner = memory;
                    return Decision::Read {
                        thought,
                        region,
                        memory: course.write(),
                    };
                }
                Decision::See {
                    thought,
                    within,
                    memory,
                } => {
                    course.inner = memory;
                    return Decision::See {
                        thought,
                        within,
                        memory: course.write(),
                    };
                }
                Decision::Ask {
                    thought,
                    question,
                    memory,
                } => {
                    course.inner = memory;
                    return Decision::Ask {
                        thought: course.thought(&thought),
                        question,
                        memory: course.write(),
                    };
                }
                Decision::Finish(finding) => {
                    if let Err(decision) = course.take(finding, turn.history.len()) {
                        return decision;
                    }
                    // The page is as it was when the last part ended.
                    if course.at == course.plan.parts.len() {
                        return self.conclude(&here, course).await;
                    }
                }
                terminate @ Decision::Terminate { .. } => return terminate,
                // Rules give up early and cheaply; a model has not tried yet.
                Decision::Stuck { .. } if rules => {
                    course.by_model = true;
                    course.inner = Value::Null;
                }
                Decision::Stuck {
                    category,
                    reason,
                    claims,
                } => {
                    let hopeless = matches!(
                        category,
                        FailureCategory::Budget
                            | FailureCategory::ModelError
                            | FailureCategory::ModelRefused
                            | FailureCategory::InputInvalid
                    );
                    if hopeless || course.plan.parts.len() == 1 || course.replans == MAX_REPLANS {
                        return Decision::Stuck {
                            category,
                            reason,
                            claims,
                        };
                    }
                    let so_far = format!("{}\n{reason}", lines(turn.history));
                    match self.plan(turn, Some(&so_far)).await {
                        Ok(plan) => {
                            course.again(plan, turn.history.len());
                            if let Err(decision) = course.enter() {
                                return decision;
                            }
                        }
                        Err(decision) => return decision,
                    }
                }
            }
            (reading, fresh) = (None, 0);
            (picture, answer) = (None, None);
        }
        Decision::Stuck {
            category: FailureCategory::Loop,
            reason: "the plan leads nowhere".to_owned(),
            claims: course.claims,
        }
    }

    async fn named(
        &self,
        codes: &BTreeMap<String, String>,
        reason: &str,
        seen: Option<&Observation>,
    ) -> Option<Vec<RunError>> {
        self.agent.named(codes, reason, seen).await
    }
}

impl Course {
    fn write(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// The part that it belongs to, where there are several.
    fn thought(&self, thought: &str) -> String {
        let count = self.plan.parts.len();
        match self.plan.parts.get(self.at) {
            Some(part) if count > 1 || part.each.is_some() => {
                format!(
                    "{}/{count} {}: {thought}",
                    self.at + 1,
                    clip(&self.goal(), 120)
                )
            }
            _ => thought.to_owned(),
        }
    }

    /// The words of the part that is being carried out.
    fn goal(&self) -> String {
        let goal = &self.plan.parts[self.at].goal;
        self.rounds
            .as_ref()
            .map_or_else(|| goal.clone(), |it| it.goal(goal))
    }

    /// Sets the part up that comes next; what it is done for may have been found by then. Parts
    /// that there is nothing to do for are left out, with a note.
    fn enter(&mut self) -> Result<(), Decision> {
        while let Some(part) = self.plan.parts.get(self.at) {
            let rounds = Rounds::of(part, self.output.as_ref());
            self.rounds = rounds.map_err(|reason| self.stuck(reason))?;
            if !self.rounds.as_ref().is_some_and(Rounds::is_over) {
                break;
            }
            let note = format!("\"{}\": there was nothing to go over", part.goal);
            self.notes.push(clip(&note, MAX_NOTE));
            self.rounds = None;
            self.at += 1;
        }
        Ok(())
    }

    fn stuck(&self, reason: String) -> Decision {
        Decision::Stuck {
            category: FailureCategory::ResourceExhausted,
            reason,
            claims: self.claims.clone(),
        }
    }

    fn take(&mut self, finding: Finding, done: usize) -> Result<(), Decision> {
        let short = |it: Claim| Claim {
            seen: clip(&it.seen, MAX_NOTE),
            ..it
        };
        self.claims.extend(finding.claims.into_iter().map(short));
        self.claims.truncate(MAX_CLAIMS);
        let notes = finding.notes.iter().map(|it| clip(it, MAX_NOTE));
        self.notes.extend(notes);
        self.notes.truncate(MAX_NOTES);
        if !finding.summary.is_empty() && self.summaries.len() < MAX_NOTES {
            self.summaries.push(clip(&finding.summary, MAX_NOTE));
        }
        let wanted = self.plan.parts[self.at].output;
        let output = finding.output.filter(|_| wanted);
        self.on(done);
        let over = match &mut self.rounds {
            None => {
                self.output = output.or_else(|| self.output.take());
                true
            }
            Some(rounds) => {
                let taken = rounds.take(output);
                let over = rounds.is_over();
                if over && wanted {
                    self.output = rounds.output().or_else(|| self.output.take());
                }
                taken.map_err(|reason| self.stuck(reason))?;
                over
            }
        };
        if over {
            self.at += 1;
            self.enter()?;
        }
        Ok(())
    }

    /// On to another part.
    fn on(&mut self, done: usize) {
        self.since = done;
        self.inner = Value::Null;
        self.by_model = false;
    }

    /// What is left goes by another plan.
    fn again(&mut self, plan: Plan, done: usize) {
        self.plan.parts.truncate(self.at);
        self.plan.parts.extend(plan.parts);
        self.replans += 1;
        self.on(done);
    }
}

/// Where the plan starts.
fn start(plan: &Plan) -> Option<String> {
    let url = url::Url::parse(plan.start_url.as_deref()?).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| url.to_string())
}

fn lines(history: &[Done]) -> String {
    let from = history.len().saturating_sub(40);
    let lines: Vec<String> = history[from..].iter().map(agent::outcome).collect();
    lines.join("\n")
}
