//! A page behind a captcha, a service that solves it, and the workflow that is left.

use std::sync::{Arc, Mutex};

use errand_api::v1::{FailureCategory, RunStatus};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

use crate::server::{Server, task};

const PAGE: &str = "<title>Gate</title><p>Verify you are human</p>\
    <form action=/in><label>Type the characters you see <input name=captcha></label></form>";
const INSIDE: &str = "<title>Inside</title><h1>Welcome</h1>\
    <button onclick=\"out.textContent='Gone on'\">Continue</button><p id=out></p>";

/// A site and, below `/solve`, a solver that knows the letters. What it was sent is kept.
async fn start() -> (String, Arc<Mutex<Vec<Value>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let sent: Arc<Mutex<Vec<Value>>> = Arc::default();
    let kept = sent.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let kept = kept.clone();
            tokio::spawn(async move {
                let mut bytes = Vec::new();
                let head = loop {
                    if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
                        return;
                    }
                    let text = String::from_utf8_lossy(&bytes).into_owned();
                    let Some((head, body)) = text.split_once("\r\n\r\n") else {
                        continue;
                    };
                    let length = head.lines().find_map(|line| {
                        let (name, value) = line.split_once(": ")?;
                        name.eq_ignore_ascii_case("content-length")
                            .then(|| value.parse::<usize>().ok())?
                    });
                    if body.len() >= length.unwrap_or(0) {
                        if head.starts_with("POST /solve") {
                            kept.lock()
                                .unwrap()
                                .push(serde_json::from_str(body).unwrap());
                        }
                        break head.to_owned();
                    }
                };
                let (media, body) = match head.split(' ').nth(1).unwrap_or_default() {
                    "/solve" => ("application/json", json!({"solution": "W7KX"}).to_string()),
                    "/in?captcha=W7KX" => ("text/html", INSIDE.to_owned()),
                    _ => ("text/html", PAGE.to_owned()),
                };
                let answer = format!(
                    "HTTP/1.1 200 OK\r\ncontent-type: {media}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                    body.len()
                );
                stream.write_all(answer.as_bytes()).await.ok();
            });
        }
    });
    (format!("http://{address}"), sent)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_captcha_goes_to_the_hook_and_a_finished_task_leaves_a_workflow() {
    let (site, sent) = start().await;
    let hook = format!("{site}/solve");
    let server = Server::start_with(&["--captcha-hook", &hook]);
    let mut request = task("Click Continue and wait for 'Gone on'", &site);
    request.publish_workflow = true;
    let (run, events) = server.carry(request).await;
    assert_eq!(
        (run.status(), run.failure_category()),
        (RunStatus::Completed, FailureCategory::Unspecified),
        "{} {events:#?}",
        run.failure_reason
    );
    let sent = std::mem::take(&mut *sent.lock().unwrap());
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0]["run_id"], run.run_id);
    assert_eq!(sent[0]["kind"], "text");
    assert!(sent[0]["picture"].as_str().unwrap().len() > 1_000);

    let kept = server.artifacts(&run.run_id).await;
    let (_, workflow) = kept
        .iter()
        .find(|it| it.0 == "workflow_definition")
        .unwrap();
    let workflow: Value = serde_json::from_slice(workflow).unwrap();
    let block = &workflow["workflow_definition"]["blocks"][0];
    assert_eq!(block["label"], "click_continue_and_wait_for_gone_on");
    assert_eq!(
        block["navigation_goal"],
        "Click Continue and wait for 'Gone on'"
    );
    assert_eq!(block["url"], format!("{site}/"));

    // Its own codes tell a caller why another one failed.
    let mut request = task("Click 'Sign out'", &format!("{site}/in?captcha=W7KX"));
    request.error_code_mapping = [("no_button".to_owned(), "Welcome".to_owned())].into();
    let (run, _) = server.carry(request).await;
    assert_eq!(run.status(), RunStatus::Failed);
    assert_eq!(run.errors.len(), 1, "{run:?}");
    assert_eq!(run.errors[0].error_code, "no_button");
}
