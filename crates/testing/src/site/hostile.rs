//! Pages that want to harm whoever reads them.

use std::sync::Arc;

use axum::{response::Html, routing::get};

use super::{html, router::Area, state::Shared};

pub fn area() -> Area {
    let routes = axum::Router::<Arc<Shared>>::new()
        .route(
            "/hostile",
            get(|| async { Html(include_str!("pages/hostile.html").to_owned()) }),
        )
        .route(
            "/hostile/names",
            html::fixed("Names", include_str!("pages/hostile_names.html")),
        )
        .route("/hostile/deep", get(deep))
        .route("/hostile/large", get(large));
    Area {
        title: "Hostile",
        pages: &[
            (
                "/hostile",
                "Orders to a machine, changed DOM functions, broken text",
            ),
            ("/hostile/names", "Fields named like DOM properties"),
            ("/hostile/deep", "4,000 elements in each other"),
            (
                "/hostile/large",
                "Words, attributes and lists of a megabyte",
            ),
        ],
        routes,
    }
}

/// Deeper than a recursive walk may go.
async fn deep() -> Html<String> {
    const DEPTH: usize = 4_000;
    let body = format!(
        "<h1>Deep</h1>{}<button id=\"bottom\">At the bottom</button>{}<p>Above the ground again.</p>",
        "<div>".repeat(DEPTH),
        "</div>".repeat(DEPTH)
    );
    html::page("Deep", &body)
}

async fn large() -> Html<String> {
    const SIZE: usize = 1 << 20;
    let word = "tide".repeat(SIZE / 4);
    let options: String = (0..20_000)
        .map(|it| format!("<option>Option {it}</option>"))
        .collect();
    let body = format!(
        "<h1>Large</h1>\n<p>{word}</p>\n<a href=\"/heading?{word}\" title=\"{word}\">A long way</a>\n\
         <label for=\"many\">One of many</label><select id=\"many\">{options}</select>\n\
         <label for=\"full\">Full</label><textarea id=\"full\">{word}</textarea>\n\
         <button aria-label=\"{word}\">Long name</button>"
    );
    html::page("Large", &body)
}
