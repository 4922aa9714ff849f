//! A small site and a browser on it.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    extract::{Request, State},
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use errand_browser::{
    Node, Observation, Page, Socket,
    page::{Downloads, Error, Look, Outcome, Parts},
};
use errand_domain::{
    Action,
    action::{Target, ValueSource},
};
use errand_testing::Driver;
use fantoccini::{ClientBuilder, wd::Capabilities};
use hyper_util::client::legacy::connect::HttpConnector;
use nix::{
    sys::signal::{Signal, killpg},
    unistd::Pid,
};
use serde_json::{Value, json};
use tokio::{process::Child, sync::broadcast::Receiver};
use tokio_util::task::AbortOnDropHandle;

#[derive(Default)]
pub struct Kept {
    pages: HashMap<String, String>,
    pub asked: Vec<String>,
}

/// A site whose pages are written in the test.
#[derive(Clone)]
pub struct Site {
    pub address: SocketAddr,
    kept: Arc<Mutex<Kept>>,
    _task: Arc<AbortOnDropHandle<()>>,
}

impl Site {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let kept = Arc::new(Mutex::new(Kept::default()));
        let router = Router::new().fallback(answer).with_state(Arc::clone(&kept));
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            address,
            kept,
            _task: Arc::new(AbortOnDropHandle::new(task)),
        }
    }

    pub fn put(&self, path: &str, html: &str) {
        self.kept
            .lock()
            .unwrap()
            .pages
            .insert(path.to_owned(), html.to_owned());
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The same site under another name: another origin and another process.
    pub fn other(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.address.port())
    }

    pub fn asked(&self) -> Vec<String> {
        self.kept.lock().unwrap().asked.clone()
    }
}

async fn answer(State(kept): State<Arc<Mutex<Kept>>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let line = format!("{} {path}", request.method());
    let page = {
        let mut kept = kept.lock().unwrap();
        kept.asked.push(line);
        kept.pages.get(&path).cloned()
    };
    if let Some(page) = page {
        return Html(page).into_response();
    }
    match path.as_str() {
        "/slow" => {
            let wait = request
                .uri()
                .query()
                .and_then(|it| it.parse().ok())
                .unwrap_or(400);
            tokio::time::sleep(Duration::from_millis(wait)).await;
            "late".into_response()
        }
        "/never" => std::future::pending().await,
        "/stream" => {
            let endless = futures_util::stream::unfold(0, |count| async move {
                tokio::time::sleep(Duration::from_millis(100)).await;
                Some((
                    Ok::<_, std::io::Error>(format!("data: {count}\n\n")),
                    count + 1,
                ))
            });
            let body = axum::body::Body::from_stream(endless);
            Response::builder()
                .header("content-type", "text/event-stream")
                .body(body)
                .unwrap()
        }
        "/cookie" => {
            let html =
                Html("<h1>cookie</h1><script>localStorage.a='1';sessionStorage.b='2'</script>");
            ([("set-cookie", "sid=secret; HttpOnly; Path=/")], html).into_response()
        }
        "/soon" => {
            let html =
                "<p>Your file comes soon.</p><meta http-equiv=refresh content='2; url=/report'>";
            Html(html.to_owned()).into_response()
        }
        "/report" => file(
            "text/csv",
            "attachment; filename=\"Q1 report.csv\"",
            "a;b\n1;2\n",
        ),
        "/notes.txt" => file("text/plain", "inline", "plain words"),
        "/large" => file("application/zip", "attachment", &"x".repeat(100_001)),
        "/late" => {
            tokio::time::sleep(Duration::from_millis(900)).await;
            file("application/pdf", "inline; filename=late.pdf", "%PDF-1.4")
        }
        "/broken" => {
            let pieces = futures_util::stream::unfold(0, |count| async move {
                tokio::time::sleep(Duration::from_millis(100)).await;
                let gone = || std::io::Error::other("gone");
                let piece = if count < 3 { Ok("half") } else { Err(gone()) };
                Some((piece, count + 1))
            });
            let body = axum::body::Body::from_stream(pieces);
            Response::builder()
                .header("content-type", "application/zip")
                .header("content-disposition", "attachment; filename=broken.zip")
                .header("content-length", "5000")
                .body(body)
                .unwrap()
        }
        _ => (
            StatusCode::NOT_FOUND,
            Html("<h1>no such page</h1>".to_owned()),
        )
            .into_response(),
    }
}

fn file(kind: &str, disposition: &str, content: &str) -> Response {
    let headers = [("content-type", kind), ("content-disposition", disposition)];
    (headers, content.to_owned()).into_response()
}

/// A browser with one page, and its driver.
pub struct Bench {
    pub page: Page,
    pub site: Site,
    pub parts: Parts,
    _client: fantoccini::Client,
    driver: Child,
    pub pid: i32,
    _profile: tempfile::TempDir,
}

impl Bench {
    pub async fn start() -> Self {
        Self::zoomed(0.0).await
    }

