//! What a user may change.

use std::sync::Arc;

use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, Uri},
    response::{IntoResponse, Response},
};

use super::user;
use crate::site::{
    html::{self, escape},
    recording::Recorded,
    state::Shared,
};

pub async fn page(
    State(shared): State<Arc<Shared>>,
    Extension(sent): Extension<Arc<Recorded>>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Response> {
    let user = user(&shared, &headers, &uri)?;
    let saved = sent.parameter("saved").map_or(
        "",
        |_| "<p class=\"notice\" role=\"status\">Your changes have been saved.</p>",
    );
    let body = format!(
        "<h1>Settings</h1>\n{saved}\n<form method=\"post\" action=\"/portal/settings\">\n\
         <label for=\"display\">Display name</label>\
         <input type=\"text\" id=\"display\" name=\"display\" value=\"{}\">\n\
         <label for=\"language\">Language</label><select id=\"language\" name=\"language\">\
         <option value=\"en\">English</option><option value=\"de\">Deutsch</option>\
         <option value=\"fr\">Français</option></select>\n\
         <fieldset><legend>Notifications</legend>\
         <label class=\"inline\"><input type=\"checkbox\" name=\"notify\" value=\"invoices\" checked> \
         New invoices</label>\
         <label class=\"inline\"><input type=\"checkbox\" name=\"notify\" value=\"reports\"> \
         New reports</label></fieldset>\n<button>Save changes</button>\n</form>",
        escape(user.split('@').next().unwrap_or(user)),
    );
    Ok(super::page(&shared, user, "Settings · Tidewater portal", &body).into_response())
}

pub async fn save(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Response> {
    user(&shared, &headers, &uri)?;
    shared.recording.count("settings");
    Ok(html::see_other("/portal/settings?saved=1").into_response())
}
