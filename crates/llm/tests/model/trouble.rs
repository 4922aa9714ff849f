//! Each way to fail has its name and says what is wrong.

use errand_domain::FailureCategory;
use errand_llm::Kind;
use errand_testing::{
    ScriptedModel,
    model::{Answer, Asked, Fault, Options},
};

use crate::support::{Bench, clicks, lines, models, request};

fn answered(status: u16, body: &str) -> impl Fn(&Asked) -> Answer + Send + Sync + 'static {
    let body = body.to_owned();
    move |_| {
        Answer::fault(Fault::Status {
            status,
            headers: vec![("x-should-retry".to_owned(), "false".to_owned())],
            body: body.clone(),
        })
    }
}

#[tokio::test]
async fn what_providers_say_is_understood() {
    // As OpenAI, Azure, Anthropic, Google, OpenRouter, vLLM, Ollama and Groq word it.
    for (kind, status, body, expected) in [
        (
            "openai",
            429,
            r#"{"error":{"message":"You exceeded your current quota, please check your plan","type":"insufficient_quota","code":"insufficient_quota"}}"#,
            Kind::Quota,
        ),
        (
            "anthropic",
            400,
            r#"{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the Anthropic API."}}"#,
            Kind::Quota,
        ),
        (
            "openai",
            402,
            r#"{"error":{"message":"Insufficient credits","code":402}}"#,
            Kind::Quota,
        ),
        (
            "openai",
            400,
            r#"{"error":{"message":"This model's maximum context length is 8192 tokens.","code":"context_length_exceeded"}}"#,
            Kind::ContextTooLong,
        ),
        (
            "anthropic",
            400,
            r#"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 200082 tokens > 200000 maximum"}}"#,
            Kind::ContextTooLong,
        ),
        (
            "anthropic",
            413,
            r#"{"type":"error","error":{"type":"request_too_large","message":"Request exceeds the maximum size"}}"#,
            Kind::ContextTooLong,
        ),
        (
            "openai",
            400,
            r#"[{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT"}}]"#,
            Kind::Unauthorized,
        ),
        (
            "azure",
            401,
            r#"{"error":{"code":"401","message":"Access denied due to invalid subscription key"}}"#,
            Kind::Unauthorized,
        ),
        (
            "azure",
            404,
            r#"{"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist."}}"#,
            Kind::UnknownModel,
        ),
        (
            "openai",
            400,
            r#"{"error":{"message":"some-model is not a valid model ID","code":400}}"#,
            Kind::UnknownModel,
        ),
        (
            "openai",
            404,
            r#"{"error":"model \"some-model\" not found, try pulling it first"}"#,
            Kind::UnknownModel,
        ),
        (
            "azure",
            400,
            r#"{"error":{"message":"The response was filtered","code":"content_filter"}}"#,
            Kind::Refused,
        ),
        (
            "openai",
            400,
            r#"{"detail":"tools are not supported"}"#,
            Kind::BadRequest,
        ),
        (
            "openai",
            429,
            r#"{"error":{"message":"Rate limit reached for gpt in TPM","type":"tokens","code":"rate_limit_exceeded"}}"#,
            Kind::RateLimited,
        ),
        (
            "anthropic",
            529,
            r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#,
            Kind::Server,
        ),
        // With 200, as gateways do.
        (
            "openai",
            200,
            r#"{"error":{"message":"Rate limited upstream","code":429}}"#,
            Kind::RateLimited,
        ),
        (
            "openai",
            200,
            r#"{"error":{"message":"Provider returned error","code":502,"metadata":{"raw":"boom"}}}"#,
            Kind::Server,
        ),
        (
            "openai",
            200,
            r#"{"object":"list","data":[]}"#,
            Kind::Truncated,
        ),
        ("openai", 301, "", Kind::NotJson),
    ] {
        let bench = Bench::new(kind, "", answered(status, body)).await;
        let error = bench.ask(&request()).await.answer.unwrap_err();
        assert_eq!(error.kind, expected, "{body}: {error}");
        assert!(error.to_string().len() < 700, "{error}");
        let category = match expected {
            Kind::Refused => FailureCategory::ModelRefused,
            _ => FailureCategory::ModelError,
        };
        assert_eq!(error.kind.category(), category);
    }
}

