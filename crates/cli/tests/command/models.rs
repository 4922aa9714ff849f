//! Models in the settings, and what the doctor says of them.

use errand_testing::{
    ScriptedModel,
    model::{Answer, Asked, Fault, Options},
};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::errand::{Errand, Said};

const KEY: &str = "sk-test-0123456789";

/// What the doctor found about models.
#[track_caller]
fn found(said: &Said) -> Vec<(String, String, String)> {
    let text = |it: &Value, key: &str| it[key].as_str().unwrap_or_default().to_owned();
    let lines = said.lines();
    let about = lines.iter().filter(|it| it["name"] == "models");
    about
        .map(|it| (text(it, "verdict"), text(it, "found"), text(it, "mend")))
        .collect()
}

#[test]
fn the_doctor_asks_each_model_to_call_a_tool() {
    let runtime = Runtime::new().unwrap();
    let options = Options {
        key: Some(KEY.to_owned()),
        models: ["good", "page", "poor", "prose"]
            .map(str::to_owned)
            .to_vec(),
    };
    let rule = |asked: &Asked| match asked.model.as_str() {
        "page" => Answer::fault(Fault::Html),
        "prose" => Answer::say("I am ready."),
        "poor" if asked.tools.is_empty() => {
            let call = json!({"tool": "report", "arguments": {"ready": true}});
            Answer::say(call.to_string())
        }
        "poor" => Answer::fault(Fault::Status {
            status: 400,
            headers: Vec::new(),
            body: json!({"error": "poor does not support tools"}).to_string(),
        }),
        _ => Answer::call(&asked.tools[0].name, &json!({"ready": true})),
    };
    let server = runtime
        .block_on(ScriptedModel::with(options, rule))
        .unwrap();
    let url = server.openai_url();
    let errand = Errand::new();
    let settings = format!(
        "[llm.models.default]\nmodel = \"good\"\nbase_url = \"{url}\"\napi_key_file = \"key\"\n\
         [llm.models.page]\nmodel = \"page\"\nbase_url = \"{url}\"\napi_key = \"{KEY}\"\n\
         [llm.models.other]\nmodel = \"gone\"\nbase_url = \"{url}\"\napi_key = \"{KEY}\"\n\
         [llm.models.poor]\nmodel = \"poor\"\nbase_url = \"{url}\"\napi_key = \"{KEY}\"\n\
         [llm.models.prose]\nmodel = \"prose\"\nbase_url = \"{url}\"\napi_key = \"{KEY}\"\n\
         [llm.models.wrong]\nmodel = \"good\"\nbase_url = \"{url}\"\napi_key = \"sk-wrong-key\"\n"
    );
    errand.file("state/errand/errand.toml", settings);
    errand.file("state/errand/key", format!("{KEY}\n"));
    let doctor = ["doctor", "--json", "--listen", "127.0.0.1:0"];
    let said = errand.run(&doctor).with(1);
    assert!(!said.out.contains("sk-"), "{}", said.out);
    let all = found(&said);
    let verdicts: Vec<&str> = all.iter().map(|it| it.0.as_str()).collect();
    assert_eq!(
        verdicts,
        ["good", "bad", "bad", "warning", "warning", "bad"],
        "{all:?}"
    );
    let roles = "default: good at 127.0.0.1, for decide, extract, verify, plan; answered in";
    assert!(all[0].1.starts_with(roles), "{all:?}");
    for (index, text, mend) in [
        (1, "does not exist", "check llm.models.other.model"),
        (
            2,
            "an HTML page titled \"Sign in to the proxy\"",
            "check llm.models.page.base_url",
        ),
        (
            3,
            "but not to all that it was sent",
            "set tools = false in llm.models.poor",
        ),
        (4, "told to call a tool, it did not", "`tools = false`"),
        (5, "refused the key", "check llm.models.wrong.api_key"),
    ] {
        assert!(all[index].1.contains(text), "{all:?}");
        assert!(all[index].2.contains(mend), "{all:?}");
    }

    // Two variables and an address are enough, and go before the file.
    let errand = Errand::new();
    let variables = [
        ("ERRAND_LLM_MODEL", "good"),
        ("ERRAND_LLM_API_KEY", KEY),
        ("ERRAND_LLM_BASE_URL", &url),
    ];
    errand.file(
        "state/errand/errand.toml",
        "[llm.models.default]\nmodel = \"bad\"\nrpm = 5\n",
    );
    let said = errand.run_with(&variables, &doctor).with(0);
    assert_eq!(found(&said).len(), 1, "{}", said.out);
    let said = errand
        .run_with(&variables, &["serve", "--print-config"])
        .with(0);
    let line =
        "llm.models.default good at 127.0.0.1, for decide, extract, verify, plan  (environment)";
    assert!(said.out.contains(line), "{}", said.out);
    assert!(!said.out.contains(KEY) && !said.err.contains(KEY));
}

#[test]
fn models_that_cannot_be_used_are_refused_at_the_start_by_their_settings() {
    let errand = Errand::new();
    let file = errand.file(
        "wrong.toml",
        "[llm.models.a]\nmodel = \"x\"\n[llm.models.b]\nbase_url = \"http://localhost:1/v1\"\n\
         fallback = \"c\"\n[llm.roles]\nverify = \"d\"\n",
    );
    let said = errand.run(&["serve", "--config", &file]).with(2);
    for reason in [
        "llm.models.a.api_key: not set",
        "llm.models.b.model: not set",
        "llm.models.b.fallback: no model is called c; there are a, b",
        "llm.roles.verify: no model is called d",
        "llm.roles.decide: not set",
    ] {
        assert!(said.err.contains(reason), "no {reason:?} in {}", said.err);
    }
    let file = errand.file("typo.toml", "[llm.models.a]\nmodle = \"x\"\n");
    let said = errand.run(&["serve", "--config", &file]).with(2);
    assert!(
        said.err.contains("line 2: unknown field `modle`"),
        "{}",
        said.err
    );
    let variables = [("ERRAND_LLM_VISION", "maybe"), ("ERRAND_LLM_MODELL", "x")];
    let said = errand.run_with(&variables, &["serve"]).with(2);
    assert!(
        said.err.contains("ERRAND_LLM_VISION: can't be read: maybe"),
        "{}",
        said.err
    );
    // The doctor looks at everything else all the same.
    let said = errand.run_with(&variables, &["doctor"]).with(1);
    for part in ["ERRAND_LLM_VISION", "ERRAND_LLM_MODEL,", "data folder"] {
        assert!(said.err.contains(part), "no {part:?} in {}", said.err);
    }
}
