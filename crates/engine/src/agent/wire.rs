//! What was said to a model and what it said, as artifacts.

use bytes::Bytes;
use errand_domain::port::{ArtifactDraft, ArtifactSink, EventSink};
use errand_llm::{Call, Message, Part, Request, Role};
use serde_json::json;

/// Keeps one call. Evidence is never fatal.
pub async fn keep(
    _events: &dyn EventSink,
    artifacts: &dyn ArtifactSink,
    role: Role,
    request: &Request,
    call: &Call,
) {
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
