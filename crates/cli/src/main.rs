//! The binary `errand`: the service, and a client for it.
#![forbid(unsafe_code)]

mod args;
mod command;
mod config;
mod connection;
mod exit;
mod folder;
mod follow;
mod home;
mod json;
mod logging;
mod output;
mod progress;
mod refusal;
mod usage;

use std::{env, process::ExitCode, time::Duration};

use anyhow::Context as _;
use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _};
use tokio::runtime::Runtime;

use args::{Cli, Command};
use config::Common;
use exit::Exit;

/// How long tasks that are still there at the end may hold up the process.
const LEFTOVERS: Duration = Duration::from_millis(200);

fn main() -> ExitCode {
    // The guard takes over signals, so it comes before any thread, and before anything that could
    // fail: it starts with every browser.
    let mut raw = env::args_os().skip(1);
    if raw.next().is_some_and(|it| it == "guard") {
        return errand_browser::guard::run(raw);
    }
    let matches = Cli::command().get_matches();
    let outcome = Cli::from_arg_matches(&matches)
        .map_err(|error| anyhow::Error::new(exit::Misuse(error.to_string())))
        .and_then(|cli| start(cli, &matches));
    match outcome {
        Ok(exit) => exit.into(),
        Err(error) => exit::report(&error).into(),
    }
}

fn start(cli: Cli, matches: &ArgMatches) -> anyhow::Result<Exit> {
    // A second start in one process is the only failure, and there is none.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = Runtime::new().context("can't start the runtime")?;
    let outcome = runtime.block_on(dispatch(cli, matches));
    runtime.shutdown_timeout(LEFTOVERS);
    outcome
}

async fn dispatch(cli: Cli, matches: &ArgMatches) -> anyhow::Result<Exit> {
    let Cli { common, command } = cli;
    let own = matches.subcommand().map_or(matches, |(_, own)| own);
    match command {
        // Boxed: each is a large future of its own, and only one of them is ever needed.
        Command::Serve(args) => Box::pin(command::serve::run(&common, args, own)).await,
        Command::Run(args) => {
            quiet(&common)?;
            Box::pin(command::run::run(&common, *args)).await
        }
        Command::Watch(args) => {
            quiet(&common)?;
            Box::pin(command::watch::run(&common, args)).await
        }
        Command::Runs(args) => {
            quiet(&common)?;
            Box::pin(command::runs::run(&common, args)).await
        }
        Command::Sessions(args) => {
            quiet(&common)?;
            Box::pin(command::sessions::run(&common, args)).await
        }
        Command::Profiles(args) => {
            quiet(&common)?;
            Box::pin(command::profiles::run(&common, args)).await
        }
        Command::Artifacts(args) => {
            quiet(&common)?;
            Box::pin(command::artifacts::run(&common, args)).await
        }
        Command::Bench(args) => {
            quiet(&common)?;
            Box::pin(command::bench::run(&common, args)).await
        }
        Command::Doctor(args) => {
            quiet(&common)?;
            Box::pin(command::doctor::run(&common, args, own)).await
        }
        Command::Migrate(args) => Box::pin(command::migrate::run(&common, args, own)).await,
        Command::DemoSite(args) => {
            quiet(&common)?;
            Box::pin(command::demo_site::run(args)).await
        }
        Command::Guard { arguments } => {
            // Only reached when options stand before the word; the guard reads its own.
            let count = arguments.len();
            Err(exit::Misuse(format!("`guard` must be the first word ({count} after it)")).into())
        }
    }
}

/// Clients log little: what they have to say is their output.
fn quiet(common: &Common) -> anyhow::Result<()> {
    let filter = common.log.as_deref().unwrap_or("warn");
    Ok(logging::start(
        filter,
        common.log_format.unwrap_or_default(),
    )?)
}
