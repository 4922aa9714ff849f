//! The models: the file's section `llm`, and the variables `ERRAND_LLM_…` for the one called
//! `default`.

use std::{env, sync::Arc};

use errand_egress::{Client, Policy};
use errand_llm::{
    Models, Problem, Settings,
    settings::{DEFAULT, PREFIX},
};
use errand_runner::{CaptchaHook, SystemClock};

use super::{Config, Shown};
use crate::exit::Misuse;

/// The names of the variables, lower case, without `ERRAND_`.
pub fn variables() -> impl Iterator<Item = String> {
    errand_llm::settings::variables().map(|name| format!("llm_{}", name.to_lowercase()))
}

/// Lays the variables over the section, and checks what comes of it.
///
/// # Errors
/// [`Misuse`] with every problem.
pub fn settings(file: Settings, shown: &mut Vec<Shown>) -> Result<Settings, Misuse> {
    let given: Vec<(String, String)> = env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(name, _)| name.starts_with(PREFIX))
        .collect();
    let has_variables = !given.is_empty();
    let settings = file.with_variables(given).map_err(|it| refuse(&it))?;
    let models = make(&settings, Policy::default()).map_err(|it| refuse(&it))?;
    for (name, words) in models.described() {
        let source = if name == DEFAULT && has_variables {
            "environment"
        } else {
            "file"
        };
        shown.push(Shown {
            key: format!("llm.models.{name}").into(),
            value: Some(words),
            source,
        });
    }
    Ok(settings)
}

impl Config {
    /// The models of these settings, ready to be asked. An address that was set is one that may be
    /// reached, on this machine and in its network as well, but never those `denied`.
    ///
    /// # Errors
    /// [`Misuse`] with every problem; the settings were checked, but a file with a key may have
    /// changed.
    pub fn models(&self, denied: Vec<std::net::SocketAddr>) -> Result<Models, Misuse> {
        let policy = Policy {
            allow_private: true,
            denied,
            ..Policy::default()
        };
        make(&self.llm, policy).map_err(|it| refuse(&it))
    }
}

impl Config {
    /// Who solves captchas, if somebody is set to; reached as a model is.
    #[must_use]
    pub fn captcha_hook(&self, own: std::net::SocketAddr) -> Option<CaptchaHook> {
        let policy = Policy {
            allow_private: true,
            denied: vec![own],
            ..Policy::default()
        };
        let url = self.captcha_hook.clone()?;
        Some(CaptchaHook::new(Arc::new(Client::new(policy)), url))
    }
}

fn make(settings: &Settings, policy: Policy) -> Result<Models, Vec<Problem>> {
    let egress = Arc::new(Client::new(policy));
    Models::new(settings, egress, Arc::new(SystemClock::start()))
}

fn refuse(problems: &[Problem]) -> Misuse {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    Misuse(format!(
        "the models can't be used:\n  {}",
        lines.join("\n  ")
    ))
}
