//! A browser that shows what a test writes, and hands back what can be read.

use std::collections::HashMap;

use errand_browser::{
    Page, Reading, Socket,
    page::{Downloads, Look, Parts},
};
use errand_domain::{Action, StorageState};
use errand_testing::Driver;
use fantoccini::{ClientBuilder, wd::Capabilities};
use hyper_util::client::legacy::connect::HttpConnector;
use nix::{
    sys::signal::{Signal, killpg},
    unistd::Pid,
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    process::Child,
    sync::watch,
};

/// A browser on a site of one page.
pub struct Screen {
    pub page: Page,
    _client: fantoccini::Client,
    driver: Child,
    shown: watch::Sender<HashMap<String, String>>,
    address: std::net::SocketAddr,
    _folder: tempfile::TempDir,
}

/// A page as it is read.
pub struct Shown {
    pub reading: Reading,
    pub title: String,
    pub url: String,
}

impl Screen {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (shown, html) = watch::channel(HashMap::new());
        tokio::spawn(serve(listener, html));
        let folder = tempfile::tempdir().unwrap();
        let driver = Driver::start(folder.path()).await.unwrap();
        let flags = [
            "--headless=new".to_owned(),
            "--no-sandbox".to_owned(),
            "--disable-background-networking".to_owned(),
            "--no-first-run".to_owned(),
            "--window-size=1280,900".to_owned(),
            format!("--user-data-dir={}", folder.path().display()),
        ];
        let mut capabilities = Capabilities::new();
        capabilities.insert("webSocketUrl".into(), true.into());
        let ignore = json!({ "default": "ignore", "beforeUnload": "ignore" });
        capabilities.insert("unhandledPromptBehavior".into(), ignore);
        capabilities.insert("goog:chromeOptions".into(), json!({ "args": flags }));
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&driver.url)
            .await
            .unwrap();
        let told = client.capabilities().unwrap().clone();
        let debugger = told["goog:chromeOptions"]["debuggerAddress"]
            .as_str()
            .unwrap();
        let version = get(debugger, "/json/version").await;
        let cdp = Socket::connect(version["webSocketDebuggerUrl"].as_str().unwrap())
            .await
            .unwrap();
        let downloads = Downloads {
            folder: folder.path().join("downloads"),
            max_bytes: 1 << 20,
        };
        let tabs = client.windows().await.unwrap();
        let page = Page::new(Parts {
            cdp,
            tabs: tabs.into_iter().map(String::from).collect(),
            ours: None,
            settings: Vec::new(),
            downloads,
            identity: None,
            blocking: None,
        })
        .await
        .unwrap();
        Self {
            page,
            _client: client,
            driver: driver.process,
            shown,
            address,
            _folder: folder,
        }
    }

    /// Makes a page of the site.
    pub fn put(&self, path: &str, html: &str) {
        self.shown.send_modify(|it| {
            it.insert(path.to_owned(), html.to_owned());
        });
    }

    /// The address of a page.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// As if it had been nowhere.
    pub async fn forget(&self) {
        let none = StorageState::default();
        self.page.restore(&none).await.unwrap();
    }

    /// Shows a page at this path and reads it.
    pub async fn show(&self, path: &str, html: &str) -> Shown {
        self.put(path, html);
        let url = self.url(path);
        self.page.act(&Action::Navigate { url }).await.unwrap();
        let seen = self.page.observe(&Look::default()).await.unwrap();
        let reading = self.page.read(None).await.unwrap();
        Shown {
            reading,
            title: seen.title,
            url: seen.url,
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        if let Some(pid) = self.driver.id().and_then(|pid| i32::try_from(pid).ok()) {
            let _ = killpg(Pid::from_raw(pid), Signal::SIGKILL);
        }
    }
}

async fn serve(listener: TcpListener, html: watch::Receiver<HashMap<String, String>>) {
    while let Ok((mut stream, _)) = listener.accept().await {
        let html = html.clone();
        tokio::spawn(async move {
            let mut request = [0; 4096];
            let length = stream.read(&mut request).await.unwrap_or_default();
            let line = String::from_utf8_lossy(&request[..length]).into_owned();
            let path = line.split([' ', '?']).nth(1).unwrap_or_default();
            // A browser opens connections before it needs them.
            let body = html.borrow().get(path).cloned().unwrap_or_default();
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                body.len()
            );
            let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
            let _ = stream.shutdown().await;
        });
    }
}

async fn get(host: &str, path: &str) -> Value {
    let mut stream = tokio::net::TcpStream::connect(host).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while !answer.contains(&b'}') {
        stream.read_buf(&mut answer).await.unwrap();
    }
    let answer = String::from_utf8(answer).unwrap();
    serde_json::from_str(&answer[answer.find('{').unwrap()..]).unwrap()
}
