//! The products: as cards, as a list, or as articles, by the seed.

use std::sync::Arc;

use axum::{
    Extension,
    extract::{Path, State},
    response::{Html, IntoResponse, Response},
};

use super::page;
use crate::site::{
    html::{self, escape},
    recording::Recorded,
    state::Shared,
    world::Product,
};

pub async fn list(
    State(shared): State<Arc<Shared>>,
    Extension(sent): Extension<Arc<Recorded>>,
) -> Html<String> {
    let wanted = sent
        .parameter("q")
        .unwrap_or_default()
        .trim()
        .to_lowercase();
    let category = sent.parameter("category").unwrap_or_default();
    let fits = |product: &&Product| {
        (category.is_empty() || product.category == category)
            && product.name.to_lowercase().contains(&wanted)
    };
    let mut products: Vec<&Product> = shared.world.products.iter().filter(fits).collect();
    match sent.parameter("sort") {
        Some("price") => products.sort_by_key(|product| product.price),
        Some("rating") => products.sort_by_key(|product| std::cmp::Reverse(product.rating)),
        _ => {}
    }
    let mut items = String::new();
    for product in &products {
        items += &item(&shared, product);
    }
    let list = match shared.world.labels.shop_layout {
        0 => format!("<ul class=\"grid\">\n{items}</ul>"),
        1 => format!("<div class=\"grid\" role=\"list\">\n{items}</div>"),
        _ => format!("<section class=\"grid\" aria-label=\"Products\">\n{items}</section>"),
    };
    let count = match products.len() {
        0 => "No products found.".to_owned(),
        1 => "1 product".to_owned(),
        count => format!("{count} products"),
    };
    let body = format!(
        "<h1>Shop</h1>\n<form class=\"inline\" role=\"search\" action=\"/shop\">\
         <input type=\"search\" name=\"q\" value=\"{}\" aria-label=\"Search products\" \
         placeholder=\"Search products\"> <label for=\"category\">Category</label>\
         <select id=\"category\" name=\"category\"><option value=\"\">All</option>{}</select> \
         <label for=\"sort\">Sort by</label><select id=\"sort\" name=\"sort\">{}</select> \
         <button>Search</button></form>\n<p role=\"status\">{count}</p>\n{list}",
        escape(sent.parameter("q").unwrap_or_default()),
        options(
            &["Kitchen", "Home", "Outdoor", "Office"].map(|it| (it, it)),
            category
        ),
        options(
            &[("", "Featured"), ("price", "Price"), ("rating", "Rating")],
            sent.parameter("sort").unwrap_or_default()
        ),
    );
    page(&shared, "Shop · Tidewater", &body)
}

fn options(choices: &[(&str, &str)], chosen: &str) -> String {
    let selected = |value: &str| if value == chosen { " selected" } else { "" };
    choices
        .iter()
        .map(|(value, text)| {
            format!(
                "<option value=\"{value}\"{}>{text}</option>",
                selected(value)
            )
        })
        .collect()
}

fn item(shared: &Shared, product: &Product) -> String {
    let link = format!(
        "<a href=\"/shop/product/{}\">{}</a>",
        product.sku, product.name
    );
    let stars = product.stars();
    let reviews = product.reviews;
    let button = button(shared, product);
    match shared.world.labels.shop_layout {
        0 => format!(
            "<li class=\"card\"><h2>{link}</h2><p class=\"price\">{}</p>\
             <p class=\"muted\">Rating: {stars} ({reviews} reviews)</p>{button}</li>\n",
            product.price
        ),
        1 => format!(
            "<div class=\"card\" role=\"listitem\"><div class=\"muted\">{}</div>\
             <h3>{link}</h3><span aria-label=\"{stars} out of 5 stars\">★ {stars}</span> \
             <span class=\"muted\">{reviews} ratings</span>\
             <div class=\"price\">{}</div>{button}</div>\n",
            product.category, product.price
        ),
        _ => format!(
            "<article class=\"card\" data-sku=\"{}\"><h2>{link}</h2><p>{}</p>\
             <p>Price: <span class=\"price\">{}</span></p>\
             <p>Rating: <span>{stars}</span> / 5</p>{button}</article>\n",
            product.sku, product.description, product.price
        ),
    }
}

fn button(shared: &Shared, product: &Product) -> String {
    if product.stock == 0 {
        return "<p class=\"muted\">Out of stock</p>".to_owned();
    }
    format!(
        "<form method=\"post\" action=\"/shop/cart\">\
         <input type=\"hidden\" name=\"sku\" value=\"{}\">\
         <button aria-label=\"{word}: {}\">{word}</button></form>",
        product.sku,
        product.name,
        word = shared.world.labels.add_to_cart,
    )
}

pub async fn one(State(shared): State<Arc<Shared>>, Path(sku): Path<String>) -> Response {
    let Some(product) = shared
        .world
        .products
        .iter()
        .find(|product| product.sku == sku)
    else {
        return html::not_found("product");
    };
    let buy = if product.stock == 0 {
        "<p class=\"error\">Out of stock</p>".to_owned()
    } else {
        format!(
            "<form method=\"post\" action=\"/shop/cart\">\
             <input type=\"hidden\" name=\"sku\" value=\"{sku}\">\
             <label for=\"quantity\">Quantity</label>\
             <input type=\"number\" id=\"quantity\" name=\"quantity\" value=\"1\" min=\"1\" \
             max=\"9\"> <button>{}</button></form>",
            shared.world.labels.add_to_cart,
        )
    };
    let body = format!(
        "<h1>{}</h1>\n<p>{}</p>\n<p class=\"figure\">{}</p>\n<dl><dt>Article</dt><dd>{sku}</dd>\
         <dt>Category</dt><dd>{}</dd><dt>Rating</dt><dd>{} of 5 ({} reviews)</dd></dl>\n{buy}",
        product.name,
        product.description,
        product.price,
        product.category,
        product.stars(),
        product.reviews,
    );
    page(&shared, &format!("{} · Tidewater", product.name), &body).into_response()
}