#[tokio::test]
async fn a_refusal_is_no_answer_in_any_format() {
    for (kind, more) in [
        ("openai", ""),
        ("openai", "api = \"responses\""),
        ("anthropic", ""),
    ] {
        let bench = Bench::new(kind, more, |_| Answer::refuse("I can't help with that.")).await;
        let error = bench.ask(&request()).await.answer.unwrap_err();
        assert_eq!(error.kind, Kind::Refused);
        assert_eq!(error.message, "I can't help with that.");
        let bench = Bench::new(kind, more, |_| Answer::empty()).await;
        let error = bench.ask(&request()).await.answer.unwrap_err();
        assert_eq!(error.kind, Kind::Empty, "{kind} {more}");
        // It is asked once more.
        assert_eq!(bench.server.count(), 2);
    }
}

#[tokio::test]
async fn a_wrong_key_and_an_unknown_model_are_told_without_the_key() {
    for (kind, key, model, expected) in [
        ("openai", "sk-other", "some-model", Kind::Unauthorized),
        ("anthropic", "sk-other", "some-model", Kind::Unauthorized),
        (
            "openai",
            "sk-test-0123456789",
            "another",
            Kind::UnknownModel,
        ),
        (
            "anthropic",
            "sk-test-0123456789",
            "another",
            Kind::UnknownModel,
        ),
    ] {
        let options = Options {
            key: Some(key.to_owned()),
            models: vec![model.to_owned()],
        };
        let server = ScriptedModel::with(options, clicks).await.unwrap();
        let settings = format!("[models.main]\n{}", lines(&server, kind));
        let bench = Bench::with(server, &settings);
        let call = bench.ask(&request()).await;
        let error = call.answer.unwrap_err();
        assert_eq!(error.kind, expected);
        let told = format!("{error} {:?}", call.tries);
        assert!(!told.contains("sk-test"), "{told}");
        assert!(
            error.to_string().contains("main (some-model at 127.0.0.1)"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn what_is_no_provider_is_said() {
    let bench = Bench::new("openai", "", |_| Answer::fault(Fault::Html)).await;
    let error = bench.ask(&request()).await.answer.unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("an HTML page titled \"Sign in to the proxy\"; is base_url right?"),
        "{text}"
    );

    let nobody = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    for (url, expected) in [
        (format!("http://{nobody}/v1"), "refused the connection"),
        ("http://169.254.169.254/v1".to_owned(), "metadata"),
    ] {
        let settings = format!("[models.main]\nmodel = \"m\"\nbase_url = \"{url}\"");
        let models = models(&settings, std::sync::Arc::default());
        let model = models.named("main").unwrap();
        let call = model.ask(&request(), &errand_llm::Meter::unlimited()).await;
        let error = call.answer.unwrap_err();
        assert_eq!(error.kind, Kind::Unreachable);
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[tokio::test]
async fn a_flood_is_not_swallowed() {
    let bench = Bench::new("openai", "", |_| Answer::say("x".repeat(5_000_000))).await;
    let error = bench.ask(&request()).await.answer.unwrap_err();
    assert_eq!(error.kind, Kind::TooLarge);
}

#[tokio::test]
async fn every_try_is_kept_as_it_crossed_the_wire() {
    let bench = Bench::new("anthropic", "", |asked| match asked.number {
        1 => Answer::fault(Fault::RateLimited(Some("1".to_owned()))),
        _ => clicks(asked),
    })
    .await;
    let call = bench.ask(&request()).await;
    let served = bench.server.exchanges();
    assert_eq!(call.tries.len(), 2);
    for (kept, served) in call.tries.iter().zip(&served) {
        assert_eq!(
            String::from_utf8_lossy(&kept.request),
            served.request.to_string()
        );
        assert_eq!(String::from_utf8_lossy(&kept.response), served.response);
        assert_eq!(kept.status, Some(served.status));
        assert!(kept.url.ends_with("/v1/messages"), "{}", kept.url);
    }
    assert_eq!(call.usage(), call.answer.unwrap().usage);
}
