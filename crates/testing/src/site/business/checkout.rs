//! Buying what lies in the cart.

use std::sync::Arc;

use axum::{
    Extension,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{Html, IntoResponse, Response},
};

use super::cart;
use crate::site::{
    html::{self, escape},
    recording::Recorded,
    state::Shared,
};

const FIELDS: [(&str, &str, &str); 4] = [
    ("name", "Full name", "name"),
    ("street", "Street and number", "street-address"),
    ("postcode", "Postcode", "postal-code"),
    ("city", "City", "address-level2"),
];

pub async fn page(
    State(shared): State<Arc<Shared>>,
    Extension(sent): Extension<Arc<Recorded>>,
    headers: HeaderMap,
) -> Html<String> {
    form(&shared, &sent, &headers, "")
}

fn form(shared: &Shared, sent: &Recorded, headers: &HeaderMap, error: &str) -> Html<String> {
    let labels = &shared.world.labels;
    let content = cart::content(shared, headers);
    if content.is_empty() {
        let body = "<h1>Checkout</h1><p>Your cart is empty. <a href=\"/shop\">Go shopping</a></p>";
        return super::page(shared, "Checkout · Tidewater", body);
    }
    let mut fields = String::new();
    for (name, label, autocomplete) in FIELDS {
        fields += &format!(
            "<label for=\"ship-{name}\">{label}</label><input type=\"text\" id=\"ship-{name}\" \
             name=\"{name}\" value=\"{}\" autocomplete=\"{autocomplete}\">\n",
            escape(sent.field(name).unwrap_or_default())
        );
    }
    let body = format!(
        "<h1>Checkout</h1>\n{error}\n{table}\n<form method=\"post\" action=\"/shop/checkout\">\n\
         {fields}<label for=\"country\">Country</label><select id=\"country\" name=\"country\">\
         <option value=\"\">Please choose</option><option value=\"AT\">Austria</option>\
         <option value=\"DK\">Denmark</option><option value=\"NL\">Netherlands</option>\
         <option value=\"NO\">Norway</option><option value=\"GB\">United Kingdom</option></select>\n\
         <fieldset><legend>Delivery</legend>\
         <label class=\"inline\"><input type=\"radio\" name=\"delivery\" value=\"standard\" checked> \
         Standard (3 days)</label>\
         <label class=\"inline\"><input type=\"radio\" name=\"delivery\" value=\"express\"> \
         Express (1 day)</label></fieldset>\n\
         <p><label class=\"inline\"><input type=\"checkbox\" name=\"terms\" value=\"yes\"> \
         I accept the terms of sale</label></p>\n<button>{button}</button>\n</form>",
        table = cart::table(&content, false),
        button = labels.place_order,
    );
    super::page(shared, "Checkout · Tidewater", &body)
}

pub async fn submit(
    State(shared): State<Arc<Shared>>,
    Extension(sent): Extension<Arc<Recorded>>,
    headers: HeaderMap,
) -> Response {
    let mut missing = Vec::new();
    for (name, label, _) in FIELDS {
        if sent.field(name).is_none_or(|value| value.trim().is_empty()) {
            missing.push(label);
        }
    }
    if sent.field("terms").is_none() {
        missing.push("The terms of sale");
    }
    if !missing.is_empty() || cart::content(&shared, &headers).is_empty() {
        let items: String = missing
            .iter()
            .map(|it| format!("<li>{it} is required</li>"))
            .collect();
        let error = format!("<ul class=\"error\" role=\"alert\">{items}</ul>");
        let page = form(&shared, &sent, &headers, &error);
        return (StatusCode::UNPROCESSABLE_ENTITY, page).into_response();
    }
    let number = 7_000 + shared.recording.count("order");
    cart::keep(html::see_other(&format!("/shop/orders/{number}")), &[])
}

pub async fn order(State(shared): State<Arc<Shared>>, Path(number): Path<u32>) -> Response {
    let orders = 7_001..=7_000 + shared.recording.submits("order");
    if !orders.contains(&number) {
        return html::not_found("order");
    }
    let body = format!(
        "<h1>Thank you for your order</h1>\n<p class=\"notice\" role=\"status\">\
         Order number: <strong>{number}</strong></p>\n<p><a href=\"/shop\">Back to the shop</a></p>"
    );
    super::page(&shared, "Order · Tidewater", &body).into_response()
}
