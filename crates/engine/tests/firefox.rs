//! The tasks that people give first, by the engine `local`, in Firefox: each comes to what it comes
//! to in Chromium.
#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "goals/ports.rs"]
mod ports;

use std::{
    collections::BTreeMap,
    path::Path,
    time::{Duration, Instant},
};

use errand_browser::{Browser, LaunchOptions};
use errand_domain::{RunState, run::Detail, session::BrowserType};
use errand_egress::{Policy, Proxy};
use errand_engine::{Ending, Limits, Local, Resume, Task};
use errand_testing::Site;
use ports::{Log, Nowhere, Since};
use serde_json::{Value, json};

const LIMITS: Limits = Limits {
    max_steps: 40,
    deadline: Duration::from_secs(120),
};

/// A goal and where it begins.
struct Errand {
    goal: String,
    path: &'static str,
}

/// Logging in, searching, a form, a table, and a page in another tab.
fn errands(site: &Site) -> Vec<Errand> {
    let of = |goal: &str, path| Errand {
        goal: goal.to_owned(),
        path,
    };
    let product = &site.products()[4].name;
    vec![
        of(
            "Log in with username 'demo@example.com' and password 'errand-demo', then go to the \
             invoices page and extract all invoice numbers and amounts",
            "/login",
        ),
        of(
            "Go to the customers page and find the customer with email 'customer@example.com'",
            "/portal/dashboard",
        ),
        of(
            &format!("Search for '{product}' and extract the name and price of the first product"),
            "/shop",
        ),
        of(
            "Fill in the contact form with name 'Ann Lee', email 'ann@example.com' and message \
             'Hello there', then send it",
            "/contact",
        ),
        of("Extract the top 3 posts with title and points", "/news"),
        of(
            "Click 'Link to a new tab', then extract the main heading",
            "/popups",
        ),
    ]
}

/// Carries them all through in one browser, each from where the one before left it logged in.
async fn carried(kind: BrowserType, site: &Site, folder: &Path) -> Vec<Value> {
    let policy = Policy {
        allow_private: true,
        ..Policy::default()
    };
    let proxy = Proxy::start(Some(policy)).await.unwrap();
    let guard = std::env::current_exe().unwrap();
    let guard = guard.ancestors().nth(2).unwrap().join("examples/guard");
    let mut options = LaunchOptions::new(vec![guard.into()], proxy.address(), folder.to_owned());
    options.kind = kind;
    options.geckodriver = errand_testing::geckodriver();
    let browser = Browser::launch(options).await.unwrap();
    let page = browser.page().await.unwrap();
    let mut ends = Vec::new();
    for Errand { goal, path } in errands(site) {
        let url = site.url(path);
        let task = Task {
            goal: &goal,
            url: Some(&url),
            schema: None,
            detail: Detail::Normal,
            page: &page,
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
        let ending: Ending = task.run().await.unwrap();
        let reason = ending.failure.map(|it| it.reason);
        assert_eq!(
            ending.state,
            RunState::Completed,
            "{kind:?}, {goal}: {reason:?}"
        );
        ends.push(json!({ "goal": goal, "output": ending.finding.output }));
    }
    browser.close().await;
    ends
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_tasks_come_to_the_same_in_firefox() {
    let site = Site::start(7).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (chrome, firefox) = tokio::join!(
        carried(BrowserType::Chrome, &site, folder.path()),
        carried(BrowserType::Firefox, &site, folder.path()),
    );
    for (chrome, firefox) in chrome.iter().zip(&firefox) {
        assert_eq!(chrome, firefox);
    }
    let outputs = firefox.iter().filter(|it| !it["output"].is_null());
    assert_eq!(outputs.count(), 5, "{firefox:#?}");
    assert_eq!(site.submits("contact"), 2);
}
