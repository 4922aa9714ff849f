//! Memory of whole trees of processes.

use std::{collections::BTreeMap, fs};

use errand_browser::{Browser, LaunchOptions};
use errand_domain::Action;
use errand_testing::{Driver, Site};

const ROUNDS: usize = 3;
/// Pages of the demo site, from small to large.
const PAGES: [&str; 2] = ["/login", "/rows"];

/// Memory with the same page open: a bare browser with its driver, and one of ours with its guard.
pub async fn compare(options: &LaunchOptions) {
    let site = Site::start(7).await.unwrap();
    for path in PAGES {
        let url = site.url(path);
        let (mut bare, mut alone, mut ours) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let driver = Driver::start(&options.folder).await.unwrap();
            let client = super::plain(&driver, &options.folder).await;
            client.goto(&url).await.unwrap();
            let pid = driver.process.id().unwrap();
            bare.push(below(pid));
            alone.push(below(pid) - own(pid));
            client.close().await.unwrap();
            drop(driver);

            let browser = Browser::launch(options.clone()).await.unwrap();
            let page = browser.page().await.unwrap();
            page.act(&Action::Navigate { url: url.clone() })
                .await
                .unwrap();
            ours.push(below(guard_of(&browser)));
            drop(page);
            browser.close().await;
        }
        let (bare, alone, ours) = (median(bare), median(alone), median(ours));
        println!("{path}: a bare browser takes {alone} MiB, with its driver {bare} MiB");
        println!(
            "  ours with driver and guard {ours} MiB: {:.2} x the browser alone, {:.2} x with its driver",
            ratio(ours, alone),
            ratio(ours, bare)
        );
    }
}

fn guard_of(browser: &Browser) -> u32 {
    let folder = browser.folder().to_str().unwrap().to_owned();
    let own = std::process::id();
    let guard = parents().into_iter().find(|(pid, parent)| {
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        *parent == own && String::from_utf8_lossy(&line).contains(&folder)
    });
    guard.unwrap().0
}

/// The share of memory, in MiB, of a process and everything below it. What several share counts
/// for each in part, so that a second browser is not counted for what the first one holds anyway.
fn below(ancestor: u32) -> u64 {
    let parents = parents();
    let mut tree = vec![ancestor];
    let mut at = 0;
    while at < tree.len() {
        let parent = tree[at];
        tree.extend(parents.iter().filter(|it| *it.1 == parent).map(|it| *it.0));
        at += 1;
    }
    tree.into_iter().map(own).sum()
}

fn own(pid: u32) -> u64 {
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or_default() / 1024
}

fn parents() -> BTreeMap<u32, u32> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let pids = entries.filter_map(|it| it.file_name().to_str()?.parse::<u32>().ok());
    pids.filter_map(|pid| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let parent = stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()?;
        Some((pid, parent))
    })
    .collect()
}

#[expect(clippy::cast_precision_loss, reason = "a ratio for people")]
fn ratio(one: u64, other: u64) -> f64 {
    one as f64 / other as f64
}

fn median(mut sizes: Vec<u64>) -> u64 {
    sizes.sort_unstable();
    sizes[sizes.len() / 2]
}
