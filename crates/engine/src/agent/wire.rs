//! What was said to a model and what it said, as artifacts; what it took, in the log.

use std::{collections::HashSet, sync::Mutex};

use bytes::Bytes;
use errand_domain::{
    Draft, ModelCall,
    event::Body,
    port::{ArtifactDraft, ArtifactSink, EventSink},
    text::clip,
};
use errand_llm::{Call, Image, Message, Part, Request, Role};
use serde_json::json;

/// Pictures that were kept already, by their checksums: what is sent again is not kept again.
pub type Kept = Mutex<HashSet<String>>;

/// Keeps one call. Evidence is never fatal.
pub async fn keep(
    events: &dyn EventSink,
    artifacts: &dyn ArtifactSink,
    kept: &Kept,
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
    let pictures = pictures(request);
    for (_, name, file) in &pictures {
        let is_new = kept.lock().is_ok_and(|mut it| it.insert(name.clone()));
        if is_new {
            let draft = ArtifactDraft {
                artifact_type: "screenshot_llm",
                step_id: None,
                content_type: "image/png",
                filename: name.clone(),
                content: file.clone(),
            };
            if let Err(error) = artifacts.keep(draft).await {
                tracing::warn!(%error, "a picture for a model was not kept");
            }
        }
    }
    if !call.tries.is_empty() {
        files.push(("llm_prompt", "text/plain", Bytes::from(prompt(request))));
    }
    for tried in &call.tries {
        let sent = without(&tried.request, &pictures);
        files.push(("llm_request", "application/json", sent));
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

/// The pictures of a request: how each is written in it, what it is called as a file, the file.
fn pictures(request: &Request) -> Vec<(&str, String, Bytes)> {
    fn all<'p>(parts: &'p [Part], found: &mut Vec<&'p Image>) {
        for part in parts {
            match part {
                Part::Text(_) => {}
                Part::Image(image) => found.push(image),
                Part::Screen(screen) => found.push(&screen.screenshot),
                Part::Result(result) => all(&result.content, found),
            }
        }
    }
    let mut found = Vec::new();
    for message in &request.messages {
        if let Message::User(parts) = message {
            all(parts, &mut found);
        }
    }
    found.dedup();
    let named = found.into_iter().filter_map(|image| {
        let file = Bytes::from(image.file()?);
        let name = format!("{}.png", &errand_domain::log::sha256(&file)[..16]);
        Some((image.base64.as_str(), name, file))
    });
    named.collect()
}

/// A body with the names of its pictures in their place.
fn without(body: &Bytes, pictures: &[(&str, String, Bytes)]) -> Bytes {
    if pictures.is_empty() {
        return body.clone();
    }
    let mut text = String::from_utf8_lossy(body).into_owned();
    for (written, name, _) in pictures {
        text = text.replace(written, name);
    }
    Bytes::from(text)
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
