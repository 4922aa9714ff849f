//! All paths, gathered from the areas.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, State},
    http::{Uri, header},
    middleware,
    response::{Html, IntoResponse, Response},
    routing::get,
};

use super::{
    advertising, answers, business, facts, form, frames, gestures, hostile, html, late, members,
    news, portal, recorder, recording::Origin, restless, rows, state::Shared, submit, upload,
    windows,
};

/// The routes of a page area, each with a line for the index.
pub struct Area {
    pub title: &'static str,
    /// Path and what is there.
    pub pages: &'static [(&'static str, &'static str)],
    pub routes: Router<Arc<Shared>>,
}

pub fn router(shared: &Arc<Shared>, origin: Origin) -> Router {
    let areas = [
        portal::area(),
        business::area(),
        members::area(),
        news::area(),
        submit::area(),
        form::area(),
        gestures::area(),
        facts::area(),
        frames::area(),
        windows::area(),
        rows::area(),
        answers::area(),
        late::area(),
        restless::area(),
        upload::area(),
        advertising::area(),
        hostile::area(),
    ];
    let index = index(&areas);
    let mut routes = Router::new()
        .route("/", get(move || async move { index }))
        .route("/assets/site.css", get(stylesheet))
        .route(
            "/favicon.ico",
            get(|| async { axum::http::StatusCode::NO_CONTENT }),
        )
        .route("/recorded", get(recorded));
    for area in areas {
        routes = routes.merge(area.routes);
    }
    routes
        .fallback(|uri: Uri| async move { html::not_found(uri.path()) })
        .layer(middleware::from_fn_with_state(
            (Arc::clone(shared), origin),
            recorder::record,
        ))
        .layer(DefaultBodyLimit::disable())
        .with_state(Arc::clone(shared))
}

fn index(areas: &[Area]) -> Html<String> {
    let mut body = "<h1>Tidewater demo site</h1>\
        <p>Pages to send a browser to. <a href=\"/recorded\">What the site was sent</a>.</p>"
        .to_owned();
    for area in areas {
        body += &format!("<h2>{}</h2><ul>", area.title);
        for (path, what) in area.pages {
            body += &format!("<li><a href=\"{path}\">{}</a></li>", html::escape(what));
        }
        body += "</ul>";
    }
    html::framed("Tidewater demo site", "", &body)
}

async fn stylesheet() -> Response {
    (
        [(header::CONTENT_TYPE, "text/css")],
        include_str!("site.css"),
    )
        .into_response()
}

async fn recorded(State(shared): State<Arc<Shared>>) -> Json<serde_json::Value> {
    Json(serde_json::json!({
        "submits": shared.recording.counters(),
        "requests": shared.recording.requests(),
    }))
}
