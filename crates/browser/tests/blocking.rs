//! Advertisements and trackers are not asked for, and all else is.
#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "lifecycle/machine.rs"]
#[expect(dead_code, reason = "shared with the other tests")]
mod machine;

use std::time::{Duration, Instant};

use errand_browser::{AdBlock, Browser, LaunchOptions, Page, block::Error, page::Look};
use errand_domain::{Action, action::Target};
use errand_egress::{Policy, Proxy};
use errand_testing::Site;
use tempfile::TempDir;

struct Bench {
    site: Site,
    browser: Browser,
    page: Page,
    _proxy: Proxy,
    _folder: TempDir,
}

impl Bench {
    async fn start(blocking: Option<AdBlock>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let policy = Policy {
            allow_private: true,
            ..Policy::default()
        };
        let proxy = Proxy::start(Some(policy)).await.unwrap();
        let guard = vec![machine::example("guard").into()];
        let mut options = LaunchOptions::new(guard, proxy.address(), folder.path().to_owned());
        options.blocking = blocking;
        let browser = Browser::launch(options).await.unwrap();
        let page = browser.page().await.unwrap();
        Self {
            site: Site::start(7).await.unwrap(),
            browser,
            page,
            _proxy: proxy,
            _folder: folder,
        }
    }

    async fn open(&self, path: &str) -> Duration {
        let began = Instant::now();
        let url = self.site.url(path);
        self.page.act(&Action::Navigate { url }).await.unwrap();
        began.elapsed()
    }

    /// What the site was asked for by others than the article.
    fn advertising(&self) -> Vec<String> {
        let asked = self.site.recorded().into_iter().map(|it| it.path);
        asked
            .filter(|it| it.starts_with("/adserver/") || it.starts_with("/track/"))
            .collect()
    }

    fn photos(&self) -> usize {
        let asked = self.site.recorded();
        asked
            .iter()
            .filter(|it| it.path == "/article/photo.svg")
            .count()
    }

    /// Presses the button that belongs to the article; an advertisement waits for any click.
    async fn read_on(&self) -> String {
        let seen = self.page.observe(&Look::default()).await.unwrap();
        let mut nodes = seen.nodes.iter();
        let button = nodes.find(|node| node.name == "Read more" && node.id.is_some());
        let target = Target::element(button.unwrap().id.clone().unwrap());
        let click = Action::Click { target };
        self.page.act(&click).await.unwrap();
        self.page.observe(&Look::default()).await.unwrap().text()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_blocked_never_leaves_and_the_rest_is_intact() {
    let open = Bench::start(None).await;
    let slow = open.open("/article").await;
    open.read_on().await;
    machine::until(Duration::from_secs(5), || {
        let asked = open.advertising();
        asked.iter().any(|it| it == "/adserver/popup")
    });
    assert!(open.advertising().len() >= 8, "{:?}", open.advertising());
    assert_eq!(open.page.blocked().total, 0);

    let bench = Bench::start(Some(AdBlock::own().unwrap())).await;
    let quick = bench.open("/article").await;
    let text = bench.read_on().await;
    assert!(text.contains("Two readers liked it."), "{text}");
    assert!(text.contains("At five the first boat"), "{text}");
    assert_eq!(bench.photos(), 1);
    // The worker counts last of all.
    let page = &bench.page;
    machine::until(Duration::from_secs(5), || page.blocked().total >= 6);
    assert_eq!(bench.advertising(), Vec::<String>::new());
    let blocked = page.blocked();
    assert_eq!(blocked.here, blocked.total);
    assert_eq!(blocked.hosts["localhost"], blocked.total);
    assert!(
        quick + Duration::from_millis(500) < slow,
        "{quick:?} against {slow:?}"
    );
    // What never left changed nothing.
    assert_eq!(page.outside_requests(), []);

    // What was kept is put back as without blocking, which then goes on.
    let state = page.storage_state().await.unwrap();
    page.restore(&state).await.unwrap();
    assert!(page.url().ends_with("/article"));
    machine::until(Duration::from_secs(5), || page.blocked().total >= 12);
    assert_eq!(bench.advertising(), Vec::<String>::new());
    open.browser.close().await;
    bench.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn windows_that_open_for_an_advertisement_close_again() {
    let list = AdBlock::new("/adserver/popup$third-party\n").unwrap();
    let bench = Bench::start(Some(list)).await;
    bench.open("/article").await;
    bench.read_on().await;
    let page = &bench.page;
    machine::until(Duration::from_secs(5), || page.blocked().total == 1);
    let asked = bench.advertising();
    assert!(asked.iter().all(|it| it != "/adserver/popup"), "{asked:?}");
    let mut tabs = 2;
    let until = Instant::now() + Duration::from_secs(5);
    while tabs > 1 && Instant::now() < until {
        tabs = page.observe(&Look::default()).await.unwrap().tabs.len();
    }
    assert_eq!(tabs, 1);
    bench.browser.close().await;
}

#[test]
fn lists_are_read_as_far_as_they_can_be() {
    let own = AdBlock::own().unwrap();
    assert!(own.filters() > 100);
    assert_eq!(own.skipped().count, 0, "{:?}", own.skipped());

    let list = "! a comment\n||ads.example^$nonsense\n||ads.example^\nexample.com##.banner\n\n";
    let list = AdBlock::new(list).unwrap();
    assert_eq!((list.filters(), list.skipped().count), (1, 1));
    assert_eq!(list.skipped().first[0].0, 2);
    let hosts = "# hosts\n0.0.0.0 ads.example\n127.0.0.1 localhost\n0.0.0.0 more.example # x\n";
    assert_eq!(AdBlock::new(hosts).unwrap().filters(), 2);

    for page in [
        "",
        "! only this\n",
        "<!doctype html>\n<title>404</title>\n<p>not here\n",
    ] {
        let error = AdBlock::new(page).unwrap_err();
        assert!(matches!(error, Error::Empty { .. }), "{error}");
        assert!(error.to_string().contains("||ads.example^"), "{error}");
    }
    let error = AdBlock::new(&"a".repeat(65 << 20)).unwrap_err();
    assert!(matches!(error, Error::TooLarge { .. }), "{error}");
}
