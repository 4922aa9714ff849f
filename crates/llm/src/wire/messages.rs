//! Anthropic's `messages`.

use serde_json::{Map, Value, json};

use super::{Format, Heard, Unheard, count, keys, string, texts};
use crate::{
    Image, Kind, Message, Part, Raw, Request, Stop, Turn, Usage, Want,
    answer::{self, Written},
    settings::{ComputerTool, Profile},
};

type Header = (&'static str, &'static str);

pub fn encode(request: &Request, profile: &Profile, max_tokens: u64) -> (Value, Option<Header>) {
    let mut body = Map::new();
    let mut header = None;
    body.insert("model".to_owned(), json!(profile.model));
    body.insert("max_tokens".to_owned(), json!(max_tokens));
    let mut tools: Vec<Value> = request
        .tools
        .iter()
        .map(|tool| {
            json!({
                "name": tool.name,
                "description": tool.description,
                "input_schema": tool.schema.as_object(),
            })
        })
        .collect();
    if let Some(display) = request.computer {
        let single = match profile.computer_tool {
            ComputerTool::ComputerToolset20260801 => None,
            ComputerTool::Computer20251124 => {
                Some(("computer_20251124", "computer-use-2025-11-24"))
            }
            _ => Some(("computer_20250124", "computer-use-2025-01-24")),
        };
        tools.push(match single {
            Some((version, _)) => json!({
                "type": version,
                "name": "computer",
                "display_width_px": display.width,
                "display_height_px": display.height,
            }),
            // It takes the screen's size from the screenshots.
            None => json!({
                "type": "computer_toolset_20260801",
                // There is one picture for each answer.
                "configs": {"zoom": {"enabled": false}},
            }),
        });
        header = single.map(|(_, beta)| ("anthropic-beta", beta));
    }
    let binds = profile.capabilities.tool_choice;
    let mut output = Map::new();
    if let Some(effort) = profile.effort {
        output.insert("effort".to_owned(), json!(effort));
    }
    if let Want::Json { schema, .. } = &request.want
        && !binds
    {
        let format = json!({"type": "json_schema", "schema": schema.as_object()});
        output.insert("format".to_owned(), format);
    }
    if !output.is_empty() {
        body.insert("output_config".to_owned(), Value::Object(output));
    }
    if let Want::Json { name, schema } = &request.want
        && binds
    {
        tools.push(json!({
            "name": name,
            "description": "Takes the answer.",
            "input_schema": schema.as_object(),
        }));
    }
    match &request.want {
        Want::Free => {}
        Want::Json { .. } if !binds => {}
        Want::AnyTool => {
            body.insert("tool_choice".to_owned(), json!({"type": "any"}));
        }
        Want::Tool(name) | Want::Json { name, .. } => {
            body.insert(
                "tool_choice".to_owned(),
                json!({"type": "tool", "name": name}),
            );
        }
    }
    // Tools come before the system prompt in what is cached, so that one mark is for both.
    if request.system.is_empty() {
        if let Some(last) = tools.last_mut() {
            mark(last);
        }
    } else {
        let mut system = json!({"type": "text", "text": request.system});
        mark(&mut system);
        body.insert("system".to_owned(), json!([system]));
    }
    if !tools.is_empty() {
        body.insert("tools".to_owned(), json!(tools));
    }
    body.insert(
        "messages".to_owned(),
        json!(conversation(&request.messages)),
    );
    (Value::Object(body), header)
}

fn mark(block: &mut Value) {
    block["cache_control"] = json!({"type": "ephemeral"});
}

