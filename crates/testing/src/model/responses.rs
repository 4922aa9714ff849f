//! OpenAI's `responses`.

use serde_json::{Value, json};

use super::{
    Answer, Asked, Call, Result, Said, Side, Wanted, Wire,
    asked::{arguments, content, list, offered, text},
    cache::Tokens,
    ids::id,
    sse,
};

pub fn read(body: &Value, number: usize) -> Asked {
    let mut said: Vec<Said> = Vec::new();
    if let Some(words) = body.get("input").and_then(Value::as_str) {
        let mut turn = Said::new(Side::User);
        turn.add(words);
        said.push(turn);
    }
    for item in list(body, "input") {
        let kind = text(item, "type");
        let is_ours = kind.ends_with("_output") || text(item, "role") == "user";
        let side = if is_ours { Side::User } else { Side::Assistant };
        if said.last().is_none_or(|it| it.side != side) {
            said.push(Said::new(side));
        }
        let Some(turn) = said.last_mut() else {
            continue;
        };
        match kind.as_str() {
            "function_call" => turn.calls.push(Call {
                id: text(item, "call_id"),
                name: text(item, "name"),
                arguments: arguments(&text(item, "arguments")),
            }),
            "computer_call" => turn.calls.push(Call {
                id: text(item, "call_id"),
                name: "computer".to_owned(),
                arguments: ["actions", "action"]
                    .iter()
                    .find_map(|key| item.get(key).filter(|it| !it.is_null()))
                    .cloned()
                    .unwrap_or_default(),
            }),
            "function_call_output" => {
                let (words, images) = content(item.get("output").unwrap_or(&Value::Null));
                turn.images += images;
                turn.results.push(Result {
                    call_id: text(item, "call_id"),
                    text: words,
                });
            }
            "computer_call_output" => {
                turn.images += 1;
                turn.results.push(Result {
                    call_id: text(item, "call_id"),
                    text: String::new(),
                });
            }
            "reasoning" => {}
            _ => {
                let (words, images) = content(item.get("content").unwrap_or(&Value::Null));
                turn.add(&words);
                turn.images += images;
            }
        }
    }
    let tools = list(body, "tools");
    let own = tools.iter().filter(|it| text(it, "type") == "function");
    let computer = tools
        .iter()
        .find(|it| text(it, "type").starts_with("computer"));
    let size = |tool: &Value, key: &str| tool.get(key).and_then(Value::as_u64).unwrap_or(0);
    let choice = body.get("tool_choice").unwrap_or(&Value::Null);
    let wanted = match (body.pointer("/text/format/schema"), choice.as_str()) {
        (Some(schema), _) => Wanted::Json(schema.clone()),
        (_, Some("required")) => Wanted::AnyTool,
        _ if choice.get("name").is_some() => Wanted::Tool(text(choice, "name")),
        _ => Wanted::Free,
    };
    Asked {
        number,
        wire: Wire::Responses,
        model: text(body, "model"),
        stream: body.get("stream") == Some(&json!(true)),
        system: text(body, "instructions"),
        said,
        tools: own.map(|it| offered(it, "parameters")).collect(),
        computer: computer.map(|it| (size(it, "display_width"), size(it, "display_height"))),
        wanted,
        max_tokens: body.get("max_output_tokens").and_then(Value::as_u64),
        is_marked: false,
        body: body.clone(),
    }
}

