//! Starts a browser with its proxy, and ends it when standard input ends. However this process
//! ends before that, nothing of the browser is left.
//!
//! `cargo run -p errand-browser --example launch -- [--headful] FOLDER [URL]`, after the example
//! `guard` was built. Prints one line of JSON when the browser is up and the page, if one is named,
//! was read.

use std::path::PathBuf;

use anyhow::Context;
use errand_browser::{Browser, LaunchOptions, launch::Mode, page::Look};
use errand_domain::Action;
use errand_egress::{Policy, Proxy};
use tokio::io::AsyncReadExt;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut args = std::env::args_os().skip(1).peekable();
    let headful = args.next_if(|it| it == "--headful").is_some();
    let folder = args
        .next()
        .context("usage: launch [--headful] FOLDER [URL]")?;
    let folder = PathBuf::from(folder);
    let url = args.next().and_then(|url| url.into_string().ok());
    let guard = std::env::current_exe()?.with_file_name("guard");
    let policy = Policy {
        allow_private: true,
        ..Policy::default()
    };
    let proxy = Proxy::start(Some(policy)).await?;
    let mut options = LaunchOptions::new(vec![guard.into()], proxy.address(), folder);
    if headful {
        options.mode = Mode::Headful;
    }
    let browser = Browser::launch(options).await?;
    let mut text = None;
    if let Some(url) = url {
        let page = browser.page().await?;
        page.act(&Action::Navigate { url }).await?;
        text = Some(page.observe(&Look::default()).await?.text());
    }
    let up = serde_json::json!({
        "version": browser.version(), "ports": browser.ports(), "text": text,
    });
    #[expect(clippy::print_stdout, reason = "an example for people and tests")]
    {
        println!("{up}");
    }
    tokio::io::stdin().read_to_end(&mut Vec::new()).await?;
    browser.close().await;
    Ok(())
}
