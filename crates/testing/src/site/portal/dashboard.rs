//! The first page after logging in.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, Uri},
    response::{IntoResponse, Response},
};

use super::{reports, user};
use crate::site::{
    html::escape,
    state::Shared,
    world::{Invoice, Money},
};

pub async fn page(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Response> {
    let user = user(&shared, &headers, &uri)?;
    let world = &shared.world;
    let open = |invoice: &&Invoice| invoice.status != "Paid";
    let count = world.invoices.iter().filter(open).count();
    let sum = world
        .invoices
        .iter()
        .filter(open)
        .map(|invoice| invoice.amount.0)
        .sum();
    let mut recent = String::new();
    for invoice in world.invoices.iter().take(3) {
        recent += &format!(
            "<li><a href=\"/portal/invoices/{number}\">{number}</a> for {}</li>",
            escape(&invoice.customer),
            number = invoice.number,
        );
    }
    let (quarter, title) = reports::LATEST;
    let body = format!(
        "<h1>Welcome back</h1>\n<p>You are logged in as <strong>{}</strong>.</p>\n\
         <div class=\"tiles\">\n\
         <section class=\"tile\"><h2>{}</h2><p class=\"figure\">{}</p></section>\n\
         <section class=\"tile\"><h2>Open invoices</h2><p class=\"figure\">{count}</p></section>\n\
         <section class=\"tile\"><h2>Outstanding</h2><p class=\"figure\">{}</p></section>\n\
         </div>\n<h2>Latest</h2><ul>{recent}</ul>\n<h2>Documents</h2>\n\
         <ul><li><a href=\"/portal/reports/quarterly-report-{quarter}.pdf\">Quarterly report</a> \
         <span class=\"muted\">{title}, PDF</span></li></ul>",
        escape(user),
        world.labels.balance,
        world.balance,
        Money(sum),
    );
    Ok(super::page(&shared, user, "Dashboard · Tidewater portal", &body).into_response())
}
