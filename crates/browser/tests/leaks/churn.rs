//! Browsers that are opened and end in every way that there is.

use std::{
    fs,
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use errand_browser::{
    Browser, LaunchOptions,
    launch::{Health, Mode},
};
use nix::sys::signal::Signal;
use tokio::time::timeout;

use super::machine::{Process, gone_within, under};

/// How a browser ends.
#[derive(Debug, Clone, Copy)]
pub enum End {
    Closed,
    Dropped,
    /// Its deadline passes.
    Late,
    /// A process of that name gets a signal; then it is closed.
    Struck(&'static str, Signal),
}

/// Every way.
pub const ENDS: [End; 10] = [
    End::Closed,
    End::Struck("chromium", Signal::SIGKILL),
    End::Struck("chromedriver", Signal::SIGKILL),
    End::Struck("chromium", Signal::SIGSTOP),
    End::Dropped,
    End::Struck("guard", Signal::SIGKILL),
    End::Struck("chromedriver", Signal::SIGSTOP),
    End::Late,
    End::Struck("Xvfb", Signal::SIGKILL),
    End::Struck("guard", Signal::SIGSTOP),
];

/// Makes what is made once.
pub async fn warm(options: &LaunchOptions) {
    one(options, End::Closed).await;
}

/// Opens and ends so many browsers, two at a time, and comes back when all of it is gone.
pub async fn churn(options: &LaunchOptions, count: usize) {
    let next = AtomicUsize::new(0);
    let hand = async || {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= count {
                break;
            }
            one(options, ENDS[at % ENDS.len()]).await;
        }
    };
    tokio::join!(hand(), hand());
}

async fn one(options: &LaunchOptions, end: End) {
    let mut options = options.clone();
    options.health = Health {
        interval: Duration::from_millis(200),
        timeout: Duration::from_secs(2),
    };
    if matches!(end, End::Struck("Xvfb", _)) {
        options.mode = Mode::Headful;
    }
    let browser = Browser::launch(options).await.unwrap();
    let page = browser.page().await.unwrap();
    let folder = browser.folder().to_owned();
    let below = under(std::process::id(), &folder);
    assert!(below.len() > 3, "{below:?}");
    let closed = browser.closed();
    match end {
        End::Closed => browser.close().await,
        End::Dropped => drop(browser),
        End::Late => {
            browser.set_deadline(Duration::from_secs(1)).unwrap();
            timeout(Duration::from_secs(10), closed.cancelled())
                .await
                .unwrap();
            browser.close().await;
        }
        End::Struck(name, signal) => {
            // The bench is its own guard, under another name.
            let victim = match name {
                "guard" => &below[0],
                name => below.iter().find(|it| it.name == name).unwrap(),
            };
            victim.signal(signal);
            // A guard that is stopped is missed by nobody, and a driver hears of it late.
            if signal == Signal::SIGKILL || name == "chromium" {
                timeout(Duration::from_secs(10), closed.cancelled())
                    .await
                    .unwrap();
            }
            browser.close().await;
        }
    }
    drop(page);
    let left = gone_within(Duration::from_secs(5), &below);
    assert_eq!(left, Vec::<Process>::new(), "{end:?}");
    super::machine::until(Duration::from_secs(5), || !folder.exists());
}

/// What this process holds.
#[derive(Debug, Clone, Copy)]
pub struct Held {
    /// Files, pipes and sockets.
    pub handles: usize,
    /// Processes below it, ended ones that nobody reaped too.
    pub children: usize,
    /// Entries of the folder that browsers are made in.
    pub folders: usize,
    /// Memory in KiB.
    pub memory: usize,
}

impl Held {
    pub fn now(folder: &Path) -> Self {
        let own = std::process::id();
        let count = |path: &Path| fs::read_dir(path).unwrap().count();
        let threads = fs::read_dir("/proc/self/task").unwrap().flatten();
        let children = threads.map(|it| {
            let children = fs::read_to_string(it.path().join("children"));
            children.unwrap_or_default().split_whitespace().count()
        });
        let status = fs::read_to_string(format!("/proc/{own}/status")).unwrap();
        let memory = status.lines().find_map(|it| it.strip_prefix("VmRSS:"));
        let memory = memory.unwrap().split_whitespace().next().unwrap();
        Self {
            handles: count(Path::new("/proc/self/fd")),
            children: children.sum(),
            folders: count(folder),
            memory: memory.parse().unwrap(),
        }
    }

    /// Whether all but memory is what it was.
    pub fn is_as(&self, before: &Self) -> bool {
        self.handles <= before.handles
            && self.children == before.children
            && self.folders == before.folders
    }
}
