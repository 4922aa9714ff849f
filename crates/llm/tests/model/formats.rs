//! Each wire format: what is sent, and what comes of the answer.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use errand_domain::port::{Egress, EgressError, HttpAnswer, HttpRequest};
use errand_llm::{
    Fault, Image, Kind, Media, Message, Meter, Models, Part, Reply, Request, Stop, ToolResult, Want,
};
use errand_testing::model::{Answer, Asked, Wanted, Wire};
use serde_json::{Value, json};

use crate::support::{Bench, Jump, clicks, request, schema};

type Rule = fn(&Asked) -> Answer;
type Judge = fn(&Fault) -> bool;

/// Every kind of provider with what its settings need besides.
const KINDS: [(&str, &str, Wire); 4] = [
    ("openai", "", Wire::Chat),
    ("openai", "api = \"responses\"", Wire::Responses),
    ("azure", "", Wire::Chat),
    ("anthropic", "", Wire::Messages),
];

#[tokio::test]
async fn a_conversation_with_calls_images_and_results_goes_through_every_format() {
    for (kind, more, wire) in KINDS {
        let bench = Bench::new(kind, more, |asked| {
            if asked.calls_of("click") == 0 {
                return Answer {
                    text: "I see.".to_owned(),
                    ..clicks(asked)
                };
            }
            // It knows only what it was sent.
            let said = &asked.said;
            assert_eq!(said.len(), 3, "{said:?}");
            let (call, result) = (&said[1].calls[0], &said[2].results[0]);
            assert_eq!(call.arguments, json!({"id": "b1"}));
            assert_eq!(call.id, result.call_id);
            Answer::say(format!(
                "{} / {} / {}",
                said[1].text, result.text, said[2].text
            ))
        })
        .await;
        let image = Image::new(Media::Png, b"\x89PNG");
        let mut question = request();
        question.messages = vec![Message::User(vec![
            Part::Text("[b1] button \"Send\"".to_owned()),
            Part::Image(image.clone()),
        ])];
        let first = bench.ask(&question).await.answer.unwrap();
        assert_eq!(first.stop, Stop::Calls);
        assert_eq!(first.turn.text, "I see.");
        assert_eq!(first.fault(), None);
        let call = &first.turn.calls[0];
        assert_eq!(
            (call.name.as_str(), &call.input),
            ("click", &Ok(json!({"id": "b1"})))
        );
        let asked = bench.server.exchanges().pop().unwrap();
        assert_eq!(asked.wire, wire);
        assert!(asked.request.to_string().contains(&image.base64));

        let result = ToolResult::text(&call.id, "clicked");
        question
            .messages
            .push(Message::Assistant(first.turn.clone()));
        question.messages.push(Message::User(vec![
            Part::Result(result),
            Part::Text("the page changed".to_owned()),
        ]));
        question.want = Want::Free;
        let second = bench.ask(&question).await.answer.unwrap();
        assert_eq!(
            second.turn.text, "I see. / clicked / the page changed",
            "{kind} {more}"
        );
        assert_eq!(second.stop, Stop::End);
        // The conversation only grew, so its beginning was in the cache.
        assert!(
            second.usage.cached_input * 10 > first.usage.input * 8,
            "{:?}",
            second.usage
        );
    }
}

#[tokio::test]
async fn json_is_bound_to_its_schema_in_every_format() {
    let object = json!({
        "type": "object",
        "properties": {"total": {"type": "number"}},
        "required": ["total"],
        "additionalProperties": false,
    });
    let list = json!({"type": "array", "items": {"$ref": "#/$defs/n"}, "$defs": {"n": {"type": "integer"}}});
    for (kind, more, _) in KINDS {
        let bench = Bench::new(kind, more, |asked: &Asked| {
            let schema = match &asked.wanted {
                Wanted::Json(schema) => schema.clone(),
                Wanted::Tool(name) => asked.tool(name).unwrap().schema.clone(),
                other => panic!("{other:?}"),
            };
            // Providers take objects only.
            assert_eq!(schema["type"], "object");
            match schema["properties"].get("total") {
                Some(_) => Answer::json(json!({"total": 12.5})),
                None => Answer::json(json!({"value": [1, 2]})),
            }
        })
        .await;
        for (wanted, value) in [(&object, json!({"total": 12.5})), (&list, json!([1, 2]))] {
            let question = Request {
                messages: vec![Message::user("What does it come to?")],
                want: Want::Json {
                    name: "answer".to_owned(),
                    schema: schema(wanted.clone()),
                },
                ..Request::default()
            };
            let reply = bench.ask(&question).await.answer.unwrap();
            assert_eq!(reply.json, Some(Ok(value)), "{kind} {more}");
            assert!(reply.turn.calls.is_empty());
            assert!(!reply.turn.text.is_empty());
        }
    }
}

