//! The invoices: a table over several pages, a page for each, and files.

use std::sync::Arc;

use axum::{
    Extension,
    extract::{Path, State},
    http::{HeaderMap, Uri},
    response::{IntoResponse, Response},
};

use super::{document, user};
use crate::site::{
    html::{self, escape},
    recording::Recorded,
    state::Shared,
    world::{Column, Invoice, Labels},
};

/// Invoices on a page.
const PAGE: usize = 10;

pub async fn list(
    State(shared): State<Arc<Shared>>,
    Extension(sent): Extension<Arc<Recorded>>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Response> {
    let user = user(&shared, &headers, &uri)?;
    let labels = &shared.world.labels;
    let status = sent.parameter("status").unwrap_or_default();
    let chosen = shared.world.invoices.iter();
    let chosen: Vec<&Invoice> = chosen
        .filter(|invoice| status.is_empty() || invoice.status == status)
        .collect();
    let last = chosen.len().div_ceil(PAGE).max(1);
    let current = sent
        .parameter("page")
        .and_then(|page| page.parse().ok())
        .unwrap_or(1);
    let current = usize::clamp(current, 1, last);
    let mut head = String::new();
    for (column, word) in &labels.columns {
        let class = if *column == Column::Amount {
            " class=\"number\""
        } else {
            ""
        };
        head += &format!("<th scope=\"col\"{class}>{word}</th>");
    }
    let mut rows = String::new();
    for invoice in chosen.iter().skip((current - 1) * PAGE).take(PAGE) {
        rows += &row(invoice, labels);
    }
    let options: String = ["Paid", "Open", "Overdue"]
        .iter()
        .map(|it| {
            format!(
                "<option{}>{it}</option>",
                if *it == status { " selected" } else { "" }
            )
        })
        .collect();
    let path = format!("/portal/invoices?status={}&amp;", escape(status));
    let body = format!(
        "<h1>{title}</h1>\n<form class=\"inline\" action=\"/portal/invoices\">\
         <label for=\"status\">Status</label><select id=\"status\" name=\"status\">\
         <option value=\"\">All</option>{options}</select> <button>Filter</button></form>\n\
         <p>{count} invoices. <a href=\"/portal/invoices.csv\">Export all as CSV</a></p>\n\
         <table id=\"invoices\">\n<thead><tr>{head}<th scope=\"col\">Download</th></tr></thead>\n\
         <tbody>\n{rows}</tbody>\n</table>\n{pager}",
        title = labels.invoices,
        count = chosen.len(),
        pager = html::pager(&path, current, last, labels.pager),
    );
    let title = format!("{} · Tidewater portal", labels.invoices);
    Ok(super::page(&shared, user, &title, &body).into_response())
}

fn row(invoice: &Invoice, labels: &Labels) -> String {
    let mut cells = String::new();
    for (column, _) in &labels.columns {
        cells += &match column {
            Column::Number => {
                format!(
                    "<td><a href=\"/portal/invoices/{0}\">{0}</a></td>",
                    invoice.number
                )
            }
            Column::Date => format!("<td>{}</td>", invoice.date.text(labels.dates)),
            Column::Customer => format!("<td>{}</td>", escape(&invoice.customer)),
            Column::Amount => format!("<td class=\"number\">{}</td>", invoice.amount),
            Column::Status => format!("<td>{}</td>", invoice.status),
        };
    }
    let number = &invoice.number;
    format!(
        "<tr>{cells}<td><a href=\"/portal/invoices/{number}.pdf\" aria-label=\"PDF of {number}\">\
         PDF</a> <a href=\"/portal/invoices/{number}.csv\" aria-label=\"CSV of {number}\">CSV</a>\
         </td></tr>\n"
    )
}

/// All invoices as CSV.
pub async fn all(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Response> {
    user(&shared, &headers, &uri)?;
    Ok(html::download(
        "invoices.csv",
        "text/csv; charset=utf-8",
        csv(&shared.world.invoices),
    ))
}

/// An invoice's page, or its file where the path ends so.
pub async fn one(
    State(shared): State<Arc<Shared>>,
    Path(file): Path<String>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Response> {
    let user = user(&shared, &headers, &uri)?;
    let labels = &shared.world.labels;
    let (number, kind) = file.rsplit_once('.').unwrap_or((&file, ""));
    let mut invoices = shared.world.invoices.iter();
    let Some(invoice) = invoices.find(|invoice| invoice.number == number) else {
        return Err(html::not_found("invoice"));
    };
    match kind {
        "csv" => {
            let content = csv(std::slice::from_ref(invoice));
            Ok(html::download(
                &format!("{number}.csv"),
                "text/csv; charset=utf-8",
                content,
            ))
        }
        "pdf" => {
            let lines = [
                format!("Invoice {number}"),
                format!("Date: {}", invoice.date.text(labels.dates)),
                format!("Due: {}", invoice.due.text(labels.dates)),
                format!("Billed to: {}", invoice.customer),
                format!("Amount due: {}", invoice.amount),
                format!("Status: {}", invoice.status),
            ];
            let content = document::pdf(&lines);
            Ok(html::download(
                &format!("{number}.pdf"),
                "application/pdf",
                content,
            ))
        }
        _ => {
            let body = format!(
                "<h1>Invoice {number}</h1>\n<dl>\n<dt>Number</dt><dd>{number}</dd>\n\
                 <dt>Date</dt><dd>{}</dd>\n<dt>Due date</dt><dd>{}</dd>\n\
                 <dt>Customer</dt><dd>{}</dd>\n<dt>Amount</dt><dd>{}</dd>\n\
                 <dt>Status</dt><dd>{}</dd>\n</dl>\n\
                 <p><a class=\"button\" href=\"/portal/invoices/{number}.pdf\">Download PDF</a> \
                 <a class=\"button plain\" href=\"/portal/invoices/{number}.csv\">Download CSV</a>\
                 </p>",
                invoice.date.text(labels.dates),
                invoice.due.text(labels.dates),
                escape(&invoice.customer),
                invoice.amount,
                invoice.status,
            );
            let title = format!("Invoice {number} · Tidewater portal");
            Ok(super::page(&shared, user, &title, &body).into_response())
        }
    }
}

fn csv(invoices: &[Invoice]) -> Vec<u8> {
    let mut text = "number,date,due,customer,amount,status\r\n".to_owned();
    for invoice in invoices {
        text += &format!(
            "{},{},{},\"{}\",{},{}\r\n",
            invoice.number,
            invoice.date.iso(),
            invoice.due.iso(),
            invoice.customer,
            invoice.amount.plain(),
            invoice.status,
        );
    }
    text.into_bytes()
}
