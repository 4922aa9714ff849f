//! OpenAI's `chat/completions`, as everybody speaks it.

use serde_json::{Map, Value, json};

use super::{Format, Heard, Unheard, count, string, texts};
use crate::{
    Image, Kind, Message, Part, Raw, Request, Stop, Turn, Usage, Want,
    answer::{self, Written},
    schema::is_strict,
    settings::Profile,
};

pub fn encode(request: &Request, profile: &Profile, max_tokens: u64) -> Value {
    let mut body = Map::new();
    body.insert("model".to_owned(), json!(profile.model));
    if !request.tools.is_empty() {
        let tools: Vec<Value> = request
            .tools
            .iter()
            .map(|tool| {
                let schema = tool.schema.as_object();
                let mut function = json!({
                    "name": tool.name,
                    "description": tool.description,
                    "parameters": schema,
                });
                if profile.strict && is_strict(&schema) {
                    function["strict"] = json!(true);
                }
                json!({"type": "function", "function": function})
            })
            .collect();
        body.insert("tools".to_owned(), json!(tools));
    }
    let mut messages = Vec::new();
    if !request.system.is_empty() {
        messages.push(json!({"role": "system", "content": request.system}));
    }
    for message in &request.messages {
        match message {
            Message::User(parts) => user(parts, &mut messages),
            Message::Assistant(turn) => messages.push(assistant(turn, profile)),
        }
    }
    body.insert("messages".to_owned(), json!(messages));
    match &request.want {
        Want::Free => {}
        Want::AnyTool => {
            body.insert("tool_choice".to_owned(), json!("required"));
        }
        Want::Tool(name) => {
            let choice = json!({"type": "function", "function": {"name": name}});
            body.insert("tool_choice".to_owned(), choice);
        }
        Want::Json { name, schema } => {
            let schema = schema.as_object();
            let strict = profile.strict && is_strict(&schema);
            let format = json!({
                "type": "json_schema",
                "json_schema": {"name": name, "schema": schema, "strict": strict},
            });
            body.insert("response_format".to_owned(), format);
            // Tools stay listed, for they are part of what is cached.
            if !request.tools.is_empty() {
                body.insert("tool_choice".to_owned(), json!("none"));
            }
        }
    }
    body.insert(
        profile.max_tokens_field.as_str().to_owned(),
        json!(max_tokens),
    );
    if let Some(effort) = profile.effort {
        body.insert("reasoning_effort".to_owned(), json!(effort));
    }
    if let Some(temperature) = profile.temperature {
        body.insert("temperature".to_owned(), json!(temperature));
    }
    Value::Object(body)
}

/// Results are messages of their own; images can't be in them, so they follow.
fn user(parts: &[Part], messages: &mut Vec<Value>) {
    let mut rest: Vec<Value> = Vec::new();
    let mut images = 0;
    for part in parts {
        match part {
            Part::Result(result) => {
                let mut content = texts(&result.content);
                if result.failed {
                    content = format!("failed: {content}");
                }
                messages.push(json!({
                    "role": "tool",
                    "tool_call_id": result.call_id,
                    "content": content,
                }));
                for part in &result.content {
                    if let Part::Image(image) = part {
                        rest.push(picture(image));
                        images += 1;
                    }
                }
            }
            Part::Screen(screen) => {
                rest.extend(screen.note.iter().map(|note| text(note)));
                rest.push(picture(&screen.screenshot));
                images += 1;
            }
            Part::Image(image) => {
                rest.push(picture(image));
                images += 1;
            }
            Part::Text(words) if words.is_empty() => {}
            Part::Text(words) => rest.push(text(words)),
        }
    }
    if rest.is_empty() {
        return;
    }
    // Text alone goes as a string: some servers take nothing else.
    let content = if images == 0 {
        json!(texts(parts))
    } else {
        json!(rest)
    };
    messages.push(json!({"role": "user", "content": content}));
}

fn text(words: &str) -> Value {
    json!({"type": "text", "text": words})
}

fn picture(image: &Image) -> Value {
    json!({"type": "image_url", "image_url": {"url": image.data_url(), "detail": "auto"}})
}

