//! Dialogs and windows.

use std::sync::Arc;

use axum::{Extension, response::Html, routing::get};

use super::{
    html::{self, escape, fixed},
    recording::Recorded,
    router::Area,
    state::Shared,
};

pub fn area() -> Area {
    let routes = axum::Router::<Arc<Shared>>::new()
        .route(
            "/dialogs",
            fixed("Dialogs", include_str!("pages/dialogs.html")),
        )
        .route(
            "/dialogs/load",
            fixed("A dialog at once", include_str!("pages/dialogs_load.html")),
        )
        .route(
            "/dialogs/loop",
            fixed("Dialogs in a loop", include_str!("pages/dialogs_loop.html")),
        )
        .route(
            "/dialogs/leave",
            fixed("Unsaved", include_str!("pages/dialogs_leave.html")),
        )
        .route(
            "/consent",
            fixed("Consent", include_str!("pages/consent.html")),
        )
        .route(
            "/popups",
            fixed("Windows", include_str!("pages/popups.html")),
        )
        .route("/popups/child", get(child))
        .route(
            "/popups/endless",
            fixed(
                "Windows without end",
                include_str!("pages/popups_endless.html"),
            ),
        );
    Area {
        title: "Dialogs and windows",
        pages: &[
            ("/dialogs", "Alert, confirm, prompt and a modal dialog"),
            ("/dialogs/load", "An alert while the page loads"),
            ("/dialogs/loop", "Alerts in a loop"),
            ("/dialogs/leave", "A page that asks before it is left"),
            ("/consent", "A consent banner over the page"),
            ("/popups", "Popups and links to new tabs"),
            ("/popups/endless", "Popups without end"),
        ],
        routes,
    }
}

async fn child(Extension(sent): Extension<Arc<Recorded>>) -> Html<String> {
    let name = escape(sent.parameter("name").unwrap_or("child"));
    let body = format!(
        "<h1>Window {name}</h1>\n<label for=\"answer\">Answer</label>\
         <input type=\"text\" id=\"answer\">\n\
         <button onclick=\"opener && opener.postMessage(document.getElementById('answer').value, \
         location.origin); close()\">Answer and close</button>"
    );
    html::bare(&format!("Window {name}"), &body)
}
