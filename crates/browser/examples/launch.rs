//! Starts a browser with its proxy and keeps it until this process is ended, in whatever way.
//!
//! `cargo run -p errand-browser --example launch -- FOLDER [URL]`, after the example `guard` was
//! built. Prints one line of JSON when the browser is up.

use std::{future, path::PathBuf};

use anyhow::Context;
use errand_browser::{Browser, LaunchOptions};
use errand_egress::{Policy, Proxy};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut args = std::env::args_os().skip(1);
    let folder = PathBuf::from(args.next().context("usage: launch FOLDER")?);
    let guard = std::env::current_exe()?.with_file_name("guard");
    let policy = Policy {
        allow_private: true,
        ..Policy::default()
    };
    let proxy = Proxy::start(Some(policy)).await?;
    let options = LaunchOptions::new(vec![guard.into()], proxy.address(), folder);
    let browser = Browser::launch(options).await?;
    let up = serde_json::json!({ "version": browser.version(), "ports": browser.ports() });
    #[expect(clippy::print_stdout, reason = "an example for people and tests")]
    {
        println!("{up}");
    }
    future::pending().await
}
