//! The engine that needs no model: rules, and what the page says of itself.
//!
//! It reads the goal clause by clause, matches each to the page, and goes on only when something
//! other than the match bears the clause out. The same turn always gives the same decision.

mod claim;
mod echo;
mod explain;
mod explore;
mod form;
mod login;
mod memory;
mod pager;
mod plan;
mod reading;
mod widget;

use async_trait::async_trait;
use errand_domain::{Action, FailureCategory, action::Condition};
use serde_json::Value;
use tokio::runtime::{Handle, RuntimeFlavor};

use crate::{
    engine::{Decision, Engine, Finding, Turn},
    extract::schema,
    goal::{self, Ask, Clause, Goal, Phrase},
    ground::Doubt,
};
pub use explain::explain;
use memory::{Memory, Pending};
use plan::Plan;

/// Waits before an element or a value that is not there is given up, in milliseconds.
const PATIENCE: &[u64] = &[250, 750, 1_500, 2_500];
/// Waits before it is looked for elsewhere.
const EARLY: usize = 2;
/// Nodes of a reading from which on a decision takes milliseconds.
const MANY_NODES: usize = 5_000;
/// Most actions of one decision.
const BATCH: usize = 12;

/// Rules, no model.
#[derive(Debug, Clone, Copy, Default)]
pub struct Local;

#[async_trait]
impl Engine for Local {
    fn name(&self) -> &'static str {
        "local"
    }

    async fn decide(&self, turn: &Turn<'_>) -> Decision {
        // Said before anything is done: no page can mend it.
        if turn.history.is_empty()
            && let Some((pointer, what)) = turn.schema.and_then(schema::contradiction)
        {
            return Decision::Stuck {
                category: FailureCategory::InputInvalid,
                reason: format!("no output can fit the schema: at \"{pointer}\", {what}"),
                claims: Vec::new(),
            };
        }
        match goal::parse(turn.goal) {
            Ok(goal) => aside(turn, || match echo::without(&goal, turn) {
                Some((observation, reading)) => decide(
                    &goal,
                    &Turn {
                        observation: &observation,
                        reading: reading.as_ref(),
                        ..*turn
                    },
                ),
                None => decide(&goal, turn),
            }),
            Err(error) => Decision::Stuck {
                category: FailureCategory::GoalNotUnderstood,
                reason: error.to_string(),
                claims: Vec::new(),
            },
        }
    }
}

/// Decides on a large page without keeping the other tasks of the thread waiting.
fn aside(turn: &Turn<'_>, work: impl FnOnce() -> Decision) -> Decision {
    let is_large = turn.reading.is_some_and(|it| it.nodes.len() > MANY_NODES);
    let has_threads =
        || Handle::try_current().is_ok_and(|it| it.runtime_flavor() == RuntimeFlavor::MultiThread);
    if is_large && has_threads() {
        tokio::task::block_in_place(work)
    } else {
        work()
    }
}

fn decide(goal: &Goal, turn: &Turn<'_>) -> Decision {
    let mut memory = Memory::read(turn.memory);
    if let Some(decision) = claim::settle(goal, turn, &mut memory) {
        return decision;
    }
    if let Some(decision) = dialog(goal, turn, &memory) {
        return decision;
    }
    let mut actions = Vec::new();
    let mut thoughts: Vec<String> = Vec::new();
    while let Some(clause) = goal.clauses.get(memory.at) {
        // Which form is sent depends on what was filled in.
        if matches!(clause.ask, Ask::Submit(_)) && !actions.is_empty() {
            break;
        }
        match plan::plan(goal, clause, turn, &mut memory) {
            Plan::Act {
                actions: more,
                thought,
                last,
            } => {
                if !thoughts.contains(&thought) {
                    thoughts.push(thought);
                }
                for _ in &more {
                    memory.pending.push(Pending {
                        clause: memory.at,
                        stage: memory.stage,
                    });
                }
                actions.extend(more);
                memory.at += 1;
                memory.stage = 0;
                memory.condition_held = false;
                if last || actions.len() >= BATCH {
                    break;
                }
            }
            Plan::Stay {
                actions: more,
                thought,
                stage,
            } => {
                if !actions.is_empty() {
                    break;
                }
                for _ in &more {
                    memory.pending.push(Pending {
                        clause: memory.at,
                        stage: memory.stage,
                    });
                }
                memory.stage = stage;
                thoughts.push(thought);
                actions = more;
                break;
            }
            Plan::Met(claim) => {
                memory.claims.push(claim);
                memory.next();
            }
            Plan::Read { thought, region } if actions.is_empty() => {
                return Decision::Read {
                    thought,
                    region,
                    memory: memory.write(),
                };
            }
            // What was decided so far is done first; the page is looked at again then.
            Plan::Read { .. } => break,
            Plan::Missing(_) | Plan::Absent { .. } | Plan::Fail { .. } | Plan::Terminate { .. }
                if !actions.is_empty() =>
            {
                break;
            }
            Plan::Missing(missing) => return patience(missing, memory),
            Plan::Absent {
                missing,
                phrase,
                doubt,
            } => {
                return further(turn, &phrase, &doubt, &mut memory)
                    .unwrap_or_else(|| patience(missing, memory));
            }
            Plan::Terminate { category, reason } => {
                let claims = memory.claims;
                return Decision::Terminate {
                    category,
                    reason,
                    claims,
                };
            }
            Plan::Fail { category, reason } => {
                let claims = memory.claims;
                return Decision::Stuck {
                    category,
                    reason,
                    claims,
                };
            }
        }
    }
    if !actions.is_empty() {
        let thought = thoughts.join("; ");
        return Decision::Act {
            thought,
            actions,
            memory: memory.write(),
        };
    }
    if let Some(reason) = claim::asked_back(goal, turn) {
        return Decision::Stuck {
            category: FailureCategory::VerificationFailed,
            reason,
            claims: memory.claims,
        };
    }
    if let Some(what) = claim::lapsed(turn.history, turn.observation) {
        return Decision::Stuck {
            category: FailureCategory::VerificationFailed,
            reason: format!("all was done, but {what}"),
            claims: memory.claims,
        };
    }
    reading::finish(goal, turn, memory)
}

