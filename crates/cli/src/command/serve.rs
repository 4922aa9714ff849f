//! stub
use crate::{args, config::*, exit::*};
pub async fn run(
    common: &Common,
    args: args::Serve,
    matches: &clap::ArgMatches,
) -> anyhow::Result<Exit> {
    let config = Config::resolve(common, args.flags, matches)?;
    let _ = config;
    Ok(Exit::Completed)
}
