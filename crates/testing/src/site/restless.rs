//! Pages that never come to rest.

use std::sync::Arc;

use axum::{Extension, response::Html, routing::get};

use super::{
    html::{self, fixed},
    recording::Recorded,
    router::Area,
    state::Shared,
};

pub fn area() -> Area {
    let routes = axum::Router::<Arc<Shared>>::new()
        .route(
            "/never-settles",
            fixed("Restless", include_str!("pages/restless.html")),
        )
        .route("/reloads", get(reload))
        .route("/spins", fixed("Spinning", include_str!("pages/spin.html")));
    Area {
        title: "Restless",
        pages: &[
            ("/never-settles", "Polls, animates and changes for ever"),
            ("/reloads", "Reloads for ever"),
            (
                "/spins",
                "Spins in a loop without end, after a third of a second",
            ),
            ("/spins?on=click", "Spins when its button is pressed"),
        ],
        routes,
    }
}

/// Reloads itself, by default ten times a second.
async fn reload(Extension(sent): Extension<Arc<Recorded>>) -> Html<String> {
    let milliseconds = sent.number("ms").unwrap_or(100);
    let body = format!(
        "<h1>Reloading</h1>\n<p>Load number {}.</p>\n<label for=\"field\">A field</label>\
         <input type=\"text\" id=\"field\">\n\
         <script>setTimeout(() => location.reload(), {milliseconds});</script>",
        sent.sequence
    );
    html::page("Reloading", &body)
}
