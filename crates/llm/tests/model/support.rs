//! Models on a scripted model, and a clock that never waits.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use errand_domain::{Timestamp, port::Clock};
use errand_egress::{Client, Policy};
use errand_llm::{Call, Message, Meter, Models, Request, Role, Schema, Settings, Tool, Want};
use errand_testing::{
    ScriptedModel,
    model::{Answer, Asked},
};
use serde_json::{Value, json};

/// Midday of 2026-01-01.
pub const NOW: i64 = 1_767_268_800_000_000;

/// Time that passes by sleeping only, which takes none.
#[derive(Default)]
pub struct Jump(Mutex<(Duration, Vec<Duration>)>);

impl Jump {
    /// Every sleep so far.
    pub fn slept(&self) -> Vec<Duration> {
        self.0.lock().unwrap().1.clone()
    }
}

#[async_trait]
impl Clock for Jump {
    fn now(&self) -> Timestamp {
        Timestamp(NOW + self.elapsed().as_micros() as i64)
    }

    fn elapsed(&self) -> Duration {
        self.0.lock().unwrap().0
    }

    async fn sleep(&self, duration: Duration) {
        let mut state = self.0.lock().unwrap();
        state.0 += duration;
        state.1.push(duration);
    }
}

/// A scripted model and the models that are configured on it.
pub struct Bench {
    pub server: ScriptedModel,
    pub clock: Arc<Jump>,
    pub models: Models,
}

impl Bench {
    /// One model of this kind, with more lines of settings.
    pub async fn new(
        kind: &str,
        more: &str,
        rule: impl Fn(&Asked) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let server = ScriptedModel::start(rule).await.unwrap();
        let settings = format!("[models.main]\n{}\n{more}", lines(&server, kind));
        Self::with(server, &settings)
    }

    pub fn with(server: ScriptedModel, settings: &str) -> Self {
        let clock = Arc::new(Jump::default());
        let models = models(settings, clock.clone());
        Self {
            server,
            clock,
            models,
        }
    }

    pub async fn ask(&self, request: &Request) -> Call {
        self.metered(request, &Meter::unlimited()).await
    }

    pub async fn metered(&self, request: &Request, meter: &Meter) -> Call {
        let model = self.models.of(Role::Decide).unwrap();
        model.ask(request, meter).await
    }

    /// The body of the last request.
    pub fn sent(&self) -> Value {
        self.server.exchanges().pop().unwrap().request
    }
}

/// What a model of this kind needs to be found.
pub fn lines(server: &ScriptedModel, kind: &str) -> String {
    let url = match kind {
        "openai" => server.openai_url(),
        _ => server.url(),
    };
    let key = "api_key = \"sk-test-0123456789\"";
    format!("kind = \"{kind}\"\nbase_url = \"{url}\"\nmodel = \"some-model\"\n{key}")
}

pub fn models(settings: &str, clock: Arc<Jump>) -> Models {
    let settings: Settings = toml::from_str(settings).unwrap();
    let policy = Policy {
        allow_private: true,
        ..Policy::default()
    };
    Models::new(&settings, Arc::new(Client::new(policy)), clock).unwrap()
}

pub fn schema(value: Value) -> Schema {
    Schema::new(value).unwrap()
}

/// A tool that clicks an element.
pub fn click() -> Tool {
    Tool {
        name: "click".to_owned(),
        description: "Clicks an element.".to_owned(),
        schema: schema(json!({
            "type": "object",
            "properties": {"id": {"type": "string"}},
            "required": ["id"],
            "additionalProperties": false,
        })),
    }
}

/// A question with that tool.
pub fn request() -> Request {
    Request {
        system: "You drive a browser.".to_owned(),
        messages: vec![Message::user("[b1] button \"Send\"")],
        tools: vec![click()],
        want: Want::AnyTool,
        ..Request::default()
    }
}

/// What a rule for [`request`] answers: a click on the first element that it sees.
pub fn clicks(asked: &Asked) -> Answer {
    let text = asked.text();
    let id = text.split_once('[').unwrap().1.split_once(']').unwrap().0;
    Answer::call("click", &json!({ "id": id }))
}
