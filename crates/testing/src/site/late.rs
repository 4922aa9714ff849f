//! Content that comes when the page is long there.

use std::sync::Arc;

use axum::{Extension, Json, extract::State, response::Html, routing::get};
use serde_json::json;

use super::{
    html::{self, fixed},
    recording::Recorded,
    router::Area,
    state::Shared,
};

/// Entries of the endless list, and how many come at once.
const ENTRIES: u64 = 200;
const PART: u64 = 20;

pub fn area() -> Area {
    let routes = axum::Router::<Arc<Shared>>::new()
        .route("/late", get(after))
        .route(
            "/late/spinner",
            fixed("Spinner", include_str!("pages/late_spinner.html")),
        )
        .route(
            "/late/skeleton",
            fixed("Skeletons", include_str!("pages/late_skeleton.html")),
        )
        .route(
            "/late/scroll",
            fixed("The log book", include_str!("pages/late_scroll.html")),
        )
        .route(
            "/late/button",
            fixed("Late button", include_str!("pages/late_button.html")),
        )
        .route(
            "/late/replace",
            fixed("Replaced", include_str!("pages/late_replace.html")),
        )
        .route("/late/products", get(products))
        .route("/late/entries", get(entries))
        .route("/app", fixed("Ferries", include_str!("pages/app.html")))
        .route(
            "/app/{page}",
            fixed("Ferries", include_str!("pages/app.html")),
        );
    Area {
        title: "Late content",
        pages: &[
            ("/late?ms=1500", "Content after a second and a half"),
            ("/late/spinner", "A spinner, then products"),
            ("/late/skeleton", "Skeletons, then products"),
            ("/late/scroll", "A list that grows while it is scrolled"),
            (
                "/late/button",
                "A button that is late, moves, and is covered for a moment",
            ),
            (
                "/late/replace",
                "A list whose elements are replaced twice a second",
            ),
            (
                "/app",
                "One page, many addresses: rendered and routed by script",
            ),
        ],
        routes,
    }
}

async fn after(Extension(sent): Extension<Arc<Recorded>>) -> Html<String> {
    let milliseconds = sent.number("ms").unwrap_or(1_500);
    let body = include_str!("pages/late.html").replace("{{ms}}", &milliseconds.to_string());
    html::page("Late", &body)
}

/// The first six products, after `ms`.
async fn products(
    State(shared): State<Arc<Shared>>,
    Extension(sent): Extension<Arc<Recorded>>,
) -> Json<serde_json::Value> {
    shared.pause(sent.number("ms").unwrap_or(1_200)).await;
    let products = shared.world.products.iter().take(6);
    let products = products.map(|it| json!({ "name": it.name, "price": it.price.to_string() }));
    Json(products.collect())
}

/// A part of the endless list.
async fn entries(
    State(shared): State<Arc<Shared>>,
    Extension(sent): Extension<Arc<Recorded>>,
) -> Json<serde_json::Value> {
    shared.pause(250).await;
    let from = sent.number("from").unwrap_or(1).clamp(1, ENTRIES + 1);
    let to = (from + PART).min(ENTRIES + 1);
    let entries: Vec<String> = (from..to)
        .map(|it| format!("Entry {it}: boat number {}", it * 13))
        .collect();
    Json(json!({ "entries": entries, "more": to <= ENTRIES }))
}
