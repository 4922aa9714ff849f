//! Engines that need a language model, and what the models of a run may use.

use errand_api::v1::{GetServerInfoRequest, Run, RunDetail, RunTaskRequest};
use errand_llm::{
    Settings,
    settings::{ModelSettings, Price, Roles, Secret},
};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::{
    refusal::{Refusal, invalid, refused},
    server::Server,
};

const KEY: &str = "sk-not-to-be-told";

fn model(name: &str, price: Option<Price>, fallback: Option<&str>) -> ModelSettings {
    ModelSettings {
        model: Some(name.to_owned()),
        base_url: Some("https://models.example/v1".to_owned()),
        api_key: Some(Secret::new(KEY)),
        price,
        fallback: fallback.map(str::to_owned),
        ..ModelSettings::default()
    }
}

/// One model with a price that does everything but check, one without, and one that may become it.
fn settings() -> Settings {
    let price = Price {
        input: 2.5,
        cached_input: None,
        cache_write: None,
        output: 10.0,
    };
    let models = [
        ("default", model("gpt-a", Some(price), None)),
        ("house", model("qwen-b", None, None)),
        ("other", model("gpt-c", Some(price), Some("house"))),
    ];
    Settings {
        models: models.map(|(name, it)| (name.to_owned(), it)).into(),
        roles: Roles {
            verify: Some("house".to_owned()),
            ..Roles::default()
        },
    }
}

fn task() -> RunTaskRequest {
    RunTaskRequest {
        prompt: "Get the heading".to_owned(),
        url: "https://a.example/".to_owned(),
        ..RunTaskRequest::default()
    }
}

async fn run(server: &Server, request: RunTaskRequest) -> Result<Run, Status> {
    let answer = server.runs().run_task(request).await?;
    Ok(answer.into_inner().run.unwrap())
}

async fn wrong(server: &Server, request: RunTaskRequest, fields: &[&str]) -> Refusal {
    invalid(run(server, request).await.unwrap_err(), fields)
}

#[tokio::test]
async fn the_default_is_the_engine_with_a_model_where_there_is_one() {
    let server = Server::with_models(&settings()).await;
    let mut admin = server.admin();
    let info = admin.get_server_info(GetServerInfoRequest {});
    let info = info.await.unwrap().into_inner();
    let engines: Vec<_> = info
        .engines
        .iter()
        .map(|it| (it.name.as_str(), it.default))
        .collect();
    assert_eq!(
        engines,
        [("planner", true), ("agent", false), ("local", false)]
    );
    assert!(info.engines[1].aliases.iter().any(|it| it == "skyvern-1.0"));
    let models: Vec<_> = info
        .models
        .iter()
        .map(|it| (it.name.as_str(), it.provider.as_str(), it.has_price))
        .collect();
    let expected = [
        ("default", "openai", true),
        ("house", "openai", false),
        ("other", "openai", false),
    ];
    assert_eq!(models, expected);
    assert_eq!(info.models[0].roles, ["decide", "extract", "plan"]);
    assert_eq!(info.models[1].roles, ["verify"]);
    assert!(info.models[2].roles.is_empty());
    let told = format!("{info:?}");
    assert!(!told.contains(KEY) && !told.contains("models.example"));

    let made = run(&server, task()).await.unwrap();
    assert_eq!(made.engine, "planner");
    assert!(
        made.engine_reason
            .contains("a language model is configured"),
        "{}",
        made.engine_reason
    );
    let asked = RunTaskRequest {
        engine: "skyvern_v1".to_owned(),
        model: "default".to_owned(),
        max_tokens: Some(50_000),
        max_cost_micros: Some(250_000),
        ..task()
    };
    let made = run(&server, asked.clone()).await.unwrap();
    assert!(made.engine_reason.contains("skyvern_v1"));
    let expected = RunTaskRequest {
        engine: "agent".to_owned(),
        detail: RunDetail::Normal.into(),
        ..asked
    };
    assert_eq!(made.run_request, Some(expected));
    let local = RunTaskRequest {
        engine: "local".to_owned(),
        ..task()
    };
    assert_eq!(run(&server, local).await.unwrap().engine, "local");
}

#[tokio::test]
async fn an_engine_that_needs_a_model_says_which_setting_is_missing() {
    let server = Server::start().await;
    for engine in [
        "agent",
        "planner",
        "skyvern_v1",
        "skyvern_v2",
        "openai_cua",
        "ui_tars",
    ] {
        let request = RunTaskRequest {
            engine: engine.to_owned(),
            ..task()
        };
        let status = run(&server, request.clone()).await.unwrap_err();
        for setting in ["ERRAND_LLM_MODEL", "ERRAND_LLM_API_KEY", "[llm.models."] {
            assert!(status.message().contains(setting), "{status:?}");
        }
        let missing = status.get_details_precondition_failure().unwrap();
        let subjects: Vec<_> = missing.violations.iter().map(|it| &it.subject).collect();
        assert_eq!(
            subjects,
            ["ERRAND_LLM_MODEL", "ERRAND_LLM_API_KEY", "llm.models"]
        );
        refused(status, Code::FailedPrecondition, "MODEL_NOT_CONFIGURED");
        // What is wrong with the request itself is said first.
        let blank = RunTaskRequest {
            prompt: String::new(),
            ..request
        };
        wrong(&server, blank, &["prompt"]).await;
    }
    assert_eq!(run(&server, task()).await.unwrap().engine, "local");
    let named = RunTaskRequest {
        model: "gpt-a".to_owned(),
        ..task()
    };
    let refusal = wrong(&server, named, &["model"]).await;
    assert!(refusal.message.contains("ERRAND_LLM_MODEL"), "{refusal:?}");
}

