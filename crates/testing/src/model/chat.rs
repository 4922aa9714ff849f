//! OpenAI's `chat/completions`.

use serde_json::{Value, json};

use super::{
    Answer, Asked, Call, Result, Said, Side, Wanted, Wire,
    asked::{arguments, content, list, offered, text},
    cache::Tokens,
    ids::id,
    sse,
};

pub fn read(body: &Value, number: usize, deployment: Option<&str>) -> Asked {
    let mut system = String::new();
    let mut said: Vec<Said> = Vec::new();
    for message in list(body, "messages") {
        let (words, images) = content(message.get("content").unwrap_or(&Value::Null));
        let side = match text(message, "role").as_str() {
            "system" | "developer" => {
                system.push_str(&words);
                continue;
            }
            "assistant" => Side::Assistant,
            _ => Side::User,
        };
        // Results are messages of their own here; they belong to the turn that follows.
        if said.last().is_none_or(|it| it.side != side) {
            said.push(Said::new(side));
        }
        let Some(turn) = said.last_mut() else {
            continue;
        };
        if text(message, "role") == "tool" {
            turn.results.push(Result {
                call_id: text(message, "tool_call_id"),
                text: words,
            });
            continue;
        }
        turn.add(&words);
        turn.images += images;
        for call in list(message, "tool_calls") {
            let function = call.get("function").unwrap_or(&Value::Null);
            turn.calls.push(Call {
                id: text(call, "id"),
                name: text(function, "name"),
                arguments: arguments(&text(function, "arguments")),
            });
        }
    }
    let tools = list(body, "tools")
        .iter()
        .filter_map(|it| it.get("function"));
    let choice = body.get("tool_choice").unwrap_or(&Value::Null);
    let schema = body.pointer("/response_format/json_schema/schema");
    let wanted = match (schema, choice.as_str(), choice.pointer("/function/name")) {
        (Some(schema), ..) => Wanted::Json(schema.clone()),
        (_, Some("required"), _) => Wanted::AnyTool,
        (_, _, Some(name)) => Wanted::Tool(name.as_str().unwrap_or_default().to_owned()),
        _ => Wanted::Free,
    };
    let max = ["max_completion_tokens", "max_tokens"];
    Asked {
        number,
        wire: Wire::Chat,
        model: deployment.map_or_else(|| text(body, "model"), str::to_owned),
        stream: body.get("stream") == Some(&json!(true)),
        system,
        said,
        tools: tools.map(|it| offered(it, "parameters")).collect(),
        computer: None,
        wanted,
        max_tokens: max.iter().find_map(|key| body.get(key)?.as_u64()),
        is_marked: false,
        body: body.clone(),
    }
}

pub fn write(asked: &Asked, answer: &Answer, tokens: Tokens) -> String {
    let id = id("chatcmpl-");
    let calls: Vec<Value> = answer
        .calls
        .iter()
        .map(|(name, arguments)| {
            let function = json!({"name": name, "arguments": arguments});
            json!({"id": self::id("call_"), "type": "function", "function": function})
        })
        .collect();
    let reason = match answer {
        _ if answer.cut => "length",
        _ if !calls.is_empty() => "tool_calls",
        _ => "stop",
    };
    let usage = json!({
        "prompt_tokens": tokens.input,
        "completion_tokens": tokens.output,
        "total_tokens": tokens.input + tokens.output,
        "prompt_tokens_details": {"cached_tokens": tokens.cached, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
    });
    let words = (!answer.text.is_empty()).then_some(&answer.text);
    if asked.stream {
        return stream(asked, answer, &id, &calls, reason, &usage);
    }
    let mut message = json!({
        "role": "assistant",
        "content": words,
        "refusal": answer.refusal,
        "annotations": [],
    });
    if !calls.is_empty() {
        message["tool_calls"] = json!(calls);
    }
    json!({
        "id": id,
        "object": "chat.completion",
        "created": 1_750_000_000,
        "model": asked.model,
        "choices": [{
            "index": 0,
            "message": message,
            "logprobs": null,
            "finish_reason": reason,
        }],
        "usage": usage,
        "service_tier": "default",
        "system_fingerprint": "fp_scripted",
    })
    .to_string()
}

fn stream(
    asked: &Asked,
    answer: &Answer,
    id: &str,
    calls: &[Value],
    reason: &str,
    usage: &Value,
) -> String {
    let chunk = |choices: Value| {
        json!({
            "id": id,
            "object": "chat.completion.chunk",
            "created": 1_750_000_000,
            "model": asked.model,
            "choices": choices,
            "service_tier": "default",
            "system_fingerprint": "fp_scripted",
        })
    };
    let delta = |delta: Value, reason: Option<&str>| {
        chunk(json!([{"index": 0, "delta": delta, "logprobs": null, "finish_reason": reason}]))
    };
    let begin = (!answer.text.is_empty()).then_some("");
    let mut chunks = vec![delta(json!({"role": "assistant", "content": begin}), None)];
    for piece in sse::pieces(&answer.text) {
        chunks.push(delta(json!({ "content": piece }), None));
    }
    if let Some(refusal) = &answer.refusal {
        chunks.push(delta(json!({ "refusal": refusal }), None));
    }
    for (index, call) in calls.iter().enumerate() {
        let mut head = call.clone();
        head["index"] = json!(index);
        head["function"]["arguments"] = json!("");
        chunks.push(delta(json!({"tool_calls": [head]}), None));
        for piece in sse::pieces(&text(&call["function"], "arguments")) {
            let part = json!({"index": index, "function": {"arguments": piece}});
            chunks.push(delta(json!({"tool_calls": [part]}), None));
        }
    }
    chunks.push(delta(json!({}), Some(reason)));
    if asked.body.pointer("/stream_options/include_usage") == Some(&json!(true)) {
        let mut last = chunk(json!([]));
        last["usage"] = usage.clone();
        chunks.push(last);
    }
    sse::chunks(&chunks)
}
