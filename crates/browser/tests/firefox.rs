//! Firefox: what is done to a page in Chromium is done in it, over WebDriver BiDi alone.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::{path::PathBuf, process::Stdio, sync::Arc};

use async_trait::async_trait;
use axum::{
    Router,
    extract::Request,
    response::{Html, IntoResponse, Response},
};
use errand_browser::{
    AttachOptions, Browser, LaunchOptions, Observation, Page,
    attach::{Address, Dial, Stream},
    page::Look,
};
use errand_domain::{
    Action,
    action::{Target, ValueSource},
    session::BrowserType,
};
use errand_egress::{Client, Policy, Proxy};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::TcpListener,
    process::Command,
};
use tokio_util::task::AbortOnDropHandle;
use url::Url;

const PAGE: &str = "<!doctype html><title>Here</title><h1>Hello</h1>\
    <label>Name <input id=name></label><label>Note <textarea></textarea></label>\
    <label>Agreed <input type=checkbox></label>\
    <label>Fruit <select><option>Apple<option>Pear</select></label>\
    <label>File <input type=file></label>\
    <button onclick=\"document.querySelector('h1').textContent = 'Hi ' + \
      document.querySelector('#name').value\">Greet</button>\
    <button onclick=\"document.querySelector('h1').textContent = confirm('Sure?')\">Ask</button>\
    <a href=/two>Next</a> <a href=/two target=_blank rel=noopener>Beside</a>\
    <a href=/file>File of words</a>\
    <iframe src=/frame title=inner></iframe><div id=host></div>\
    <script>document.cookie = 'seen=1'; localStorage.seen ??= '1';\
      document.querySelector('#host').attachShadow({ mode: 'closed' }).innerHTML = \
      '<button>Hidden away</button>'</script>";

async fn answer(request: Request) -> Response {
    match request.uri().path() {
        "/" => Html(PAGE).into_response(),
        "/frame" => Html("<!doctype html><label>Inner <input></label>").into_response(),
        "/file" => {
            let headers = [("content-disposition", "attachment; filename=words.txt")];
            (headers, "some words").into_response()
        }
        path => Html(format!(
            "<!doctype html><title>{path}</title><h1>{path}</h1>"
        ))
        .into_response(),
    }
}

struct Bench {
    browser: Browser,
    page: Page,
    site: String,
    _tasks: (Proxy, AbortOnDropHandle<()>, tempfile::TempDir),
}

impl Bench {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let site = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer);
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let policy = Policy {
            allow_private: true,
            ..Policy::default()
        };
        let proxy = Proxy::start(Some(policy)).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let guard = std::env::current_exe().unwrap();
        let guard = guard.ancestors().nth(2).unwrap().join("examples/guard");
        let mut options = LaunchOptions::new(
            vec![guard.into()],
            proxy.address(),
            folder.path().to_owned(),
        );
        options.kind = BrowserType::Firefox;
        options.geckodriver = errand_testing::geckodriver();
        let browser = Browser::launch(options).await.unwrap();
        let page = browser.page().await.unwrap();
        Self {
            browser,
            page,
            site,
            _tasks: (proxy, AbortOnDropHandle::new(task), folder),
        }
    }

    async fn look(&self) -> Observation {
        self.page.observe(&Look::default()).await.unwrap()
    }

    async fn id(&self, role: &str, name: &str) -> Target {
        let seen = self.look().await;
        let node = seen
            .nodes
            .iter()
            .find(|it| it.role == role && it.name == name);
        let id = node.and_then(|it| it.id.clone());
        Target::element(id.unwrap_or_else(|| unreachable!("{role} {name} in {}", seen.text())))
    }

    async fn act(&self, action: Action) -> errand_browser::page::Outcome {
        self.page.act(&action).await.unwrap()
    }

    async fn fill(&self, name: &str, text: &str) {
        let target = self.id("textbox", name).await;
        let text = text.to_owned();
        self.act(Action::Type {
            target,
            text,
            source: ValueSource::Goal,
            clear: true,
        })
        .await;
    }

    async fn click(&self, role: &str, name: &str) -> errand_browser::page::Outcome {
        let target = self.id(role, name).await;
        self.act(Action::Click { target }).await
    }
}

