//! What decides a run, and what its models may use.

use errand_api::v1::RunTaskRequest;
use errand_runner::{Handle, ModelInfo, WITH_MODEL, WITH_SCREEN};
use tonic::Status;

use crate::{
    refusal,
    violations::{Violations, quoted},
};

/// Other names of engines, as the seeds have them.
const ALIASES: &[(&str, &str)] = &[
    ("skyvern_v1", "agent"),
    ("skyvern_v2", "planner"),
    ("skyvern-1.0", "agent"),
    ("skyvern-2.0", "planner"),
    ("openai-cua", "openai_cua"),
    ("anthropic-cua", "anthropic_cua"),
    ("ui-tars", "ui_tars"),
];
/// Engines that choose a start where the request names none.
const FIND_START: &[&str] = &["planner"];
/// What an operator sets so that there is a model.
const SETTINGS: &str =
    "ERRAND_LLM_MODEL and ERRAND_LLM_API_KEY, or [llm.models.NAME] in the server's errand.toml";
const MAX_TOKENS: i64 = 1_000_000_000;
/// A million dollars.
const MAX_COST_MICROS: i64 = 1_000_000_000_000;

/// The engines and models of this process.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Engines<'a> {
    runner: &'a Handle,
}

/// What decides a run.
#[derive(Debug, Clone)]
pub(crate) struct Chosen {
    pub(crate) engine: String,
    pub(crate) reason: String,
    /// Whether it can do without a start URL.
    pub(crate) finds_start: bool,
    pub(crate) model: Option<String>,
    pub(crate) max_tokens: Option<u64>,
    pub(crate) max_cost_micros: Option<u64>,
}

impl<'a> Engines<'a> {
    pub(crate) fn of(runner: &'a Handle) -> Self {
        Self { runner }
    }

