//! Entries of a run's log.

use bytes::Bytes;
use errand_api::v1::{self, run_event::Body as Kind};
use errand_domain::{Body, Event, ModelCall, StepId, event::Claim};

use super::{
    action::{action, effect, spent},
    count, long, milliseconds, moment, optional,
    run::{category, downloaded, pause_kind, run_error, status, task_request},
};

/// An event; `with_json` adds the text that the hash covers.
pub(crate) fn event(event: &Event, with_json: bool) -> v1::RunEvent {
    v1::RunEvent {
        run_id: event.run_id.to_string(),
        sequence: long(event.sequence),
        kind: event.body.kind().to_owned(),
        version: count(event.version),
        created_at: Some(moment(event.created_at)),
        summary: event.summary.clone(),
        hash: Bytes::copy_from_slice(&event.hash),
        previous_hash: Bytes::copy_from_slice(&event.previous_hash),
        body_json: if with_json {
            event.body_json.clone()
        } else {
            String::new()
        },
        body: body(&event.body),
    }
}

fn body(body: &Body) -> Option<Kind> {
    life(body).or_else(|| step(body)).or_else(|| result(body))
}

/// What moves the run, and what it runs in.
fn life(body: &Body) -> Option<Kind> {
    Some(match body {
        Body::RunCreated {
            request,
            engine,
            engine_reason,
            retry_of,
        } => Kind::RunCreated(v1::RunCreated {
            request: Some(Box::new(task_request(request))),
            engine: engine.clone(),
            engine_reason: engine_reason.clone(),
            retry_of: optional(retry_of.as_ref()),
        }),
        Body::RunQueued { reason } => Kind::RunQueued(v1::RunQueued {
            reason: reason.clone(),
        }),
        Body::RunStarted { attempt, holder } => Kind::RunStarted(v1::RunStarted {
            attempt: count(*attempt),
            holder: holder.clone(),
        }),
        Body::RunPaused(pause) => Kind::RunPaused(v1::RunPaused {
            reason: pause.reason.clone(),
            deadline: pause.deadline.map(moment),
            kind: pause_kind(pause.wants).into(),
        }),
        Body::RunTitled { title } => Kind::RunTitled(v1::RunTitled {
            title: title.clone(),
        }),
        Body::RunResumed { reason } => Kind::RunResumed(v1::RunResumed {
            reason: reason.clone(),
        }),
        Body::RunFinished {
            state,
            failure,
            errors,
            summary,
        } => Kind::RunFinished(v1::RunFinished {
            status: status(*state).into(),
            failure_category: failure
                .as_ref()
                .map_or(v1::FailureCategory::Unspecified, |it| category(it.category))
                .into(),
            failure_reason: failure
                .as_ref()
                .map(|it| it.reason.clone())
                .unwrap_or_default(),
            errors: errors.iter().map(run_error).collect(),
            summary: summary.clone().unwrap_or_default(),
        }),
        Body::BrowserStarted {
            browser,
            version,
            viewport: [width, height],
            user_agent,
        } => Kind::BrowserStarted(v1::BrowserStarted {
            browser: browser.clone(),
            version: version.clone(),
            viewport_width: count(*width),
            viewport_height: count(*height),
            user_agent: user_agent.clone(),
        }),
        Body::Degraded { feature, reason } => Kind::Degraded(v1::Degraded {
            feature: feature.clone(),
            reason: reason.clone(),
        }),
        Body::Recovered { rule, detail } => Kind::Recovered(v1::Recovered {
            rule: rule.clone(),
            detail: detail.clone(),
        }),
        Body::CommandReceived { command, detail } => Kind::CommandReceived(v1::CommandReceived {
            command: command.clone(),
            detail: detail.clone(),
        }),
        _ => return None,
    })
}

