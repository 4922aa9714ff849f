//! What it costs to watch a live browser, and how late one sees a change: against a screencast that
//! is taken from the browser by hand, in the same browser and the same run.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a bench has nobody to report to"
)]

#[path = "live/bare.rs"]
mod bare;
#[path = "live/usage.rs"]
mod usage;

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use axum::{Router, response::Html, routing::get};
use bare::Bare;
use errand_browser::{
    Browser, LaunchOptions, View, guard,
    view::{Update, Watcher},
};
use errand_domain::{Action, view::ViewOptions};
use errand_egress::{Policy, Proxy};
use serde_json::json;
use tokio::{task::JoinSet, time::timeout};
use usage::Usage;

const SPAN: Duration = Duration::from_secs(5);
const CHANGES: usize = 30;
const ROUNDS: usize = 3;
/// A page that has sent nothing for so long is at rest.
const REST: Duration = Duration::from_millis(300);
const MOVING: &str = "<body style='margin:0;font:20px sans-serif'><h1 id=n>0</h1>
    <div id=box style='position:absolute;width:200px;height:200px;background:teal'></div>
    <p style='margin-top:300px'>The quick brown fox jumps over the lazy dog.</p><script>
    const step = now => {
        n.textContent = Math.round(now);
        box.style.left = `${500 + 400 * Math.sin(now / 500)}px`;
        requestAnimationFrame(step);
    };
    requestAnimationFrame(step);</script>";
const STILL: &str = "<body style='margin:0;font:20px sans-serif'><h1 id=n>0</h1>
    <p>The quick brown fox jumps over the lazy dog.</p>";

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
    let router = Router::new()
        .route("/moving", get(async || Html(MOVING)))
        .route("/still", get(async || Html(STILL)));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let site = listener.local_addr().unwrap();
    let mut tasks = JoinSet::new();
    tasks.spawn(async move { axum::serve(listener, router).await.unwrap() });
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
    let open = async |path: &str| {
        let url = format!("http://{site}/{path}");
        page.act(&Action::Navigate { url }).await.unwrap();
    };
    let view = View::new(&page);

    open("moving").await;
    println!("a page in motion, {SPAN:?} each; frames a second, and processors in use");
    for _ in 0..ROUNDS {
        spent("nobody watches", async { 0 }).await;
        let cast = Bare::start(&browser).await;
        spent("bare screencast", cast.count(SPAN)).await;
        cast.stop().await;
        for watchers in [1, 5] {
            let watching = watch(&view, watchers, 30).await;
            let name = format!("{watchers} watching, at most 30 a second");
            spent(&name, count(watching)).await;
        }
        let watching = watch(&view, 5, 10).await;
        spent("5 watching, at most 10 a second", count(watching)).await;
    }

    open("still").await;
    println!("a page at rest");
    let watching = watch(&view, 5, 30).await;
    spent("5 watching", count(watching)).await;
    spent("nobody watches", async { 0 }).await;

    println!("from a change of the page to its frame, {CHANGES} changes each");
    for _ in 0..ROUNDS {
        let cast = Bare::start(&browser).await;
        let mut times = Vec::new();
        for number in 0..CHANGES {
            while timeout(REST, cast.frame()).await.is_ok() {}
            let began = Instant::now();
            let ((), ()) = tokio::join!(change(&cast, number), cast.frame());
            times.push(began.elapsed());
        }
        tell("bare screencast", times);
        let mut watcher = watch(&view, 1, 30).await.remove(0);
        cast.stop().await;
        let mut times = Vec::new();
        for number in 0..CHANGES {
            while timeout(REST, watcher.next()).await.is_ok() {}
            let began = Instant::now();
            let ((), ()) = tokio::join!(change(&cast, number + 1000), frame(&mut watcher));
            times.push(began.elapsed());
        }
        tell("watching", times);
    }
    drop(page);
    browser.close().await;
}

async fn change(cast: &Bare<'_>, number: usize) {
    let text = format!("n.textContent = {number}");
    cast.call("Runtime.evaluate", json!({ "expression": text }))
        .await;
}

/// Runs something for the span, and says what it took.
async fn spent(name: &str, work: impl Future<Output = usize>) {
    let before = Usage::now();
    let began = Instant::now();
    let (frames, ()) = tokio::join!(work, tokio::time::sleep(SPAN));
    let seconds = began.elapsed().as_secs_f64();
    let used = Usage::now().since(&before);
    println!(
        "  {name}: {:.1} frames; server {:.3}, browser {:.3}",
        frames as f64 / seconds,
        used.own / seconds,
        used.others / seconds,
    );
}

async fn watch(view: &View, watchers: usize, max_fps: u8) -> Vec<Watcher> {
    let options = ViewOptions {
        max_fps,
        ..ViewOptions::default()
    };
    let mut watching = Vec::new();
    for _ in 0..watchers {
        let mut watcher = view.watch(options).unwrap();
        frame(&mut watcher).await;
        watching.push(watcher);
    }
    watching
}

async fn frame(watcher: &mut Watcher) {
    while !matches!(watcher.next().await.unwrap(), Update::Frame(_)) {}
}

/// How many frames each of them gets within the span.
async fn count(watching: Vec<Watcher>) -> usize {
    let each = watching.len();
    let mut counts = JoinSet::new();
    for mut watcher in watching {
        counts.spawn(async move {
            let end = tokio::time::Instant::now() + SPAN;
            let mut frames = 0;
            while let Ok(update) = tokio::time::timeout_at(end, watcher.next()).await {
                frames += usize::from(matches!(update.unwrap(), Update::Frame(_)));
            }
            frames
        });
    }
    counts.join_all().await.into_iter().sum::<usize>() / each
}

fn tell(name: &str, mut times: Vec<Duration>) {
    times.sort();
    let part = |of: usize| times[(times.len() * of / 100).min(times.len() - 1)];
    println!("  {name}: p50 {:.1?}, p95 {:.1?}", part(50), part(95));
}
