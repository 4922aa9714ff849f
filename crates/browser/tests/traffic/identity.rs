//! What pages and servers can find out of a browser, however it came to be what it is.

use std::{collections::BTreeMap, ffi::OsString, time::Duration};

use errand_browser::{Browser, LaunchOptions, launch};
use errand_domain::Action;
use errand_egress::{Policy, Proxy};
use serde_json::{Value, json};

use super::{Site, Tab, machine};

/// All that a page, the frames, windows and workers that it makes, and their server can tell.
async fn seen(browser: &Browser, site: &Site) -> (Value, BTreeMap<String, Vec<String>>) {
    site.heads.lock().unwrap().clear();
    // It watches the browser, and tells all that opens what to say.
    let page = browser.page().await.unwrap();
    let url = site.url("/page");
    page.act(&Action::Navigate { url }).await.unwrap();
    let script = "(async () => {
        const says = async self => ({
            agent: self.navigator.userAgent,
            version: self.navigator.appVersion,
            platform: self.navigator.platform,
            languages: self.navigator.languages,
            hints: await self.navigator.userAgentData.getHighEntropyValues([
                'architecture', 'bitness', 'formFactors', 'fullVersionList', 'model',
                'platformVersion', 'uaFullVersion', 'wow64',
            ]),
        });
        const shows = async self => ({
            ...await says(self),
            inner: [self.innerWidth, self.innerHeight],
            outer: [self.outerWidth, self.outerHeight],
            at: [self.screenX, self.screenY],
            visual: [self.visualViewport.width, self.visualViewport.height],
            screen: [self.screen.width, self.screen.height, self.screen.availWidth],
            ratio: self.devicePixelRatio,
        });
        const loaded = async (self, path) => {
            while (!self.location.href.endsWith(path) || self.document.readyState != 'complete')
                await new Promise(done => setTimeout(done, 10));
            await self.fetch(path + '-fetched');
            return shows(self);
        };
        const frame = document.body.appendChild(document.createElement('iframe'));
        frame.src = '/frame';
        return {
            page: await loaded(self, '/page'),
            frame: await loaded(frame.contentWindow, '/frame'),
            popup: await loaded(open('/popup'), '/popup'),
            worker: await new Promise(done => {
                new Worker('/worker.js').onmessage = event => done(event.data);
            }),
            shared: await new Promise(done => {
                new SharedWorker('/shared.js').port.onmessage = event => done(event.data);
            }),
            service: await new Promise(done => {
                navigator.serviceWorker.onmessage = event => done(event.data);
                navigator.serviceWorker.register('/service.js');
                navigator.serviceWorker.ready.then(it => it.active.postMessage(1));
            }),
        };
    })()";
    let told = Tab::first(browser).await.run(script).await;
    let heads = site.heads.lock().unwrap();
    let heads = heads.iter().map(|head| {
        let mut lines = head.lines().map(str::to_owned);
        let asked = lines.next().unwrap();
        let mut lines: Vec<String> = lines.collect();
        lines.sort();
        (asked, lines)
    });
    let heads = heads.filter(|(asked, _)| !asked.contains("favicon"));
    (told, heads.collect())
}

async fn at_home() -> (Site, Proxy, tempfile::TempDir, LaunchOptions) {
    let folder = tempfile::tempdir().unwrap();
    let policy = Policy {
        allow_private: true,
        ..Policy::default()
    };
    let proxy = Proxy::start(Some(policy)).await.unwrap();
    let guard: Vec<OsString> = vec![machine::example("guard").into()];
    let options = LaunchOptions::new(guard, proxy.address(), folder.path().to_owned());
    (Site::start().await, proxy, folder, options)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_adopted_browser_is_the_same_as_a_launched_one() {
    let (site, _proxy, _folder, options) = at_home().await;
    let wanted = LaunchOptions {
        viewport: (1000, 641),
        extra_headers: [("X-Errand".to_owned(), "yes".to_owned())].into(),
        deadline: Duration::from_secs(600),
        ..options.clone()
    };
    let pooled = Browser::launch(options.clone());
    let (launched, pooled) = tokio::join!(Browser::launch(wanted.clone()), pooled);
    let (launched, mut pooled) = (launched.unwrap(), pooled.unwrap());

    let other = LaunchOptions {
        user_agent: Some("other/1.0".to_owned()),
        ..wanted.clone()
    };
    assert!(options.fit(&wanted) && !options.fit(&other));
    let refused = pooled.adopt(&other).await.unwrap_err();
    assert!(
        matches!(refused, launch::Error::Option(_)),
        "it stays as it is: {refused}"
    );
    pooled.adopt(&wanted).await.unwrap();

    let (launched_told, launched_heads) = seen(&launched, &site).await;
    let (told, heads) = seen(&pooled, &site).await;
    assert_eq!(told, launched_told);
    assert_eq!(heads, launched_heads);
    assert_eq!(told["popup"]["inner"], json!([1000, 641]));
    assert_eq!(heads.len(), 9, "{heads:#?}");
    for (asked, lines) in &heads {
        // A service worker is fetched by nobody's page.
        let carried = lines.contains(&"X-Errand: yes".to_owned());
        assert!(
            carried || asked.contains("/service.js"),
            "{asked} {lines:?}"
        );
    }
    tokio::join!(launched.close(), pooled.close());
}

#[tokio::test(flavor = "multi_thread")]
async fn client_hints_fit_the_user_agent_everywhere() {
    let (site, _proxy, _folder, options) = at_home().await;
    let windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 \
                   (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36";
    let other = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    let places = ["page", "frame", "popup", "worker", "shared", "service"];
    for agent in [None, Some(windows), Some(other)] {
        let user_agent = agent.map(str::to_owned);
        let browser = Browser::launch(LaunchOptions {
            user_agent,
            ..options.clone()
        });
        let browser = browser.await.unwrap();
        let (told, heads) = seen(&browser, &site).await;
        for place in places {
            let told = &told[place];
            assert_eq!(
                told["agent"],
                agent.unwrap_or_else(|| browser.user_agent()),
                "{place}"
            );
            let hints = &told["hints"];
            let (platform, full) = match agent {
                None => ("Linux", browser.version()),
                Some(agent) if agent == windows => ("Windows", "149.0.0.0"),
                Some(_) => ("", ""),
            };
            assert_eq!(hints["platform"], platform, "{place}: {told}");
            assert_eq!(hints["uaFullVersion"], full, "{place}: {told}");
            let listed = hints["fullVersionList"].to_string();
            assert!(listed.contains(full), "{place}: {told}");
        }
        let page = &heads["GET /page HTTP/1.1"];
        let hinted = |name: &str| page.iter().find(|it| it.starts_with(name));
        match agent {
            Some(agent) if agent == other => assert_eq!(hinted("sec-ch-ua"), None),
            Some(_) => {
                assert_eq!(
                    hinted("sec-ch-ua-platform:").unwrap(),
                    "sec-ch-ua-platform: \"Windows\""
                );
                assert!(
                    hinted("sec-ch-ua:")
                        .unwrap()
                        .contains("\"Chromium\";v=\"149\"")
                );
            }
            None => assert!(hinted("sec-ch-ua:").is_some()),
        }
        browser.close().await;
    }
}
