//! Settings: what they default to, and how wrong ones are told.

use std::{fs, sync::Arc, time::Duration};

use errand_egress::{Client, Policy};
use errand_llm::{Models, Problem, Role, Screen, Settings, ui_tars::Scale};
use errand_testing::{
    ScriptedModel,
    model::{Answer, Asked, Options},
};

use crate::support::{Bench, Jump, clicks, lines, request};

fn checked(text: &str) -> Result<Models, Vec<Problem>> {
    let settings: Settings = toml::from_str(text).unwrap();
    let egress = Arc::new(Client::new(Policy::default()));
    Models::new(&settings, egress, Arc::new(Jump::default()))
}

#[test]
fn all_that_is_wrong_is_told_at_once_each_by_its_setting() {
    let problems = checked(
        r#"
        [models.keyless]
        model = "gpt-x"
        [models.elsewhere]
        model = " "
        base_url = "localhost:11434"
        fallback = "nobody"
        temperature = 3.0
        rpm = 0
        [models.azure]
        kind = "azure"
        model = "d"
        api_key = "k"
        [models.claude]
        model = "claude-x"
        api = "responses"
        api_key = "a b"
        computer_tool = "computer"
        temperature = 0.0
        price = { input = 0.0000001, output = -1 }
        [models.round]
        model = "x"
        base_url = "http://localhost:1/v1"
        fallback = "robin"
        api_key_file = "/nowhere/key"
        [models.robin]
        model = "x"
        base_url = "http://localhost:1/v1"
        fallback = "round"
        api_key = "k"
        api_key_env = "KEY"
        [roles]
        extract = "ghost"
        "#,
    )
    .unwrap_err();
    let mut settings: Vec<&str> = problems.iter().map(|it| it.setting.as_str()).collect();
    settings.sort_unstable();
    assert_eq!(
        settings,
        [
            "llm.models.azure.base_url",
            "llm.models.claude.api",
            "llm.models.claude.api_key",
            "llm.models.claude.computer_tool",
            "llm.models.claude.price.input",
            "llm.models.claude.temperature",
            "llm.models.elsewhere.base_url",
            "llm.models.elsewhere.fallback",
            "llm.models.elsewhere.model",
            "llm.models.elsewhere.rpm",
            "llm.models.elsewhere.temperature",
            "llm.models.keyless.api_key",
            "llm.models.robin.api_key",
            "llm.models.robin.fallback",
            "llm.models.round.api_key_file",
            "llm.models.round.fallback",
            "llm.roles.decide",
            "llm.roles.extract",
        ]
    );
    let text: Vec<String> = problems.iter().map(ToString::to_string).collect();
    let text = text.join("\n");
    assert!(
        text.contains("no model is called ghost; there are: azure, claude"),
        "{text}"
    );
    assert!(!text.contains("a b"), "{text}");
}

#[test]
fn few_settings_are_enough() {
    assert!(checked("").unwrap().is_empty());
    let models = checked(
        "[models.small]\nmodel = \"claude-x\"\napi_key = \"k\"\n\
         [models.default]\nmodel = \"llama\"\nbase_url = \"http://localhost:11434/v1/\"\n\
         [roles]\nverify = \"small\"",
    )
    .unwrap();
    let name = |role| models.of(role).unwrap().name().to_owned();
    assert_eq!(
        Role::ALL.map(name),
        ["default", "default", "small", "default"]
    );
    let small = models.of(Role::Verify).unwrap();
    assert_eq!(small.capabilities().screen, Some(Screen::Anthropic));
    assert_eq!(models.of(Role::Plan).unwrap().capabilities().screen, None);
    let deciding = models.deciding("small").unwrap();
    let name = |role| deciding.of(role).unwrap().name().to_owned();
    assert_eq!(
        Role::ALL.map(name),
        ["small", "default", "small", "default"]
    );
    assert_eq!(small.prices(), None);
    assert_eq!(models.unpriced(), ["default", "small"]);
    assert!(!format!("{models:?}").contains("\"k\""));
    for wrong in [
        "[models.a]\nmodle = \"x\"",
        "[models.a]\ntimeout = \"0s\"",
        "[models.a]\nmax_picture = \"1280\"",
        "[models.a]\nmax_picture = \"100x100\"",
        "[roles]\nact = \"a\"",
    ] {
        assert!(toml::from_str::<Settings>(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn how_a_model_acts_on_a_screen_is_told_by_its_name_or_set() {
    let at = "base_url = \"http://localhost:8000/v1\"";
    for (settings, screen) in [
        (
            "model = \"computer-use-preview\"\napi_key = \"k\"",
            Some(Screen::Openai),
        ),
        (
            "model = \"bytedance/UI-TARS-1.5-7B\"\nAT",
            Some(Screen::UiTars(Scale::Pixels)),
        ),
        (
            "model = \"ui-tars-72b-dpo\"\nAT",
            Some(Screen::UiTars(Scale::Thousandths)),
        ),
        (
            "model = \"own\"\ncomputer_tool = \"ui_tars\"\nAT",
            Some(Screen::UiTars(Scale::Pixels)),
        ),
        (
            "model = \"own\"\ncomputer_tool = \"computer\"\nmax_picture = \"800x600\"\nAT",
            Some(Screen::Openai),
        ),
        ("model = \"own\"\nAT", None),
    ] {
        let models = checked(&format!("[models.m]\n{}", settings.replace("AT", at))).unwrap();
        let can = models.of(Role::Decide).unwrap().capabilities();
        assert_eq!(can.screen, screen, "{settings}");
        let width = if settings.contains("800x600") {
            800
        } else {
            1_280
        };
        assert_eq!(can.max_picture.width, width);
    }
}

#[tokio::test]
async fn a_key_may_lie_in_a_file() {
    let options = Options {
        key: Some("sk-from-a-file".to_owned()),
        ..Options::default()
    };
    let server = ScriptedModel::with(options, clicks).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    fs::write(&path, "sk-from-a-file\n").unwrap();
    let key = format!("api_key_file = \"{}\"", path.display());
    let settings = lines(&server, "openai").replace("api_key = \"sk-test-0123456789\"", &key);
    let bench = Bench::with(server, &format!("[models.main]\n{settings}"));
    bench.ask(&request()).await.answer.unwrap();
}

#[tokio::test]
async fn a_probe_asks_one_model_for_a_call_or_for_a_word() {
    for (more, has_tools) in [("", true), ("tools = false", false)] {
        let bench = Bench::new("anthropic", more, |asked: &Asked| {
            assert!(asked.max_tokens.unwrap() <= 64);
            match asked.tools.first() {
                Some(tool) => Answer::call(&tool.name, &serde_json::json!({"ready": true})),
                None => Answer::say("ready"),
            }
        })
        .await;
        let wait = Duration::from_secs(5);
        let reply = bench
            .models
            .probe("main", wait)
            .await
            .unwrap()
            .answer
            .unwrap();
        assert_eq!(reply.fault(), None);
        assert_eq!(!reply.turn.calls.is_empty(), has_tools);
        assert!(bench.models.probe("other", wait).await.is_none());
    }
}
