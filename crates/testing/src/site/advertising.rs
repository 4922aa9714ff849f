//! An article with advertisements and counters from another site around it, and the same without.

use std::{sync::Arc, time::Duration};

use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, header},
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};

use super::{
    html::{self, escape},
    recording::Recorded,
    router::Area,
    state::Shared,
};

/// How long the script that places the advertisements takes.
const SLOW: Duration = Duration::from_millis(800);
const PICTURE: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"320\" height=\"60\">\
                       <rect width=\"320\" height=\"60\" fill=\"#c63\"/></svg>";

pub fn area() -> Area {
    let routes = axum::Router::<Arc<Shared>>::new()
        .route("/article", get(article))
        .route("/article/plain", get(plain))
        .route("/article/photo.svg", get(picture))
        .route(
            "/article/comments",
            get(|| async { "Two readers liked it." }),
        )
        .route("/article/worker.js", get(worker))
        .route("/adserver/place.js", get(place))
        .route("/adserver/banner.svg", get(picture))
        .route("/adserver/frame", get(frame))
        .route("/adserver/popup", get(popup))
        .route("/adserver/seen", post(|| async {}))
        .route("/track/pixel.gif", get(picture));
    Area {
        title: "Advertising",
        pages: &[
            (
                "/article",
                "An article with banners, a slow script, counters and a window that opens",
            ),
            ("/article/plain", "The same article by itself"),
        ],
        routes,
    }
}

async fn article(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Html<String> {
    let body = include_str!("pages/article.html").replace("{{ads}}", &others(&shared, &headers));
    html::page("The harbour at night", &body)
}

async fn plain() -> Html<String> {
    let body = include_str!("pages/article.html");
    let kept = body.split("<!-- ads -->").step_by(2);
    let body: String = kept.collect::<String>().replace("{{ads}}", "");
    html::page("The harbour at night", &body)
}

/// Another site than the one that the page was asked from, behind the name that the caller used.
fn others(shared: &Shared, headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|it| it.to_str().ok());
    let host = host.unwrap_or_default();
    let own = host.rsplit_once(':').map_or(host, |parts| parts.0);
    let other = if own == "localhost" {
        "127.0.0.1"
    } else {
        "localhost"
    };
    format!("http://{other}:{}", shared.other.port())
}

async fn picture() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, PICTURE).into_response()
}

/// Counts from a worker, where no page sees it.
async fn worker(Extension(sent): Extension<Arc<Recorded>>) -> Response {
    let site = sent.parameter("site").unwrap_or_default();
    let site = escape(site);
    let script = format!(
        "fetch('{site}/track/pixel.gif?worker', {{ mode: 'no-cors' }})\
         .finally(() => postMessage('counted'));"
    );
    ([(header::CONTENT_TYPE, "text/javascript")], script).into_response()
}

async fn place() -> Response {
    tokio::time::sleep(SLOW).await;
    let script = "addEventListener('click', () => open(adSite + '/adserver/popup'), { once: true });\
                  navigator.sendBeacon(adSite + '/adserver/seen', 'place');";
    let headers = [
        (header::CONTENT_TYPE, "text/javascript"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, script).into_response()
}

async fn frame() -> Html<String> {
    html::page(
        "Advertisement",
        "<p>Lanterns, half price.</p><img src=\"/track/pixel.gif?frame\" alt=\"\">",
    )
}

async fn popup() -> Html<String> {
    html::page("Advertisement", "<h1>You have won a lantern</h1>")
}
