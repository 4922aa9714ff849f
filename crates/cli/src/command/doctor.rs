//! `errand doctor`: everything that serving needs, checked, with how to mend what is not right.

use std::{net::TcpListener, path::Path};

use clap::ArgMatches;
use errand_browser::probe::Installed;
use errand_store::Store;
use nix::sys::statvfs::statvfs;
use serde::Serialize;

use crate::{
    args,
    config::{Common, Config},
    exit::Exit,
    folder::{self, announcement::Announcement},
    output::{self, Paint, plain},
};

/// Below this, evidence and browsers may fill the disk within an hour of work.
const ENOUGH_ROOM: u64 = 2 * GIB;
const LITTLE_ROOM: u64 = GIB / 4;
const GIB: u64 = 1024 * 1024 * 1024;

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
}

/// Checks everything.
///
/// # Errors
/// If the settings can't be read; what is found is no error.
pub async fn run(
    common: &Common,
    args: args::Doctor,
    matches: &ArgMatches,
) -> anyhow::Result<Exit> {
    let config = Config::resolve(common, args.flags, matches)?;
    let mut findings = browsers(&config).await;
    findings.push(data_folder(&config.data_dir));
    findings.push(room(&config.data_dir));
    let server = Announcement::find(&config.data_dir).ok().flatten();
    findings.push(database(&config, server.as_ref()).await);
    findings.push(port(&config, server.as_ref()));
    let paint = Paint::detect();
    for finding in &findings {
        if args.json {
            output::line(&serde_json::to_string(finding)?)?;
            continue;
        }
        let mark = match finding.verdict {
            Verdict::Good => paint.good("ok  "),
            Verdict::Warning => paint.warn("warn"),
            Verdict::Bad => paint.bad("bad "),
        };
        output::note(&format!(
            "{mark} {:<13} {}",
            finding.name,
            plain(&finding.found)
        ))?;
        if let Some(mend) = &finding.mend {
            output::note(&format!("     {:<13} → {}", "", plain(mend)))?;
        }
    }
    let bad = findings.iter().any(|it| it.verdict == Verdict::Bad);
    Ok(if bad { Exit::Failed } else { Exit::Completed })
}

async fn browsers(config: &Config) -> Vec<Finding> {
    let found: Installed =
        errand_browser::installed(config.chromedriver.as_deref(), config.chromium.as_deref()).await;
    let mut findings = Vec::new();
    for (name, package, program) in [
        ("Chromium", "chromium", &found.chromium),
        ("ChromeDriver", "chromium-driver", &found.chromedriver),
    ] {
        findings.push(match program {
            Ok(it) => Finding::good(name, format!("{} ({})", it.version, it.path.display())),
            Err(error) => Finding::bad(name, error.to_string(), install(package)),
        });
    }
    if found.chromium.is_ok() && found.chromedriver.is_ok() {
        findings.push(match found.pair() {
            Ok((browser, _)) => {
                Finding::good("versions", format!("both of version {}", browser.major()))
            }
            Err(error) => Finding::bad(
                "versions",
                error.to_string(),
                "install both from the same source: apt-get install chromium chromium-driver",
            ),
        });
    }
    findings
}

fn install(package: &str) -> String {
    format!(
        "apt-get install {package}, or name the file with a flag, the environment or errand.toml"
    )
}

fn data_folder(path: &Path) -> Finding {
    let shown = path.display();
    match folder::make(path) {
        Ok(()) => Finding::good("data folder", shown.to_string()),
        Err(error) => Finding::bad(
            "data folder",
            format!("{shown}: {error}"),
            "make it writable for this user, or name another one with --data-dir",
        ),
    }
}

fn room(path: &Path) -> Finding {
    let name = "disk room";
    let existing = path
        .ancestors()
        .find(|it| it.exists())
        .unwrap_or(Path::new("/"));
    let room = match statvfs(existing) {
        Ok(it) => u64::from(it.blocks_available()).saturating_mul(u64::from(it.fragment_size())),
        Err(error) => return Finding::bad(name, error.to_string(), "check the file system"),
    };
    let found = format!(
        "{:.1} GiB free at {}",
        room as f64 / GIB as f64,
        existing.display()
    );
    let mend = "free some space, delete old runs (errand runs delete), or move the data folder";
    if room < LITTLE_ROOM {
        return Finding::bad(name, found, mend);
    }
    let verdict = if room < ENOUGH_ROOM {
        Verdict::Warning
    } else {
        Verdict::Good
    };
    let mend = (verdict == Verdict::Warning).then(|| mend.to_owned());
    Finding {
        name,
        verdict,
        found,
        mend,
    }
}

async fn database(config: &Config, server: Option<&Announcement>) -> Finding {
    let name = "database";
    if let (Some(server), None) = (server, &config.database_url) {
        return Finding::good(
            name,
            format!("in use by the server, process {}", server.pid),
        );
    }
    match Store::open(&config.database()).await {
        Ok(store) => {
            let answer = store.ping().await;
            let kind = store.kind();
            store.close().await;
            match answer {
                Ok(()) => Finding::good(name, kind),
                Err(error) => Finding::bad(name, error.to_string(), "see the database's own log"),
            }
        }
        Err(error) => {
            let mend = if config.database_url.is_some() {
                "check host, name, user and password in database_url, and that it runs"
            } else {
                "check that the data folder can be written, or name another one with --data-dir"
            };
            Finding::bad(name, error.to_string(), mend)
        }
    }
}

fn port(config: &Config, server: Option<&Announcement>) -> Finding {
    let name = "port";
    if let Some(server) = server {
        let (address, pid) = (server.address, server.pid);
        return Finding::good(name, format!("errand listens on {address}, process {pid}"));
    }
    match TcpListener::bind(config.listen) {
        Ok(_) => Finding::good(name, format!("{} is free", config.listen)),
        Err(error) => Finding::bad(
            name,
            format!("can't listen on {}: {error}", config.listen),
            "end what listens there, or take another port with --listen",
        ),
    }
}
