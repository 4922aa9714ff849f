//! Log-ins go on in another browser, and to and from Playwright.

use std::{
    env,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use errand_domain::{Action, StorageState, storage::playwright};
use errand_testing::Site;
use tokio::time::timeout;

use crate::support::{Bench, text};

const WAYS: [&str; 3] = ["cookie", "local", "indexed"];

/// What the script printed.
async fn playwright(arguments: &[&str]) -> String {
    let tools = PathBuf::from(env::var_os("HOME").unwrap()).join(".cache/errand/tools/peers");
    let there = tools.exists();
    assert!(
        there,
        "{} is missing: run scripts/setup peers",
        tools.display()
    );
    let chromium = env::var_os("PATH").and_then(|path| {
        let mut found = env::split_paths(&path).map(|it| it.join("chromium"));
        found.find(|it| it.exists())
    });
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/storage.js");
    let said = tokio::process::Command::new("node")
        .arg(script)
        .args(arguments)
        .env("NODE_PATH", tools.join("node_modules"))
        .env("CHROMIUM", chromium.unwrap())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let said = timeout(Duration::from_secs(90), said)
        .await
        .unwrap()
        .unwrap();
    let words = String::from_utf8_lossy(&said.stderr);
    assert!(said.status.success(), "{words}");
    String::from_utf8(said.stdout).unwrap()
}

async fn is_logged_in_everywhere(bench: &Bench, site: &Site) {
    for way in WAYS {
        let url = site.url(&format!("/members/{way}"));
        bench.act(Action::Navigate { url }).await.unwrap();
        let until = Instant::now() + Duration::from_secs(10);
        loop {
            let words = text(&bench.look().await);
            if words.contains("Welcome back") {
                break;
            }
            let late = Instant::now() > until || words.contains("Log in");
            assert!(!late, "{way}: {words}");
        }
    }
}

/// Databases, in the order of their names.
fn databases(state: &StorageState) -> String {
    let origin = state
        .origins
        .iter()
        .find(|it| !it.databases.is_empty())
        .unwrap();
    let mut databases = origin.databases.clone();
    databases.sort_by(|one, other| one.name.cmp(&other.name));
    serde_json::to_string(&databases).unwrap()
}

#[tokio::test]
async fn logins_come_from_playwright_go_on_and_go_back_to_it() {
    let site = Site::start(5).await.unwrap();
    let account = site.credentials();
    let origin = site.url("");
    let origin = origin.trim_end_matches('/');
    let wrote = playwright(&["write", origin, account.user, account.password]).await;
    let imported = playwright::read(&wrote).unwrap();
    assert_eq!(imported.notes, Vec::<String>::new());
    let first = Bench::start().await;
    assert_eq!(
        first.page.put_state(&imported).await.unwrap(),
        Vec::<String>::new()
    );
    is_logged_in_everywhere(&first, &site).await;

    let kept = first.page.storage_state().await.unwrap();
    assert_eq!(kept.notes, Vec::<String>::new());
    assert_eq!(databases(&kept), databases(&imported));
    let part = |state: &StorageState| {
        let mut cookies = state.cookies.iter();
        let part = cookies.find(|it| it.name == "part").unwrap();
        (
            part.partition.clone(),
            part.expires,
            part.same_site,
            part.secure,
        )
    };
    assert_eq!(part(&kept), part(&imported));
    let json = serde_json::to_string(&kept).unwrap();
    let second = Bench::start().await;
    let again: StorageState = serde_json::from_str(&json).unwrap();
    assert_eq!(
        second.page.put_state(&again).await.unwrap(),
        Vec::<String>::new()
    );
    is_logged_in_everywhere(&second, &site).await;

    let written = playwright::write(&kept);
    assert_eq!(written.notes, Vec::<String>::new());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.json");
    std::fs::write(&file, &written.text).unwrap();
    let back = playwright(&["read", origin, file.to_str().unwrap()]).await;
    let back = playwright::read(&back).unwrap();
    assert_eq!(databases(&back), databases(&kept));
}
