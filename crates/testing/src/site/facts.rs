//! Particulars in the markups that pages use for them, and data about a page inside the page.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use serde_json::json;

use super::{
    html::{self, escape},
    router::Area,
    state::Shared,
    world::{Fact, Product},
};

/// Each way to write particulars.
const STYLES: [&str; 5] = ["list", "table", "text", "cards", "pairs"];

pub fn area() -> Area {
    let routes = axum::Router::<Arc<Shared>>::new()
        .route("/definitions", get(mixed))
        .route("/definitions/{style}", get(styled))
        .route("/metadata", get(metadata))
        .route("/metadata/microdata", get(microdata));
    Area {
        title: "Particulars",
        pages: &[
            (
                "/definitions",
                "A booking's particulars, in several markups",
            ),
            ("/definitions/list", "The same as a definition list"),
            ("/definitions/table", "The same as a table of two columns"),
            ("/definitions/text", "The same as lines of text"),
            ("/definitions/cards", "The same as cards"),
            ("/definitions/pairs", "The same as pairs of elements"),
            ("/metadata", "A product described by JSON-LD and OpenGraph"),
            ("/metadata/microdata", "Products described by microdata"),
        ],
        routes,
    }
}

async fn mixed(State(shared): State<Arc<Shared>>) -> Html<String> {
    let mut body = "<h1>Your booking</h1>\n".to_owned();
    for (facts, style) in shared.world.facts.chunks(3).zip(STYLES) {
        body += &written(facts, style);
    }
    html::page("Your booking", &body)
}

async fn styled(State(shared): State<Arc<Shared>>, Path(style): Path<String>) -> Response {
    if !STYLES.contains(&style.as_str()) {
        return html::not_found("such style");
    }
    let facts = written(&shared.world.facts, &style);
    html::page("Your booking", &format!("<h1>Your booking</h1>\n{facts}")).into_response()
}

fn written(facts: &[Fact], style: &str) -> String {
    let mut text = String::new();
    for Fact { label, value } in facts {
        let value = escape(value);
        text += &match style {
            "list" => format!("<dt>{label}</dt><dd>{value}</dd>\n"),
            "table" => format!("<tr><th scope=\"row\">{label}</th><td>{value}</td></tr>\n"),
            "text" => format!("<p><strong>{label}:</strong> {value}</p>\n"),
            "cards" => format!(
                "<div class=\"tile\"><h2>{label}</h2><div class=\"figure\">{value}</div></div>\n"
            ),
            _ => format!(
                "<div class=\"row\"><span class=\"muted\">{label}</span> <span>{value}</span></div>\n"
            ),
        };
    }
    match style {
        "list" => format!("<dl>\n{text}</dl>\n"),
        "table" => format!("<table><tbody>\n{text}</tbody></table>\n"),
        "cards" => format!("<div class=\"tiles\">\n{text}</div>\n"),
        _ => format!("<section>\n{text}</section>\n"),
    }
}

async fn metadata(State(shared): State<Arc<Shared>>) -> Html<String> {
    let Some(product) = shared.world.products.first() else {
        return html::page("No product", "");
    };
    let data = json!({
        "@context": "https://schema.org",
        "@type": "Product",
        "name": product.name,
        "sku": product.sku,
        "description": product.description,
        "offers": {
            "@type": "Offer",
            "price": product.price.plain(),
            "priceCurrency": "USD",
            "availability": "https://schema.org/InStock",
        },
        "aggregateRating": {
            "@type": "AggregateRating",
            "ratingValue": product.stars(),
            "reviewCount": product.reviews,
        },
    });
    let Product {
        name,
        description,
        price,
        ..
    } = product;
    // The visible text says little; the rest stands in the data.
    Html(format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{name}</title>\n\
         <meta name=\"description\" content=\"{description}\">\n\
         <meta property=\"og:title\" content=\"{name}\">\n\
         <meta property=\"og:type\" content=\"product\">\n\
         <meta property=\"product:price:amount\" content=\"{plain}\">\n\
         <meta property=\"product:price:currency\" content=\"USD\">\n\
         <link rel=\"stylesheet\" href=\"/assets/site.css\">\n\
         <script type=\"application/ld+json\">{data}</script>\n</head>\n\
         <body><main><h1>{name}</h1>\n<p>{description}</p>\n<p class=\"price\">{price}</p>\n\
         </main></body>\n</html>\n",
        plain = price.plain(),
    ))
}

async fn microdata(State(shared): State<Arc<Shared>>) -> Html<String> {
    let mut body = "<h1>Products</h1>\n".to_owned();
    for product in shared.world.products.iter().take(5) {
        body += &format!(
            "<div itemscope itemtype=\"https://schema.org/Product\" class=\"card\">\
             <span itemprop=\"name\">{}</span> <meta itemprop=\"sku\" content=\"{}\">\
             <span itemprop=\"offers\" itemscope itemtype=\"https://schema.org/Offer\">\
             <span itemprop=\"price\" content=\"{}\">{}</span>\
             <meta itemprop=\"priceCurrency\" content=\"USD\"></span></div>\n",
            product.name,
            product.sku,
            product.price.plain(),
            product.price
        );
    }
    html::page("Products", &body)
}
