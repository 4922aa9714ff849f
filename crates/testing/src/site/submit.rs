//! The counter: every POST counts at once and is answered after a delay, so that a test can kill
//! what sent it in between.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::State,
    http::HeaderMap,
    response::{Html, IntoResponse, Response},
    routing::get,
};

use super::{
    html::{self, escape},
    recording::Recorded,
    router::Area,
    state::Shared,
};

pub fn area() -> Area {
    let routes = axum::Router::<Arc<Shared>>::new().route("/submit", get(page).post(submit));
    Area {
        title: "Counter",
        pages: &[
            ("/submit", "A form whose submits are counted"),
            (
                "/submit?delay_ms=5000",
                "The same, answered after five seconds",
            ),
        ],
        routes,
    }
}

async fn page(Extension(sent): Extension<Arc<Recorded>>) -> Html<String> {
    let query: String = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(&sent.query)
        .finish();
    let body = format!(
        "<h1>Payment</h1>\n<form method=\"post\" action=\"/submit?{}\">\n\
         <label for=\"note\">Note</label><input type=\"text\" id=\"note\" name=\"note\">\n\
         <label for=\"amount\">Amount</label><input type=\"text\" id=\"amount\" name=\"amount\" \
         inputmode=\"decimal\">\n<p><button>Send payment</button></p>\n</form>",
        escape(&query)
    );
    html::page("Payment", &body)
}

async fn submit(
    State(shared): State<Arc<Shared>>,
    Extension(sent): Extension<Arc<Recorded>>,
    headers: HeaderMap,
) -> Response {
    let count = shared
        .recording
        .count(sent.parameter("name").unwrap_or("submit"));
    shared.pause(sent.number("delay_ms").unwrap_or(0)).await;
    let accepts = headers
        .get("accept")
        .and_then(|it| it.to_str().ok())
        .unwrap_or_default();
    if accepts.starts_with("application/json") {
        return Json(serde_json::json!({ "count": count })).into_response();
    }
    let mut rows = String::new();
    for (name, value) in &sent.fields {
        rows += &format!("<dt>{}</dt><dd>{}</dd>", escape(name), escape(value));
    }
    let body = format!(
        "<h1>Received</h1>\n<p class=\"notice\" role=\"status\">Thank you. Receipt number {count}.\
         </p>\n<dl>{rows}</dl>"
    );
    html::page("Received", &body).into_response()
}
