//! OpenAI's `responses`, without state at the provider: every request carries the whole
//! conversation, so that any replica can go on with it.

use serde_json::{Map, Value, json};

use super::{Format, Heard, Unheard, count, keys, string, texts};
use crate::{
    Image, Kind, Message, Part, Raw, Request, Stop, Turn, Usage, Want,
    answer::{self, Written},
    schema::is_strict,
    settings::{ComputerTool, Profile},
};

pub fn encode(request: &Request, profile: &Profile, max_tokens: u64) -> Value {
    let mut body = Map::new();
    body.insert("model".to_owned(), json!(profile.model));
    if !request.system.is_empty() {
        body.insert("instructions".to_owned(), json!(request.system));
    }
    let mut tools: Vec<Value> = request
        .tools
        .iter()
        .map(|tool| {
            let schema = tool.schema.as_object();
            let strict = profile.strict && is_strict(&schema);
            json!({
                "type": "function",
                "name": tool.name,
                "description": tool.description,
                "parameters": schema,
                "strict": strict,
            })
        })
        .collect();
    if let Some(display) = request.computer {
        tools.push(match profile.computer_tool {
            ComputerTool::ComputerUsePreview => json!({
                "type": "computer_use_preview",
                "display_width": display.width,
                "display_height": display.height,
                "environment": "browser",
            }),
            _ => json!({"type": "computer"}),
        });
        body.insert("truncation".to_owned(), json!("auto"));
    }
    if !tools.is_empty() {
        body.insert("tools".to_owned(), json!(tools));
    }
    let mut input = Vec::new();
    for message in &request.messages {
        match message {
            Message::User(parts) => user(parts, &mut input),
            Message::Assistant(turn) => assistant(turn, &mut input),
        }
    }
    body.insert("input".to_owned(), json!(input));
    match &request.want {
        Want::Free => {}
        Want::AnyTool => {
            body.insert("tool_choice".to_owned(), json!("required"));
        }
        Want::Tool(name) => {
            let choice = json!({"type": "function", "name": name});
            body.insert("tool_choice".to_owned(), choice);
        }
        Want::Json { name, schema } => {
            let schema = schema.as_object();
            let strict = profile.strict && is_strict(&schema);
            let format = json!({
                "type": "json_schema",
                "name": name,
                "schema": schema,
                "strict": strict,
            });
            body.insert("text".to_owned(), json!({ "format": format }));
            if !tools.is_empty() {
                body.insert("tool_choice".to_owned(), json!("none"));
            }
        }
    }
    body.insert("max_output_tokens".to_owned(), json!(max_tokens));
    if let Some(effort) = profile.effort {
        body.insert("reasoning".to_owned(), json!({ "effort": effort }));
    }
    if let Some(temperature) = profile.temperature {
        body.insert("temperature".to_owned(), json!(temperature));
    }
    // Nothing stays with the provider, so its thoughts travel along, encrypted.
    body.insert("store".to_owned(), json!(false));
    body.insert("include".to_owned(), json!(["reasoning.encrypted_content"]));
    Value::Object(body)
}

fn user(parts: &[Part], input: &mut Vec<Value>) {
    let mut rest = Vec::new();
    for part in parts {
        match part {
            Part::Text(words) if words.is_empty() => {}
            Part::Text(words) => rest.push(text(words)),
            Part::Image(image) => rest.push(picture(image)),
            Part::Result(result) => {
                let has_images = result.content.iter().any(|it| matches!(it, Part::Image(_)));
                let mut words = texts(&result.content);
                if result.failed {
                    words = format!("failed: {words}");
                }
                let output = if has_images {
                    let images = result.content.iter().filter_map(|it| match it {
                        Part::Image(image) => Some(picture(image)),
                        _ => None,
                    });
                    let all: Vec<Value> = [text(&words)].into_iter().chain(images).collect();
                    json!(all)
                } else {
                    json!(words)
                };
                input.push(json!({
                    "type": "function_call_output",
                    "call_id": result.call_id,
                    "output": output,
                }));
            }
            Part::Screen(screen) => {
                let mut item = json!({
                    "type": "computer_call_output",
                    "call_id": screen.call_id,
                    "output": {
                        "type": "computer_screenshot",
                        "image_url": screen.screenshot.data_url(),
                    },
                });
                if !screen.acknowledged.is_empty() {
                    item["acknowledged_safety_checks"] = json!(screen.acknowledged);
                }
                input.push(item);
                rest.extend(screen.note.iter().map(|note| text(note)));
            }
        }
    }
    if !rest.is_empty() {
        input.push(json!({"type": "message", "role": "user", "content": rest}));
    }
}

