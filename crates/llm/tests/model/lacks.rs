//! Providers that don't take all of a request: it is left out, and the request sent again.

use errand_llm::{Image, Kind, Media, Message, Part, Request, Want};
use errand_testing::model::{Answer, Asked, Fault, Wanted};
use serde_json::json;

use crate::support::{Bench, clicks, request, schema};

/// A question with everything: an image, a strict tool, and being bound to call it.
fn everything() -> Request {
    let image = Image::new(Media::Png, b"\x89PNG");
    let mut question = request();
    let page = Part::Text("[b1] button \"Send\"".to_owned());
    question.messages = vec![Message::User(vec![page, Part::Image(image)])];
    question
}

fn refused(status: u16, message: &str) -> Answer {
    Answer::fault(Fault::Status {
        status,
        headers: Vec::new(),
        body: json!({"error": {"message": message, "type": "invalid_request_error"}}).to_string(),
    })
}

#[tokio::test]
async fn what_is_not_taken_is_left_out_from_then_on() {
    type Uses = fn(&Asked) -> bool;
    let images: Uses = |asked| asked.said[0].images > 0;
    let tools: Uses = |asked| !asked.tools.is_empty();
    let bound: Uses = |asked| asked.wanted != Wanted::Free;
    let strict: Uses = |asked| asked.body.to_string().contains("\"strict\":true");
    let field: Uses = |asked| asked.body.get("max_tokens").is_some();
    // As OpenAI, DeepSeek, vLLM, OpenRouter, Ollama and Anthropic word it.
    for (kind, status, message, uses, setting) in [
        (
            "openai",
            400,
            "Invalid content type. image_url is only supported by certain models.",
            images,
            "vision = false",
        ),
        (
            "openai",
            404,
            "No endpoints found that support image input",
            images,
            "vision = false",
        ),
        (
            "openai",
            400,
            "unknown variant `image_url`, expected `text`",
            images,
            "vision = false",
        ),
        (
            "openai",
            400,
            "registry.ollama.ai/library/small does not support tools",
            tools,
            "tools = false",
        ),
        (
            "openai",
            404,
            "No endpoints found that support tool use.",
            tools,
            "tools = false",
        ),
        (
            "openai",
            400,
            "tool_choice = \"required\" is not supported!",
            bound,
            "tool_choice = false",
        ),
        (
            "anthropic",
            400,
            "Thinking may not be enabled when tool_choice forces tool use.",
            bound,
            "tool_choice = false",
        ),
        (
            "openai",
            400,
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
            field,
            "max_tokens_field = \"max_completion_tokens\"",
        ),
        (
            "openai",
            400,
            "Invalid schema for function 'click': In context=(), 'minLength' is not permitted.",
            strict,
            "",
        ),
    ] {
        let bench = Bench::new(kind, "", move |asked: &Asked| match uses(asked) {
            true => refused(status, message),
            false if asked.tools.is_empty() => {
                Answer::say("{\"calls\": [{\"tool\": \"click\", \"arguments\": {\"id\": \"b1\"}}]}")
            }
            false => clicks(asked),
        })
        .await;
        for tries in [2, 1] {
            let call = bench.ask(&everything()).await;
            assert_eq!(call.tries.len(), tries, "{message}");
            let reply = call.answer.unwrap();
            assert_eq!(
                reply.turn.calls[0].input,
                Ok(json!({"id": "b1"})),
                "{message}"
            );
        }
        assert!(bench.clock.slept().is_empty());
        assert_eq!(bench.models.advice("main").join(""), setting);
    }
}

#[tokio::test]
async fn one_lack_may_follow_on_another() {
    let bench = Bench::new("anthropic", "", |asked: &Asked| {
        let wanted = matches!(asked.wanted, Wanted::Json(_));
        match (&asked.wanted, wanted) {
            (Wanted::Tool(_), _) => refused(
                400,
                "Thinking may not be enabled when tool_choice forces tool use.",
            ),
            (_, true) => refused(400, "output_config.format: Extra inputs are not permitted"),
            _ => Answer::say("{\"total\": 1}"),
        }
    })
    .await;
    let question = Request {
        messages: vec![Message::user("What does it come to?")],
        want: Want::Json {
            name: "answer".to_owned(),
            schema: schema(json!({"type": "object", "required": ["total"]})),
        },
        ..Request::default()
    };
    let call = bench.ask(&question).await;
    assert_eq!(call.tries.len(), 3);
    assert_eq!(call.answer.unwrap().json, Some(Ok(json!({"total": 1}))));
    let advice = bench.models.advice("main");
    assert_eq!(advice, ["tool_choice = false", "json_schema = false"]);
}

#[tokio::test]
async fn what_is_wrong_otherwise_stays_wrong() {
    for message in [
        "messages.0.content.1.image: image exceeds 5 MB maximum",
        "max_tokens is too large: 4096. This model supports at most 1024 completion tokens",
        "Invalid value for 'content'",
        "tools.0.name: String should match pattern",
    ] {
        let bench = Bench::new("openai", "", move |_: &Asked| refused(400, message)).await;
        let call = bench.ask(&everything()).await;
        assert_eq!(call.answer.unwrap_err().kind, Kind::BadRequest);
        assert_eq!(
            (call.tries.len(), bench.models.advice("main").len()),
            (1, 0),
            "{message}"
        );
    }
    // A provider that refuses whatever is left out is not asked for ever.
    let stubborn = |_: &Asked| refused(400, "tool_choice and tools and images are not supported");
    let bench = Bench::new("openai", "", stubborn).await;
    let call = bench.ask(&everything()).await;
    assert_eq!(call.answer.unwrap_err().kind, Kind::BadRequest);
    assert!(call.tries.len() <= 7, "{}", call.tries.len());
}
