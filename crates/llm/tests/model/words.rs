//! Models without modes for tools, schemas or images are asked in words.

use errand_llm::{Fault, Image, Media, Message, Part, Stop, ToolResult, Want};
use errand_testing::model::{Answer, Asked, Wanted};
use serde_json::json;

use crate::support::{Bench, request, schema};

const NONE: &str = "tools = false\njson_schema = false\nvision = false";

#[tokio::test]
async fn tools_are_described_and_calls_read_from_text() {
    let bench = Bench::new("openai", NONE, |asked: &Asked| {
        assert!(asked.tools.is_empty() && asked.wanted == Wanted::Free);
        assert!(
            asked.system.contains("click: Clicks an element."),
            "{}",
            asked.system
        );
        assert!(
            asked.system.contains("\"required\":[\"id\"]"),
            "{}",
            asked.system
        );
        if asked.said.len() == 1 {
            return Answer::say(
                "<think>Where is {it}?</think>Sure:\n```json\n{\"calls\": [{\"tool\": \"click\", \
                 \"arguments\": {'id': 'b1',},}]}\n```",
            );
        }
        assert!(
            asked.said[2].text.contains("Result of call_0:\nclicked"),
            "{:?}",
            asked.said
        );
        Answer::say("Done.")
    })
    .await;
    let mut question = request();
    let first = bench.ask(&question).await.answer.unwrap();
    assert_eq!((first.stop, first.missing.as_ref()), (Stop::Calls, None));
    assert_eq!(first.turn.calls[0].input, Ok(json!({"id": "b1"})));
    let system = bench.sent()["messages"][0].clone();

    let id = first.turn.calls[0].id.clone();
    question.messages.push(Message::Assistant(first.turn));
    question
        .messages
        .push(Message::User(vec![Part::Result(ToolResult::text(
            id, "clicked",
        ))]));
    question.want = Want::Free;
    let second = bench.ask(&question).await.answer.unwrap();
    assert_eq!(
        (second.turn.text.as_str(), second.stop),
        ("Done.", Stop::End)
    );
    // What is described is as static as it was.
    assert_eq!(bench.sent()["messages"][0], system);
}

#[tokio::test]
async fn a_schema_is_described_and_the_answer_checked() {
    let bench = Bench::new("openai", NONE, |asked: &Asked| {
        assert!(asked.body.get("response_format").is_none());
        assert!(
            asked.last().contains("\"items\":{\"type\":\"integer\"}"),
            "{}",
            asked.last()
        );
        match asked.number {
            1 => Answer::say("The numbers are [1, 2, 3], as you see."),
            2 => Answer::say("[\"one\"]"),
            _ => Answer::say("[1, 2, 3").cut_off(),
        }
    })
    .await;
    let mut question = request();
    question.tools.clear();
    question.want = Want::Json {
        name: "numbers".to_owned(),
        schema: schema(json!({"type": "array", "items": {"type": "integer"}})),
    };
    let answer = |reply: errand_llm::Reply| reply.json.unwrap();
    let read = answer(bench.ask(&question).await.answer.unwrap());
    assert_eq!(read, Ok(json!([1, 2, 3])));
    let wrong = answer(bench.ask(&question).await.answer.unwrap()).unwrap_err();
    assert!(
        matches!(&wrong, Fault::Invalid { violations, .. } if violations[0].starts_with("/0")),
        "{wrong}"
    );
    let cut = answer(bench.ask(&question).await.answer.unwrap());
    assert!(matches!(cut, Err(Fault::Truncated { .. })), "{cut:?}");
}

#[tokio::test]
async fn images_are_left_out_and_that_is_said() {
    let bench = Bench::new("openai", NONE, |asked: &Asked| {
        assert_eq!(asked.said[0].images, 0);
        assert!(asked.last().contains("An image was left out"));
        Answer::say("{\"tool\": \"click\", \"arguments\": \"{\\\"id\\\": \\\"b1\\\"}\"}")
    })
    .await;
    let mut question = request();
    let image = Image::new(Media::Jpeg, b"\xff\xd8");
    question
        .messages
        .push(Message::User(vec![Part::Image(image)]));
    let reply = bench.ask(&question).await.answer.unwrap();
    assert_eq!(reply.turn.calls[0].input, Ok(json!({"id": "b1"})));
}

#[tokio::test]
async fn a_model_that_can_not_be_bound_to_a_tool_is_told_to_call_it() {
    for kind in ["openai", "anthropic"] {
        let bench = Bench::new(kind, "tool_choice = false", |asked: &Asked| {
            assert_eq!((asked.tools.len(), &asked.wanted), (1, &Wanted::Free));
            assert!(
                asked.last().ends_with("Call the tool click now."),
                "{}",
                asked.last()
            );
            match asked.number {
                1 => Answer::say("I'd rather not."),
                _ => Answer::call("click", &json!({"id": "b1"})),
            }
        })
        .await;
        let mut question = request();
        question.want = Want::Tool("click".to_owned());
        let reply = bench.ask(&question).await.answer.unwrap();
        assert!(
            matches!(reply.fault(), Some(Fault::Missing { .. })),
            "{reply:?}"
        );
        let reply = bench.ask(&question).await.answer.unwrap();
        assert_eq!(reply.fault(), None);
    }
    // JSON is then bound by a schema, not by a tool.
    let bench = Bench::new("anthropic", "tool_choice = false", |asked: &Asked| {
        assert!(matches!(asked.wanted, Wanted::Json(_)));
        Answer::json(json!({"value": [1]}))
    })
    .await;
    let mut question = request();
    question.want = Want::Json {
        name: "numbers".to_owned(),
        schema: schema(json!({"type": "array"})),
    };
    let reply = bench.ask(&question).await.answer.unwrap();
    assert_eq!(reply.json, Some(Ok(json!([1]))));
}
