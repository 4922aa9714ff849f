//! The browsers, and the goals shared out among them.

use std::{
    collections::VecDeque,
    path::Path,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use anyhow::Context;
use errand_browser::{Browser, LaunchOptions, Page};
use errand_egress::{Policy, Proxy};
use tokio::task::JoinSet;

use crate::{
    attempt::{self, Outcome},
    corpus::Goal,
    pages::Pages,
};

/// More than a small machine has processors: a run that fails waits for most of its time.
const BROWSERS: usize = 4;

/// A goal that was tried.
pub struct Trial {
    pub goal: Goal,
    pub outcome: Outcome,
    /// What happened, in a line.
    pub told: String,
    pub took: Duration,
}

/// Tries all of them; their order stays.
pub async fn all(goals: Vec<Goal>, aloud: bool) -> anyhow::Result<Vec<Trial>> {
    let pages = Pages::start().await?;
    let folder = tempfile::tempdir().context("no folder for the browsers")?;
    let count = goals.len();
    let queue: VecDeque<(usize, Goal)> = goals.into_iter().enumerate().collect();
    let queue = Arc::new(Mutex::new(queue));
    let mut workers = JoinSet::new();
    for _ in 0..BROWSERS.min(count) {
        let worker = work(
            queue.clone(),
            pages.origin(),
            folder.path().to_owned(),
            aloud,
        );
        workers.spawn(worker);
    }
    let mut trials = Vec::with_capacity(count);
    while let Some(done) = workers.join_next().await {
        trials.extend(done.context("a worker ended")??);
    }
    trials.sort_by_key(|(at, _)| *at);
    Ok(trials.into_iter().map(|(_, trial)| trial).collect())
}

async fn work(
    queue: Arc<Mutex<VecDeque<(usize, Goal)>>>,
    origin: String,
    folder: std::path::PathBuf,
    aloud: bool,
) -> anyhow::Result<Vec<(usize, Trial)>> {
    let mut trials = Vec::new();
    let mut seat = None;
    loop {
        let next = queue.lock().ok().and_then(|mut it| it.pop_front());
        let Some((at, goal)) = next else {
            break;
        };
        let taken = match seat.take() {
            Some(seat) => seat,
            None => Seat::new(&folder).await?,
        };
        let began = Instant::now();
        let (outcome, told) = attempt::attempt(&taken, &goal, &origin, aloud).await;
        let trial = Trial {
            goal,
            outcome,
            told,
            took: began.elapsed(),
        };
        trials.push((at, trial));
        if attempt::tidy(&taken, &origin).await.is_ok() {
            seat = Some(taken);
        } else {
            taken.browser.close().await;
        }
    }
    if let Some(seat) = seat {
        seat.browser.close().await;
    }
    Ok(trials)
}

/// A browser with what it needs.
pub struct Seat {
    pub browser: Browser,
    pub page: Page,
    _proxy: Proxy,
}

impl Seat {
    async fn new(folder: &Path) -> anyhow::Result<Self> {
        let policy = Policy {
            allow_private: true,
            ..Policy::default()
        };
        let proxy = Proxy::start(Some(policy)).await.context("no proxy")?;
        let guard = vec![std::env::current_exe()?.into(), "guard".into()];
        let mut options = LaunchOptions::new(guard, proxy.address(), folder.to_owned());
        options.deadline = Duration::from_secs(1_800);
        let browser = Browser::launch(options).await.context("no browser")?;
        let page = browser.page().await.context("the browser is silent")?;
        Ok(Self {
            browser,
            page,
            _proxy: proxy,
        })
    }
}