fn assistant(turn: &Turn, profile: &Profile) -> Value {
    let mut message = Map::new();
    message.insert("role".to_owned(), json!("assistant"));
    let content = if turn.text.is_empty() {
        Value::Null
    } else {
        json!(turn.text)
    };
    message.insert("content".to_owned(), content);
    if !turn.calls.is_empty() {
        let mut calls: Vec<Value> = turn
            .calls
            .iter()
            .map(|call| {
                json!({
                    "id": call.id,
                    "type": "function",
                    "function": {"name": call.name, "arguments": call.arguments()},
                })
            })
            .collect();
        // Google's word for a call that another model made, or whose signature was not kept.
        if profile.is_google() {
            calls[0]["extra_content"] =
                json!({"google": {"thought_signature": "skip_thought_signature_validator"}});
        }
        message.insert("tool_calls".to_owned(), json!(calls));
    }
    if let Some(raw) = turn.raw.as_ref().filter(|it| it.wire == Format::Chat)
        && let Some(fields) = raw.content.as_object()
    {
        message.extend(fields.clone());
    }
    Value::Object(message)
}

pub fn usage(body: &Value) -> Option<Usage> {
    let usage = body.get("usage")?;
    Some(Usage {
        input: count(usage, "/prompt_tokens")?,
        cached_input: count(usage, "/prompt_tokens_details/cached_tokens")
            .or_else(|| count(usage, "/prompt_cache_hit_tokens"))
            .unwrap_or(0),
        cache_write: count(usage, "/prompt_tokens_details/cache_write_tokens").unwrap_or(0),
        output: count(usage, "/completion_tokens").unwrap_or(0),
        estimated: false,
    })
}

pub fn decode(body: &Value, request: &Request) -> Result<Heard, Unheard> {
    let choice = body
        .pointer("/choices/0")
        .ok_or_else(|| Unheard::shape("choices"))?;
    let message = choice
        .get("message")
        .ok_or_else(|| Unheard::shape("message"))?;
    let text = content(message);
    // Thoughts that a server leaves in the text are none of the answer.
    let text = answer::after_thoughts(&text).trim_start().to_owned();
    let refusal = string(message, "refusal");
    let finish = string(choice, "finish_reason");
    if !refusal.is_empty() || finish == "content_filter" {
        return Err(Unheard::new(
            Kind::Refused,
            if refusal.is_empty() { text } else { refusal },
        ));
    }
    let written = message.get("tool_calls").and_then(Value::as_array);
    let written = written.map(Vec::as_slice).unwrap_or_default();
    let stop = match finish.as_str() {
        "length" => Stop::MaxTokens,
        _ if !written.is_empty() => Stop::Calls,
        "stop" => Stop::End,
        _ => Stop::Other,
    };
    let cut = stop == Stop::MaxTokens;
    let calls = written
        .iter()
        .enumerate()
        .map(|(index, call)| {
            let function = call.get("function").unwrap_or(&Value::Null);
            let arguments = match function.get("arguments") {
                Some(Value::String(text)) => Written::Text(text),
                Some(Value::Null) | None => Written::Text(""),
                Some(other) => Written::Value(other.clone()),
            };
            // Some servers give no ids.
            let id = Some(string(call, "id")).filter(|it| !it.is_empty());
            let id = id.unwrap_or_else(|| answer::new_id(request, index));
            answer::call(id, string(function, "name"), arguments, &request.tools, cut)
        })
        .collect();
    let json = super::json(&request.want, &text, stop);
    let raw = raw(message, written);
    Ok(Heard {
        turn: Turn {
            text,
            calls,
            computer: Vec::new(),
            raw,
        },
        json,
        stop,
    })
}

/// The text, which some servers give in parts.
fn content(message: &Value) -> String {
    match message.get("content") {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(parts)) => parts.iter().map(|it| string(it, "text")).collect(),
        _ => String::new(),
    }
}

/// What some providers want back besides: thoughts (OpenRouter), signatures of calls (Gemini).
fn raw(message: &Value, calls: &[Value]) -> Option<Raw> {
    let mut kept = Map::new();
    if let Some(details) = message.get("reasoning_details").filter(|it| !it.is_null()) {
        kept.insert("reasoning_details".to_owned(), details.clone());
    }
    let has_more = |call: &Value| {
        let known = ["id", "type", "function", "index"];
        let fields = call.as_object();
        fields.is_some_and(|it| it.keys().any(|key| !known.contains(&key.as_str())))
    };
    if calls.iter().any(has_more) {
        kept.insert("tool_calls".to_owned(), json!(calls));
    }
    (!kept.is_empty()).then_some(Raw {
        wire: Format::Chat,
        content: Value::Object(kept),
    })
}