#[tokio::test]
async fn an_engine_that_sees_pictures_needs_a_model_of_its_kind() {
    let mut settings = settings();
    let server = Server::with_models(&settings).await;
    for (engine, tool) in [
        ("openai_cua", "computer_tool = \"computer\""),
        ("anthropic-cua", "computer_20251124"),
        ("ui_tars", "computer_tool = \"ui_tars\""),
    ] {
        let request = RunTaskRequest {
            engine: engine.to_owned(),
            ..task()
        };
        let status = run(&server, request).await.unwrap_err();
        assert!(status.message().contains(tool), "{status:?}");
        let missing = status.get_details_precondition_failure().unwrap();
        assert_eq!(
            missing.violations[0].subject,
            "llm.models.NAME.computer_tool"
        );
        refused(status, Code::FailedPrecondition, "MODEL_NOT_CONFIGURED");
    }

    let eyes = model("bytedance/UI-TARS-1.5-7B", None, None);
    settings.models.insert("eyes".to_owned(), eyes);
    let server = Server::with_models(&settings).await;
    let mut admin = server.admin();
    let info = admin.get_server_info(GetServerInfoRequest {});
    let info = info.await.unwrap().into_inner();
    let names: Vec<&str> = info.engines.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["planner", "agent", "ui_tars", "local"]);
    let eyes = info.models.iter().find(|it| it.name == "eyes").unwrap();
    assert_eq!(eyes.screen_engine, "ui_tars");

    let seeing = RunTaskRequest {
        engine: "ui-tars".to_owned(),
        ..task()
    };
    let made = run(&server, seeing.clone()).await.unwrap();
    assert_eq!(made.engine, "ui_tars");
    let named = |name: &str| RunTaskRequest {
        model: name.to_owned(),
        ..seeing.clone()
    };
    run(&server, named("eyes")).await.unwrap();
    let refusal = wrong(&server, named("default"), &["model"]).await;
    assert!(refusal.message.contains("these are: eyes"), "{refusal:?}");
    // It has no price, nor has the model that checks.
    let bounded = RunTaskRequest {
        max_cost_micros: Some(1),
        ..seeing
    };
    let refusal = wrong(&server, bounded, &["max_cost_micros"]).await;
    let description = &refusal.violations[0].1;
    assert!(
        description.contains("eyes") && description.contains("house"),
        "{refusal:?}"
    );
}

#[tokio::test]
async fn what_is_asked_of_models_must_be_had() {
    let server = Server::with_models(&settings()).await;
    let unknown = RunTaskRequest {
        engine: "magic".to_owned(),
        model: "gpt-z".to_owned(),
        ..task()
    };
    let refusal = wrong(&server, unknown, &["engine"]).await;
    assert!(
        refusal.message.contains("planner, agent, local"),
        "{refusal:?}"
    );
    let unknown = RunTaskRequest {
        model: "gpt-z\n".to_owned(),
        ..task()
    };
    let refusal = wrong(&server, unknown, &["model"]).await;
    assert!(
        refusal.message.contains("default, house, other"),
        "{refusal:?}"
    );

    let local = RunTaskRequest {
        engine: "local".to_owned(),
        model: "default".to_owned(),
        max_tokens: Some(1),
        max_cost_micros: Some(1),
        ..task()
    };
    wrong(&server, local, &["model", "max_tokens", "max_cost_micros"]).await;

    // The model that checks has no price; one that has may be named for everything.
    let bounded = RunTaskRequest {
        max_cost_micros: Some(1),
        ..task()
    };
    let refusal = wrong(&server, bounded.clone(), &["max_cost_micros"]).await;
    let description = &refusal.violations[0].1;
    assert!(
        description.contains("llm.models.house.price"),
        "{refusal:?}"
    );
    assert!(!description.contains("default"), "{refusal:?}");
    let priced = RunTaskRequest {
        model: "default".to_owned(),
        ..bounded.clone()
    };
    run(&server, priced).await.unwrap();
    for model in ["house", "other"] {
        let priceless = RunTaskRequest {
            model: model.to_owned(),
            ..bounded.clone()
        };
        let refusal = wrong(&server, priceless, &["max_cost_micros"]).await;
        assert!(refusal.message.contains("house"), "{refusal:?}");
    }

    for (tokens, cost, fields) in [
        (Some(0), None, ["max_tokens"]),
        (Some(-1), None, ["max_tokens"]),
        (Some(i64::MAX), None, ["max_tokens"]),
        (None, Some(0), ["max_cost_micros"]),
        (None, Some(i64::MIN), ["max_cost_micros"]),
    ] {
        let request = RunTaskRequest {
            model: "default".to_owned(),
            max_tokens: tokens,
            max_cost_micros: cost,
            ..task()
        };
        wrong(&server, request, &fields).await;
    }
}

#[tokio::test]
async fn only_an_engine_that_plans_finds_its_own_start() {
    let server = Server::with_models(&settings()).await;
    let nowhere = RunTaskRequest {
        url: String::new(),
        ..task()
    };
    let made = run(&server, nowhere.clone()).await.unwrap();
    assert_eq!(made.engine, "planner");
    assert_eq!(made.run_request.unwrap().url, "");
    for engine in ["agent", "local"] {
        let request = RunTaskRequest {
            engine: engine.to_owned(),
            ..nowhere.clone()
        };
        wrong(&server, request, &["url"]).await;
    }
}
