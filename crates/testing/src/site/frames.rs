//! Frames: nested, of another origin, of another site, without an address, sandboxed.

use std::sync::Arc;

use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, header},
    response::Html,
    routing::get,
};

use super::{
    html::{self, escape},
    recording::Recorded,
    router::Area,
    state::Shared,
};

pub fn area() -> Area {
    let routes = axum::Router::<Arc<Shared>>::new()
        .route("/frames", get(page))
        .route("/frames/form", get(form))
        .route("/frames/outer", get(outer));
    Area {
        title: "Frames and shadow roots",
        pages: &[
            (
                "/frames",
                "Forms in frames: nested, of another origin, of another site",
            ),
            ("/shadow", "Forms in shadow roots: open, closed, nested"),
        ],
        routes: routes.route(
            "/shadow",
            html::fixed("Shadow roots", include_str!("pages/shadow.html")),
        ),
    }
}

async fn page(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Html<String> {
    let host = headers
        .get(header::HOST)
        .and_then(|it| it.to_str().ok())
        .unwrap_or_default();
    let host = host.rsplit_once(':').map_or(host, |parts| parts.0);
    // Behind the name that the caller used, so that the page works through a container's port.
    let site = if host == "localhost" {
        "127.0.0.1"
    } else {
        "localhost"
    };
    let port = shared.other.port();
    let body = include_str!("pages/frames.html")
        .replace("{{origin}}", &format!("http://{}:{port}", escape(host)))
        .replace("{{site}}", &format!("http://{site}:{port}"));
    html::page("Frames", &body)
}

/// A frame's form: `name` of the counter and of the field, `label` of the field.
async fn form(Extension(sent): Extension<Arc<Recorded>>) -> Html<String> {
    let name = escape(sent.parameter("name").unwrap_or("frame"));
    let label = escape(sent.parameter("label").unwrap_or("Nickname"));
    let body = format!(
        "<h2>{label}</h2>\n<form method=\"post\" action=\"/submit?name={name}\">\n\
         <label for=\"value\">{label}</label><input type=\"text\" id=\"value\" name=\"value\">\n\
         <button>Save {label}</button>\n</form>"
    );
    html::bare(&label, &body)
}

async fn outer() -> Html<String> {
    let body = "<p>This frame holds another one.</p>\n\
        <iframe title=\"Deep frame\" height=\"190\" \
        src=\"/frames/form?name=frame-deep&amp;label=Favourite+colour\"></iframe>";
    html::bare("Outer frame", body)
}