/// Looks elsewhere for what did not come by waiting, in ways that can be taken back.
fn further(
    turn: &Turn<'_>,
    phrase: &Phrase,
    doubt: &Doubt,
    memory: &mut Memory,
) -> Option<Decision> {
    if memory.waits < EARLY {
        return None;
    }
    let step = explore::next(
        turn.observation,
        phrase,
        doubt,
        memory.at,
        &mut memory.tried,
    )?;
    memory.pending.clear();
    Some(Decision::Act {
        thought: step.thought,
        actions: step.actions,
        memory: memory.clone().write(),
    })
}

/// Something is not there yet: waits a little, a few times, then says what is missing and what was
/// tried.
fn patience(missing: plan::Missing, mut memory: Memory) -> Decision {
    let tried = explore::summary(&memory.tried, memory.at);
    match PATIENCE.get(memory.waits).filter(|_| tried.is_none()) {
        Some(timeout_ms) => {
            memory.waits += 1;
            memory.pending.clear();
            let wait = Action::Wait {
                until: Condition::Elapsed,
                timeout_ms: *timeout_ms,
            };
            let thought = format!("{}; waiting {timeout_ms} ms", missing.reason);
            Decision::Act {
                thought,
                actions: vec![wait],
                memory: memory.write(),
            }
        }
        None => Decision::Stuck {
            category: missing.category,
            reason: match tried {
                Some(tried) => format!("{}; {tried}", missing.reason),
                None => missing.reason,
            },
            claims: memory.claims,
        },
    }
}

/// A dialog that no clause speaks of: an alert is acknowledged, a question is not answered.
fn dialog(goal: &Goal, turn: &Turn<'_>, memory: &Memory) -> Option<Decision> {
    let dialog = turn.observation.dialog.as_ref()?;
    let clause = goal.clauses.get(memory.at);
    match clause.map(|it| &it.ask) {
        Some(Ask::Dialog { .. } | Ask::Close(_) | Ask::Verify(_) | Ask::Wait(_)) => return None,
        // "in the dialog enter: North gate".
        Some(Ask::Fill { value, .. }) if dialog.kind == "prompt" => {
            if let Some(text) = value.given() {
                let text = Some(text.to_owned());
                return Some(answer(clause, memory, true, text));
            }
        }
        // "click OK": its buttons are no elements of the page.
        Some(Ask::Click(phrase)) => {
            let words = phrase.words.to_lowercase();
            let accept = ["ok", "okay", "yes", "accept", "confirm", "leave"].contains(&&*words);
            if accept || ["cancel", "no", "dismiss", "stay"].contains(&&*words) {
                return Some(answer(clause, memory, accept, None));
            }
        }
        _ => {}
    }
    if matches!(&*dialog.kind, "alert" | "beforeunload") {
        let actions = vec![Action::AnswerDialog {
            accept: true,
            text: None,
        }];
        let thought = format!("the page says \"{}\"", dialog.message);
        return Some(Decision::Act {
            thought,
            actions,
            memory: memory.clone().write(),
        });
    }
    Some(Decision::Stuck {
        category: FailureCategory::GoalUnreachable,
        reason: format!(
            "the page asks \"{}\" and the goal does not say how to answer; \
             add \"accept the dialog\" or \"dismiss the dialog\"",
            errand_domain::text::clip(&dialog.message, 200)
        ),
        claims: memory.claims.clone(),
    })
}

/// Answers a dialog of the browser for a clause.
fn answer(
    clause: Option<&Clause>,
    memory: &Memory,
    accept: bool,
    text: Option<String>,
) -> Decision {
    let mut memory = memory.clone();
    memory.pending.push(Pending {
        clause: memory.at,
        stage: memory.stage,
    });
    memory.at += 1;
    memory.stage = 0;
    Decision::Act {
        thought: clause.map(|it| it.text.clone()).unwrap_or_default(),
        actions: vec![Action::AnswerDialog { accept, text }],
        memory: memory.write(),
    }
}

/// How often it has waited, or looked further, for what the present clause needs.
pub(crate) fn tries(memory: &Value) -> usize {
    let memory = Memory::read(memory);
    // What was opened in vain has to be closed, and left pages come back to.
    let tried = memory.tried.iter().filter(|it| !it.way.is_undoing());
    memory.waits.max(tried.count())
}

/// The finding of a goal whose every claim holds.
fn finding(memory: Memory, output: Option<Value>) -> Finding {
    let mut done: Vec<&str> = memory.claims.iter().map(|it| it.clause.as_str()).collect();
    // A clause that names several fields has a claim for each.
    done.dedup();
    let summary = format!("Done: {}.", done.join("; "));
    Finding {
        output,
        notes: memory.notes,
        summary: errand_domain::text::clip(&summary, 1_000),
        claims: memory.claims,
        parts: Vec::new(),
    }
}
