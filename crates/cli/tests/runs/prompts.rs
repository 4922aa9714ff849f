//! The prompts that people meet first, each with all that it must bring, on the demo site.

use errand_api::v1::{FailureCategory, Run, RunEvent, RunStatus, RunTaskRequest};
use errand_testing::Site;
use serde_json::{Value, json};

use crate::{
    flow::seed,
    server::{Server, output, summaries, task},
};

/// A task of somebody who is logged in to the portal.
fn inside(site: &Site, prompt: &str, path: &str) -> RunTaskRequest {
    let cookie = format!("session={}", site.session());
    RunTaskRequest {
        extra_http_headers: [("cookie".to_owned(), cookie)].into(),
        ..task(prompt, &site.url(path))
    }
}

#[track_caller]
fn ended(run: &Run, events: &[RunEvent], status: RunStatus, category: FailureCategory) {
    let told = (run.status(), run.failure_category());
    let reason = &run.failure_reason;
    assert_eq!(
        told,
        (status, category),
        "{reason}\n{:#?}",
        summaries(events)
    );
    assert!(!reason.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn posts_headings_and_products_are_read() {
    let site = Site::start(seed()).await.unwrap();
    let server = Server::start();
    let posts: Vec<Value> = site.posts()[..3]
        .iter()
        .map(|it| {
            let url = site.url(&format!("/news/post/{}", it.id));
            json!({ "title": it.title, "points": it.points, "url": url })
        })
        .collect();
    let schema = json!({ "type": "object", "properties": { "posts": { "type": "array", "items": {
        "type": "object", "properties": { "title": { "type": "string" },
        "points": { "type": "integer" }, "url": { "type": "string", "format": "uri" } } } } } });
    let top = RunTaskRequest {
        data_extraction_schema: schema.to_string(),
        ..task("Find the top 3 posts on the front page", &site.url("/news"))
    };
    let (run, events) = server.carry(top).await;
    assert_eq!(output(&run, &events), json!({ "posts": posts }));

    let products: Vec<Value> = site.products()[..3]
        .iter()
        .map(|it| json!({ "name": it.name, "price": it.price.to_string() }))
        .collect();
    for (prompt, path, expected) in [
        (
            "Get the title of the top post",
            "/news",
            json!({ "title": site.posts()[0].title }),
        ),
        (
            "Extract the main heading",
            "/heading",
            json!({ "heading": site.heading() }),
        ),
        (
            "Extract the top 3 products with name and price",
            "/shop",
            json!({ "products": products }),
        ),
    ] {
        let (run, events) = server.carry(task(prompt, &site.url(path))).await;
        assert_eq!(output(&run, &events), expected, "{prompt}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_in_needs_what_the_page_asks_for() {
    let site = Site::start(seed()).await.unwrap();
    let server = Server::start();
    let prompt = "Log in with username 'support@company.com'";
    for path in ["/portal/login", "/"] {
        let (run, events) = server.carry(task(prompt, &site.url(path))).await;
        ended(
            &run,
            &events,
            RunStatus::Failed,
            FailureCategory::AuthFailed,
        );
        assert!(
            run.failure_reason.contains("password"),
            "{}",
            run.failure_reason
        );
        assert_eq!(site.submits("login"), 0);
        let given = format!("{prompt} and password 'errand-demo'");
        let (run, events) = server.carry(task(&given, &site.url(path))).await;
        assert_eq!(output(&run, &events), Value::Null);
        assert_eq!(site.submits("login"), 1);
        site.clear();
    }
    let wrong = format!("{prompt} and password 'Gale-0001'");
    let (run, events) = server.carry(task(&wrong, &site.url("/portal/login"))).await;
    ended(
        &run,
        &events,
        RunStatus::Failed,
        FailureCategory::AuthFailed,
    );
    assert!(
        run.failure_reason.contains(site.labels().wrong_password),
        "{}",
        run.failure_reason
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_portal_is_read_by_who_is_logged_in() {
    let site = Site::start(seed()).await.unwrap();
    let server = Server::start();
    let numbers: Vec<&str> = site.invoices().iter().map(|it| &*it.number).collect();
    let prompt = "Go to the invoices page and extract all invoice numbers";
    let (run, events) = server
        .carry(inside(&site, prompt, "/portal/dashboard"))
        .await;
    assert_eq!(output(&run, &events), json!({ "invoice_numbers": numbers }));
    // Whatever this site calls its only balance.
    let prompt = "Extract the account balance";
    let (run, events) = server
        .carry(inside(&site, prompt, "/portal/dashboard"))
        .await;
    let balance = site.balance().to_string();
    assert_eq!(output(&run, &events), json!({ "account_balance": balance }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_is_found() {
    let site = Site::start(seed()).await.unwrap();
    let server = Server::start();
    let known = site.customers();
    let known = known.iter().find(|it| it.email == "customer@example.com");
    let known = known.unwrap();
    for path in ["/portal/customers", "/portal/dashboard"] {
        let prompt = match path {
            "/portal/customers" => "Find customer with email 'customer@example.com'",
            _ => "Go to the customers page and find the customer with email 'customer@example.com'",
        };
        let (run, events) = server.carry(inside(&site, prompt, path)).await;
        let found = output(&run, &events);
        let expected = json!({ "customer": {
            "customer_number": known.number, "name": known.name, "email": known.email,
            "city": known.city, "plan": known.plan,
        } });
        assert_eq!(found, expected, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_becomes_a_file() {
    let site = Site::start(seed()).await.unwrap();
    let server = Server::start();
    for (prompt, path, name) in [(
        "Download the quarterly report",
        "/portal/dashboard",
        "quarterly-report-2026-q3.pdf",
    )] {
        let (run, events) = server.carry(inside(&site, prompt, path)).await;
        output(&run, &events);
        let names: Vec<&str> = run
            .downloaded_files
            .iter()
            .map(|it| &*it.filename)
            .collect();
        assert_eq!(names, [name], "{prompt}");
        assert!(run.downloaded_files[0].file_size > 300);
        assert!(!run.downloaded_files[0].checksum.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_start_is_taken_from_the_words() {
    let site = Site::start(seed()).await.unwrap();
    let server = Server::start();
    let place = site.address();
    let heading = json!({ "heading": site.heading() });
    for prompt in [
        format!("On http://{place}/heading, extract the main heading"),
        format!("Open http://{place}/heading. Extract the main heading."),
        format!("Extract the main heading of http://{place}/heading"),
        format!("Go to \"http://{place}/heading\" and get the main heading"),
    ] {
        let (run, events) = server.carry(task(&prompt, "")).await;
        assert_eq!(output(&run, &events), heading, "{prompt}");
    }
    let prompt = format!(
        "Log in at http://{place}/portal/login with username 'demo@example.com' and password \
         'errand-demo', then extract the main heading"
    );
    let (run, events) = server.carry(task(&prompt, "")).await;
    assert_eq!(output(&run, &events), json!({ "heading": "Welcome back" }));
    let refused = server
        .runs()
        .await
        .run_task(task("Extract the heading", ""))
        .await;
    let refused = refused.unwrap_err();
    assert_eq!(refused.code(), tonic::Code::InvalidArgument);
    assert!(
        refused.message().contains("set url, or name"),
        "{refused:?}"
    );
}
