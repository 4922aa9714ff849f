//! The watches as server-sent events.

use errand_domain::RunState;
use errand_server::Config;
use http::{Method, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use serde_json::{Value, json};

use crate::{
    drafts::finished,
    plain::open,
    server::{Server, soon},
};

/// One event as `EventSource` shows it.
#[derive(Debug, Default)]
struct Shown {
    id: String,
    kind: String,
    retry: String,
    data: Value,
}

struct Source {
    status: StatusCode,
    body: Incoming,
    text: String,
}

impl Source {
    async fn open(server: &Server, path: &str, last: Option<&str>) -> Self {
        let mut request = server
            .request(Method::GET, path)
            .header("accept", "text/event-stream");
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let answer = open(request.body(Full::default()).unwrap()).await;
        if answer.status() == StatusCode::OK {
            assert_eq!(answer.headers()["content-type"], "text/event-stream");
            assert_eq!(answer.headers()["cache-control"], "no-store");
        }
        Self {
            status: answer.status(),
            body: answer.into_body(),
            text: String::new(),
        }
    }

    async fn next(&mut self) -> Option<Shown> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let mut shown = Shown::default();
                for line in event.lines() {
                    match line.split_once(": ") {
                        Some(("id", it)) => shown.id = it.to_owned(),
                        Some(("event", it)) => shown.kind = it.to_owned(),
                        Some(("retry", it)) => shown.retry = it.to_owned(),
                        Some(("data", it)) => shown.data = serde_json::from_str(it).unwrap(),
                        _ => {}
                    }
                }
                self.text = rest.to_owned();
                return Some(shown);
            }
            let frame = soon(self.body.frame()).await?.unwrap();
            let data = frame.into_data().unwrap();
            self.text.push_str(std::str::from_utf8(&data).unwrap());
        }
    }

    async fn rest(&mut self) -> Vec<i64> {
        let mut found = Vec::new();
        while let Some(shown) = self.next().await {
            found.push(shown.id.parse().unwrap());
        }
        found
    }
}

#[tokio::test]
async fn events_come_as_they_are_written_and_go_on_after_the_last_one() {
    let server = Server::start().await;
    let held = server.running().await;
    let path = format!("/v1/runs/{}/watch", held.run_id);
    let mut source = Source::open(&server, &path, None).await;
    let first = source.next().await.unwrap();
    assert_eq!((first.id.as_str(), first.kind.as_str()), ("1", ""));
    assert_eq!(first.data["sequence"], 1);
    assert_eq!(first.data["kind"], "run_created");
    assert_eq!(first.data["run_created"]["engine"], "local");
    // Two lines within a text stay one line of the stream.
    held.append_thoughts(1, "one\ntwo\r\n\nid: 99").await;
    held.append(vec![finished(RunState::Completed)]).await;
    let mut last = Shown::default();
    while let Some(shown) = source.next().await {
        if shown.id == "4" {
            assert_eq!(shown.data["thought"]["text"], "one\ntwo\r\n\nid: 99");
        }
        last = shown;
    }
    assert_eq!(
        (last.id.as_str(), &last.data["run_finished"]["status"]),
        ("5", &json!("completed"))
    );

    assert_eq!(
        Source::open(&server, &path, Some("3")).await.rest().await,
        [4, 5]
    );
    let asked = format!("{path}?after_sequence=1");
    assert_eq!(
        Source::open(&server, &asked, None).await.rest().await,
        [2, 3, 4, 5]
    );
    // What was received last counts before what was asked for at first.
    assert_eq!(
        Source::open(&server, &asked, Some("4")).await.rest().await,
        [5]
    );
    // Nothing is left: do not come back.
    let over = Source::open(&server, &path, Some("5")).await;
    assert_eq!(over.status, StatusCode::NO_CONTENT);
    for (last, status) in [("6", 400), ("-1", 400), ("x", 400)] {
        assert_eq!(
            Source::open(&server, &path, Some(last)).await.status,
            status,
            "{last}"
        );
    }
    let nobodys = Source::open(&server, "/v1/runs/none/watch", None).await;
    assert_eq!(nobodys.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn changes_are_watched_and_resumed_the_same_way() {
    let server = Server::start().await;
    let held = server.ended(RunState::Completed).await;
    let mut source = Source::open(&server, "/v1/runs:watch", Some("2")).await;
    for (id, status) in [("3", "running"), ("4", "completed")] {
        let shown = source.next().await.unwrap();
        assert_eq!(
            (shown.id.as_str(), &shown.data["status"]),
            (id, &json!(status))
        );
        assert_eq!(shown.data["run_id"], json!(held.run_id));
    }
    server.queued().await;
    assert_eq!(source.next().await.unwrap().id, "5");
}

#[tokio::test]
async fn a_stop_is_told_with_the_time_to_come_back() {
    let server = Server::start_with(Config::default()).await;
    let held = server.running().await;
    let path = format!("/v1/runs/{}/watch", held.run_id);
    let mut source = Source::open(&server, &path, Some("3")).await;
    assert_eq!(source.status, StatusCode::OK);
    server.stop.cancel();
    let shown = source.next().await.unwrap();
    assert_eq!(
        (shown.kind.as_str(), shown.retry.as_str()),
        ("error", "500")
    );
    assert_eq!(shown.data["details"][0]["reason"], "SERVER_STOPPING");
    assert!(source.next().await.is_none());
}
