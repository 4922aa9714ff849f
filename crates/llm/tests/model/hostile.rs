//! Answers that no provider should give: whatever comes, there is a reply or an error.

use std::sync::{Arc, Mutex};

use errand_llm::{Display, Limits, Meter, Request, Want};
use errand_testing::model::{Answer, Asked, Fault};
use proptest::prelude::*;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::support::{Bench, request, schema};

/// An answer with everything that each format can hold.
fn whole(kind: &str) -> Value {
    match kind {
        "chat" => json!({
            "choices": [{"index": 0, "finish_reason": "tool_calls", "message": {
                "role": "assistant", "content": "text", "refusal": null,
                "tool_calls": [{"id": "c", "type": "function", "extra_content": {"x": 1},
                    "function": {"name": "click", "arguments": "{\"id\":\"b1\"}"}}],
            }}],
            "usage": {"prompt_tokens": 9, "completion_tokens": 2,
                "prompt_tokens_details": {"cached_tokens": 4}},
            "error": null,
        }),
        "responses" => json!({
            "status": "completed", "error": null, "incomplete_details": null,
            "output": [
                {"type": "reasoning", "id": "r", "summary": []},
                {"type": "message", "content": [{"type": "output_text", "text": "text"}]},
                {"type": "function_call", "call_id": "c", "name": "click", "arguments": "{}"},
                {"type": "computer_call", "call_id": "d", "actions": [
                    {"type": "drag", "path": [{"x": 1, "y": 2}]}, {"type": "click", "x": 1, "y": 2}],
                    "pending_safety_checks": [{"id": "s", "code": "x", "message": "y"}]},
            ],
            "usage": {"input_tokens": 9, "output_tokens": 2,
                "input_tokens_details": {"cached_tokens": 4, "cache_write_tokens": 1}},
        }),
        _ => json!({
            "content": [
                {"type": "thinking", "thinking": "x", "signature": "y"},
                {"type": "text", "text": "text"},
                {"type": "tool_use", "id": "c", "name": "click", "input": {"id": "b1"}},
                {"type": "tool_use", "id": "d", "name": "computer", "input":
                    {"action": "zoom", "region": [1, 2, 3, 4], "duration": 1, "repeat": 2}},
            ],
            "stop_reason": "tool_use", "stop_details": null,
            "usage": {"input_tokens": 9, "output_tokens": 2, "cache_read_input_tokens": 4,
                "cache_creation_input_tokens": 1},
        }),
    }
}

/// Puts something else into one place of a value; `turn` chooses which.
fn spoil(value: &mut Value, with: &Value, turn: &mut usize) {
    if *turn == 0 {
        *value = with.clone();
        *turn = usize::MAX;
        return;
    }
    *turn = turn.saturating_sub(1);
    match value {
        Value::Array(items) => items.iter_mut().for_each(|it| spoil(it, with, turn)),
        Value::Object(fields) => fields.values_mut().for_each(|it| spoil(it, with, turn)),
        _ => {}
    }
}

fn something() -> impl Strategy<Value = Value> {
    let deep = "[".repeat(100) + &"]".repeat(100);
    prop::sample::select(vec![
        Value::Null,
        json!(true),
        json!(-1),
        json!(u64::MAX),
        json!(1e308),
        json!(""),
        json!("length"),
        json!("refusal"),
        json!("{\"id\": \"b1\"}"),
        json!("\u{0}\u{202e}"),
        json!([]),
        json!({}),
        json!([[], {}, null]),
        json!({"error": {"message": 5, "code": "x"}}),
        json!(deep),
    ])
}

#[test]
fn there_is_always_a_reply_or_an_error() {
    let runtime = Runtime::new().unwrap();
    let body = Arc::new(Mutex::new(String::new()));
    let benches: Vec<(&str, Bench)> = [
        ("chat", "openai", ""),
        (
            "responses",
            "openai",
            "api = \"responses\"\ncomputer_tool = \"computer\"",
        ),
        (
            "messages",
            "anthropic",
            "tpm = 1000000\nprice = { input = 1, output = 1000000 }",
        ),
    ]
    .into_iter()
    .map(|(name, kind, more)| {
        let body = body.clone();
        let rule = move |_: &Asked| {
            Answer::fault(Fault::Status {
                status: 200,
                headers: vec![("x-should-retry".to_owned(), "false".to_owned())],
                body: body.lock().unwrap().clone(),
            })
        };
        (name, runtime.block_on(Bench::new(kind, more, rule)))
    })
    .collect();
    let config = ProptestConfig {
        cases: 150,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    proptest!(config, |(places in prop::collection::vec((0..40_usize, something()), 1..4), json in any::<bool>())| {
        for (name, bench) in &benches {
            let mut answer = whole(name);
            for (place, with) in &places {
                spoil(&mut answer, with, &mut place.clone());
            }
            *body.lock().unwrap() = answer.to_string();
            let mut question = Request {
                computer: (*name != "chat").then_some(Display { width: 9, height: 9 }),
                ..request()
            };
            if json {
                let schema = schema(json!({"type": "array"}));
                question.want = Want::Json { name: "list".to_owned(), schema };
            }
            let meter = Meter::new(Limits { max_tokens: Some(100_000), max_cost: None });
            let call = runtime.block_on(bench.metered(&question, &meter));
            prop_assert_eq!(call.tries.len(), 1);
            if let Ok(reply) = call.answer {
                // What is kept of it can be sent on.
                question.messages.extend(reply.correction().into_iter().flatten());
                runtime.block_on(bench.metered(&question, &Meter::unlimited()));
            }
        }
    });
}
