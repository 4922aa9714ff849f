//! Quarterly reports, to download.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::{HeaderMap, Uri},
    response::{IntoResponse, Response},
};

use super::{document, user};
use crate::site::{chance::Chance, html, state::Shared, world::Money};

/// The newest report: how its file and how its quarter is called.
pub const LATEST: (&str, &str) = QUARTERS[0];
/// The newest first.
const QUARTERS: [(&str, &str); 4] = [
    ("2026-q3", "Q3 2026"),
    ("2026-q2", "Q2 2026"),
    ("2026-q1", "Q1 2026"),
    ("2025-q4", "Q4 2025"),
];

pub async fn list(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Response> {
    let user = user(&shared, &headers, &uri)?;
    let mut items = String::new();
    for (index, (name, title)) in QUARTERS.iter().enumerate() {
        let newest = if index == 0 { " (latest)" } else { "" };
        items += &format!(
            "<li class=\"card\"><h2>Quarterly report {title}{newest}</h2>\
             <p class=\"muted\">Revenue, costs and open items of the quarter.</p>\
             <a class=\"button\" href=\"/portal/reports/quarterly-report-{name}.pdf\">\
             Download report <span class=\"sr-only\">{title}</span></a>\
             <a class=\"button plain\" href=\"/portal/reports/quarterly-report-{name}.csv\">\
             CSV <span class=\"sr-only\">{title}</span></a></li>\n"
        );
    }
    let body = format!("<h1>Reports</h1>\n<ul class=\"grid\">\n{items}</ul>");
    Ok(super::page(&shared, user, "Reports · Tidewater portal", &body).into_response())
}

pub async fn one(
    State(shared): State<Arc<Shared>>,
    Path(file): Path<String>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Response> {
    user(&shared, &headers, &uri)?;
    let (name, kind) = file.rsplit_once('.').unwrap_or((&file, ""));
    let known = QUARTERS
        .iter()
        .find(|it| name.strip_prefix("quarterly-report-") == Some(it.0));
    let Some((quarter, title)) = known else {
        return Err(html::not_found("report"));
    };
    let mut chance = Chance::new(shared.world.seed, quarter);
    let revenue = Money(chance.between(8_000_000, 19_000_000));
    let costs = Money(chance.between(3_000_000, 7_900_000));
    match kind {
        "pdf" => {
            let lines = [
                format!("Quarterly report {title}"),
                format!("Revenue: {revenue}"),
                format!("Costs: {costs}"),
                format!("Result: {}", Money(revenue.0 - costs.0)),
            ];
            Ok(html::download(
                &file,
                "application/pdf",
                document::pdf(&lines),
            ))
        }
        "csv" => {
            let text = format!(
                "quarter,revenue,costs\r\n{title},{},{}\r\n",
                revenue.plain(),
                costs.plain()
            );
            Ok(html::download(
                &file,
                "text/csv; charset=utf-8",
                text.into_bytes(),
            ))
        }
        _ => Err(html::not_found("report").into_response()),
    }
}
