//! `errand migrate`: the database's schema, brought up to date without serving.

use clap::ArgMatches;
use errand_store::Store;

use crate::{
    args,
    config::{Common, Config},
    exit::Exit,
    folder, logging, output,
};

/// Opens the database, which migrates it.
///
/// # Errors
/// If it can't be opened, or is of a newer release.
pub async fn run(
    common: &Common,
    args: args::Migrate,
    matches: &ArgMatches,
) -> anyhow::Result<Exit> {
    let config = Config::resolve(common, args.flags, matches)?;
    logging::start(common.log.as_deref().unwrap_or("warn"), config.log_format)?;
    if config.database_url.is_none() {
        folder::make(&config.data_dir)?;
    }
    let store = Store::open(&config.database()).await?;
    let kind = store.kind();
    store.close().await;
    output::note(&format!(
        "the {kind} database has the schema of errand {}",
        env!("CARGO_PKG_VERSION")
    ))?;
    Ok(Exit::Completed)
}
