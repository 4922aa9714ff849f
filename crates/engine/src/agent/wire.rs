//! What was said to a model and what it said, as artifacts; what it took, in the log.

use bytes::Bytes;
use errand_domain::{
    Draft, ModelCall,
    event::Body,
    port::{ArtifactDraft, ArtifactSink, EventSink},
    text::clip,
};
use errand_llm::{Call, Message, Part, Request, Role};
use serde_json::json;

/// Keeps one call. Evidence is never fatal.
pub async fn keep(
    events: &dyn EventSink,
    artifacts: &dyn ArtifactSink,
    role: Role,
    request: &Request,
    call: &Call,
) {
    let called = described(role, call);
    let draft = Draft::new(
        called.describe(),
        Body::ModelCalled {
            step_id: None,
            call: called,
        },
    );
    if let Err(error) = events.append(vec![draft]).await {
        // The loop's own events will say so too, and end the run.
        tracing::warn!(%error, "a call of a model was not logged");
        return;
    }
    let mut files: Vec<(&'static str, &'static str, Bytes)> = Vec::new();
    if !call.tries.is_empty() {
        files.push(("llm_prompt", "text/plain", Bytes::from(prompt(request))));
    }
    for tried in &call.tries {
        files.push(("llm_request", "application/json", tried.request.clone()));
        if !tried.response.is_empty() {
            files.push(("llm_response", "application/json", tried.response.clone()));
        }
    }
    if let Ok(reply) = &call.answer {
        let parsed = json!({
            "model": reply.model,
            "turn": reply.turn,
            "json": reply.json,
            "fault": reply.fault().map(ToString::to_string),
        });
        files.push((
            "llm_response_parsed",
            "application/json",
            Bytes::from(parsed.to_string()),
        ));
    }
    for (artifact_type, content_type, content) in files {
        let ending = if content_type == "text/plain" {
            "txt"
        } else {
            "json"
        };
        let draft = ArtifactDraft {
            artifact_type,
            step_id: None,
            content_type,
            filename: format!("{}-{artifact_type}.{ending}", role.as_str()),
            content,
        };
        if let Err(error) = artifacts.keep(draft).await {
            tracing::warn!(%error, "the traffic with a model was not kept");
            return;
        }
    }
}

/// The conversation for a person to read.
fn prompt(request: &Request) -> String {
    let mut text = format!("# system\n{}\n", request.system);
    for message in &request.messages {
        match message {
            Message::User(parts) => {
                text.push_str("\n# user\n");
                for part in parts {
                    written(part, &mut text);
                }
            }
            Message::Assistant(turn) => {
                text.push_str("\n# model\n");
                text.push_str(&turn.text);
                for call in &turn.calls {
                    let input = call
                        .input
                        .as_ref()
                        .map_or_else(|fault| fault.written().to_owned(), ToString::to_string);
                    text.push_str(&format!("\n{} {input}", call.name));
                }
                text.push('\n');
            }
        }
    }
    text
}

fn written(part: &Part, text: &mut String) {
    match part {
        Part::Text(it) => text.push_str(it),
        Part::Image(_) | Part::Screen(_) => text.push_str("(a picture)"),
        Part::Result(result) => {
            for inner in &result.content {
                written(inner, text);
            }
        }
    }
    text.push('\n');
}

fn described(role: Role, call: &Call) -> ModelCall {
    let usage = call.usage();
    let answered = call.answer.as_ref().map(|it| it.model.clone());
    let asked = call.tries.last().map(|it| it.model.clone());
    let took: u128 = call
        .tries
        .iter()
        .map(|it| (it.waited + it.took).as_millis())
        .sum();
    ModelCall {
        role: role.as_str().to_owned(),
        model: answered.ok().or(asked).unwrap_or_default(),
        input_tokens: usage.input,
        cached_input_tokens: usage.cached_input,
        output_tokens: usage.output,
        cost_micros: call.cost().map(errand_llm::Cost::micros),
        duration_ms: u64::try_from(took).unwrap_or(u64::MAX),
        tries: u32::try_from(call.tries.len()).unwrap_or(u32::MAX),
        error: call
            .answer
            .as_ref()
            .err()
            .map(|it| clip(&it.to_string(), 500)),
    }
}
