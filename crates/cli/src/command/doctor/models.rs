//! The models: each is asked for a word, or to call a tool.

use std::time::Duration;

use errand_llm::{Call, Kind, Models};
use futures_util::future::join_all;

use super::Finding;
use crate::config::Config;

const NAME: &str = "models";

/// How long a model may take for its word.
const PATIENCE: Duration = Duration::from_secs(30);

/// Asks each model, all at the same time.
pub async fn all(config: &Config) -> Vec<Finding> {
    let models = match config.models(Vec::new()) {
        Ok(models) => models,
        Err(misuse) => return vec![Finding::bad(NAME, misuse.0, "mend what is named")],
    };
    if models.is_empty() {
        let found = "none configured; the engine `local` needs none, the others do \
                     (ERRAND_LLM_MODEL, ERRAND_LLM_API_KEY)";
        return vec![Finding::good(NAME, found)];
    }
    let described = models.described();
    let asked = described
        .iter()
        .map(|(name, words)| one(&models, name, words));
    join_all(asked).await
}

async fn one(models: &Models, name: &str, words: &str) -> Finding {
    let Some(call) = models.probe(name, PATIENCE).await else {
        return Finding::bad(NAME, format!("{name} is gone"), "start again");
    };
    let error = match &call.answer {
        Ok(reply) => match reply.fault() {
            None => {
                let found = format!("{name}: {words}; {}", figures(&call));
                let advice = models.advice(name);
                if advice.is_empty() {
                    return Finding::good(NAME, found);
                }
                let found = format!("{found}, but not to all that it was sent");
                let mend = format!("set {} in llm.models.{name}", advice.join(", "));
                return Finding::warning(NAME, found, mend);
            }
            Some(fault) => {
                let found = format!("{name}: {words}; told to call a tool, it did not: {fault}");
                let mend = format!(
                    "set {name}'s `tools = false`, so that tools are described in words; expect \
                     less of it"
                );
                return Finding::warning(NAME, found, mend);
            }
        },
        // It took all of the few tokens for its thoughts, but it answered.
        Err(error) if error.kind == Kind::OutOfTokens => {
            return Finding::good(NAME, format!("{name}: {words}; {}", figures(&call)));
        }
        Err(error) => error,
    };
    let setting = |key: &str| format!("llm.models.{name}.{key}");
    let mend = match error.kind {
        Kind::Unauthorized => format!("check {}", setting("api_key")),
        Kind::UnknownModel => format!("check {} and {}", setting("model"), setting("base_url")),
        Kind::Unreachable => format!("check {}, and that the server runs", setting("base_url")),
        Kind::NotJson | Kind::Truncated => format!(
            "check {}: it is the address of an API, such as https://api.example.com/v1",
            setting("base_url")
        ),
        Kind::BadRequest => format!(
            "check {}, and {} or {} if the message names them",
            setting("kind"),
            setting("max_tokens_field"),
            setting("temperature")
        ),
        Kind::Deadline => "check that the server has loaded the model; try again".to_owned(),
        Kind::Quota => "top up the account, or name another model".to_owned(),
        Kind::RateLimited => format!("wait, or set {} and {}", setting("rpm"), setting("tpm")),
        _ => "try again later, or name another model".to_owned(),
    };
    Finding::bad(NAME, error.to_string(), mend)
}

fn figures(call: &Call) -> String {
    let took: Duration = call.tries.iter().map(|it| it.took).sum();
    let tokens = call.usage().total();
    format!("answered in {:.1} s, {tokens} tokens", took.as_secs_f64())
}
