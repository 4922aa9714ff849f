//! Which engines there are, and the one of a run.

use std::sync::Arc;

use errand_domain::{FailureCategory, Run, RunState};
use errand_engine::{Agent, Computer, Ending, Engine, Local, Planner};
use errand_llm::{Cost, Limits, Meter, Models, Role, Spent, Usage};

use crate::sink::Sink;

/// Needs no model.
const LOCAL: &str = "local";
/// One goal, decided by a model.
const AGENT: &str = "agent";

/// A goal in parts, decided by rules where they suffice and by a model where they don't.
pub(crate) const PLANNER: &str = "planner";

/// Engines that need a language model, whether one is configured or not.
pub const WITH_MODEL: &[&str] = &[PLANNER, AGENT, "openai_cua", "anthropic_cua", "ui_tars"];
/// Those of them that need one which acts on pictures of the page, each by its own kind.
pub const WITH_SCREEN: &[&str] = &["openai_cua", "anthropic_cua", "ui_tars"];

/// The engines that can be had with these models, the default first.
pub(crate) fn names(models: &Models) -> Vec<&'static str> {
    if models.is_empty() {
        return vec![LOCAL];
    }
    let mut names = vec![PLANNER, AGENT];
    let screens = WITH_SCREEN.iter().copied();
    names.extend(screens.filter(|it| seeing(models, it, None).is_some()));
    names.push(LOCAL);
    names
}

/// The engine that a model can act on pictures for.
fn screen_of(models: &Models, name: &str) -> Option<&'static str> {
    let screen = models.named(name)?.capabilities().screen?;
    Some(Computer::name_of(screen))
}

/// The model that decides in an engine that sees pictures: the one that is named, or the one that
/// decides anyway, or the first that can.
fn seeing(models: &Models, engine: &str, named: Option<&str>) -> Option<String> {
    let decides = models.of(Role::Decide);
    let usual = decides.as_ref().map(|it| it.name().to_owned());
    let all: Vec<String> = match named {
        Some(name) => vec![name.to_owned()],
        None => usual
            .into_iter()
            .chain(models.names().map(str::to_owned))
            .collect(),
    };
    all.into_iter()
        .find(|name| screen_of(models, name) == Some(engine))
}

/// The engine of a run; or how the run ends, if it can't be had (any more).
pub(crate) fn of<'a>(
    run: &Run,
    models: &Models,
    sink: &'a Sink,
) -> Result<Box<dyn Engine + 'a>, Ending> {
    match run.engine.as_str() {
        LOCAL => Ok(Box::new(Local)),
        AGENT | PLANNER => {
            let models = chosen(run, models).map_err(|reason| {
                let category = FailureCategory::ModelError;
                Ending::failure(RunState::Failed, category, reason, Vec::new())
            })?;
            let meter = Arc::new(meter(run));
            Ok(match run.engine.as_str() {
                AGENT => Box::new(Agent::new(models, meter, sink, sink)),
                _ => Box::new(Planner::new(models, meter, sink, sink)),
            })
        }
        engine if WITH_SCREEN.contains(&engine) => {
            let meter = Arc::new(meter(run));
            let deciding = seeing(models, engine, run.request.model.as_deref());
            let models = deciding.and_then(|name| models.deciding(&name));
            let made = models.and_then(|models| Computer::new(models, meter, sink, sink));
            made.map(|it| Box::new(it) as Box<dyn Engine>).ok_or_else(|| {
                let reason = format!(
                    "the server that took the run up has no model that the engine {engine} could \
                     use: set computer_tool of one of [llm.models.NAME] in its errand.toml"
                );
                let category = FailureCategory::ModelError;
                Ending::failure(RunState::Failed, category, reason, Vec::new())
            })
        }
        other => {
            let reason = format!("the server that took the run up has no engine {other}");
            let category = FailureCategory::Internal;
            Err(Ending::failure(
                RunState::Failed,
                category,
                reason,
                Vec::new(),
            ))
        }
    }
}

/// The models of a run. They were there when it was accepted, but settings change.
fn chosen(run: &Run, models: &Models) -> Result<Models, String> {
    if models.is_empty() {
        return Err(format!(
            "the engine {} needs a language model, and the server that took the run up has none: \
             set ERRAND_LLM_MODEL and ERRAND_LLM_API_KEY, or [llm.models.NAME] in its errand.toml",
            run.engine
        ));
    }
    let Some(name) = &run.request.model else {
        return Ok(models.clone());
    };
    models.with_all_roles(name).ok_or_else(|| {
        let has: Vec<&str> = models.names().collect();
        let has = has.join(", ");
        format!("the server that took the run up has no model {name}; it has: {has}")
    })
}

/// Goes on from what the log says was used before.
fn meter(run: &Run) -> Meter {
    let limits = Limits {
        max_tokens: run.request.max_tokens,
        max_cost: run.request.max_cost_micros.map(Cost::from_micros),
    };
    let used = run.usage;
    let spent = Spent {
        calls: u64::from(used.model_calls),
        usage: Usage {
            input: used.input_tokens,
            cached_input: used.cached_input_tokens,
            output: used.output_tokens,
            ..Usage::default()
        },
        cost: Cost::from_micros(used.cost_micros.unwrap_or_default()),
        cost_is_partial: used.cost_is_partial,
    };
    Meter::resumed(limits, spent)
}

/// What callers may know of a configured model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelInfo {
    /// Its name in the settings.
    pub name: String,
    /// Whose wire format it speaks.
    pub provider: &'static str,
    /// Whether its price is set, and those of its fallbacks.
    pub has_price: bool,
    /// What it does in runs that name no model.
    pub roles: Vec<&'static str>,
    /// The engine that can have it act on pictures of the page, if one can.
    pub screen: Option<&'static str>,
}

/// The models without a price that a run of this engine could use which names this model, or none
/// (`""`).
pub(crate) fn unpriced(models: &Models, engine: &str, name: &str) -> Vec<String> {
    let named = if WITH_SCREEN.contains(&engine) {
        let name = Some(name).filter(|it| !it.is_empty());
        seeing(models, engine, name).and_then(|it| models.deciding(&it))
    } else {
        models.with_all_roles(name)
    };
    let used = named.as_ref().unwrap_or(models);
    used.unpriced().into_iter().map(str::to_owned).collect()
}

pub(crate) fn infos(models: &Models) -> Vec<ModelInfo> {
    let info = |name: &str| {
        let model = models.named(name)?;
        let has_role = |role: &Role| models.of(*role).is_some_and(|it| it.name() == name);
        let roles = Role::ALL.into_iter().filter(has_role);
        Some(ModelInfo {
            name: name.to_owned(),
            provider: model.provider(),
            has_price: unpriced(models, AGENT, name).is_empty(),
            screen: screen_of(models, name),
            roles: roles.map(Role::as_str).collect(),
        })
    };
    models.names().filter_map(info).collect()
}
