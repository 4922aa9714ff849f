//! Browsers that somebody else runs: they are used, and left as they were found.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

#[path = "attach/other.rs"]
mod other;

use std::time::{Duration, Instant};

use errand_browser::{Browser, attach, page::Look};
use errand_domain::{Action, action::Target};
use fantoccini::ClientBuilder;
use hyper_util::client::legacy::connect::HttpConnector;
use other::{Chrome, Site, options, say};
use serde_json::json;
use tokio::time::timeout;

/// Opens a page, follows links into tabs of their own, and has one opened.
async fn use_it(browser: &Browser, site: &Site) -> usize {
    let page = browser.page().await.unwrap();
    let url = site.url("/");
    page.act(&Action::Navigate { url }).await.unwrap();
    for name in ["opener", "stranger"] {
        let seen = page.observe(&Look::default()).await.unwrap();
        let link = seen.nodes.iter().find(|it| it.name == name).expect(name);
        let target = Target::element(link.id.as_deref().unwrap());
        page.act(&Action::Click { target }).await.unwrap();
        let seen = page.observe(&Look::default()).await.unwrap();
        let first = seen.tabs[0].id.clone();
        let back = Action::SwitchTab { tab: first };
        page.act(&back).await.unwrap();
    }
    let url = Some(site.url("/third"));
    page.act(&Action::OpenTab { url }).await.unwrap();
    assert!(!page.screenshot().await.unwrap().is_empty());
    let seen = page.observe(&Look::default()).await.unwrap();
    assert!(seen.text().contains("third"), "{}", seen.text());
    seen.tabs.len()
}

#[tokio::test]
async fn a_chrome_of_somebody_else_is_used_and_left_as_it_was() {
    let (site, chrome) = (Site::start().await, Chrome::start().await);
    let theirs = chrome.open(&site.url("/theirs")).await;
    let before = chrome.pages().await;
    for address in [chrome.http(), chrome.socket.clone()] {
        let folder = tempfile::tempdir().unwrap();
        let mut options = options(&address, folder.path());
        options.viewport = Some((900, 600));
        options.user_agent = Some("Visitor/1".to_owned());
        let browser = Browser::attach(options).await.unwrap();
        let lacks: Vec<&str> = browser.lacks().iter().map(|it| it.name).collect();
        assert_eq!(lacks, ["proxy", "downloads", "service_workers"]);
        assert!(
            browser
                .version()
                .starts_with(|it: char| it.is_ascii_digit())
        );
        assert_eq!(use_it(&browser, &site).await, 4);
        // What its owner opens in the meantime opens, and is not ours.
        let another = chrome.open(&site.url("/another")).await;
        timeout(Duration::from_secs(5), site.asked("/another"))
            .await
            .unwrap();
        browser.close().await;
        let mut now = chrome.pages().await;
        assert!(now.remove(&another));
        assert_eq!(now, before);
        chrome.close(&another).await;
        assert!(folder.path().read_dir().unwrap().next().is_none());
        // Its own tab is sized and named as ever.
        let told = chrome
            .evaluate(&theirs, "[innerWidth, navigator.userAgent, document.title]")
            .await;
        assert!(told[0] != 900 && told[2] == "theirs", "{told}");
        assert!(!told[1].as_str().unwrap().contains("Visitor"));
    }
    // A browser that is dropped closes its tabs as well.
    let folder = tempfile::tempdir().unwrap();
    let browser = Browser::attach(options(&chrome.http(), folder.path()));
    drop(browser.await.unwrap());
    timeout(Duration::from_secs(5), chrome.until_pages(&before))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_webdriver_makes_a_session_that_ends_and_keeps_one_that_was_there() {
    let site = Site::start().await;
    let folder = tempfile::tempdir().unwrap();
    let driver = errand_testing::Driver::start(folder.path()).await.unwrap();
    let mut options = options(&driver.url, folder.path());
    options.viewport = Some((900, 600));
    let browser = Browser::attach(options.clone()).await.unwrap();
    let lacks: Vec<&str> = browser.lacks().iter().map(|it| it.name).collect();
    assert_eq!(lacks, ["proxy"]);
    assert_eq!(use_it(&browser, &site).await, 4);
    let closed = browser.closed();
    browser.close().await;
    assert!(closed.is_cancelled());

    let mut capabilities = fantoccini::wd::Capabilities::new();
    let flags = ["--headless=new", "--no-sandbox", "--no-first-run"];
    capabilities.insert("goog:chromeOptions".into(), json!({ "args": flags }));
    let client = ClientBuilder::new(HttpConnector::new())
        .capabilities(capabilities)
        .connect(&driver.url)
        .await
        .unwrap();
    client.goto(&site.url("/theirs")).await.unwrap();
    let id = client.session_id().await.unwrap().unwrap();
    let url = format!("{}session/{id}", driver.url);
    options.address = attach::Address::parse(&url).unwrap();
    let browser = Browser::attach(options.clone()).await.unwrap();
    assert_eq!(use_it(&browser, &site).await, 4);
    browser.close().await;
    assert_eq!(client.windows().await.unwrap().len(), 1);
    assert_eq!(client.title().await.unwrap(), "theirs");
    client.close().await.unwrap();
    let error = Browser::attach(options).await.err().unwrap().to_string();
    assert!(
        error.contains("has no session") && error.contains("invalid session id"),
        "{error}"
    );
}

#[tokio::test]
async fn what_is_no_browser_is_told_within_seconds() {
    let folder = tempfile::tempdir().unwrap();
    let html = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 40\r\n\r\n\
                <!doctype html><title>My shop</title>hi!";
    let json = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 11\r\n\r\n\
                {\"a\": \"bc\"}";
    let cases = [
        (Some(html), "a web page, \"My shop\""),
        (
            Some(json),
            "JSON that is none of a browser's: {\"a\": \"bc\"}",
        ),
        (
            Some("SSH-2.0-OpenSSH_9.2\r\n"),
            "something that is not HTTP",
        ),
        (Some(""), "a connection that broke off"),
        (None, "did not answer within 5 s"),
    ];
    let cases = cases.map(async |(answer, told)| {
        let (address, _task) = say(answer).await;
        let socket = format!("ws://{address}/devtools/browser/x");
        let port = format!("http://{address}");
        let attach = async |address: &str| {
            let begun = Instant::now();
            let attached = Browser::attach(options(address, folder.path())).await;
            assert!(begun.elapsed() < Duration::from_secs(8));
            attached.err().unwrap().to_string()
        };
        let (port, error) = tokio::join!(attach(&port), attach(&socket));
        assert!(port.contains(told), "{port}");
        assert!(
            port.contains("give the debugger address of a Chrome"),
            "{port}"
        );
        assert!(error.contains(&socket), "{error}");
    });
    futures_util::future::join_all(cases).await;
    let attached = Browser::attach(options("http://127.0.0.1:9", folder.path())).await;
    let error = attached.err().unwrap().to_string();
    assert!(error.contains("is the browser running"), "{error}");
    assert!(folder.path().read_dir().unwrap().next().is_none());
}