pub fn write(asked: &Asked, answer: &Answer, tokens: Tokens) -> String {
    let status = if answer.cut {
        "incomplete"
    } else {
        "completed"
    };
    let mut items = Vec::new();
    // Thoughts come first, and have to be sent back with what follows them.
    if asked.computer.is_some() && answer.refusal.is_none() {
        items.push(json!({
            "type": "reasoning",
            "id": id("rs_"),
            "summary": [],
            "encrypted_content": "scripted",
        }));
    }
    let part = match &answer.refusal {
        Some(refusal) => Some(json!({"type": "refusal", "refusal": refusal})),
        None if answer.text.is_empty() => None,
        None => Some(json!({"type": "output_text", "text": answer.text, "annotations": []})),
    };
    if let Some(part) = part {
        items.push(json!({
            "type": "message",
            "id": id("msg_"),
            "role": "assistant",
            "status": status,
            "content": [part],
        }));
    }
    for (name, arguments) in &answer.calls {
        items.push(json!({
            "type": "function_call",
            "id": id("fc_"),
            "call_id": id("call_"),
            "name": name,
            "arguments": arguments,
            "status": status,
        }));
    }
    let preview = list(&asked.body, "tools")
        .iter()
        .any(|it| text(it, "type") == "computer_use_preview");
    for (index, action) in answer.computer.iter().enumerate() {
        let checks = answer.checks.iter().filter(|_| index == 0);
        let checks: Vec<Value> = checks
            .map(|(id, code, message)| json!({"id": id, "code": code, "message": message}))
            .collect();
        let mut item = json!({
            "type": "computer_call",
            "id": id("cu_"),
            "call_id": id("call_"),
            "pending_safety_checks": checks,
            "status": "completed",
        });
        // The preview has one action a call, its successor a list.
        if preview {
            item["action"] = action.clone();
        } else {
            item["actions"] = if action.is_array() {
                action.clone()
            } else {
                json!([action])
            };
        }
        items.push(item);
    }
    let incomplete = answer.cut.then(|| json!({"reason": "max_output_tokens"}));
    let response = json!({
        "id": id("resp_"),
        "object": "response",
        "created_at": 1_750_000_000,
        "status": status,
        "error": null,
        "incomplete_details": incomplete,
        "instructions": asked.body.get("instructions"),
        "max_output_tokens": asked.max_tokens,
        "model": asked.model,
        "output": items,
        "parallel_tool_calls": true,
        "previous_response_id": null,
        "store": false,
        "temperature": 1.0,
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "truncation": "disabled",
        "usage": {
            "input_tokens": tokens.input,
            "input_tokens_details": {"cached_tokens": tokens.cached, "cache_write_tokens": 0},
            "output_tokens": tokens.output,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": tokens.input + tokens.output,
        },
        "metadata": {},
    });
    if asked.stream {
        stream(&response)
    } else {
        response.to_string()
    }
}

fn stream(response: &Value) -> String {
    let mut begun = response.clone();
    begun["status"] = json!("in_progress");
    begun["output"] = json!([]);
    begun["usage"] = Value::Null;
    begun["incomplete_details"] = Value::Null;
    let mut events = vec![
        json!({"type": "response.created", "response": begun}),
        json!({"type": "response.in_progress", "response": begun}),
    ];
    for (index, item) in list(response, "output").iter().enumerate() {
        let mut head = item.clone();
        head["status"] = json!("in_progress");
        if item["type"] == "message" {
            head["content"] = json!([]);
        }
        if item["type"] == "function_call" {
            head["arguments"] = json!("");
        }
        events.push(json!({
            "type": "response.output_item.added", "output_index": index, "item": head,
        }));
        let id = text(item, "id");
        for (part_index, part) in list(item, "content").iter().enumerate() {
            inside(&mut events, &id, index, part_index, part);
        }
        if item["type"] == "function_call" {
            let whole = text(item, "arguments");
            for piece in sse::pieces(&whole) {
                events.push(json!({
                    "type": "response.function_call_arguments.delta",
                    "item_id": id, "output_index": index, "delta": piece,
                }));
            }
            events.push(json!({
                "type": "response.function_call_arguments.done",
                "item_id": id, "output_index": index, "arguments": whole, "name": item["name"],
            }));
        }
        events.push(json!({
            "type": "response.output_item.done", "output_index": index, "item": item,
        }));
    }
    let end = format!("response.{}", text(response, "status"));
    events.push(json!({"type": end, "response": response}));
    for (number, event) in events.iter_mut().enumerate() {
        event["sequence_number"] = json!(number);
    }
    sse::named(&events)
}

fn inside(events: &mut Vec<Value>, id: &str, index: usize, part_index: usize, part: &Value) {
    let (kind, key) = match text(part, "type").as_str() {
        "refusal" => ("refusal", "refusal"),
        _ => ("output_text", "text"),
    };
    let place = |mut event: Value| {
        event["item_id"] = json!(id);
        event["output_index"] = json!(index);
        event["content_index"] = json!(part_index);
        event
    };
    let whole = text(part, key);
    let mut head = part.clone();
    head[key] = json!("");
    events.push(place(
        json!({"type": "response.content_part.added", "part": head}),
    ));
    for piece in sse::pieces(&whole) {
        let mut event = json!({"type": format!("response.{kind}.delta"), "delta": piece});
        if kind == "output_text" {
            event["logprobs"] = json!([]);
        }
        events.push(place(event));
    }
    let mut done = json!({"type": format!("response.{kind}.done"), key: whole});
    if kind == "output_text" {
        done["logprobs"] = json!([]);
    }
    events.push(place(done));
    events.push(place(
        json!({"type": "response.content_part.done", "part": part}),
    ));
}