#[tokio::test]
async fn what_a_provider_wants_is_where_it_wants_it() {
    let bench = Bench::new("azure", "api_version = \"2025-01-01\"", clicks).await;
    bench.ask(&request()).await.answer.unwrap();
    let asked = bench.server.exchanges().pop().unwrap();
    let path = "/openai/deployments/some-model/chat/completions?api-version=2025-01-01";
    assert_eq!(asked.path, path);
    let header = |name: &str| {
        let found = asked.headers.iter().find(|it| it.0 == name);
        found.map(|it| it.1.clone())
    };
    assert_eq!(header("api-key").unwrap(), "sk-test-0123456789");
    assert_eq!(header("authorization"), None);
    assert_eq!(asked.request["max_completion_tokens"], 4096);
    assert_eq!(asked.request["tools"][0]["function"]["strict"], true);

    let more = "temperature = 0.2\nmax_output_tokens = 100\nheaders = { x-team = \"blue\" }";
    let bench = Bench::new("openai", more, clicks).await;
    let mut question = request();
    question.max_output_tokens = Some(50);
    bench.ask(&question).await.answer.unwrap();
    let sent = bench.sent();
    assert_eq!(sent["temperature"], 0.2);
    assert_eq!(sent["max_tokens"], 50);
    let headers = bench.server.exchanges().pop().unwrap().headers;
    assert!(headers.contains(&("x-team".to_owned(), "blue".to_owned())));
    assert!(headers.contains(&(
        "authorization".to_owned(),
        "Bearer sk-test-0123456789".to_owned()
    )));

    let bench = Bench::new("anthropic", "", clicks).await;
    bench.ask(&request()).await.answer.unwrap();
    let sent = bench.sent();
    let mark = json!({"type": "ephemeral"});
    assert_eq!(sent["system"][0]["cache_control"], mark);
    assert_eq!(sent["messages"][0]["content"][0]["cache_control"], mark);
    assert_eq!(sent["tool_choice"], json!({"type": "any"}));
}

#[tokio::test]
async fn what_only_the_provider_understands_goes_back_unchanged() {
    // A signature that comes with a call, as Gemini's, is not in the scripted model's answers.
    let answer = json!({
        "choices": [{"finish_reason": "tool_calls", "message": {"role": "assistant", "tool_calls": [{
            "id": "c1", "type": "function",
            "function": {"name": "click", "arguments": "{\"id\":\"b1\"}"},
            "extra_content": {"google": {"thought_signature": "signed"}},
        }]}}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 5},
    });
    let reply = played("openai", &answer).await;
    let stored: Message = {
        let text = serde_json::to_string(&Message::Assistant(reply.turn)).unwrap();
        serde_json::from_str(&text).unwrap()
    };
    let mut question = request();
    question.messages.push(stored);
    question
        .messages
        .push(Message::User(vec![Part::Result(ToolResult::text(
            "c1", "ok",
        ))]));
    for (kind, expected) in [("openai", true), ("anthropic", false)] {
        let bench = Bench::new(kind, "", |_| Answer::call("click", &json!({"id": "b2"}))).await;
        bench.ask(&question).await.answer.unwrap();
        let sent = bench.sent().to_string();
        assert_eq!(sent.contains("thought_signature"), expected, "{sent}");
        assert!(sent.contains("click") && sent.contains("c1"), "{sent}");
    }
}

/// Keeps what it is to send, and answers one thing.
struct Post(Mutex<Vec<HttpRequest>>);

#[async_trait]
impl Egress for Post {
    async fn send(&self, request: HttpRequest) -> Result<HttpAnswer, EgressError> {
        let url = request.url.clone();
        self.0.lock().unwrap().push(request);
        let body = json!({"choices": [{"message": {"content": "ok"}}]}).to_string();
        Ok(HttpAnswer {
            status: http::StatusCode::OK,
            headers: http::HeaderMap::new(),
            body: body.into(),
            url,
        })
    }
}

#[tokio::test]
async fn google_gets_a_word_for_the_signature_that_another_model_did_not_give() {
    let settings = "[models.main]\nmodel = \"gemini-x\"\napi_key = \"k\"\n\
                    base_url = \"https://generativelanguage.googleapis.com/v1beta/openai/\"";
    let post = Arc::new(Post(Mutex::default()));
    let settings = toml::from_str(settings).unwrap();
    let models = Models::new(&settings, post.clone(), Arc::new(Jump::default())).unwrap();
    let mut question = request();
    let reply = Bench::new("openai", "", clicks).await.ask(&question).await;
    let turn = reply.answer.unwrap().turn;
    let result = ToolResult::text(&turn.calls[0].id, "clicked");
    question.messages.push(Message::Assistant(turn));
    question
        .messages
        .push(Message::User(vec![Part::Result(result)]));
    let model = models.named("main").unwrap();
    model
        .ask(&question, &Meter::unlimited())
        .await
        .answer
        .unwrap();
    let sent = post.0.lock().unwrap().pop().unwrap();
    assert_eq!(sent.url.path(), "/v1beta/openai/chat/completions");
    let body: Value = serde_json::from_slice(&sent.body).unwrap();
    let call = &body["messages"][2]["tool_calls"][0];
    let signature = &call["extra_content"]["google"]["thought_signature"];
    assert_eq!(signature, "skip_thought_signature_validator");
}

