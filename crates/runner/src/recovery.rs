//! What the next holder does with a run whose holder died.
//!
//! Rule (b): nothing outside was changed since the last checkpoint, so it is restored and the run
//! goes on. Rule (c): something was, or may have been; the run ends and the action is named.
//! Nothing outside is ever done twice.

use errand_domain::{Event, OrganizationId, RunId, event::Body};
use errand_engine::{
    Done, Resume,
    drive::{Checkpoint, is_safe},
};
use errand_store::{Error, Store};
use serde_json::Value;

/// What is done.
pub enum Rule {
    /// Start or go on.
    GoOn { resume: Box<Resume>, detail: String },
    /// End the run, naming the action.
    Interrupted { reason: String },
}

/// Events read at once.
const PAGE: u32 = 1_000;

/// Decides by the log.
pub async fn decide(
    store: &Store,
    organization: &OrganizationId,
    run_id: &RunId,
    secret: &[u8; 32],
) -> Result<Rule, Error> {
    let mut events: Vec<Event> = Vec::new();
    loop {
        let after = events.last().map_or(0, |event| event.sequence);
        let page = store.events(organization, run_id, after, PAGE).await?;
        let full = page.len() == PAGE as usize;
        events.extend(page);
        if !full {
            break;
        }
    }
    let checkpoint = read(store, run_id, secret).await?;
    let since = checkpoint.as_ref().map_or(0, |(sequence, _)| *sequence);
    if let Some(reason) = unknown(&events, since) {
        return Ok(Rule::Interrupted { reason });
    }
    Ok(match checkpoint {
        Some((sequence, checkpoint)) => {
            let detail = format!("went back to {}", checkpoint.storage.url);
            let resume = Resume {
                storage: Some(checkpoint.storage),
                memory: checkpoint.memory,
                history: history(&events, sequence),
                steps: counted(&events, |body| matches!(body, Body::StepStarted { .. })),
                actions: counted(&events, |body| matches!(body, Body::ActionStarted { .. })),
                answer: None,
            };
            Rule::GoOn {
                resume: Box::new(resume),
                detail,
            }
        }
        None => {
            let resume = Resume {
                memory: Value::Null,
                steps: counted(&events, |body| matches!(body, Body::StepStarted { .. })),
                actions: counted(&events, |body| matches!(body, Body::ActionStarted { .. })),
                ..Resume::default()
            };
            Rule::GoOn {
                resume: Box::new(resume),
                detail: "began anew".to_owned(),
            }
        }
    })
}

/// What may have been changed outside after that event, if anything.
fn unknown(events: &[Event], since: u64) -> Option<String> {
    let mut open = None;
    for event in events.iter().filter(|event| event.sequence > since) {
        match &event.body {
            Body::ActionStarted { action, number, .. } if !is_safe(action) => {
                open = Some((*number, action.describe()));
            }
            Body::ActionFinished { number, .. } => {
                open = open.filter(|(started, _)| started != number);
            }
            Body::Effect { method, url, .. } => {
                return Some(format!(
                    "{method} {url} was sent, and what came after it is not known"
                ));
            }
            _ => {}
        }
    }
    open.map(|(number, action)| {
        format!("whether action {number} ({action}) was carried out is not known")
    })
}

/// The actions up to an event, as engines see them.
fn history(events: &[Event], until: u64) -> Vec<Done> {
    let mut history = Vec::new();
    let mut started = None;
    let mut requests = 0;
    for event in events.iter().filter(|event| event.sequence <= until) {
        match &event.body {
            Body::ActionStarted { action, .. } => {
                started = Some(action.clone());
                requests = 0;
            }
            Body::Effect { .. } => requests += 1,
            Body::ActionFinished { error, effect, .. } => {
                if let Some(action) = started.take() {
                    let (error, effect) = (error.clone(), effect.clone());
                    history.push(Done {
                        action,
                        error,
                        effect,
                        outside_requests: requests,
                    });
                }
            }
            _ => {}
        }
    }
    history
}

fn counted(events: &[Event], counts: fn(&Body) -> bool) -> u32 {
    u32::try_from(events.iter().filter(|event| counts(&event.body)).count()).unwrap_or(u32::MAX)
}

async fn read(
    store: &Store,
    run_id: &RunId,
    secret: &[u8; 32],
) -> Result<Option<(u64, Checkpoint)>, Error> {
    let Some((sequence, bytes)) = store.checkpoint(run_id).await? else {
        return Ok(None);
    };
    let plain = match errand_vault::open(secret, run_id.as_str(), &bytes) {
        Ok(plain) => plain,
        Err(error) => {
            tracing::warn!(%run_id, %error, "the checkpoint can't be used");
            return Ok(None);
        }
    };
    match serde_json::from_slice(&plain) {
        Ok(checkpoint) => Ok(Some((sequence, checkpoint))),
        Err(error) => {
            tracing::warn!(%run_id, %error, "the checkpoint can't be read");
            Ok(None)
        }
    }
}
