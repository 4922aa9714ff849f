//! Logging in and out.

use std::sync::Arc;

use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::site::{
    html::{self, escape},
    recording::Recorded,
    state::Shared,
};

pub async fn page(
    State(shared): State<Arc<Shared>>,
    Extension(sent): Extension<Arc<Recorded>>,
) -> Response {
    let out = (sent.parameter("out").is_some())
        .then_some("<p class=\"notice\" role=\"status\">You have been logged out.</p>");
    form(&shared, &sent, out.unwrap_or_default(), "").into_response()
}

pub async fn submit(
    State(shared): State<Arc<Shared>>,
    Extension(sent): Extension<Arc<Recorded>>,
) -> Response {
    shared.recording.count("login");
    let labels = &shared.world.labels;
    let user = sent.field(labels.user.name).unwrap_or_default();
    let password = sent.field(labels.password.name).unwrap_or_default();
    let Some(token) = shared.log_in(user, password) else {
        let error = format!(
            "<p class=\"error\" role=\"alert\">{}</p>",
            labels.wrong_password
        );
        return (StatusCode::UNAUTHORIZED, form(&shared, &sent, &error, user)).into_response();
    };
    let mut answer = html::see_other(next(&sent));
    let life = if sent.field("remember").is_some() {
        "; Max-Age=2592000"
    } else {
        ""
    };
    let cookie = format!("session={token}; Path=/; HttpOnly; SameSite=Lax{life}");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        answer.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    answer
}

pub async fn leave(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    shared.log_out(&headers);
    let mut answer = html::see_other("/portal/login?out=1");
    let gone = HeaderValue::from_static("session=; Path=/; HttpOnly; Max-Age=0");
    answer.headers_mut().insert(header::SET_COOKIE, gone);
    answer
}

/// Where the user wanted to go; paths of the portal only.
fn next(sent: &Recorded) -> &str {
    let wanted = sent
        .parameter("next")
        .filter(|path| path.starts_with("/portal/"));
    wanted.unwrap_or("/portal/dashboard")
}

fn form(
    shared: &Shared,
    sent: &Recorded,
    message: &str,
    user: &str,
) -> axum::response::Html<String> {
    let labels = &shared.world.labels;
    let (field, secret) = (&labels.user, &labels.password);
    let encoded: String = url::form_urlencoded::byte_serialize(next(sent).as_bytes()).collect();
    let kind = if field.name == "email" {
        "email"
    } else {
        "text"
    };
    let body = format!(
        "<h1>{title}</h1>\n{message}\n\
         <form method=\"post\" action=\"/portal/login?next={encoded}\">\n\
         <label for=\"{user_id}\">{user_label}</label>\n\
         <input type=\"{kind}\" id=\"{user_id}\" name=\"{user_name}\" value=\"{value}\" \
          autocomplete=\"username\" required>\n\
         <label for=\"{secret_id}\">{secret_label}</label>\n\
         <input type=\"password\" id=\"{secret_id}\" name=\"{secret_name}\" \
          autocomplete=\"current-password\" required>\n\
         <p><label class=\"inline\"><input type=\"checkbox\" name=\"remember\" value=\"1\"> \
          {remember}</label></p>\n\
         <button type=\"submit\">{title}</button>\n</form>\n\
         <p class=\"muted\"><a href=\"/contact\">Trouble getting in? Write to us.</a></p>",
        title = labels.log_in,
        user_id = field.id,
        user_label = field.label,
        user_name = field.name,
        value = escape(user),
        secret_id = secret.id,
        secret_label = secret.label,
        secret_name = secret.name,
        remember = labels.remember,
    );
    html::page(&format!("{} · Tidewater portal", labels.log_in), &body)
}
