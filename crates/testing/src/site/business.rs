//! The business's public side: a shop and a contact form.

mod cart;
mod checkout;
mod contact;
mod shop;

use std::sync::Arc;

use axum::routing::{get, post};

use super::{html, router::Area, state::Shared};

pub fn area() -> Area {
    let routes = axum::Router::<Arc<Shared>>::new()
        .route("/shop", get(shop::list))
        .route("/shop/product/{sku}", get(shop::one))
        .route("/shop/cart", get(cart::page).post(cart::add))
        .route("/shop/cart/remove", post(cart::remove))
        .route("/shop/checkout", get(checkout::page).post(checkout::submit))
        .route("/shop/orders/{number}", get(checkout::order))
        .route("/contact", get(contact::page).post(contact::submit));
    Area {
        title: "Shop",
        pages: &[
            ("/shop", "Products with prices and ratings"),
            ("/shop/cart", "The cart"),
            ("/shop/checkout", "Checkout"),
            ("/contact", "Contact form"),
        ],
        routes,
    }
}

fn page(shared: &Shared, title: &str, body: &str) -> axum::response::Html<String> {
    let links = format!(
        "<a href=\"/shop\">Shop</a><a href=\"/shop/cart\">{}</a><a href=\"/contact\">Contact</a>",
        shared.world.labels.cart
    );
    html::framed(title, &links, body)
}
