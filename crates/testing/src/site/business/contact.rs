//! A short form whose labels, ids and order follow from the seed.

use std::sync::Arc;

use axum::{
    Extension,
    extract::State,
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};

use crate::site::{html::escape, recording::Recorded, state::Shared};

pub async fn page(
    State(shared): State<Arc<Shared>>,
    Extension(sent): Extension<Arc<Recorded>>,
) -> Html<String> {
    form(&shared, &sent, "")
}

fn form(shared: &Shared, sent: &Recorded, error: &str) -> Html<String> {
    let labels = &shared.world.labels;
    let mut fields = String::new();
    for field in &labels.contact {
        let value = escape(sent.field(field.name).unwrap_or_default());
        fields += &format!("<label for=\"{}\">{}</label>", field.id, field.label);
        fields += &match field.name {
            "message" => format!(
                "<textarea id=\"{}\" name=\"message\" rows=\"4\">{value}</textarea>\n",
                field.id
            ),
            name => format!(
                "<input type=\"{}\" id=\"{}\" name=\"{name}\" value=\"{value}\">\n",
                match name {
                    "email" => "email",
                    "phone" => "tel",
                    _ => "text",
                },
                field.id
            ),
        };
    }
    let body = format!(
        "<h1>Contact us</h1>\n{error}\n<form method=\"post\" action=\"/contact\" novalidate>\n\
         {fields}<p><button>{}</button></p>\n</form>",
        labels.send
    );
    super::page(shared, "Contact · Tidewater", &body)
}

pub async fn submit(
    State(shared): State<Arc<Shared>>,
    Extension(sent): Extension<Arc<Recorded>>,
) -> Response {
    let complete = ["name", "email", "message"].iter().all(|name| {
        sent.field(name)
            .is_some_and(|value| !value.trim().is_empty())
    });
    if !complete || !sent.field("email").is_some_and(|email| email.contains('@')) {
        let error = "<p class=\"error\" role=\"alert\">Please give your name, a valid e-mail \
                     address and a message.</p>";
        return (
            StatusCode::UNPROCESSABLE_ENTITY,
            form(&shared, &sent, error),
        )
            .into_response();
    }
    let count = shared.recording.count("contact");
    let body = format!(
        "<h1>Message sent</h1>\n<p class=\"notice\" role=\"status\">Thank you, {}. Your message \
         has reached us. Reference: M-{count}</p>",
        escape(sent.field("name").unwrap_or_default())
    );
    super::page(&shared, "Message sent · Tidewater", &body).into_response()
}
