//! The log folded into a tree: steps, and what happened in each.

use serde::{Deserialize, Serialize};

use crate::{
    Action, ArtifactId, Event, ModelCall, StepId, Timestamp,
    event::{ActionEffect, Body, TimeSpent},
};

/// One action in the timeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ActionEntry {
    /// Counts the actions of the run from 1.
    pub number: u32,
    /// What was done.
    pub action: Action,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended; absent if it is under way or its outcome is unknown.
    pub finished_at: Option<Timestamp>,
    /// What it changed.
    pub effect: Option<ActionEffect>,
    /// Why it failed.
    pub error: Option<String>,
    /// Where its time went.
    pub spent: TimeSpent,
}

/// One entry of the tree, in the order of its first event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The number of the entry's first event.
    pub sequence: u64,
    /// When that was written.
    pub created_at: Timestamp,
    /// One line for a person.
    pub summary: String,
    /// The kind of the first event.
    pub kind: String,
    /// Set for steps.
    pub step: Option<Step>,
}

/// One observe-decide-act cycle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Which step.
    pub step_id: StepId,
    /// Counts the run's steps from 1.
    pub number: u32,
    /// The URL that was observed.
    pub url: String,
    /// What the engine thought.
    pub thoughts: Vec<String>,
    /// Which models were asked, in order.
    pub model_calls: Vec<ModelCall>,
    /// What was done.
    pub actions: Vec<ActionEntry>,
    /// What was kept.
    pub artifacts: Vec<ArtifactId>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// Where its time went.
    pub spent: TimeSpent,
}

/// Folds events, in order, into the tree. Works on any consecutive part of a log.
#[must_use]
pub fn fold(events: &[Event]) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for event in events {
        let known = event.body.step_id().and_then(|id| {
            entries
                .iter_mut()
                .rev()
                .find_map(|entry| entry.step.as_mut().filter(|step| step.step_id == *id))
        });
        match known {
            Some(step) => extend(step, event),
            None => entries.push(open(event)),
        }
    }
    entries
}

fn open(event: &Event) -> Entry {
    let step = match &event.body {
        Body::StepStarted { step_id, number } => Some(Step {
            step_id: step_id.clone(),
            number: *number,
            url: String::new(),
            thoughts: Vec::new(),
            model_calls: Vec::new(),
            actions: Vec::new(),
            artifacts: Vec::new(),
            finished_at: None,
            spent: TimeSpent::default(),
        }),
        _ => None,
    };
    Entry {
        sequence: event.sequence,
        created_at: event.created_at,
        summary: event.summary.clone(),
        kind: event.body.kind().to_owned(),
        step,
    }
}

fn extend(step: &mut Step, event: &Event) {
    match &event.body {
        Body::Observed { url, .. } => step.url.clone_from(url),
        Body::Thought { text, .. } => step.thoughts.push(text.clone()),
        Body::ModelCalled { call, .. } => step.model_calls.push(call.clone()),
        Body::ActionStarted { number, action, .. } => step.actions.push(ActionEntry {
            number: *number,
            action: action.clone(),
            started_at: event.created_at,
            finished_at: None,
            effect: None,
            error: None,
            spent: TimeSpent::default(),
        }),
        Body::ActionFinished {
            number,
            error,
            effect,
            spent,
            ..
        } => {
            if let Some(entry) = step.actions.iter_mut().rfind(|it| it.number == *number) {
                entry.finished_at = Some(event.created_at);
                entry.effect = Some(effect.clone());
                entry.error.clone_from(error);
                entry.spent = *spent;
            }
        }
        Body::ArtifactCreated { artifact_id, .. } => step.artifacts.push(artifact_id.clone()),
        Body::StepFinished { spent, .. } => {
            step.finished_at = Some(event.created_at);
            step.spent = *spent;
        }
        _ => {}
    }
}
