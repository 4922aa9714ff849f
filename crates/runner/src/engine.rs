//! Which engines there are, and the one of a run.

use std::sync::Arc;

use errand_domain::{FailureCategory, Run, RunState};
use errand_engine::{Agent, Ending, Engine, Local, Planner};
use errand_llm::{Cost, Limits, Meter, Models, Role, Spent, Usage};

use crate::sink::Sink;

/// Needs no model.
const LOCAL: &str = "local";
/// One goal, decided by a model.
const AGENT: &str = "agent";

/// A goal in parts, decided by rules where they suffice and by a model where they don't.
const PLANNER: &str = "planner";

/// Engines that need a language model, whether one is configured or not.
pub const WITH_MODEL: &[&str] = &[PLANNER, AGENT];

/// The engines that can be had with these models, the default first.
pub(crate) fn names(models: &Models) -> Vec<&'static str> {
    if models.is_empty() {
        vec![LOCAL]
    } else {
        vec![PLANNER, AGENT, LOCAL]
    }
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
}

/// The models without a price that a run could use which names this model, or none (`""`).
pub(crate) fn unpriced(models: &Models, name: &str) -> Vec<String> {
    let named = models.with_all_roles(name);
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
            has_price: unpriced(models, name).is_empty(),
            roles: roles.map(Role::as_str).collect(),
        })
    };
    models.names().filter_map(info).collect()
}
