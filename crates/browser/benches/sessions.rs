//! What a browser of our own costs against a bare one, which ChromeDriver starts by itself: the time
//! until it can be used, and its memory with the same page open.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench has nobody to report to"
)]

#[path = "sessions/memory.rs"]
mod memory;

use std::{
    path::Path,
    process::ExitCode,
    time::{Duration, Instant},
};

use errand_browser::{Browser, LaunchOptions, guard};
use errand_egress::{Policy, Proxy};
use errand_testing::Driver;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

const ROUNDS: usize = 15;

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
    let folder = tempfile::tempdir().unwrap();
    let policy = Policy {
        allow_private: true,
        ..Policy::default()
    };
    let proxy = Proxy::start(Some(policy)).await.unwrap();
    let guard = vec![std::env::current_exe().unwrap().into(), "guard".into()];
    let options = LaunchOptions::new(guard, proxy.address(), folder.path().to_owned());
    starts(&options).await;
    memory::compare(&options).await;
}

/// From the request to a page that can be looked at.
async fn starts(options: &LaunchOptions) {
    let (mut bare, mut cold, mut warm) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let driver = Driver::start(&options.folder).await.unwrap();
        let began = Instant::now();
        let client = plain(&driver, &options.folder).await;
        bare.push(began.elapsed());
        client.close().await.unwrap();
        drop(driver);

        let began = Instant::now();
        let browser = Browser::launch(options.clone()).await.unwrap();
        let page = browser.page().await.unwrap();
        cold.push(began.elapsed());
        drop(page);
        browser.close().await;

        let mut browser = Browser::launch(options.clone()).await.unwrap();
        let wanted = LaunchOptions {
            viewport: (1000, 640),
            ..options.clone()
        };
        let began = Instant::now();
        browser.adopt(&wanted).await.unwrap();
        let page = browser.page().await.unwrap();
        warm.push(began.elapsed());
        drop(page);
        browser.close().await;
    }
    let (bare, cold, warm) = (median(bare), median(cold), median(warm));
    println!("a bare session, its driver up already: {bare:?}");
    println!("  a launched browser {cold:?}: {:.2} x", ratio(cold, bare));
    println!("  an adopted browser {warm:?}: {:.3} x", ratio(warm, bare));
}

/// A session as anybody would ask for it.
async fn plain(driver: &Driver, folder: &Path) -> Client {
    let profile = tempfile::tempdir_in(folder).unwrap().keep();
    let mut args = vec![
        "--headless=new".to_owned(),
        format!("--user-data-dir={}", profile.display()),
    ];
    if nix::unistd::geteuid().is_root() {
        args.push("--no-sandbox".to_owned());
    }
    let capabilities = json!({ "browserName": "chrome", "goog:chromeOptions": { "args": args } });
    let Value::Object(capabilities) = capabilities else {
        unreachable!()
    };
    let mut builder = ClientBuilder::new(HttpConnector::new());
    builder.capabilities(capabilities);
    builder.connect(&driver.url).await.unwrap()
}

fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
