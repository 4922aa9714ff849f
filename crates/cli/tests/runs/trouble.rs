//! Pages that leave little to go by: far too many elements, all of one name, of another script, or
//! none with a name at all. A run ends as what it is, and soon.

use std::fmt::Write as _;

use axum::{Router, response::Html, routing::get};
use errand_api::v1::{FailureCategory, RunStatus, RunTaskRequest};
use serde_json::{Map, Value, json};

use crate::server::{Server, output, summaries, task};

/// Ten thousand buttons; the pressed one is told in the heading.
fn many() -> Html<String> {
    let mut page = "<h1>Nothing pressed</h1><div>".to_owned();
    for number in 1..=10_000 {
        // Writing to a string never fails.
        let _ = write!(page, "<button>Item {number}</button> ");
    }
    page += "</div><script>document.querySelector('div').onclick = event => \
             document.querySelector('h1').textContent = 'Pressed ' + event.target.textContent\
             </script>";
    Html(page)
}

fn alike() -> Html<String> {
    let rows: String = (1..=40)
        .map(|number| {
            format!("<p><button onclick=\"said.textContent = 'Opened {number}'\">Open</button></p>")
        })
        .collect();
    Html(format!("<h1 id=said>Nothing opened</h1>{rows}"))
}

const RIGHT_TO_LEFT: &str = "<!doctype html><html lang=ar dir=rtl><h1 id=said>رسالة</h1>\
    <label for=who>الاسم</label><input id=who>\
    <button onclick=\"said.textContent = 'تم الإرسال إلى ' + who.value\">إرسال</button></html>";

const NAMELESS: &str = "<div style='display: flex; gap: 1em'>\
    <button style='width: 40px; height: 40px' onclick=\"document.title = 'one'\"></button>\
    <button style='width: 40px; height: 40px' onclick=\"document.title = 'two'\"></button></div>";

/// A heading that is a picture of one.
const PICTURES: &str = "<img width=300 height=80 src=\"data:image/svg+xml,\
    <svg xmlns='http://www.w3.org/2000/svg'><text y='40'>Total: 42</text></svg>\">";

async fn site() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new()
        .route("/many", get(|| async { many() }))
        .route("/alike", get(|| async { alike() }))
        .route("/right-to-left", get(|| async { Html(RIGHT_TO_LEFT) }))
        .route("/nameless", get(|| async { Html(NAMELESS) }))
        .route("/pictures", get(|| async { Html(PICTURES) }));
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_be_told_apart_is_found() {
    let site = site().await;
    let server = Server::start();
    for (prompt, path, heading) in [
        (
            "Click 'Item 7777', then extract the main heading",
            "/many",
            "Pressed Item 7777",
        ),
        (
            "Click the third 'Open' button, then extract the main heading",
            "/alike",
            "Opened 3",
        ),
        (
            "Type 'ليلى' into 'الاسم' and click 'إرسال', then extract the main heading",
            "/right-to-left",
            "تم الإرسال إلى ليلى",
        ),
    ] {
        let (run, events) = server.carry(task(prompt, &format!("{site}{path}"))).await;
        let read = output(&run, &events);
        let values: Vec<&Value> = read.as_object().unwrap().values().collect();
        assert_eq!(values, [heading], "{prompt}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_told_is_not_guessed() {
    let site = site().await;
    let server = Server::start();
    for (prompt, path) in [
        ("Click 'Item 10001'", "/many"),
        ("Click 'Open'", "/alike"),
        ("Click 'Save'", "/nameless"),
        ("Extract the total", "/pictures"),
    ] {
        let (run, events) = server.carry(task(prompt, &format!("{site}{path}"))).await;
        let told = (run.status(), run.failure_category());
        let expected = (RunStatus::Failed, FailureCategory::ElementNotFound);
        let reason = &run.failure_reason;
        assert_eq!(
            told,
            expected,
            "{prompt}: {reason} {:#?}",
            summaries(&events)
        );
        assert!(!reason.is_empty());
    }
}

/// The page has one of 500 values: the others are null, and the first of them are named.
#[tokio::test(flavor = "multi_thread")]
async fn a_schema_of_500_fields_is_filled_as_far_as_the_page_goes() {
    let site = site().await;
    let server = Server::start();
    let mut properties: Map<String, Value> =
        (1..500).map(|it| (format!("f{it}"), json!({}))).collect();
    properties.insert("heading".to_owned(), json!({ "type": "string" }));
    let schema = json!({ "type": "object", "properties": properties });
    let request = RunTaskRequest {
        data_extraction_schema: schema.to_string(),
        ..task("Extract the heading", &format!("{site}/alike"))
    };
    let (run, events) = server.carry(request).await;
    let read = output(&run, &events);
    assert_eq!(read["heading"], "Nothing opened");
    let found = read.as_object().unwrap();
    assert_eq!(found.len(), 500);
    let filled: Vec<&String> = found
        .iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, _)| name)
        .collect();
    assert_eq!(filled, ["heading"]);
    assert!(!run.output_notes.is_empty());
}
