//! One run of the engine, without a service around it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use errand_domain::{
    ArtifactId, Draft, RunState,
    event::Body,
    log,
    port::{ArtifactDraft, ArtifactSink, CaptchaSolver, EventSink, Kept, People, PortError},
    run::Detail,
};
use errand_egress::{Client, Policy};
use errand_engine::{Agent, Computer, Ending, Engine, Limits, Local, Planner, Resume, Task};
use errand_llm::{Meter, Models, Settings};
use errand_testing::{
    ScriptedModel,
    model::{Answer, Asked},
};
use serde_json::Value;

use crate::{
    browser::Screen,
    ports::{Log, Nowhere, Since},
};

/// What a run left.
#[derive(Default)]
pub struct Left {
    pub events: Log,
    pub files: Mutex<Vec<(String, String)>>,
}

#[async_trait]
impl EventSink for Left {
    async fn append(&self, drafts: Vec<Draft>) -> Result<(), PortError> {
        self.events.append(drafts).await
    }
}

#[async_trait]
impl ArtifactSink for Left {
    async fn keep(&self, draft: ArtifactDraft) -> Result<Kept, PortError> {
        let text = String::from_utf8_lossy(&draft.content).into_owned();
        let name = draft.artifact_type.to_owned();
        self.files.lock().unwrap().push((name, text));
        Ok(Kept {
            artifact_id: ArtifactId::generate(),
            size: draft.content.len() as u64,
            checksum: log::sha256(&draft.content),
        })
    }
}

/// How a run ended, and what the model was sent.
pub struct Ran {
    pub ending: Ending,
    pub left: Left,
    pub model: ScriptedModel,
}

impl Ran {
    /// Why it failed.
    pub fn reason(&self) -> String {
        let failure = self.ending.failure.as_ref();
        failure
            .map(|it| format!("{} {}", it.category.as_str(), it.reason))
            .unwrap_or_default()
    }

    /// Fails the test, with all that happened, unless the run completed.
    #[track_caller]
    pub fn completed(&self) {
        let (state, reason) = (self.ending.state, self.reason());
        assert_eq!(state, RunState::Completed, "{reason} {}", self.log());
    }

    /// The names of the files that arrived.
    pub fn files(&self) -> Vec<String> {
        let events = self.left.events.0.lock().unwrap();
        let names = events.iter().filter_map(|it| match &it.body {
            Body::Downloaded { file } => Some(file.filename.clone()),
            _ => None,
        });
        names.collect()
    }

    /// The log in lines.
    pub fn log(&self) -> String {
        let events = self.left.events.0.lock().unwrap();
        let lines: Vec<&str> = events.iter().map(|it| &*it.summary).collect();
        lines.join("\n")
    }
}

/// Models at the scripted one, spoken to in this wire format.
pub fn models(server: &ScriptedModel, kind: &str) -> Models {
    models_with(server, kind, "")
}

/// The same with more settings.
pub fn models_with(server: &ScriptedModel, kind: &str, more: &str) -> Models {
    let url = match kind {
        "openai" => server.openai_url(),
        _ => server.url(),
    };
    let settings = format!(
        "[models.main]\nkind = \"{kind}\"\nbase_url = \"{url}\"\nmodel = \"m\"\napi_key = \"sk-test-0123456789\"\n{more}"
    );
    let settings: Settings = toml::from_str(&settings).unwrap();
    let policy = Policy {
        allow_private: true,
        ..Policy::default()
    };
    let clock = Arc::new(Since(Instant::now()));
    Models::new(&settings, Arc::new(Client::new(policy)), clock).unwrap()
}

pub async fn run(
    screen: &Screen,
    kind: &str,
    goal: &str,
    url: &str,
    schema: Option<&Value>,
    rule: impl Fn(&Asked) -> Answer + Send + Sync + 'static,
) -> Ran {
    let model = ScriptedModel::start(rule).await.unwrap();
    let models = models(&model, kind);
    let asking = Asking {
        schema,
        ..Asking::new(goal, url)
    };
    by(screen, model, asking, |left| {
        Box::new(Agent::new(models, Arc::new(Meter::unlimited()), left, left))
    })
    .await
}

