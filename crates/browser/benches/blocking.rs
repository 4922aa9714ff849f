//! What blocking saves on a page with advertisements, and what it costs on one without.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench has nobody to report to"
)]

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use errand_browser::{AdBlock, Browser, LaunchOptions, Page, guard};
use errand_domain::Action;
use errand_egress::{Policy, Proxy};
use errand_testing::Site;

const ROUNDS: usize = 21;

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
    let began = Instant::now();
    let list = AdBlock::own().unwrap();
    println!("{} filters, read in {:?}", list.filters(), began.elapsed());
    let open = Browser::launch(options.clone()).await.unwrap();
    let blocking = Some(list);
    let blocking = Browser::launch(LaunchOptions {
        blocking,
        ..options
    });
    let blocking = blocking.await.unwrap();
    let pages = [open.page().await.unwrap(), blocking.page().await.unwrap()];
    for (name, path) in [
        ("an article with advertisements", "/article"),
        ("the same without", "/article/plain"),
        ("5,000 rows", "/rows"),
        ("the shop", "/shop"),
    ] {
        let mut times = [Vec::new(), Vec::new()];
        for _ in 0..ROUNDS {
            for (page, times) in pages.iter().zip(&mut times) {
                times.push(load(page, &site.url(path)).await);
            }
        }
        let [open, blocked] = times.map(median);
        let ratio = blocked.as_secs_f64() / open.as_secs_f64();
        println!("{name}: {open:?}, with blocking {blocked:?}: {ratio:.2} x");
    }
    println!("blocked: {}", pages[1].blocked().total);
    drop(pages);
    open.close().await;
    blocking.close().await;
}

/// Until the page is at rest.
async fn load(page: &Page, url: &str) -> Duration {
    let began = Instant::now();
    let url = url.to_owned();
    page.act(&Action::Navigate { url }).await.unwrap();
    began.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
