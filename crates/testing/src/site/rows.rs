//! A table of many rows.

use std::{fmt::Write, sync::Arc};

use axum::{Extension, extract::State, response::Html, routing::get};

use super::{
    chance::Chance,
    html,
    recording::Recorded,
    router::Area,
    state::Shared,
    world::{Date, Money},
};

/// Rows where the query names no number, and the most it may name.
const ROWS: u64 = 5_000;
const MOST: u64 = 50_000;

pub fn area() -> Area {
    Area {
        title: "Large",
        pages: &[
            ("/rows", "A table of 5,000 rows"),
            ("/rows?count=200", "A table of 200 rows"),
        ],
        routes: axum::Router::<Arc<Shared>>::new()
            .route("/rows", get(table))
            .route("/rows/{code}", get(row)),
    }
}

async fn table(
    State(shared): State<Arc<Shared>>,
    Extension(sent): Extension<Arc<Recorded>>,
) -> Html<String> {
    let count = sent.number("count").unwrap_or(ROWS).min(MOST);
    let mut chance = Chance::new(shared.world.seed, "rows");
    let mut date = Date {
        year: 2026,
        month: 10,
        day: 28,
    };
    let mut rows = String::new();
    for index in 1..=count {
        if chance.below(8) == 0 {
            date = date.before();
        }
        let code = code(index);
        // Writing to a string never fails.
        let _ = writeln!(
            rows,
            "<tr><td>{index}</td><td><a href=\"/rows/{code}\">{code}</a></td><td>{}</td>\
             <td>{}</td><td class=\"number\">{}</td><td>{}</td>\
             <td><button type=\"button\" class=\"plain\">Reorder</button></td></tr>",
            chance.pick([
                "Rope",
                "Lantern oil",
                "Canvas",
                "Anchor chain",
                "Tar",
                "Biscuits"
            ]),
            date.iso(),
            Money(chance.between(100, 99_999)),
            chance.pick(["In stock", "Low", "Ordered"]),
        );
    }
    let body = format!(
        "<h1>Stores</h1>\n<p>{count} articles</p>\n<label for=\"find\">Find in stores</label>\
         <input type=\"search\" id=\"find\">\n<table>\n<thead><tr><th>Row</th><th>Code</th>\
         <th>Article</th><th>Last order</th><th class=\"number\">Value</th><th>Stock</th>\
         <th>Action</th></tr></thead>\n<tbody>\n{rows}</tbody>\n</table>"
    );
    html::page("Stores", &body)
}

async fn row(axum::extract::Path(code): axum::extract::Path<String>) -> Html<String> {
    let code = html::escape(&code);
    html::page("Article", &format!("<h1>Article {code}</h1>"))
}

fn code(index: u64) -> String {
    format!("ST-{:05}", index * 7)
}
