//! "All" of a list that goes on over pages, and controls that only look like a pager.

use axum::{Router, extract::Query, response::Html, routing::get};
use serde::Deserialize;
use serde_json::json;

use crate::server::{Server, output, task};

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    page: u32,
}

/// The states are the same on every page, so that only the address tells the pages apart.
async fn numbered(Query(asked): Query<Asked>) -> Html<String> {
    let page = asked.page.max(1);
    let next = if page < 3 {
        format!("<a href='/numbered?page={}'>{}</a>", page + 1, page + 1)
    } else {
        String::new()
    };
    Html(format!(
        "<h1>Orders</h1><table><tr><th>Order</th><th>State</th></tr>\
         <tr><td>A{page}</td><td>Paid</td></tr><tr><td>B{page}</td><td>Paid</td></tr></table>{next}"
    ))
}

const GROWING: &str = "<h1>Orders</h1><table><tr><th>Order</th></tr><tbody id=rows>\
    <tr><td>A1</td></tr><tr><td>B1</td></tr></tbody></table>\
    <button onclick=\"for (const row of ['A2', 'B2']) rows.insertRow().insertCell().textContent = row;\
    this.remove()\">Load more</button>";

const WIZARD: &str = "<h1>Orders</h1><table><tr><th>Order</th></tr>\
    <tr><td>A1</td></tr><tr><td>B1</td></tr></table>\
    <form method=post action=/pay><button>Next</button></form><a href=/elsewhere>More</a>";

/// Goes on whenever its end comes into view, three times.
const ENDLESS: &str = "<h1>Parcels</h1><ul id=list></ul><script>\
    let count = 0; const more = () => { for (let i = 0; i < 20 && count < 60; i += 1) { count += 1;\
    list.insertAdjacentHTML('beforeend', `<li style='height:80px'><h3>Parcel ${count}</h3><p>waits</p></li>`); } };\
    more(); onscroll = () => { if (innerHeight + scrollY >= document.body.scrollHeight - 50) setTimeout(more, 100); };\
    </script>";

#[tokio::test(flavor = "multi_thread")]
async fn all_pages_of_a_list_are_read_once_and_nothing_else_is_pressed() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new()
        .route("/numbered", get(numbered))
        .route("/growing", get(|| async { Html(GROWING) }))
        .route("/wizard", get(|| async { Html(WIZARD) }))
        .route("/endless", get(|| async { Html(ENDLESS) }));
    let parcels: Vec<String> = (1..=60).map(|it| format!("Parcel {it}")).collect();
    let site = tokio::spawn(async move { axum::serve(listener, router).await });
    let server = Server::start();
    for (goal, path, expected) in [
        (
            "Extract all orders",
            "/numbered",
            json!(["A1", "B1", "A2", "B2", "A3", "B3"]),
        ),
        ("Extract all states", "/numbered", json!(vec!["Paid"; 6])),
        (
            "Extract all orders",
            "/growing",
            json!(["A1", "B1", "A2", "B2"]),
        ),
        ("Extract all orders", "/wizard", json!(["A1", "B1"])),
        ("Extract all parcels", "/endless", json!(parcels)),
        ("How many parcels are there?", "/endless", json!(60)),
    ] {
        let url = format!("http://{address}{path}");
        let (run, events) = server.carry(task(goal, &url)).await;
        let read = output(&run, &events);
        let values = read.as_object().and_then(|it| it.values().next());
        assert_eq!(values, Some(&expected), "{goal} on {path}: {read}");
        assert_eq!(run.effect_count, 0, "{path}");
    }
    site.abort();
}
