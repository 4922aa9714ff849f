//! The customer portal: behind a log-in, with invoices, customers and reports.

mod customers;
mod dashboard;
mod document;
mod invoices;
mod login;
mod reports;
mod settings;

use std::sync::Arc;

use axum::{
    http::{HeaderMap, Uri},
    response::{Html, Response},
    routing::get,
};

use super::{
    html::{self, escape},
    router::Area,
    state::Shared,
};

pub fn area() -> Area {
    let routes = axum::Router::new()
        .route(
            "/portal",
            get(|| async { html::see_other("/portal/dashboard") }),
        )
        .route("/login", get(|| async { html::see_other("/portal/login") }))
        .route("/portal/login", get(login::page).post(login::submit))
        .route("/portal/logout", get(login::leave).post(login::leave))
        .route("/portal/dashboard", get(dashboard::page))
        .route("/portal/invoices", get(invoices::list))
        .route("/portal/invoices.csv", get(invoices::all))
        .route("/portal/invoices/{file}", get(invoices::one))
        .route("/portal/customers", get(customers::list))
        .route("/portal/customers/{number}", get(customers::one))
        .route("/portal/reports", get(reports::list))
        .route("/portal/reports/{file}", get(reports::one))
        .route("/portal/settings", get(settings::page).post(settings::save));
    Area {
        title: "Customer portal",
        pages: &[
            (
                "/portal/login",
                "Log in to the portal (demo@example.com / errand-demo)",
            ),
            ("/portal/dashboard", "Dashboard with the account balance"),
            ("/portal/invoices", "Invoices, with CSV and PDF downloads"),
            ("/portal/customers", "Customers, with a search"),
            ("/portal/reports", "Quarterly reports to download"),
            ("/portal/settings", "Settings"),
        ],
        routes,
    }
}

/// Who is logged in, or the way to the log-in page and back.
fn user(shared: &Shared, headers: &HeaderMap, uri: &Uri) -> Result<&'static str, Response> {
    let wanted = uri
        .path_and_query()
        .map_or("/portal/dashboard", |it| it.as_str());
    let encoded: String = url::form_urlencoded::byte_serialize(wanted.as_bytes()).collect();
    shared
        .user(headers)
        .ok_or_else(|| html::see_other(&format!("/portal/login?next={encoded}")))
}

/// A page of the portal, with its links.
fn page(shared: &Arc<Shared>, user: &str, title: &str, body: &str) -> Html<String> {
    let labels = &shared.world.labels;
    let mut links = String::new();
    for (word, path) in &labels.links {
        links += &format!("<a href=\"{path}\">{word}</a>");
    }
    links += &format!(
        "<span class=\"muted\">{}</span> \
         <form method=\"post\" action=\"/portal/logout\"><button class=\"plain\">{}</button></form>",
        escape(user),
        labels.log_out
    );
    html::framed(title, &links, body)
}
