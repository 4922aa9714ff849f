//! What a browser says of itself, and that nothing of it goes around the proxy.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

#[path = "lifecycle/machine.rs"]
#[expect(dead_code, reason = "shared with the other tests")]
mod machine;

#[path = "traffic/identity.rs"]
mod identity;
#[path = "traffic/site.rs"]
mod site;

use std::time::Duration;

use errand_browser::{Browser, LaunchOptions};
use errand_egress::{Policy, Proxy};
use serde_json::{Value, json};
use site::Site;

struct Tab<'a> {
    browser: &'a Browser,
    context: String,
}

impl<'a> Tab<'a> {
    async fn first(browser: &'a Browser) -> Self {
        let tree = browser
            .bidi()
            .unwrap()
            .call("browsingContext.getTree", json!({}))
            .await
            .unwrap();
        let context = tree["contexts"][0]["context"].as_str().unwrap().to_owned();
        Self { browser, context }
    }

    async fn open(&self, url: &str) -> Result<(), String> {
        let params = json!({ "context": self.context, "url": url, "wait": "complete" });
        let opened = self
            .browser
            .bidi()
            .unwrap()
            .call("browsingContext.navigate", params)
            .await;
        opened.map(drop).map_err(|error| error.to_string())
    }

    async fn run(&self, script: &str) -> Value {
        // Over CDP: a popup that a page opened itself does not answer over BiDi.
        let cdp = self.browser.cdp();
        let params = json!({ "targetId": self.context, "flatten": true });
        let session = cdp.call("Target.attachToTarget", params).await.unwrap();
        let session = session["sessionId"].as_str().unwrap();
        let params = json!({
            "expression": format!("(async () => JSON.stringify(await ({script})))()"),
            "awaitPromise": true,
            "userGesture": true,
        });
        let answer = cdp.call_in(session, "Runtime.evaluate", params);
        let answer = answer.await.unwrap();
        let text = answer["result"]["value"]
            .as_str()
            .unwrap_or_else(|| panic!("{answer}"));
        serde_json::from_str(text).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_says_what_it_was_told_to_say_and_never_headless() {
    let site = Site::start().await;
    let folder = tempfile::tempdir().unwrap();
    let proxy = Proxy::start(Some(Policy {
        allow_private: true,
        ..Policy::default()
    }))
    .await;
    let proxy = proxy.unwrap();
    let guard = vec![machine::example("guard").into()];
    let mut options = LaunchOptions::new(guard, proxy.address(), folder.path().to_owned());
    options.viewport = (1000, 701);
    options.extra_headers = [("X-Errand".to_owned(), "yes".to_owned())].into();
    let browser = Browser::launch(options).await.unwrap();
    let tab = Tab::first(&browser).await;
    tab.open(&site.url("/page")).await.unwrap();

    let head = site.head("/page").to_lowercase();
    assert!(head.contains("x-errand: yes"), "{head}");
    assert!(head.contains(&format!(
        "user-agent: {}",
        browser.user_agent().to_lowercase()
    )));
    assert!(!head.contains("headless"), "{head}");
    let says = "[navigator.userAgent, navigator.appVersion, navigator.userAgentData.brands, \
         await navigator.userAgentData.getHighEntropyValues(['fullVersionList', 'uaFullVersion'])]";
    let seen = tab
        .run(&format!(
            "(async () => ({{ agent: navigator.userAgent, all: {says},
               worker: await new Promise(done => {{
                 new Worker('/worker.js').onmessage = event => done(event.data);
               }}),
               shared: await new Promise(done => {{
                 new SharedWorker('/shared.js').port.onmessage = event => done(event.data);
               }}),
               service: await new Promise(done => {{
                 navigator.serviceWorker.onmessage = event => done(event.data);
                 navigator.serviceWorker.register('/service.js');
                 navigator.serviceWorker.ready.then(it => it.active.postMessage(1));
               }}),
               size: [innerWidth, innerHeight] }}))()"
        ))
        .await;
    assert!(!seen.to_string().contains("Headless"), "{seen}");
    assert_eq!(seen["agent"], browser.user_agent());
    for place in ["worker", "shared", "service"] {
        assert_eq!(
            seen[place]["agent"],
            browser.user_agent(),
            "{place}: {seen}"
        );
        let asked = site.head(&format!("/{place}.js")).to_lowercase();
        assert!(!asked.contains("headless"), "{asked}");
    }
    assert_eq!(seen["size"], json!([1000, 701]));

    // A tab of its own making has the same size and the same headers.
    tab.run(&format!(
        "window.open('{}', '_blank') && 1",
        site.url("/popup")
    ))
    .await;
    machine::until(Duration::from_secs(5), || {
        site.heads
            .lock()
            .unwrap()
            .iter()
            .any(|it| it.starts_with("GET /popup "))
    });
    assert!(site.head("/popup").to_lowercase().contains("x-errand: yes"));
    let tree = browser
        .bidi()
        .unwrap()
        .call("browsingContext.getTree", json!({}))
        .await
        .unwrap();
    let popup = tree["contexts"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["context"] != tab.context.as_str())
        .unwrap();
    let popup = Tab {
        browser: &browser,
        context: popup["context"].as_str().unwrap().to_owned(),
    };
    let script = format!("(async () => [[innerWidth, innerHeight], {says}])()");
    let seen = popup.run(&script).await;
    assert_eq!(seen[0], json!([1000, 701]));
    assert_eq!(seen[1][0], browser.user_agent());
    assert!(!seen.to_string().contains("Headless"), "{seen}");
    let head = site.head("/popup").to_lowercase();
    assert!(!head.contains("headless"), "{head}");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_out_leads_through_the_proxy_and_its_policy() {
    let site = Site::start().await;
    let folder = tempfile::tempdir().unwrap();
    let proxy = Proxy::start(None).await.unwrap();
    let guard = vec![machine::example("guard").into()];
    let options = LaunchOptions::new(guard, proxy.address(), folder.path().to_owned());
    let browser = Browser::launch(options).await.unwrap();
    let denied = browser.ports().to_vec();
    proxy.attach(Policy {
        allow_private: true,
        denied,
        ..Policy::default()
    });
    let tab = Tab::first(&browser).await;

    // Loopback by each of its names.
    let port = site.address.port();
    for host in ["127.0.0.1", "localhost", "any.localhost"] {
        let before = proxy.counters().requests;
        tab.open(&format!("http://{host}:{port}/from-{host}"))
            .await
            .unwrap();
        assert!(proxy.counters().requests > before, "{host}");
    }
    // Blocked, in the tab and from a page, over http and over https.
    tab.open("http://169.254.169.254/latest/meta-data")
        .await
        .unwrap();
    assert_eq!(tab.run("document.title").await, "Blocked by errand");
    for port in browser.ports() {
        tab.open(&format!("http://{port}/json/version"))
            .await
            .unwrap();
        assert_eq!(tab.run("document.title").await, "Blocked by errand");
    }
    let error = tab
        .open("https://metadata.google.internal/")
        .await
        .unwrap_err();
    assert!(error.contains("ERR_TUNNEL_CONNECTION_FAILED"), "{error}");
    tab.open(&site.url("/")).await.unwrap();
    let script = "Promise.all([
        fetch('http://100.100.100.200/', { mode: 'no-cors' }).then(() => 'in', () => 'out'),
        new Promise(done => {
            const socket = new WebSocket('ws://[fd00:ec2::254]/');
            socket.onopen = () => done('in');
            socket.onerror = () => done('out');
        }),
        new Promise(done => {
            const peer = new RTCPeerConnection({ iceServers: [{ urls: 'stun:192.0.2.1:9' }] });
            const found = [];
            peer.onicecandidate = event => event.candidate
                ? found.push(event.candidate.candidate) : done(found.length);
            peer.createDataChannel('x');
            peer.createOffer().then(offer => peer.setLocalDescription(offer));
        }),
    ])";
    assert_eq!(tab.run(script).await, json!(["in", "out", 0]));
    // The same in a context that a program makes for itself.
    let (method, params) = (
        "Target.createBrowserContext",
        json!({ "disposeOnDetach": true }),
    );
    let context = browser.cdp().call(method, params).await.unwrap();
    let id = &context["browserContextId"];
    let params = json!({ "url": "about:blank", "browserContextId": id });
    let made = browser.cdp().call("Target.createTarget", params).await;
    let context = made.unwrap()["targetId"].as_str().unwrap().to_owned();
    let other = Tab {
        browser: &browser,
        context,
    };
    let fresh = script.replace("100.100.100.200", "169.254.170.2");
    assert_eq!(other.run(&fresh).await, json!(["in", "out", 0]));
    let hosts: Vec<String> = proxy.refusals().into_iter().map(|it| it.host).collect();
    for host in [
        "169.254.169.254",
        "metadata.google.internal",
        "100.100.100.200",
        "169.254.170.2",
        "fd00:ec2::254",
    ] {
        assert!(hosts.iter().any(|it| it == host), "{host}: {hosts:?}");
    }
    // Nothing else was tried: no page asked for it, so Chromium would have on its own.
    assert!(
        hosts
            .iter()
            .all(|it| it.parse::<std::net::IpAddr>().is_ok() || it.contains("metadata")),
        "{hosts:?}"
    );

    // When the run ends its way out ends as well.
    proxy.cut();
    assert!(tab.open(&site.url("/late")).await.is_err());
    browser.close().await;
}
