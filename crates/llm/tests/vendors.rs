//! Both wire formats, judged by the vendors' own Python packages (`scripts/setup models`).
#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "model/support.rs"]
#[expect(dead_code, reason = "shared with the other tests of models")]
mod support;

use std::{env, fs, path::PathBuf, process::Stdio};

use errand_llm::{
    ComputerResult, Display, Image, Media, Message, Part, Request, ToolCall, ToolResult, Turn, Want,
};
use errand_testing::{
    ScriptedModel,
    model::{Answer, Asked, Wanted, Wire},
};
use serde_json::{Value, json};
use support::{Bench, click, request, schema};

/// Answers whatever is asked in the form in which it is wanted, and shows by it what it saw.
fn oblige(asked: &Asked) -> Answer {
    if asked.last().contains("refuse this") {
        return Answer::refuse("I can't help with that.");
    }
    if asked.last().contains("click wrongly") {
        return Answer::call("click", &json!({"id": 5}));
    }
    if asked.computer.is_some() && asked.said.len() < 3 {
        return match asked.wire {
            Wire::Messages => {
                Answer::computer(json!({"action": "left_click", "coordinate": [3, 4]}))
            }
            _ => Answer::computer(json!({"type": "click", "button": "left", "x": 3, "y": 4}))
                .and_check("irrelevant_domain", "Another site."),
        };
    }
    match &asked.wanted {
        Wanted::Json(_) => Answer::json(json!({"total": 12.5, "note": null})),
        Wanted::Tool(name)
            if asked
                .tool(name)
                .is_some_and(|it| it.description.contains("answer")) =>
        {
            Answer::json(json!({"total": 12.5, "note": null}))
        }
        Wanted::Tool(name) => Answer::call(name, &json!({"id": "b1"})),
        Wanted::AnyTool => Answer {
            text: "Two at once – “so”.".to_owned(),
            ..Answer::call("click", &json!({"id": "b1"})).and_call("click", &json!({"id": "b2"}))
        },
        Wanted::Free => Answer::say(format!("{} turns, {}", asked.said.len(), asked.last())),
    }
}

/// Everything that a request can hold.
fn requests() -> Vec<(&'static str, Request)> {
    let image = Image::new(Media::Png, b"\x89PNG\r\n\x1a\n");
    let loose = json!({"type": "object", "properties": {"id": {"type": "string"}, "n": {"type": "integer"}}});
    let mut loose_tool = click();
    loose_tool.name = "press".to_owned();
    loose_tool.schema = schema(loose);
    let free = Request {
        want: Want::Free,
        ..request()
    };
    let called = Message::Assistant(Turn {
        text: "I click.".to_owned(),
        calls: vec![
            ToolCall {
                id: "call_a".to_owned(),
                name: "click".to_owned(),
                input: Ok(json!({"id": "b1"})),
            },
            ToolCall {
                id: "call_b".to_owned(),
                name: "click".to_owned(),
                input: Ok(json!({"id": "b2"})),
            },
        ],
        ..Turn::default()
    });
    let failed = ToolResult {
        failed: true,
        ..ToolResult::text("call_b", "b2 is gone")
    };
    let shown = ToolResult {
        call_id: "call_a".to_owned(),
        content: vec![Part::Text("clicked".to_owned()), Part::Image(image.clone())],
        failed: false,
    };
    let results = Message::User(vec![
        Part::Result(shown),
        Part::Result(failed),
        Part::Text("[b3] button \"Next\"".to_owned()),
        Part::Image(image),
    ]);
    let mut history = request();
    history.messages.extend([called, results]);
    history.tools.push(loose_tool);
    let strict = json!({
        "type": "object",
        "properties": {"total": {"type": "number"}, "note": {"type": ["string", "null"]}},
        "required": ["total", "note"],
        "additionalProperties": false,
    });
    let json_of = |schema| Request {
        want: Want::Json {
            name: "answer".to_owned(),
            schema,
        },
        ..free.clone()
    };
    let list = json!({"type": "array", "items": {"type": "object"}});
    vec![
        (
            "bare",
            Request {
                messages: vec![Message::user("Hello.")],
                ..Request::default()
            },
        ),
        ("tools", request()),
        (
            "one tool",
            Request {
                want: Want::Tool("click".to_owned()),
                ..request()
            },
        ),
        ("history", history.clone()),
        (
            "history, free",
            Request {
                want: Want::Free,
                ..history
            },
        ),
        ("strict JSON", json_of(schema(strict))),
        ("list as JSON", json_of(schema(list))),
        (
            "refusal",
            Request {
                messages: vec![Message::user("Please refuse this.")],
                ..free
            },
        ),
    ]
}

