//! Anthropic's `messages`.

use serde_json::{Value, json};

use super::{
    Answer, Asked, Call, Result, Said, Side, Wanted, Wire,
    asked::{content, list, offered, text},
    cache::Tokens,
    ids::id,
    sse,
};

pub fn read(body: &Value, number: usize) -> Asked {
    let (system, _) = content(body.get("system").unwrap_or(&Value::Null));
    let mut said = Vec::new();
    for message in list(body, "messages") {
        let side = match text(message, "role").as_str() {
            "assistant" => Side::Assistant,
            _ => Side::User,
        };
        let mut turn = Said::new(side);
        let inside = message.get("content").unwrap_or(&Value::Null);
        (turn.text, turn.images) = content(inside);
        for block in inside.as_array().into_iter().flatten() {
            match text(block, "type").as_str() {
                "tool_use" => turn.calls.push(Call {
                    id: text(block, "id"),
                    name: text(block, "name"),
                    arguments: block.get("input").cloned().unwrap_or_default(),
                }),
                "tool_result" => {
                    let (words, images) = content(block.get("content").unwrap_or(&Value::Null));
                    turn.images += images;
                    turn.results.push(Result {
                        call_id: text(block, "tool_use_id"),
                        text: words,
                    });
                }
                _ => {}
            }
        }
        said.push(turn);
    }
    let tools = list(body, "tools");
    let computer = tools
        .iter()
        .find(|it| text(it, "type").starts_with("computer_"));
    let size = |tool: &Value, key: &str| tool.get(key).and_then(Value::as_u64).unwrap_or(0);
    let own = tools.iter().filter(|it| it.get("input_schema").is_some());
    let choice = body.get("tool_choice").unwrap_or(&Value::Null);
    let wanted = match (
        text(choice, "type").as_str(),
        body.pointer("/output_config/format/schema"),
    ) {
        (_, Some(schema)) => Wanted::Json(schema.clone()),
        ("any", _) => Wanted::AnyTool,
        ("tool", _) => Wanted::Tool(text(choice, "name")),
        _ => Wanted::Free,
    };
    Asked {
        number,
        wire: Wire::Messages,
        model: text(body, "model"),
        stream: body.get("stream") == Some(&json!(true)),
        system,
        said,
        tools: own.map(|it| offered(it, "input_schema")).collect(),
        computer: computer.map(|it| (size(it, "display_width_px"), size(it, "display_height_px"))),
        wanted,
        max_tokens: body.get("max_tokens").and_then(Value::as_u64),
        is_marked: is_marked(body),
        body: body.clone(),
    }
}

fn is_marked(value: &Value) -> bool {
    match value {
        Value::Object(fields) => {
            fields.contains_key("cache_control") || fields.values().any(is_marked)
        }
        Value::Array(items) => items.iter().any(is_marked),
        _ => false,
    }
}

pub fn write(asked: &Asked, answer: &Answer, tokens: Tokens) -> String {
    let mut blocks = Vec::new();
    if !answer.text.is_empty() {
        blocks.push(json!({"type": "text", "text": answer.text, "citations": null}));
    }
    let calls = answer
        .calls
        .iter()
        .map(|(name, it)| (name.as_str(), Answer::object(it)));
    let computer = answer.computer.iter().map(|it| ("computer", it.clone()));
    let tools = list(&asked.body, "tools");
    let has_toolset = tools
        .iter()
        .any(|it| text(it, "type").starts_with("computer_toolset"));
    for (name, input) in calls.chain(computer) {
        let mut block = json!({
            "type": "tool_use",
            "id": id("toolu_"),
            "name": name,
            "input": input,
            "caller": {"type": "direct"},
        });
        // In a toolset each action is a tool of its own.
        if has_toolset && name == "computer" {
            block["name"] = block["input"]["action"].take();
            block["toolset_name"] = json!("computer");
            if let Some(fields) = block["input"].as_object_mut() {
                fields.shift_remove("action");
            }
        }
        blocks.push(block);
    }
    let has_calls = blocks.iter().any(|it| it["type"] == "tool_use");
    let (reason, details) = match (&answer.refusal, answer.cut) {
        (Some(why), _) => {
            blocks.clear();
            let details = json!({"type": "refusal", "category": null, "explanation": why});
            ("refusal", details)
        }
        (None, true) => ("max_tokens", Value::Null),
        (None, false) if has_calls => ("tool_use", Value::Null),
        _ => ("end_turn", Value::Null),
    };
    // What was marked and not there before is written to the cache.
    let fresh = tokens.input - tokens.cached;
    let (plain, written) = if asked.is_marked {
        (0, fresh)
    } else {
        (fresh, 0)
    };
    let usage = json!({
        "input_tokens": plain,
        "cache_read_input_tokens": tokens.cached,
        "cache_creation_input_tokens": written,
        "output_tokens": tokens.output,
    });
    let message = json!({
        "id": id("msg_"),
        "type": "message",
        "role": "assistant",
        "model": asked.model,
        "content": blocks,
        "stop_reason": reason,
        "stop_sequence": null,
        "stop_details": details,
        "usage": usage,
    });
    if asked.stream {
        stream(&message)
    } else {
        message.to_string()
    }
}

fn stream(message: &Value) -> String {
    let mut start = message.clone();
    start["content"] = json!([]);
    for key in ["stop_reason", "stop_details"] {
        start[key] = Value::Null;
    }
    let mut events = vec![json!({"type": "message_start", "message": start})];
    for (index, block) in list(message, "content").iter().enumerate() {
        let mut head = block.clone();
        let (part, key, whole) = if block["type"] == "text" {
            head["text"] = json!("");
            ("text_delta", "text", text(block, "text"))
        } else {
            head["input"] = json!({});
            (
                "input_json_delta",
                "partial_json",
                block["input"].to_string(),
            )
        };
        let head = json!({"type": "content_block_start", "index": index, "content_block": head});
        events.push(head);
        for piece in sse::pieces(&whole) {
            let delta = json!({"type": part, key: piece});
            events.push(json!({"type": "content_block_delta", "index": index, "delta": delta}));
        }
        events.push(json!({"type": "content_block_stop", "index": index}));
    }
    events.push(json!({
        "type": "message_delta",
        "delta": {
            "stop_reason": message["stop_reason"],
            "stop_sequence": null,
            "stop_details": message["stop_details"],
        },
        "usage": message["usage"],
    }));
    events.push(json!({"type": "message_stop"}));
    sse::named(&events)
}
