//! Memory over a thousand runs in one process: what the engine's side holds after 100 of them and
//! after all. The baseline is the figure after 100, when everything is warm.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::panic,
    reason = "a bench has nobody to report to"
)]

use std::{
    collections::BTreeMap,
    fs,
    process::{ExitCode, Stdio},
    time::{Duration, Instant},
};

use errand_browser::{Browser, LaunchOptions, Page, guard};
use errand_domain::{RunState, run::Detail};
use errand_egress::{Policy, Proxy};
use errand_engine::{Limits, Local, Resume, Task};
use errand_testing::Site;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader},
    process::{Child, Command},
};

use crate::ports::{Log, Nowhere, Since};

#[path = "../tests/goals/ports.rs"]
mod ports;

const RUNS: usize = 1_000;
const WARM: usize = 100;
const LIMITS: Limits = Limits {
    max_steps: 20,
    deadline: Duration::from_secs(60),
};

fn main() -> ExitCode {
    // It is its own guard: nothing else has to be built first.
    let mut args = std::env::args_os().skip(1);
    let first = args.next();
    if first.as_ref().is_some_and(|it| it == "guard") {
        return guard::run(args);
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    if first.as_ref().is_some_and(|it| it == "site") {
        runtime.block_on(site());
    } else {
        runtime.block_on(runs());
    }
    ExitCode::SUCCESS
}

/// The demo site in a process of its own: it remembers what it was asked, and that is not to be
/// measured. Ends with its standard input.
async fn site() {
    let site = Site::start(7).await.unwrap();
    println!("{}", site.url(""));
    let mut end = Vec::new();
    tokio::io::stdin().read_to_end(&mut end).await.unwrap();
}

async fn start_site() -> (Child, String) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .arg("site")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let url = lines.next_line().await.unwrap().unwrap();
    (child, url)
}

async fn runs() {
    let (_site, origin) = start_site().await;
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
    let began = Instant::now();
    let mut warm = 0.0;
    for run in 1..=RUNS {
        carry(&page, &origin, run).await;
        if run == WARM {
            warm = resident();
        }
        if run % 250 == 0 {
            println!("after {run} runs: {:.1} MiB", resident());
        }
    }
    let end = resident();
    println!(
        "memory after {RUNS} runs: {:.2}x that after {WARM} ({end:.1} MiB against {warm:.1} MiB; \
         {:.0} ms a run)",
        end / warm,
        began.elapsed().as_secs_f64() * 1e3 / RUNS as f64
    );
    browser.close().await;
}

/// Reading and acting by turns.
async fn carry(page: &Page, origin: &str, run: usize) {
    let (goal, path) = match run % 3 {
        0 => ("Extract the main heading", "/heading"),
        1 => ("Extract all codes", "/rows?count=50"),
        _ => ("Type 'Fair winds' into Comment", "/hostile"),
    };
    let url = format!("{}{path}", origin.trim_end_matches('/'));
    let task = Task {
        goal,
        url: Some(&url),
        schema: None,
        detail: Detail::Normal,
        page,
        engine: &Local,
        events: &Log::default(),
        artifacts: &Nowhere,
        checkpoints: &Nowhere,
        refusal: &|_| None,
        error_codes: &BTreeMap::new(),
        captcha: None,
        people: &Nowhere,
        clock: &Since(Instant::now()),
        limits: LIMITS,
        resume: Resume::default(),
    };
    let ending = task.run().await.unwrap();
    if ending.state != RunState::Completed {
        panic!("{goal}: {:?}", ending.failure);
    }
}

/// What the process itself holds, without what files back, in mebibytes.
fn resident() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|it| it.starts_with("RssAnon:"));
    let kib = line.and_then(|it| it.split_whitespace().nth(1)).unwrap();
    kib.parse::<f64>().unwrap() / 1_024.0
}
