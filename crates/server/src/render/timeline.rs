//! The log as a tree.

use errand_api::v1;
use errand_domain::timeline::{ActionEntry, Entry, Step};

use super::{
    action::{action, effect, spent},
    count,
    event::model_called,
    long, moment,
};

pub(crate) fn entry(entry: &Entry) -> v1::TimelineEntry {
    v1::TimelineEntry {
        sequence: long(entry.sequence),
        created_at: Some(moment(entry.created_at)),
        summary: entry.summary.clone(),
        kind: entry.kind.clone(),
        content: entry
            .step
            .as_ref()
            .map(step)
            .map(v1::timeline_entry::Content::Step),
    }
}

fn step(step: &Step) -> v1::TimelineStep {
    v1::TimelineStep {
        step_id: step.step_id.to_string(),
        number: count(step.number),
        url: step.url.clone(),
        thoughts: step.thoughts.clone(),
        model_calls: step
            .model_calls
            .iter()
            .map(|call| model_called(Some(&step.step_id), call))
            .collect(),
        actions: step.actions.iter().map(done).collect(),
        artifact_ids: step.artifacts.iter().map(ToString::to_string).collect(),
        finished_at: step.finished_at.map(moment),
        spent: Some(spent(&step.spent)),
    }
}

fn done(entry: &ActionEntry) -> v1::TimelineAction {
    v1::TimelineAction {
        number: count(entry.number),
        action: Some(action(&entry.action)),
        started_at: Some(moment(entry.started_at)),
        finished_at: entry.finished_at.map(moment),
        effect: entry.effect.as_ref().map(effect),
        error: entry.error.clone().unwrap_or_default(),
        spent: Some(spent(&entry.spent)),
        description: entry.action.describe(),
    }
}