/// What happens within a step.
fn step(body: &Body) -> Option<Kind> {
    Some(match body {
        Body::StepStarted { step_id, number } => Kind::StepStarted(v1::StepStarted {
            step_id: step_id.to_string(),
            number: count(*number),
        }),
        Body::Observed {
            step_id,
            url,
            title,
            elements,
            fingerprint,
        } => Kind::Observed(v1::Observed {
            step_id: step_id.to_string(),
            url: url.clone(),
            title: title.clone(),
            elements: count(*elements),
            fingerprint: fingerprint.clone(),
        }),
        Body::Thought { step_id, text } => Kind::Thought(v1::Thought {
            step_id: step_id.to_string(),
            text: text.clone(),
        }),
        Body::ModelCalled { step_id, call } => {
            Kind::ModelCalled(model_called(step_id.as_ref(), call))
        }
        Body::Memory { step_id, memory } => Kind::Memory(v1::Memory {
            step_id: step_id.to_string(),
            memory: memory.to_string(),
        }),
        Body::ActionStarted {
            step_id,
            number,
            action: what,
            url,
            fingerprint,
        } => Kind::ActionStarted(v1::ActionStarted {
            step_id: step_id.to_string(),
            number: count(*number),
            action: Some(action(what)),
            url: url.clone(),
            fingerprint: fingerprint.clone(),
            description: what.describe(),
        }),
        Body::ActionFinished {
            step_id,
            number,
            error,
            effect: changed,
            spent: time,
        } => Kind::ActionFinished(v1::ActionFinished {
            step_id: step_id.to_string(),
            number: count(*number),
            error: error.clone().unwrap_or_default(),
            effect: Some(effect(changed)),
            spent: Some(spent(time)),
        }),
        Body::StepFinished {
            step_id,
            number,
            spent: time,
        } => Kind::StepFinished(v1::StepFinished {
            step_id: step_id.to_string(),
            number: count(*number),
            spent: Some(spent(time)),
        }),
        _ => return None,
    })
}

/// What the run leaves, here and outside.
fn result(body: &Body) -> Option<Kind> {
    Some(match body {
        Body::Effect {
            method,
            url,
            action_number,
        } => Kind::Effect(v1::Effect {
            method: method.clone(),
            url: url.clone(),
            action_number: count(*action_number),
        }),
        Body::CheckpointSaved {
            url,
            cookies,
            bytes,
        } => Kind::CheckpointSaved(v1::CheckpointSaved {
            url: url.clone(),
            cookies: count(*cookies),
            bytes: long(*bytes),
        }),
        Body::ArtifactCreated {
            artifact_id,
            artifact_type,
            step_id,
            content_type,
            size,
        } => Kind::ArtifactCreated(v1::ArtifactCreated {
            artifact_id: artifact_id.to_string(),
            artifact_type: artifact_type.clone(),
            step_id: optional(step_id.as_ref()),
            content_type: content_type.clone(),
            file_size: long(*size),
        }),
        Body::Downloaded { file } => Kind::Downloaded(v1::Downloaded {
            file: Some(downloaded(file, None)),
        }),
        Body::OutputPart {
            part,
            text,
            artifact_id,
            notes,
        } => Kind::OutputPart(v1::OutputPart {
            part: count(*part),
            text: text.clone(),
            artifact_id: optional(artifact_id.as_ref()),
            notes: notes.clone(),
        }),
        Body::Verified { claims } => Kind::Verified(v1::Verified {
            claims: claims.iter().map(claim).collect(),
        }),
        _ => return None,
    })
}

pub(crate) fn model_called(step_id: Option<&StepId>, call: &ModelCall) -> v1::ModelCalled {
    v1::ModelCalled {
        step_id: optional(step_id),
        role: call.role.clone(),
        model: call.model.clone(),
        input_tokens: long(call.input_tokens),
        cached_input_tokens: long(call.cached_input_tokens),
        output_tokens: long(call.output_tokens),
        cost_micros: call.cost_micros.map(long),
        duration: Some(milliseconds(call.duration_ms)),
        tries: count(call.tries),
        error: call.error.clone().unwrap_or_default(),
    }
}

fn claim(claim: &Claim) -> v1::Claim {
    v1::Claim {
        clause: claim.clause.clone(),
        holds: claim.holds,
        evidence: claim.evidence.clone(),
        seen: claim.seen.clone(),
    }
}
