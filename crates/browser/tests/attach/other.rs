//! Somebody else: their Chrome, their site, and what answers instead of a browser.

use std::{
    collections::BTreeSet,
    net::SocketAddr,
    path::Path,
    process::Stdio,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use axum::{Router, extract::Request, response::Html};
use errand_browser::{
    Socket,
    attach::{Address, AttachOptions, Dial, Stream},
};
use errand_egress::{Client, Policy};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
    process::{Child, Command},
    sync::watch,
    time::timeout,
};
use tokio_util::task::AbortOnDropHandle;
use url::Url;

/// Connects as the service does.
struct Checked(Client);

#[async_trait]
impl Dial for Checked {
    async fn dial(&self, url: &Url) -> Result<Box<dyn Stream>, String> {
        let line = self.0.connect(url).await;
        Ok(Box::new(line.map_err(|error| error.to_string())?))
    }
}

pub fn options(address: &str, folder: &Path) -> AttachOptions {
    let address = Address::parse(address).unwrap();
    let policy = Policy {
        allow_private: true,
        ..Policy::default()
    };
    let dial = Arc::new(Checked(Client::new(policy)));
    AttachOptions::new(address, dial, folder.to_owned())
}

/// A Chrome with a debugging port, and its owner's connection to it.
pub struct Chrome {
    /// `ws://…/devtools/browser/…`.
    pub socket: String,
    cdp: Socket,
    _process: Child,
    _profile: TempDir,
}

impl Chrome {
    pub async fn start() -> Self {
        let profile = tempfile::tempdir().unwrap();
        let mut process = Command::new("chromium")
            .args(["--headless=new", "--no-sandbox", "--no-first-run"])
            .arg("--disable-background-networking")
            .arg("--remote-debugging-port=0")
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .env("TMPDIR", profile.path())
            .stderr(Stdio::piped())
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let listens = async {
            while let Some(line) = lines.next_line().await.unwrap() {
                if let Some((_, socket)) = line.split_once("DevTools listening on ") {
                    return socket.trim().to_owned();
                }
            }
            String::new()
        };
        let socket = timeout(Duration::from_secs(30), listens).await.unwrap();
        let cdp = Socket::connect(&socket).await.unwrap();
        Self {
            socket,
            cdp,
            _process: process,
            _profile: profile,
        }
    }

    pub fn http(&self) -> String {
        let url = Url::parse(&self.socket).unwrap();
        format!("http://127.0.0.1:{}", url.port().unwrap())
    }

    pub async fn open(&self, url: &str) -> String {
        let params = json!({ "url": url });
        let made = self.cdp.call("Target.createTarget", params).await.unwrap();
        made["targetId"].as_str().unwrap().to_owned()
    }

    pub async fn close(&self, target: &str) {
        let params = json!({ "targetId": target });
        let before = self.pages().await;
        self.cdp.call("Target.closeTarget", params).await.unwrap();
        let mut left = before;
        left.remove(target);
        self.until_pages(&left).await;
    }

    /// The tabs that are open.
    pub async fn pages(&self) -> BTreeSet<String> {
        let there = self.cdp.call("Target.getTargets", json!({})).await.unwrap();
        let infos = there["targetInfos"].as_array().unwrap().iter();
        infos
            .filter(|it| it["type"] == "page")
            .map(|it| it["targetId"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Waits until just these are.
    pub async fn until_pages(&self, wanted: &BTreeSet<String>) {
        while self.pages().await != *wanted {
            tokio::task::yield_now().await;
        }
    }

    pub async fn evaluate(&self, target: &str, expression: &str) -> Value {
        let params = json!({ "targetId": target, "flatten": true });
        let attached = self.cdp.call("Target.attachToTarget", params).await;
        let session = attached.unwrap()["sessionId"].as_str().unwrap().to_owned();
        let params = json!({ "expression": expression, "returnByValue": true });
        let told = self.cdp.call_in(&session, "Runtime.evaluate", params).await;
        told.unwrap()["result"]["value"].clone()
    }
}

/// A site whose pages are named after their paths; the first links to two others.
pub struct Site {
    address: SocketAddr,
    asked: watch::Receiver<Vec<String>>,
    _task: AbortOnDropHandle<()>,
}

impl Site {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (log, asked) = watch::channel(Vec::new());
        let log = Arc::new(Mutex::new(log));
        let router = Router::new().fallback(async move |request: Request| {
            let path = request.uri().path().to_owned();
            log.lock().unwrap().send_modify(|it| it.push(path.clone()));
            let name = path.trim_start_matches('/');
            Html(format!(
                "<!doctype html><title>{name}</title><h1>{name}</h1>\
                 <a href=/first target=_blank rel=opener>opener</a>\
                 <a href=/second target=_blank rel=noopener>stranger</a>"
            ))
        });
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            address,
            asked,
            _task: AbortOnDropHandle::new(task),
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Waits until somebody asked for that.
    pub async fn asked(&self, path: &str) {
        let mut asked = self.asked.clone();
        let there = asked.wait_for(|it| it.iter().any(|it| it == path)).await;
        there.unwrap();
    }
}

/// Answers every connection with these bytes, or never.
pub async fn say(answer: Option<&'static str>) -> (SocketAddr, AbortOnDropHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let task = tokio::spawn(async move {
        let mut kept = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            match answer {
                Some(answer) => stream.write_all(answer.as_bytes()).await.unwrap(),
                None => kept.push(stream),
            }
        }
    });
    (address, AbortOnDropHandle::new(task))
}