#[tokio::test]
async fn pages_are_seen_filled_followed_and_left_in_firefox() {
    let bench = Bench::start().await;
    let url = format!("{}/", bench.site);
    bench.act(Action::Navigate { url }).await;
    let seen = bench.look().await;
    assert_eq!((&*seen.title, seen.status), ("Here", Some(200)));
    bench.fill("Name", "Ann Ωmega 😀").await;
    bench.fill("Note", "two\nlines").await;
    bench.fill("Inner", "within").await;
    let done = bench.click("button", "Greet").await;
    assert!(done.effect.changed);
    let text = bench.look().await.text();
    assert!(text.contains("Hi Ann Ωmega 😀"), "{text}");
    assert!(text.contains("Hidden away"), "{text}");
    let seen = bench.look().await;
    let values: Vec<&str> = seen
        .nodes
        .iter()
        .filter_map(|it| it.value.as_deref())
        .collect();
    assert!(
        values.contains(&"within") && values.contains(&"two\nlines"),
        "{values:?}"
    );
    let target = bench.id("checkbox", "Agreed").await;
    let checked = bench
        .act(Action::Check {
            target,
            checked: true,
        })
        .await;
    assert_eq!(checked.effect.checked, Some(true));
    let target = bench.id("combobox", "Fruit").await;
    let (options, source) = (vec!["Pear".to_owned()], ValueSource::Goal);
    let chosen = bench
        .act(Action::Select {
            target,
            options,
            source,
        })
        .await;
    assert_eq!(chosen.effect.value.as_deref(), Some("Pear"));

    let asked = bench.click("button", "Ask").await;
    assert!(asked.effect.dialog.expect("a dialog").contains("Sure?"));
    bench
        .act(Action::AnswerDialog {
            accept: true,
            text: None,
        })
        .await;
    assert!(bench.look().await.text().contains("true"));

    let files = bench.click("link", "File of words").await.files;
    assert_eq!(files.len(), 1);
    assert_eq!(files[0].filename, "words.txt");
    let content = std::fs::read_to_string(&files[0].path).unwrap();
    assert_eq!(content, "some words");

    let opened = bench.click("link", "Beside").await;
    assert!(opened.effect.opened_tab.is_some(), "{:?}", opened.effect);
    let went = bench.click("link", "Next").await;
    assert!(went.effect.navigated);
    assert!(went.effect.url.ends_with("/two"), "{}", went.effect.url);
    bench.act(Action::Back).await;
    assert_eq!(bench.look().await.title, "Here");
    assert!(!bench.page.screenshot().await.unwrap().is_empty());
    let kept = bench.page.storage_state().await.unwrap();
    assert!(kept.cookies.iter().any(|it| it.name == "seen"), "{kept:?}");
    let mut put = kept.clone();
    let seen = ("seen".to_owned(), "1".to_owned());
    assert_eq!(put.origins[0].local, [seen]);
    put.origins[0].local[0].1 = "put back".to_owned();
    bench.page.restore(&put).await.unwrap();
    let kept = bench.page.storage_state().await.unwrap();
    assert_eq!(kept.origins, put.origins);

    assert!(!bench.browser.lacks().is_empty());
    let folder: PathBuf = bench.browser.folder().to_owned();
    bench.browser.close().await;
    assert!(!folder.exists());
}

struct Anywhere(Client);

#[async_trait]
impl Dial for Anywhere {
    async fn dial(&self, url: &Url) -> Result<Box<dyn Stream>, String> {
        let line = self.0.connect(url).await;
        Ok(Box::new(line.map_err(|error| error.to_string())?))
    }
}

#[tokio::test]
async fn a_geckodriver_of_somebody_else_makes_a_session_that_ends() {
    let folder = tempfile::tempdir().unwrap();
    let program = errand_testing::geckodriver().unwrap_or_else(|| "geckodriver".into());
    let mut driver = Command::new(program)
        .args(["--port=0", "--websocket-port=0", "--profile-root"])
        .arg(folder.path())
        .env("HOME", folder.path())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
    let address = loop {
        let line = lines.next_line().await.unwrap().unwrap();
        if let Some((_, address)) = line.split_once("Listening on ") {
            break format!("http://{address}");
        }
    };
    let policy = Policy {
        allow_private: true,
        ..Policy::default()
    };
    let dial = Arc::new(Anywhere(Client::new(policy)));
    let address = Address::parse(&address).unwrap();
    let options = AttachOptions::new(address, dial, folder.path().to_owned());
    for _ in 0..2 {
        // It has room for one session at a time.
        let browser = Browser::attach(options.clone()).await.unwrap();
        assert!(browser.user_agent().contains("Firefox"));
        let lacks: Vec<&str> = browser.lacks().iter().map(|it| it.name).collect();
        assert!(
            lacks.contains(&"listeners") && lacks.contains(&"proxy"),
            "{lacks:?}"
        );
        let page = browser.page().await.unwrap();
        let url = "http://127.0.0.1:9/".to_owned();
        let refused = page.act(&Action::Navigate { url }).await;
        let refused = refused.unwrap_err().to_string();
        assert!(refused.contains("could not be opened"), "{refused}");
        browser.close().await;
    }
}