    /// One that shows every page larger by so many steps of a fifth each.
    pub async fn zoomed(steps: f64) -> Self {
        let site = Site::start().await;
        let profile = tempfile::tempdir().unwrap();
        // What Chromium leaves there goes with the profile.
        let driver = Driver::start(profile.path()).await.unwrap();
        let url = driver.url.clone();
        let mut capabilities = Capabilities::new();
        let flags = [
            "--headless=new",
            "--no-sandbox",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            "--disable-quic",
            "--window-size=1280,900",
            &format!("--user-data-dir={}", profile.path().display()),
        ]
        .map(str::to_owned);
        capabilities.insert("webSocketUrl".into(), true.into());
        let ignore = json!({ "default": "ignore", "beforeUnload": "ignore" });
        capabilities.insert("unhandledPromptBehavior".into(), ignore);
        let prefs = json!({
            "plugins.always_open_pdf_externally": true,
            "partition.default_zoom_level": { "x": steps },
        });
        let options = json!({ "args": flags, "prefs": prefs });
        capabilities.insert("goog:chromeOptions".into(), options);
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&url)
            .await
            .unwrap();
        let told = client.capabilities().unwrap().clone();
        let debugger = told["goog:chromeOptions"]["debuggerAddress"]
            .as_str()
            .unwrap()
            .to_owned();
        let cdp = Socket::connect(&browser_socket(&debugger).await)
            .await
            .unwrap();
        let pid = i32::try_from(told["goog:processID"].as_i64().unwrap()).unwrap();
        let folder = profile.path().join("files");
        std::fs::create_dir(&folder).unwrap();
        let downloads = Downloads {
            folder,
            max_bytes: 100_000,
        };
        let tabs = client.windows().await.unwrap();
        let parts = Parts {
            cdp,
            tabs: tabs.into_iter().map(String::from).collect(),
            ours: None,
            settings: Vec::new(),
            downloads,
            identity: None,
            blocking: None,
        };
        let page = Page::new(parts.clone()).await.unwrap();
        Self {
            page,
            site,
            parts,
            _client: client,
            driver: driver.process,
            pid,
            _profile: profile,
        }
    }

    /// Opens a page with this body and looks at it.
    pub async fn show(&self, html: &str) -> Observation {
        self.site.put("/", html);
        self.open("/").await;
        self.look().await
    }

    pub async fn open(&self, path: &str) -> Outcome {
        self.page
            .act(&Action::Navigate {
                url: self.site.url(path),
            })
            .await
            .unwrap()
    }

    pub async fn look(&self) -> Observation {
        self.page.observe(&Look::default()).await.unwrap()
    }

    pub async fn act(&self, action: Action) -> Result<Outcome, Error> {
        self.page.act(&action).await
    }

    /// Has the tab's renderer run into a fault of its own.
    pub async fn crash(&self) {
        let cdp = &self.parts.cdp;
        let target = &self.parts.tabs[0];
        let params = json!({ "targetId": target, "flatten": true });
        let session = cdp.call("Target.attachToTarget", params).await.unwrap();
        let session = session["sessionId"].as_str().unwrap();
        // It never answers.
        let limit = Duration::from_millis(300);
        let crash = cdp.call_in_within(limit, session, "Page.crash", json!({}));
        drop(crash.await);
    }

    /// Ends the whole browser at once.
    pub fn kill(&self) {
        let _ = nix::sys::signal::kill(Pid::from_raw(self.pid), Signal::SIGKILL);
    }

    pub async fn click(&self, id: &str) -> Result<Outcome, Error> {
        self.act(Action::Click {
            target: Target::element(id),
        })
        .await
    }

    pub async fn fill(&self, id: &str, text: &str) -> Result<Outcome, Error> {
        self.act(fill(id, text)).await
    }

    pub async fn select(&self, id: &str, options: &[&str]) -> Result<Outcome, Error> {
        let options = options.iter().map(|it| (*it).to_owned()).collect();
        let target = Target::element(id);
        self.act(Action::Select {
            target,
            options,
            source: ValueSource::Goal,
        })
        .await
    }

    pub async fn check(&self, id: &str, checked: bool) -> Result<Outcome, Error> {
        self.act(Action::Check {
            target: Target::element(id),
            checked,
        })
        .await
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        // Chromium is in its driver's process group.
        if let Some(pid) = self.driver.id().and_then(|pid| i32::try_from(pid).ok()) {
            let _ = killpg(Pid::from_raw(pid), Signal::SIGKILL);
        }
    }
}

pub fn fill(id: &str, text: &str) -> Action {
    Action::Type {
        target: Target::element(id),
        text: text.to_owned(),
        source: ValueSource::Goal,
        clear: true,
    }
}

/// The id of the one element with this role and name.
pub fn id(seen: &Observation, role: &str, name: &str) -> String {
    node(seen, role, name).id.clone().unwrap()
}

pub fn node<'a>(seen: &'a Observation, role: &str, name: &str) -> &'a Node {
    let found: Vec<&Node> = seen
        .nodes
        .iter()
        .filter(|node| node.role == role && node.name == name)
        .collect();
    assert_eq!(found.len(), 1, "{role} {name:?} in {}", text(seen));
    found[0]
}

pub fn text(seen: &Observation) -> String {
    errand_browser::page::render(seen, 20_000)
}

/// The process that asked for a part of a page: the browser's own number of such a request begins
/// with it.
pub async fn renderer(events: &mut Receiver<Arc<Value>>, path: &str) -> Pid {
    loop {
        let event = events.recv().await.unwrap();
        let params = &event["params"];
        let url = params["request"]["url"].as_str().unwrap_or_default();
        if event["method"] == "Network.requestWillBeSent" && url.ends_with(path) {
            let (pid, _) = params["requestId"]
                .as_str()
                .unwrap()
                .split_once('.')
                .unwrap();
            return Pid::from_raw(pid.parse().unwrap());
        }
    }
}

async fn browser_socket(debugger: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect(debugger).await.unwrap();
    let request = format!("GET /json/version HTTP/1.1\r\nHost: {debugger}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while !answer.contains(&b'}') {
        stream.read_buf(&mut answer).await.unwrap();
    }
    let answer = String::from_utf8(answer).unwrap();
    let at = answer.find("ws://").unwrap();
    answer[at..].split('"').next().unwrap().to_owned()
}