/// A faulty answer, told back.
async fn corrected(bench: &Bench) {
    let mut asked = request();
    asked.messages = vec![Message::user("Please click wrongly.")];
    let reply = bench.ask(&asked).await.answer.unwrap();
    asked
        .messages
        .extend(reply.correction().into_iter().flatten());
    let _ = bench.ask(&asked).await;
}

/// A click and the screen after it.
async fn computer(bench: &Bench) {
    let mut asked = Request {
        messages: vec![Message::user("Press Send.")],
        computer: Some(Display {
            width: 1024,
            height: 768,
        }),
        ..Request::default()
    };
    let reply = bench.ask(&asked).await.answer.unwrap();
    let call = reply.turn.computer[0].clone();
    asked.messages.push(Message::Assistant(reply.turn));
    asked
        .messages
        .push(Message::User(vec![Part::Screen(ComputerResult {
            call_id: call.id,
            screenshot: Image::new(Media::Jpeg, b"\xff\xd8"),
            note: Some("clicked".to_owned()),
            acknowledged: call.safety_checks,
        })]));
    bench.ask(&asked).await.answer.unwrap();
}

#[tokio::test]
async fn the_vendors_packages_take_every_request_and_every_answer() {
    let mut exchanges = Vec::new();
    for (kind, more) in [
        ("openai", "computer_tool = \"computer\""),
        (
            "openai",
            "api = \"responses\"\ntemperature = 1.0\neffort = \"minimal\"\ncomputer_tool = \"computer_use_preview\"",
        ),
        (
            "openai",
            "tools = false\njson_schema = false\nvision = false\ncomputer_tool = \"computer\"",
        ),
        ("azure", "temperature = 0.5\neffort = \"xhigh\""),
        ("anthropic", ""),
        ("anthropic", "computer_tool = \"computer_20251124\""),
        ("anthropic", "tools = false\njson_schema = false"),
        (
            "anthropic",
            "tool_choice = false\ncomputer_tool = \"computer_toolset_20260801\"\neffort = \"low\"",
        ),
    ] {
        let bench = Bench::new(kind, more, oblige).await;
        for (name, request) in requests() {
            let before = bench.server.count();
            // What the words for tools bring is of no concern here.
            let _ = bench.ask(&request).await;
            assert!(bench.server.count() > before, "{name} was not sent");
        }
        corrected(&bench).await;
        computer(&bench).await;
        for it in bench.server.exchanges() {
            let wire = format!("{:?}", it.wire).to_lowercase();
            exchanges.push(json!({
                "name": format!("{kind}, {more:?}"),
                "wire": wire,
                "request": it.request,
                "response": it.response,
            }));
        }
    }
    judge(&exchanges).await;
}

async fn judge(exchanges: &[Value]) {
    let python = tools().join("models/bin/python");
    assert!(
        python.exists(),
        "{} is missing: run scripts/setup models",
        python.display()
    );
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("exchanges.json");
    fs::write(&file, Value::from(exchanges).to_string()).unwrap();
    let server = ScriptedModel::start(oblige).await.unwrap();
    let checker = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vendors/check.py");
    let said = tokio::process::Command::new(python)
        .arg(checker)
        .arg(file)
        .arg(server.url())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .unwrap();
    let (out, err) = (
        String::from_utf8_lossy(&said.stdout),
        String::from_utf8_lossy(&said.stderr),
    );
    assert!(said.status.success(), "{out}\n{err}");
    // Each request was sent twice: whole and streamed.
    assert_eq!(server.count(), exchanges.len() * 2, "{out}");
}

fn tools() -> PathBuf {
    PathBuf::from(env::var_os("HOME").unwrap()).join(".cache/errand/tools")
}