fn text(words: &str) -> Value {
    json!({"type": "input_text", "text": words})
}

fn picture(image: &Image) -> Value {
    json!({"type": "input_image", "image_url": image.data_url(), "detail": "auto"})
}

fn assistant(turn: &Turn, input: &mut Vec<Value>) {
    if let Some(raw) = turn.raw.as_ref().filter(|it| it.wire == Format::Responses)
        && let Some(items) = raw.content.as_array()
    {
        input.extend(items.iter().cloned());
        return;
    }
    if !turn.text.is_empty() {
        input.push(json!({"role": "assistant", "content": turn.text}));
    }
    input.extend(turn.calls.iter().map(|call| {
        json!({
            "type": "function_call",
            "call_id": call.id,
            "name": call.name,
            "arguments": call.arguments(),
        })
    }));
}

pub fn usage(body: &Value) -> Option<Usage> {
    let usage = body.get("usage")?;
    Some(Usage {
        input: count(usage, "/input_tokens")?,
        cached_input: count(usage, "/input_tokens_details/cached_tokens").unwrap_or(0),
        cache_write: count(usage, "/input_tokens_details/cache_write_tokens").unwrap_or(0),
        output: count(usage, "/output_tokens").unwrap_or(0),
        estimated: false,
    })
}

pub fn decode(body: &Value, request: &Request) -> Result<Heard, Unheard> {
    let items = body.get("output").and_then(Value::as_array);
    let items = items.ok_or_else(|| Unheard::shape("output"))?;
    let incomplete = body
        .pointer("/incomplete_details/reason")
        .and_then(Value::as_str);
    let cut = incomplete == Some("max_output_tokens");
    let mut turn = Turn::default();
    let mut refusal = None;
    for item in items {
        match string(item, "type").as_str() {
            "message" => {
                let parts = item.get("content").and_then(Value::as_array);
                for part in parts.into_iter().flatten() {
                    match string(part, "type").as_str() {
                        "output_text" => turn.text.push_str(&string(part, "text")),
                        "refusal" => refusal = Some(string(part, "refusal")),
                        _ => {}
                    }
                }
            }
            "function_call" => {
                let (id, name) = (string(item, "call_id"), string(item, "name"));
                let arguments = string(item, "arguments");
                let written = Written::Text(&arguments);
                turn.calls
                    .push(answer::call(id, name, written, &request.tools, cut));
            }
            "computer_call" => turn.computer.push(keys::openai(item)),
            _ => {}
        }
    }
    if refusal.is_some() || incomplete == Some("content_filter") {
        return Err(Unheard::new(Kind::Refused, refusal.unwrap_or_default()));
    }
    let stop = match incomplete {
        Some("max_output_tokens") => Stop::MaxTokens,
        Some(_) => Stop::Other,
        None if !turn.calls.is_empty() || !turn.computer.is_empty() => Stop::Calls,
        None => Stop::End,
    };
    let json = super::json(&request.want, &turn.text, stop);
    let plain = |item: &Value| {
        let kind = string(item, "type");
        kind == "message" || kind == "function_call"
    };
    if !items.iter().all(plain) {
        turn.raw = Some(Raw {
            wire: Format::Responses,
            content: json!(items),
        });
    }
    Ok(Heard { turn, json, stop })
}
