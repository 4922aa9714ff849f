//! Log-ins that are remembered in three ways: by a cookie, in local storage, in IndexedDB. The
//! dashboard behind each shows only while what was remembered is there.

use std::sync::Arc;

use axum::{
    Extension, Json, Router,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::json;

use super::{
    html,
    recording::Recorded,
    router::Area,
    state::{Shared, cookie},
};

/// How it is remembered: the last part of a path, and the words for it.
const WAYS: [(&str, &str); 3] = [
    ("cookie", "a cookie"),
    ("local", "local storage"),
    ("indexed", "a database of the browser"),
];
/// Cookie and header that carry the token.
const TOKEN: &str = "member";

pub fn area() -> Area {
    let routes = Router::new()
        .route("/members/{way}", get(dashboard))
        .route("/members/{way}/login", get(form).post(log_in))
        .route("/members/{way}/account", get(account));
    Area {
        title: "Members",
        pages: &[
            ("/members/cookie/login", "Members, known by a cookie"),
            ("/members/local/login", "Members, known by local storage"),
            ("/members/indexed/login", "Members, known by IndexedDB"),
        ],
        routes,
    }
}

fn words(way: &str) -> Option<&'static str> {
    let known = WAYS.iter().find(|(name, _)| *name == way);
    known.map(|(_, words)| *words)
}

/// What the scripts of both pages share.
fn scripts(way: &str) -> String {
    format!(
        "<script>const way = '{way}';\n{}</script>",
        include_str!("pages/members.js")
    )
}

async fn form(Path(way): Path<String>) -> Response {
    let Some(words) = words(&way) else {
        return html::not_found(&way).into_response();
    };
    let body = format!(
        "<h1>Members</h1>\n<p>Your log-in is kept in {words}.</p>\n\
         <p class=\"error\" role=\"alert\" id=\"wrong\" hidden>Wrong email or password.</p>\n\
         <form id=\"login\"><label for=\"email\">Email</label>\n\
         <input type=\"email\" id=\"email\" name=\"email\" autocomplete=\"username\" required>\n\
         <label for=\"password\">Password</label>\n\
         <input type=\"password\" id=\"password\" name=\"password\" \
          autocomplete=\"current-password\" required>\n\
         <button type=\"submit\">Log in</button></form>\n{}",
        scripts(&way)
    );
    html::page("Log in · Members", &body).into_response()
}

async fn log_in(
    State(shared): State<Arc<Shared>>,
    Path(way): Path<String>,
    Extension(sent): Extension<Arc<Recorded>>,
) -> Response {
    shared.recording.count("member login");
    let user = sent.field("email").unwrap_or_default();
    let password = sent.field("password").unwrap_or_default();
    let Some(token) = shared.log_in(user, password) else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    if way != "cookie" {
        return Json(json!({ "token": token })).into_response();
    }
    let mut answer = StatusCode::NO_CONTENT.into_response();
    let cookie = format!("{TOKEN}={token}; Path=/members; HttpOnly; SameSite=Lax; Max-Age=2592000");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        answer.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    answer
}

async fn dashboard(Path(way): Path<String>) -> Response {
    if words(&way).is_none() {
        return html::not_found(&way).into_response();
    }
    let body = format!(
        "<h1 id=\"title\">One moment</h1>\n<p id=\"greeting\"></p>\n{}",
        scripts(&way)
    );
    html::page("Members", &body).into_response()
}

/// What the dashboard shows, for who has a token.
async fn account(
    State(shared): State<Arc<Shared>>,
    Path(way): Path<String>,
    headers: HeaderMap,
) -> Response {
    let token = match way.as_str() {
        "cookie" => cookie(&headers, TOKEN),
        _ => headers
            .get(TOKEN)
            .and_then(|it| it.to_str().ok())
            .map(str::to_owned),
    };
    match token.and_then(|token| shared.holder(&token)) {
        Some(user) => Json(json!({ "user": user })).into_response(),
        None => StatusCode::UNAUTHORIZED.into_response(),
    }
}
