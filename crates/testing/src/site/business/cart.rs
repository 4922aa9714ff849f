//! The cart. It lives in a cookie, so that a restored browser still has it.

use std::sync::Arc;

use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{Html, Response},
};

use crate::site::{
    html,
    recording::Recorded,
    state::{Shared, cookie},
    world::{Money, Product},
};

/// The most of one product.
const MOST: u64 = 9;

/// What lies in the request's cart: known products only.
pub fn content<'a>(shared: &'a Shared, headers: &HeaderMap) -> Vec<(&'a Product, u64)> {
    let stored = cookie(headers, "cart").unwrap_or_default();
    let entry = |part: &str| {
        let (sku, quantity) = part.split_once(':')?;
        let product = shared
            .world
            .products
            .iter()
            .find(|product| product.sku == sku)?;
        let quantity: u64 = quantity.parse().ok()?;
        (quantity > 0).then_some((product, quantity.min(MOST)))
    };
    stored
        .split('.')
        .filter_map(entry)
        .take(shared.world.products.len())
        .collect()
}

/// What the cart costs.
pub fn total(content: &[(&Product, u64)]) -> Money {
    Money(
        content
            .iter()
            .map(|(product, quantity)| product.price.0 * quantity)
            .sum(),
    )
}

/// An answer that leaves this in the cart.
pub fn keep(mut answer: Response, content: &[(&Product, u64)]) -> Response {
    let parts: Vec<String> = content
        .iter()
        .map(|(product, quantity)| format!("{}:{quantity}", product.sku))
        .collect();
    let cookie = format!("cart={}; Path=/; SameSite=Lax", parts.join("."));
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
    answer
}

/// The lines of the cart as a table, with buttons to remove them where wanted.
pub fn table(content: &[(&Product, u64)], removable: bool) -> String {
    let mut rows = String::new();
    for (product, quantity) in content {
        let remove = if removable {
            format!(
                "<td><form method=\"post\" action=\"/shop/cart/remove\"><button class=\"plain\" \
                 name=\"sku\" value=\"{}\" aria-label=\"Remove {}\">Remove</button></form></td>",
                product.sku, product.name
            )
        } else {
            String::new()
        };
        rows += &format!(
            "<tr><td>{}</td><td>{quantity}</td><td class=\"number\">{}</td>{remove}</tr>\n",
            product.name,
            Money(product.price.0 * quantity),
        );
    }
    let last = if removable { "<th></th>" } else { "" };
    format!(
        "<table><thead><tr><th>Product</th><th>Quantity</th><th class=\"number\">Price</th>{last}\
         </tr></thead><tbody>\n{rows}</tbody></table>\n\
         <p>Total: <strong class=\"price\">{}</strong></p>",
        total(content)
    )
}

pub async fn page(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Html<String> {
    let labels = &shared.world.labels;
    let content = content(&shared, &headers);
    let body = if content.is_empty() {
        format!(
            "<h1>{}</h1><p>It is empty. <a href=\"/shop\">Go shopping</a></p>",
            labels.cart
        )
    } else {
        format!(
            "<h1>{}</h1>\n{}\n<p><a class=\"button\" href=\"/shop/checkout\">{}</a></p>",
            labels.cart,
            table(&content, true),
            labels.checkout
        )
    };
    super::page(&shared, &format!("{} · Tidewater", labels.cart), &body)
}

pub async fn add(
    State(shared): State<Arc<Shared>>,
    Extension(sent): Extension<Arc<Recorded>>,
    headers: HeaderMap,
) -> Response {
    let sku = sent.field("sku").unwrap_or_default();
    let Some(product) = shared
        .world
        .products
        .iter()
        .find(|product| product.sku == sku)
    else {
        return html::not_found("product");
    };
    let more = sent
        .field("quantity")
        .and_then(|it| it.parse().ok())
        .unwrap_or(1);
    let mut content = content(&shared, &headers);
    match content.iter_mut().find(|line| line.0.sku == sku) {
        Some(line) => line.1 = (line.1 + u64::min(more, MOST)).min(MOST),
        None if product.stock > 0 => content.push((product, u64::clamp(more, 1, MOST))),
        None => {}
    }
    keep(html::see_other("/shop/cart"), &content)
}

pub async fn remove(
    State(shared): State<Arc<Shared>>,
    Extension(sent): Extension<Arc<Recorded>>,
    headers: HeaderMap,
) -> Response {
    let sku = sent.field("sku").unwrap_or_default();
    let mut content = content(&shared, &headers);
    content.retain(|line| line.0.sku != sku);
    keep(html::see_other("/shop/cart"), &content)
}