static NO_CODES: BTreeMap<String, String> = BTreeMap::new();

/// What is asked for, and who can be asked back.
#[derive(Clone, Copy)]
pub struct Asking<'a> {
    pub goal: &'a str,
    pub url: &'a str,
    pub schema: Option<&'a Value>,
    pub people: &'a dyn People,
    pub codes: &'a BTreeMap<String, String>,
    pub captcha: Option<&'a dyn CaptchaSolver>,
}

impl<'a> Asking<'a> {
    pub fn new(goal: &'a str, url: &'a str) -> Self {
        Self {
            goal,
            url,
            schema: None,
            people: &Nowhere,
            codes: &NO_CODES,
            captcha: None,
        }
    }
}

/// The same by rules: the model is never asked.
pub async fn locally(screen: &Screen, asking: Asking<'_>) -> Ran {
    let model = ScriptedModel::start(|_: &Asked| panic!("asked"))
        .await
        .unwrap();
    by(screen, model, asking, |_| Box::new(Local)).await
}

/// By the engine of that name.
pub async fn run_kind(
    screen: &Screen,
    kind: &str,
    asking: Asking<'_>,
    rule: impl Fn(&Asked) -> Answer + Send + Sync + 'static,
) -> Ran {
    let model = ScriptedModel::start(rule).await.unwrap();
    let models = models(&model, "openai");
    let meter = Arc::new(Meter::unlimited());
    by(screen, model, asking, |left| match kind {
        "planner" => Box::new(Planner::new(models, meter, left, left)),
        _ => Box::new(Agent::new(models, meter, left, left)),
    })
    .await
}

pub async fn run_with(
    screen: &Screen,
    asking: Asking<'_>,
    rule: impl Fn(&Asked) -> Answer + Send + Sync + 'static,
) -> Ran {
    let model = ScriptedModel::start(rule).await.unwrap();
    let models = models(&model, "openai");
    by(screen, model, asking, |left| {
        Box::new(Agent::new(models, Arc::new(Meter::unlimited()), left, left))
    })
    .await
}

/// The same by the planner.
pub async fn plan(
    screen: &Screen,
    goal: &str,
    url: &str,
    rule: impl Fn(&Asked) -> Answer + Send + Sync + 'static,
) -> Ran {
    let model = ScriptedModel::start(rule).await.unwrap();
    let models = models(&model, "openai");
    by(screen, model, Asking::new(goal, url), |left| {
        Box::new(Planner::new(
            models,
            Arc::new(Meter::unlimited()),
            left,
            left,
        ))
    })
    .await
}

/// The same by an engine that sees pictures, with these settings of its model.
pub async fn by_picture(
    screen: &Screen,
    kind: &str,
    more: &str,
    asking: Asking<'_>,
    rule: impl Fn(&Asked) -> Answer + Send + Sync + 'static,
) -> Ran {
    let model = ScriptedModel::start(rule).await.unwrap();
    let models = models_with(&model, kind, more);
    by(screen, model, asking, |left| {
        let meter = Arc::new(Meter::unlimited());
        Box::new(Computer::new(models, meter, left, left).unwrap())
    })
    .await
}

async fn by(
    screen: &Screen,
    model: ScriptedModel,
    asking: Asking<'_>,
    engine: impl for<'l> FnOnce(&'l Left) -> Box<dyn Engine + 'l>,
) -> Ran {
    let left = Left::default();
    let engine = engine(&left);
    let task = Task {
        goal: asking.goal,
        url: Some(asking.url),
        schema: asking.schema,
        detail: Detail::Normal,
        page: &screen.page,
        engine: &*engine,
        events: &left,
        artifacts: &left,
        checkpoints: &Nowhere,
        refusal: &|_| None,
        error_codes: asking.codes,
        captcha: asking.captcha,
        people: asking.people,
        clock: &Since(Instant::now()),
        limits: Limits {
            max_steps: 40,
            deadline: Duration::from_secs(60),
        },
        resume: Resume::default(),
    };
    let ending = task.run().await.unwrap();
    drop(engine);
    Ran {
        ending,
        left,
        model,
    }
}
