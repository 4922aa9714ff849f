//! `errand doctor`: everything that serving needs, checked, with how to mend what is not right.

mod browsers;
mod models;
mod places;
mod settings;

use clap::ArgMatches;
use serde::Serialize;

use crate::{
    args,
    config::{Common, Config},
    exit::Exit,
    folder::announcement::Announcement,
    output::{self, Paint, plain},
};

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Finding {
    name: &'static str,
    verdict: Verdict,
    /// What was found.
    found: String,
    /// How to mend it.
    #[serde(skip_serializing_if = "Option::is_none")]
    mend: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Good,
    Warning,
    Bad,
}

impl Finding {
    fn good(name: &'static str, found: impl Into<String>) -> Self {
        Self {
            name,
            verdict: Verdict::Good,
            found: found.into(),
            mend: None,
        }
    }

    fn bad(name: &'static str, found: impl Into<String>, mend: impl Into<String>) -> Self {
        Self {
            name,
            verdict: Verdict::Bad,
            found: found.into(),
            mend: Some(mend.into()),
        }
    }

    fn warning(name: &'static str, found: impl Into<String>, mend: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Warning,
            ..Self::bad(name, found, mend)
        }
    }
}

/// Checks everything. Makes the data folder if it isn't there, and changes nothing else.
///
/// # Errors
/// If the output can't be written; what is found is no error.
pub async fn run(
    common: &Common,
    args: args::Doctor,
    matches: &ArgMatches,
) -> anyhow::Result<Exit> {
    let findings = match Config::gather(common, args.flags, matches) {
        Ok((config, broken)) => {
            let mut findings = settings::all(&config, broken);
            findings.extend(machine(&config).await);
            findings.extend(models::all(&config).await);
            findings
        }
        Err(misuse) => vec![settings::unusable(misuse)],
    };
    for finding in &findings {
        if args.json {
            output::line(&serde_json::to_string(finding)?)?;
        } else {
            show(finding)?;
        }
    }
    let bad = findings.iter().any(|it| it.verdict == Verdict::Bad);
    Ok(if bad { Exit::Failed } else { Exit::Completed })
}

async fn machine(config: &Config) -> Vec<Finding> {
    let mut findings = browsers::all(config).await;
    let folder = places::data_folder(&config.data_dir);
    let usable = folder.verdict == Verdict::Good;
    findings.push(folder);
    if usable {
        findings.push(places::room(&config.data_dir));
    }
    let server = Announcement::find(&config.data_dir).ok().flatten();
    // Without the folder there is no file in it; one cause is one finding.
    if usable || config.database_url.is_some() {
        findings.push(places::database(config, server.as_ref()).await);
    }
    findings.push(places::port(config, server.as_ref()));
    findings
}

fn show(finding: &Finding) -> anyhow::Result<()> {
    let paint = Paint::detect();
    let mark = match finding.verdict {
        Verdict::Good => paint.good("ok  "),
        Verdict::Warning => paint.warn("warn"),
        Verdict::Bad => paint.bad("bad "),
    };
    let mut lines = finding.found.lines();
    let first = plain(lines.next().unwrap_or_default());
    output::note(&format!("{mark} {:<13} {first}", finding.name))?;
    for line in lines {
        output::note(&format!("     {:<13} {}", "", plain(line)))?;
    }
    if let Some(mend) = &finding.mend {
        output::note(&format!("     {:<13} → {}", "", plain(mend)))?;
    }
    Ok(())
}