    fn names(self) -> &'a [&'static str] {
        self.runner.engines()
    }

    fn models(self) -> &'a [ModelInfo] {
        self.runner.models()
    }

    /// The engine's own name, whatever it was called.
    pub(crate) fn canonical(name: &str) -> &str {
        ALIASES
            .iter()
            .find(|(alias, _)| *alias == name)
            .map_or(name, |(_, engine)| engine)
    }

    /// Other names of an engine.
    pub(crate) fn aliases(name: &str) -> Vec<String> {
        let of = ALIASES.iter().filter(|(_, engine)| *engine == name);
        of.map(|(alias, _)| (*alias).to_owned()).collect()
    }

    /// What decides the run that is asked for.
    pub(crate) fn choose(self, given: &RunTaskRequest, violations: &mut Violations) -> Chosen {
        let (engine, reason) = self.engine(&given.engine, violations);
        let asks = WITH_MODEL.contains(&engine.as_str());
        // An engine that is not there says nothing about what it would need.
        let known = asks || self.names().contains(&engine.as_str());
        if known && !asks {
            for (field, set) in [
                ("model", !given.model.is_empty()),
                ("max_tokens", given.max_tokens.is_some()),
                ("max_cost_micros", given.max_cost_micros.is_some()),
            ] {
                if set {
                    violations.add(field, self.unused(&engine, &given.engine));
                }
            }
        } else if asks && !self.models().is_empty() {
            self.check_model(&engine, &given.model, violations);
            if given.max_cost_micros.is_some() {
                self.check_prices(&engine, &given.model, violations);
            }
        }
        Chosen {
            finds_start: FIND_START.contains(&engine.as_str()),
            engine,
            reason,
            model: (!given.model.is_empty()).then(|| given.model.clone()),
            max_tokens: within(given.max_tokens, "max_tokens", MAX_TOKENS, violations),
            max_cost_micros: within(
                given.max_cost_micros,
                "max_cost_micros",
                MAX_COST_MICROS,
                violations,
            ),
        }
    }

    /// # Errors
    /// FAILED_PRECONDITION if the engine needs a model and there is none.
    pub(crate) fn is_ready(self, chosen: &Chosen) -> Result<(), Status> {
        let engine = chosen.engine.as_str();
        if self.models().is_empty() && WITH_MODEL.contains(&engine) {
            return Err(refusal::model_not_configured(engine, SETTINGS));
        }
        if !self.names().contains(&engine) && WITH_SCREEN.contains(&engine) {
            return Err(refusal::screen_not_configured(
                engine,
                screen_setting(engine),
            ));
        }
        Ok(())
    }

    fn engine(self, asked: &str, violations: &mut Violations) -> (String, String) {
        let default = self.names().first().copied().unwrap_or("local");
        if asked.is_empty() {
            let reason = if WITH_MODEL.contains(&default) {
                "no engine was named, and a language model is configured"
            } else {
                "no engine was named, and no language model is configured"
            };
            return (default.to_owned(), reason.to_owned());
        }
        let engine = Self::canonical(asked);
        if !self.names().contains(&engine) && !WITH_MODEL.contains(&engine) {
            let mut has = self.names().join(", ");
            if self.models().is_empty() {
                has = format!("{has}, and with a language model {}", WITH_MODEL.join(", "));
            }
            let description = format!(
                "there is no engine {}; this server has: {has}",
                quoted(asked)
            );
            violations.add("engine", description);
        }
        let reason = if engine == asked {
            "the request names it".to_owned()
        } else {
            format!("the request names it, as {asked}")
        };
        (engine.to_owned(), reason)
    }

    /// Why a field about models is of no use.
    fn unused(self, engine: &str, asked: &str) -> String {
        if self.models().is_empty() && asked.is_empty() {
            return format!(
                "is only for engines that use a language model, and none is configured, so that \
                 this would be the engine {engine}: leave it out, or set {SETTINGS}"
            );
        }
        format!(
            "is only for engines that use a language model, and {engine} uses none: leave it out, \
             or name another engine"
        )
    }

    fn check_model(self, engine: &str, name: &str, violations: &mut Violations) {
        let Some(found) = self.models().iter().find(|it| it.name == name) else {
            if name.is_empty() {
                return;
            }
            let has: Vec<&str> = self.models().iter().map(|it| it.name.as_str()).collect();
            let description = format!(
                "there is no model {}; this server has: {}",
                quoted(name),
                has.join(", ")
            );
            violations.add("model", description);
            return;
        };
        if WITH_SCREEN.contains(&engine) && found.screen != Some(engine) {
            let fit = self.models().iter().filter(|it| it.screen == Some(engine));
            let fit: Vec<&str> = fit.map(|it| it.name.as_str()).collect();
            let fit = if fit.is_empty() {
                "none".to_owned()
            } else {
                fit.join(", ")
            };
            let description = format!(
                "{} is no model for {engine} (its computer_tool says so); these are: {fit}",
                quoted(name)
            );
            violations.add("model", description);
        }
    }

    fn check_prices(self, engine: &str, name: &str, violations: &mut Violations) {
        let unknown = self.runner.unpriced(engine, name).into_iter();
        let unknown: Vec<String> = unknown
            .map(|it| format!("{it} (llm.models.{it}.price)"))
            .collect();
        if !unknown.is_empty() {
            let description = format!(
                "the price of these models is not set on this server, so that their cost is not \
                 known: {}. Leave it out, or bound the run by max_tokens",
                unknown.join(", ")
            );
            violations.add("max_cost_micros", description);
        }
    }
}

/// What an operator sets so that there is a model for an engine that sees pictures.
fn screen_setting(engine: &str) -> &'static str {
    match engine {
        "openai_cua" => "computer_tool = \"computer\" for a model of OpenAI that has this tool",
        "anthropic_cua" => {
            "computer_tool to the one that the model has, such as \"computer_20251124\", for a model of \
             Anthropic"
        }
        _ => "computer_tool = \"ui_tars\" for a model that is UI-TARS",
    }
}

fn within(given: Option<i64>, field: &str, most: i64, violations: &mut Violations) -> Option<u64> {
    let given = given?;
    if !(1..=most).contains(&given) {
        violations.add(field, format!("is {given}, but must be 1 to {most}"));
    }
    u64::try_from(given).ok()
}
