//! `errand demo-site`: a website to try things on.

use anyhow::Context as _;
use errand_testing::Site;

use crate::{args, exit::Exit, follow::Interrupts, output};

/// Serves the site until a signal comes. Its address is the one line on standard output.
///
/// # Errors
/// If the address can't be listened on.
pub async fn run(args: args::DemoSite) -> anyhow::Result<Exit> {
    let mut signals = Interrupts::listen()?;
    let site = Site::bind(args.address(), args.seed)
        .await
        .context("choose another address with --listen")?;
    output::line(&site.url("/"))?;
    output::note("the demo site is served until Ctrl-C")?;
    signals.next().await;
    site.stop().await;
    Ok(Exit::Completed)
}
