//! Twenty actions: by the service, with its log and evidence, against the same by hand in
//! fantoccini with a screenshot after each action. Both without the start of the browser.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench has nobody to report to"
)]

use std::{
    process::Stdio,
    time::{Duration, Instant},
};

use axum::{Router, response::Html, routing::get};
use errand_api::v1::RunStatus;
use fantoccini::{Client, ClientBuilder, Locator, wd::Capabilities};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, BufReader};

#[path = "../tests/runs/server.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod server;

const FIELDS: usize = 18;
const ROUNDS: usize = 5;

fn page() -> String {
    let fields: String = (1..=FIELDS)
        .map(|it| format!("<p><label>Field {it} <input name=\"field{it}\"></label></p>"))
        .collect();
    format!(
        "<!doctype html><title>Form</title><h1>Form</h1><form action=\"/done\">{fields}\
         <button>Send</button></form>"
    )
}

async fn site() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let router = Router::new()
        .route("/", get(|| async { Html(page()) }))
        .route(
            "/done",
            get(|| async { Html("<!doctype html><title>Done</title><h1>Thanks</h1>") }),
        );
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

/// From the first action to the end of the last, by the log.
async fn by_service(server: &server::Server, url: &str) -> Duration {
    let fields: Vec<String> = (1..=FIELDS)
        .map(|it| format!("Field {it} with 'value number {it}'"))
        .collect();
    let prompt = format!("Fill in {}. Then click 'Send'.", fields.join(" and "));
    let (run, events) = server.carry(server::task(&prompt, url)).await;
    assert_eq!(run.status(), RunStatus::Completed, "{}", run.failure_reason);
    assert_eq!(run.action_count, 20);
    let at = |kind: &str, last: bool| {
        let mut found = events.iter().filter(|it| it.kind == kind);
        let event = if last {
            found.next_back()
        } else {
            found.next()
        };
        let at = event.unwrap().created_at.unwrap();
        Duration::new(at.seconds.cast_unsigned(), at.nanos.cast_unsigned())
    };
    // The evidence of the last action is kept after it finished.
    at("artifact_created", true).max(at("action_finished", true)) - at("action_started", false)
}

struct Hand {
    client: Client,
    driver: tokio::process::Child,
    _folder: tempfile::TempDir,
}

impl Hand {
    async fn start() -> Self {
        let mut driver = tokio::process::Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port = loop {
            let line = lines
                .next_line()
                .await
                .unwrap()
                .expect("chromedriver ended");
            if let Some((_, port)) = line.split_once("started successfully on port ") {
                break port.trim_end_matches('.').to_owned();
            }
        };
        let folder = tempfile::tempdir().unwrap();
        let mut arguments = vec![
            "--headless=new".to_owned(),
            "--disable-background-networking".to_owned(),
            "--disable-component-update".to_owned(),
            "--disable-sync".to_owned(),
            "--no-first-run".to_owned(),
            "--disable-quic".to_owned(),
            "--window-size=1280,859".to_owned(),
            format!("--user-data-dir={}", folder.path().display()),
        ];
        if nix::unistd::geteuid().is_root() {
            arguments.push("--no-sandbox".to_owned());
        }
        let mut capabilities = Capabilities::new();
        capabilities.insert("browserName".into(), "chrome".into());
        capabilities.insert("goog:chromeOptions".into(), json!({ "args": arguments }));
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}/"))
            .await
            .unwrap();
        Self {
            client,
            driver,
            _folder: folder,
        }
    }

    async fn flow(&self, url: &str) -> Duration {
        let client = &self.client;
        let started = Instant::now();
        client.goto(url).await.unwrap();
        client.screenshot().await.unwrap();
        for it in 1..=FIELDS {
            let css = format!("input[name=field{it}]");
            let field = client.find(Locator::Css(&css)).await.unwrap();
            field.clear().await.unwrap();
            field
                .send_keys(&format!("value number {it}"))
                .await
                .unwrap();
            assert_eq!(
                field.prop("value").await.unwrap(),
                Some(format!("value number {it}"))
            );
            client.screenshot().await.unwrap();
        }
        client
            .find(Locator::Css("button"))
            .await
            .unwrap()
            .click()
            .await
            .unwrap();
        client
            .wait()
            .for_element(Locator::XPath("//h1[text()='Thanks']"))
            .await
            .unwrap();
        client.screenshot().await.unwrap();
        started.elapsed()
    }

    async fn end(mut self) {
        self.client.close().await.ok();
        self.driver.kill().await.ok();
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

#[tokio::main]
async fn main() {
    let url = site().await;
    let server = server::Server::start();
    let hand = Hand::start().await;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        theirs.push(hand.flow(&url).await);
        ours.push(by_service(&server, &url).await);
    }
    hand.end().await;
    let (ours, theirs) = (median(ours), median(theirs));
    let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
    println!(
        "{}",
        json!({
            "bench": "flow of 20 actions", "ours_ms": ours.as_millis(),
            "baseline_ms": theirs.as_millis(), "ratio": (ratio * 100.0).round() / 100.0,
            "goal": "<= 1.3",
        })
    );
}
