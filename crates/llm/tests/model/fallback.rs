//! Another model takes over when one fails.

use std::time::Duration;

use errand_llm::{Kind, Role};
use errand_testing::{
    ScriptedModel,
    model::{Answer, Asked, Fault},
};

use crate::support::{Bench, clicks, lines, request};

/// Two models on one server: the first one, called `first` there, follows the rule.
async fn pair(rule: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Bench {
    let server = ScriptedModel::start(move |asked: &Asked| match asked.model.as_str() {
        "first" => rule(asked),
        _ => clicks(asked),
    })
    .await
    .unwrap();
    let first = lines(&server, "openai").replace("some-model", "first");
    let second = lines(&server, "anthropic").replace("some-model", "second");
    let settings = format!(
        "[models.main]\n{first}\nfallback = \"spare\"\n[models.spare]\n{second}\n\
         [roles]\ndecide = \"main\""
    );
    Bench::with(server, &settings)
}

#[tokio::test]
async fn the_fallback_answers_after_the_retries_of_the_first() {
    let bench = pair(|_| Answer::fault(Fault::RateLimited(None))).await;
    let call = bench.ask(&request()).await;
    let models: Vec<_> = call.tries.iter().map(|it| it.model.as_str()).collect();
    assert_eq!(models, ["main", "main", "main", "main", "spare"]);
    let reply = call.answer.unwrap();
    assert_eq!(reply.model, "spare");
    assert_eq!(reply.fault(), None);
}

#[tokio::test]
async fn a_slow_model_leaves_time_for_its_fallback() {
    let bench = pair(|_| Answer::say("late").with(Fault::Slow(Duration::from_secs(60)))).await;
    let mut question = request();
    question.timeout = Some(Duration::from_secs(2));
    let reply = bench.ask(&question).await.answer.unwrap();
    assert_eq!(reply.model, "spare");
}

#[tokio::test]
async fn a_refusal_is_final_and_two_failures_are_both_told() {
    let bench = pair(|_| Answer::refuse("No.")).await;
    let error = bench.ask(&request()).await.answer.unwrap_err();
    assert_eq!((error.kind, bench.server.count()), (Kind::Refused, 1));

    let server = ScriptedModel::start(|_: &Asked| Answer::fault(Fault::Html))
        .await
        .unwrap();
    let one = lines(&server, "openai");
    let settings = format!(
        "[models.default]\n{one}\nfallback = \"spare\"\n\
         [models.spare]\nbase_url = \"http://127.0.0.1:9/v1\"\nmodel = \"x\""
    );
    let bench = Bench::with(server, &settings);
    let text = bench.ask(&request()).await.answer.unwrap_err().to_string();
    assert!(text.contains("default (some-model"), "{text}");
    assert!(
        text.contains("HTML") && text.contains("spare (x at 127.0.0.1) can't be reached"),
        "{text}"
    );
}

#[tokio::test]
async fn roles_have_models_and_a_run_may_name_one() {
    let bench = pair(clicks).await;
    let name = |role| bench.models.of(role).unwrap().name().to_owned();
    assert_eq!(name(Role::Verify), "main");
    let chosen = bench.models.with_all_roles("spare").unwrap();
    assert_eq!(chosen.of(Role::Decide).unwrap().name(), "spare");
    assert!(bench.models.with_all_roles("other").is_none());
    assert_eq!(bench.models.names().collect::<Vec<_>>(), ["main", "spare"]);
}