#[tokio::test]
async fn servers_that_are_only_nearly_openai_are_understood() {
    // Arguments as an object, no id, no usage, content in parts.
    let answer = json!({"choices": [{"message": {
        "role": "assistant",
        "content": [{"type": "text", "text": "so"}],
        "tool_calls": [{"function": {"name": "click", "arguments": {"id": "b1"}}}],
    }}]});
    let reply = played("openai", &answer).await;
    assert_eq!(reply.turn.text, "so");
    assert_eq!(reply.turn.calls[0].id, "call_0");
    assert_eq!(reply.turn.calls[0].input, Ok(json!({"id": "b1"})));
    assert!(reply.usage.estimated && reply.usage.total() > 0);
    // A call that was written as text.
    let answer = json!({"choices": [{"finish_reason": "stop", "message": {"content":
        "```json\n{\"name\": \"click\", \"parameters\": {\"id\": \"b1\"}}\n```"}}]});
    let reply = played("openai", &answer).await;
    assert_eq!(reply.turn.calls[0].input, Ok(json!({"id": "b1"})));
    assert_eq!(reply.missing, None);
}

#[tokio::test]
async fn wrong_answers_are_faults_that_can_be_told() {
    let rules: [(Rule, Judge); 6] = [
        (
            |_| Answer::call("press", &json!({"id": "b1"})),
            |it| matches!(it, Fault::UnknownTool { known, .. } if known == &["click"]),
        ),
        (
            |_| Answer::call("click", &json!({"id": 5, "more": 1})),
            |it| matches!(it, Fault::Invalid { violations, .. } if violations.len() == 2),
        ),
        (
            |_| Answer::empty().and_raw_call("click", "{\"id\": \"b"),
            |it| matches!(it, Fault::Truncated { .. }),
        ),
        (
            |_| Answer::empty().and_raw_call("click", "the button"),
            |it| matches!(it, Fault::NotJson { .. }),
        ),
        (
            |_| Answer::say("I would click it."),
            |it| matches!(it, Fault::Missing { .. }),
        ),
        (
            |_| Answer::empty().and_raw_call("click", "[".repeat(90) + &"]".repeat(90)),
            |it| matches!(it, Fault::TooLarge { .. }),
        ),
    ];
    for (index, (rule, expected)) in rules.into_iter().enumerate() {
        let bench = Bench::new("openai", "", rule).await;
        let reply = bench.ask(&request()).await.answer.unwrap();
        let fault = reply.fault().unwrap();
        assert!(expected(fault), "{index}: {fault:?}");
        assert!(fault.to_string().len() < 400, "{fault}");
    }
    // Ten thousand calls are no answer to go on with.
    let many = |_: &Asked| {
        let answer = Answer::empty();
        (0..10_000).fold(answer, |it, _| it.and_call("click", &json!({"id": "b1"})))
    };
    let bench = Bench::new("openai", "", many).await;
    let error = bench.ask(&request()).await.answer.unwrap_err();
    assert_eq!(error.kind, Kind::TooLarge);
}

/// The reply to an answer that is sent just so.
async fn played(kind: &str, body: &Value) -> Reply {
    let body = body.to_string();
    let bench = Bench::new(kind, "", move |_| {
        Answer::fault(errand_testing::model::Fault::Status {
            status: 200,
            headers: Vec::new(),
            body: body.clone(),
        })
    })
    .await;
    bench.ask(&request()).await.answer.unwrap()
}

#[tokio::test]
async fn a_faulty_answer_is_told_back_and_mended() {
    for (kind, more, _) in KINDS {
        let bench = Bench::new(kind, more, |asked: &Asked| match asked.said.len() {
            1 => Answer::call("click", &json!({"id": "b1"})).and_call("click", &json!({"id": 5})),
            _ => {
                let told = &asked.said[2].results;
                assert!(told[0].text.contains("not done"), "{told:?}");
                assert!(
                    told[1].text.contains("does not fit the schema: /id"),
                    "{told:?}"
                );
                assert_eq!(asked.said[1].calls[1].id, told[1].call_id);
                clicks(asked)
            }
        })
        .await;
        let mut question = request();
        let reply = bench.ask(&question).await.answer.unwrap();
        question.messages.extend(reply.correction().unwrap());
        let reply = bench.ask(&question).await.answer.unwrap();
        assert_eq!(
            (reply.fault(), reply.correction()),
            (None, None),
            "{kind} {more}"
        );
    }
    let bench = Bench::new("anthropic", "", |_| Answer::say("I would click.")).await;
    let reply = bench.ask(&request()).await.answer.unwrap();
    let [said, told] = reply.correction().unwrap();
    assert!(matches!(said, Message::Assistant(turn) if turn.text == "I would click."));
    assert!(
        format!("{told:?}").contains("call one of the tools"),
        "{told:?}"
    );
}