/// Sides take turns here, results come first in ours, and the last block is marked: what was said
/// up to it is in the cache at the next call.
fn conversation(messages: &[Message]) -> Vec<Value> {
    let mut turns: Vec<(&'static str, Vec<Value>)> = Vec::new();
    for message in messages {
        let (role, blocks) = match message {
            Message::User(parts) => ("user", user(parts)),
            Message::Assistant(turn) => ("assistant", assistant(turn)),
        };
        match turns.last_mut() {
            Some((last, all)) if *last == role => all.extend(blocks),
            _ => turns.push((role, blocks)),
        }
    }
    turns.retain(|(_, blocks)| !blocks.is_empty());
    let last = turns.iter_mut().rfind(|(role, _)| *role == "user");
    if let Some(block) = last.and_then(|(_, blocks)| blocks.last_mut()) {
        mark(block);
    }
    turns
        .into_iter()
        .map(|(role, blocks)| json!({"role": role, "content": blocks}))
        .collect()
}

fn user(parts: &[Part]) -> Vec<Value> {
    let is_result = |it: &&Part| matches!(it, Part::Result(_) | Part::Screen(_));
    let results = parts.iter().filter(is_result);
    let others = parts.iter().filter(|it| !is_result(it));
    results.chain(others).filter_map(block).collect()
}

fn block(part: &Part) -> Option<Value> {
    let block = match part {
        // Empty ones are refused.
        Part::Text(words) if words.trim().is_empty() => return None,
        Part::Text(words) => text(words),
        Part::Image(image) => picture(image),
        Part::Result(result) => {
            let inner = result.content.iter();
            let inner = inner.filter(|it| matches!(it, Part::Text(_) | Part::Image(_)));
            let content: Vec<Value> = inner.filter_map(block).collect();
            let mut block = json!({
                "type": "tool_result",
                "tool_use_id": result.call_id,
                "content": content,
            });
            if result.failed {
                block["is_error"] = json!(true);
                if texts(&result.content).is_empty() {
                    block["content"] = json!([text("failed")]);
                }
            }
            block
        }
        Part::Screen(screen) => {
            let note = screen.note.iter().map(|note| text(note));
            let content: Vec<Value> = note.chain([picture(&screen.screenshot)]).collect();
            json!({"type": "tool_result", "tool_use_id": screen.call_id, "content": content})
        }
    };
    Some(block)
}

fn text(words: &str) -> Value {
    json!({"type": "text", "text": words})
}

fn picture(image: &Image) -> Value {
    json!({
        "type": "image",
        "source": {
            "type": "base64",
            "media_type": image.media.as_str(),
            "data": image.base64,
        },
    })
}

fn assistant(turn: &Turn) -> Vec<Value> {
    if let Some(raw) = turn.raw.as_ref().filter(|it| it.wire == Format::Messages)
        && let Some(blocks) = raw.content.as_array()
    {
        return blocks.clone();
    }
    let mut blocks = Vec::new();
    if !turn.text.trim().is_empty() {
        blocks.push(text(&turn.text));
    }
    blocks.extend(turn.calls.iter().map(|call| {
        // An object is all that is taken, so what is none goes as text in one.
        let input = match &call.input {
            Ok(input) if input.is_object() => input.clone(),
            Ok(other) => json!({ "value": other }),
            Err(fault) => match serde_json::from_str(fault.written()) {
                Ok(Value::Object(fields)) => Value::Object(fields),
                _ => json!({"written": fault.written()}),
            },
        };
        json!({"type": "tool_use", "id": call.id, "name": call.name, "input": input})
    }));
    blocks
}

pub fn usage(body: &Value) -> Option<Usage> {
    let usage = body.get("usage")?;
    let plain = count(usage, "/input_tokens")?;
    let cached = count(usage, "/cache_read_input_tokens").unwrap_or(0);
    let written = count(usage, "/cache_creation_input_tokens").unwrap_or(0);
    Some(Usage {
        // Here the three are apart.
        input: plain.saturating_add(cached).saturating_add(written),
        cached_input: cached,
        cache_write: written,
        output: count(usage, "/output_tokens").unwrap_or(0),
        estimated: false,
    })
}

pub fn decode(body: &Value, request: &Request) -> Result<Heard, Unheard> {
    let blocks = body.get("content").and_then(Value::as_array);
    let blocks = blocks.ok_or_else(|| Unheard::shape("content"))?;
    let reason = string(body, "stop_reason");
    let mut turn = Turn::default();
    let mut json = None;
    let cut = matches!(
        reason.as_str(),
        "max_tokens" | "model_context_window_exceeded"
    );
    for block in blocks {
        match string(block, "type").as_str() {
            "text" => turn.text.push_str(&string(block, "text")),
            "tool_use" => {
                let (id, name) = (string(block, "id"), string(block, "name"));
                let input = block.get("input").cloned().unwrap_or_else(|| json!({}));
                if request.computer.is_some() && is_computer(block) {
                    let action = match name.as_str() {
                        "computer" => string(&input, "action"),
                        _ => name,
                    };
                    turn.computer.push(keys::anthropic(id, &action, &input));
                    continue;
                }
                match &request.want {
                    Want::Json {
                        name: wanted,
                        schema,
                    } if *wanted == name => {
                        json = Some(answer::unwrapped(Written::Value(input), schema, cut));
                    }
                    _ => {
                        let input = Written::Value(input);
                        turn.calls
                            .push(answer::call(id, name, input, &request.tools, cut));
                    }
                }
            }
            _ => {}
        }
    }
    if reason == "refusal" {
        let why = body
            .pointer("/stop_details/explanation")
            .and_then(Value::as_str);
        let why = why.map_or(turn.text, str::to_owned);
        return Err(Unheard::new(Kind::Refused, why));
    }
    let stop = match reason.as_str() {
        _ if cut => Stop::MaxTokens,
        "tool_use" if json.is_none() => Stop::Calls,
        "tool_use" | "end_turn" => Stop::End,
        _ => Stop::Other,
    };
    // The answer's tool was offered for this one call only; written anew, it is text.
    if let Some(answer) = &json
        && turn.text.is_empty()
    {
        turn.text = match answer {
            Ok(value) => value.to_string(),
            Err(fault) => fault.written().to_owned(),
        };
    } else if json.is_none() {
        json = super::json(&request.want, &turn.text, stop);
        turn.raw = raw(blocks);
    }
    Ok(Heard { turn, json, stop })
}

/// Whether a call is one of the computer tool, or of a member of its toolset.
fn is_computer(block: &Value) -> bool {
    string(block, "name") == "computer" || string(block, "toolset_name") == "computer"
}

/// Thoughts are signed and have to come back as they were; calls of the computer as well.
fn raw(blocks: &[Value]) -> Option<Raw> {
    let plain = |block: &Value| match string(block, "type").as_str() {
        "text" => true,
        "tool_use" => !is_computer(block),
        _ => false,
    };
    if blocks.iter().all(plain) {
        return None;
    }
    let kept = blocks
        .iter()
        .filter(|it| string(it, "type") != "text" || !string(it, "text").trim().is_empty());
    Some(Raw {
        wire: Format::Messages,
        content: kept.cloned().collect(),
    })
}
