//! The customers, with a search.

use std::sync::Arc;

use axum::{
    Extension,
    extract::{Path, State},
    http::{HeaderMap, Uri},
    response::{IntoResponse, Response},
};

use super::user;
use crate::site::{
    html::{self, escape},
    recording::Recorded,
    state::Shared,
    world::Customer,
};

pub async fn list(
    State(shared): State<Arc<Shared>>,
    Extension(sent): Extension<Arc<Recorded>>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Response> {
    let user = user(&shared, &headers, &uri)?;
    let wanted = sent
        .parameter("q")
        .unwrap_or_default()
        .trim()
        .to_lowercase();
    let fits = |customer: &&Customer| {
        let texts = [
            &*customer.name,
            &*customer.email,
            &*customer.number,
            customer.city,
        ];
        texts
            .iter()
            .any(|text| text.to_lowercase().contains(&wanted))
    };
    let mut rows = String::new();
    let mut count = 0;
    for customer in shared.world.customers.iter().filter(fits) {
        count += 1;
        rows += &format!(
            "<tr><td><a href=\"/portal/customers/{number}\">{number}</a></td><td>{}</td>\
             <td>{}</td><td>{}</td><td>{}</td></tr>\n",
            escape(&customer.name),
            escape(&customer.email),
            customer.city,
            customer.plan,
            number = customer.number,
        );
    }
    let found = match count {
        0 => format!(
            "<p role=\"status\">No customers found for “{}”.</p>",
            escape(sent.parameter("q").unwrap_or_default().trim())
        ),
        1 => "<p role=\"status\">1 customer</p>".to_owned(),
        _ => format!("<p role=\"status\">{count} customers</p>"),
    };
    let table = if count == 0 {
        String::new()
    } else {
        format!(
            "<table><thead><tr><th>Customer number</th><th>Name</th><th>Email</th><th>City</th>\
             <th>Plan</th></tr></thead><tbody>\n{rows}</tbody></table>"
        )
    };
    let body = format!(
        "<h1>Customers</h1>\n<form role=\"search\" action=\"/portal/customers\">\
         <input type=\"search\" name=\"q\" value=\"{}\" aria-label=\"Search customers\" \
         placeholder=\"Name, email or number\"> <button>Search</button></form>\n{found}\n{table}",
        escape(sent.parameter("q").unwrap_or_default()),
    );
    Ok(super::page(&shared, user, "Customers · Tidewater portal", &body).into_response())
}

pub async fn one(
    State(shared): State<Arc<Shared>>,
    Path(number): Path<String>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Response> {
    let user = user(&shared, &headers, &uri)?;
    let mut customers = shared.world.customers.iter();
    let Some(customer) = customers.find(|customer| customer.number == number) else {
        return Err(html::not_found("customer"));
    };
    let invoices = shared
        .world
        .invoices
        .iter()
        .filter(|it| it.customer == customer.name)
        .count();
    let name = escape(&customer.name);
    let body = format!(
        "<h1>{name}</h1>\n<dl>\n<dt>Customer number</dt><dd>{}</dd>\n<dt>Name</dt><dd>{name}</dd>\n\
         <dt>Email</dt><dd>{}</dd>\n<dt>Phone</dt><dd>{}</dd>\n<dt>City</dt><dd>{}</dd>\n\
         <dt>Plan</dt><dd>{}</dd>\n<dt>Invoices</dt><dd>{invoices}</dd>\n</dl>",
        customer.number,
        escape(&customer.email),
        customer.phone,
        customer.city,
        customer.plan,
    );
    let title = format!("{} · Tidewater portal", customer.name);
    Ok(super::page(&shared, user, &title, &body).into_response())
}
