//! Uploads: each file's name, size and sum are recorded and shown.

use std::sync::Arc;

use axum::{Extension, extract::State, response::Html, routing::get};

use super::{
    html::{self, escape},
    recording::Recorded,
    router::Area,
    state::Shared,
};

pub fn area() -> Area {
    let page = get(|| async { html::page("Upload", include_str!("pages/upload.html")) });
    Area {
        title: "Files",
        pages: &[("/upload", "Uploads, of one file and of several")],
        routes: axum::Router::<Arc<Shared>>::new().route("/upload", page.post(receive)),
    }
}

async fn receive(
    State(shared): State<Arc<Shared>>,
    Extension(sent): Extension<Arc<Recorded>>,
) -> Html<String> {
    if sent.files.is_empty() {
        let error = "<p class=\"error\" role=\"alert\">Please choose a file first.</p>";
        return html::page(
            "Upload",
            &format!("{error}{}", include_str!("pages/upload.html")),
        );
    }
    shared.recording.count("upload");
    let mut rows = String::new();
    for file in &sent.files {
        rows += &format!(
            "<tr><td>{}</td><td>{}</td><td class=\"number\">{}</td><td>{}</td></tr>\n",
            escape(&file.field),
            escape(&file.filename),
            file.size,
            file.sha256
        );
    }
    let body = format!(
        "<h1>Upload received</h1>\n<table><thead><tr><th>Field</th><th>File</th>\
         <th class=\"number\">Bytes</th><th>SHA-256</th></tr></thead><tbody>\n{rows}</tbody></table>"
    );
    html::page("Upload received", &body)
}
