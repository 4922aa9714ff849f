//! `errand demo-site`: a website to try things on.

use crate::{args, exit::Exit};

/// Serves the site until a signal comes.
///
/// # Errors
/// If the address can't be listened on.
pub async fn run(args: args::DemoSite) -> anyhow::Result<Exit> {
    let _ = args.address();
    anyhow::bail!("the demo site is not built yet")
}
