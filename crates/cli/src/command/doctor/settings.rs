//! What the service is told: the file, the environment, the certificates.

use super::Finding;
use crate::{
    command::serve,
    config::{self, Config},
    exit::Misuse,
};

/// Settings that can't be used together, so that nothing else can be looked at.
pub fn unusable(misuse: Misuse) -> Finding {
    Finding::bad(
        "settings",
        misuse.0,
        "mend them; `errand serve --help` names all flags and variables",
    )
}

/// The file, the variables and the certificates.
pub fn all(config: &Config, broken: Option<Misuse>) -> Vec<Finding> {
    let mut findings = Vec::new();
    match broken {
        Some(Misuse(reason)) => findings.push(Finding::bad(
            "settings",
            reason,
            "mend what is named, or name another file with --config; the rest is checked without it",
        )),
        None => findings.push(Finding::good("settings", sources(config))),
    }
    for (name, meant) in config::unknown_variables() {
        let mend = match meant {
            Some(meant) => format!("rename it to {meant}, or unset it"),
            None => "unset it; `errand serve --help` names all variables".to_owned(),
        };
        let found = format!("the variable {name} is no setting of errand");
        findings.push(Finding::warning("settings", found, mend));
    }
    if config.tls.is_some() {
        findings.push(match serve::certificates(config) {
            Ok(_) => Finding::good(
                "certificates",
                "certificate and private key belong together",
            ),
            Err(Misuse(reason)) => Finding::bad(
                "certificates",
                reason,
                "name PEM files with --tls-cert, --tls-key and --tls-client-ca",
            ),
        });
    }
    findings
}

fn sources(config: &Config) -> String {
    let own: Vec<String> = config
        .shown
        .iter()
        .filter(|it| it.source != "default")
        .map(|it| format!("{} ({})", it.key, it.source))
        .collect();
    if own.is_empty() {
        "all at their defaults".to_owned()
    } else {
        own.join(", ")
    }
}
