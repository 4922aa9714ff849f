//! What it costs to look at a page: the time of an observation against that of reading
//! `document.documentElement.outerHTML` in the same browser, and its text against the page's bytes.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench has nobody to report to"
)]

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use errand_browser::{
    Browser, LaunchOptions, Page, guard,
    page::{Look, render},
};
use errand_domain::Action;
use errand_egress::{Policy, Proxy};
use errand_testing::Site;
use serde_json::json;

const ROUNDS: usize = 11;
/// The budget of an observation where nobody says another, in tokens.
const BUDGET: usize = 12_000;

fn main() -> ExitCode {
    // It is its own guard: nothing else has to be built first.
    let mut args = std::env::args_os().skip(1);
    if args.next().is_some_and(|first| first == "guard") {
        return guard::run(args);
    }
    tokio::runtime::Runtime::new().unwrap().block_on(compare());
    ExitCode::SUCCESS
}

async fn compare() {
    let site = Site::start(7).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let policy = Policy {
        allow_private: true,
        ..Policy::default()
    };
    let proxy = Proxy::start(Some(policy)).await.unwrap();
    let guard = vec![std::env::current_exe().unwrap().into(), "guard".into()];
    let options = LaunchOptions::new(guard, proxy.address(), folder.path().to_owned());
    let browser = Browser::launch(options).await.unwrap();
    let page = browser.page().await.unwrap();
    let reader = Reader::attach(&browser).await;
    for (name, path) in [
        ("5,000 rows", "/rows"),
        ("200 rows", "/rows?count=200"),
        ("login form", "/login"),
    ] {
        measure(name, &site.url(path), &page, &reader).await;
    }
    browser.close().await;
}

async fn measure(name: &str, url: &str, page: &Page, reader: &Reader<'_>) {
    let url = url.to_owned();
    let (mut first, mut again, mut html) = (Vec::new(), Vec::new(), Vec::new());
    let (mut text, mut bytes) = (0, 0);
    for _ in 0..ROUNDS {
        page.act(&Action::Navigate { url: url.clone() })
            .await
            .unwrap();
        let began = Instant::now();
        bytes = reader.outer_html().await;
        html.push(began.elapsed());
        for times in [&mut first, &mut again] {
            let began = Instant::now();
            let seen = page.observe(&Look::default()).await.unwrap();
            times.push(began.elapsed());
            text = render(&seen, BUDGET).len();
        }
    }
    let (first, again, html) = (median(first), median(again), median(html));
    let times = |time: Duration| time.as_secs_f64() / html.as_secs_f64();
    println!("{name}: outerHTML {html:?}, {bytes} bytes");
    println!(
        "  first observation {first:?}: {:.1} x outerHTML",
        times(first)
    );
    println!(
        "  again, unchanged  {again:?}: {:.1} x outerHTML",
        times(again)
    );
    #[expect(clippy::cast_precision_loss, reason = "a ratio for people")]
    let ratio = text as f64 / bytes as f64;
    println!("  its text {text} bytes: {ratio:.3} of the page's");
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// Reads the page over the same socket, in a session of its own.
struct Reader<'a> {
    browser: &'a Browser,
    session: String,
}

impl<'a> Reader<'a> {
    async fn attach(browser: &'a Browser) -> Self {
        let tree = browser
            .bidi()
            .unwrap()
            .call("browsingContext.getTree", json!({}));
        let target = tree.await.unwrap()["contexts"][0]["context"].clone();
        let params = json!({ "targetId": target, "flatten": true });
        let attached = browser.cdp().call("Target.attachToTarget", params);
        let session = attached.await.unwrap()["sessionId"]
            .as_str()
            .unwrap()
            .to_owned();
        Self { browser, session }
    }

    async fn outer_html(&self) -> usize {
        let params = json!({
            "expression": "document.documentElement.outerHTML", "returnByValue": true,
        });
        let read = self
            .browser
            .cdp()
            .call_in(&self.session, "Runtime.evaluate", params);
        read.await.unwrap()["result"]["value"]
            .as_str()
            .unwrap()
            .len()
    }
}
