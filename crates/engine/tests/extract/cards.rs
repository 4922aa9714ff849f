//! Repeating structure that nothing declares.

use serde_json::json;

use crate::{check, filled, refused, screen};

const SHOP: &str = "<title>Corner shop</title><nav><a href=/>Home</a><a href=/cart>Cart</a><a href=/help>Help</a></nav><h1>Products</h1>
<div class=wrap><div class=r><div class='c odd'><a href=/p/1><img src=/1.png alt='Photo of shirt'><h3>Blue shirt</h3></a><div class=price>$20.00</div><div>★★★★☆ (12 reviews)</div><div>In stock</div><button>Add to cart</button></div>
<div class='c even'><a href=/p/2><img src=/2.png alt='Photo of hat'><h3>Red hat</h3></a><div class=price>$9.50</div><div>★★★☆☆ (3 reviews)</div><div>Out of stock</div></div>
<div class=ad><p>Sale! Everything must go</p></div></div>
<div class=r><div class='c odd'><a href=/p/3><img src=/3.png alt='Photo of socks'><h3>Wool socks</h3></a><div class=price>$4.25</div><div>In stock</div><button>Add to cart</button></div>
<div class='c even'><a href=/p/4><img src=/4.png alt='Photo of coat'><h3>Rain coat</h3></a><div class=price>$120.00</div><div>★★★★★ (40 reviews)</div><div>In stock</div><button>Add to cart</button></div></div></div>";

const NEWS: &str = "<title>Tide</title><h1>Tide</h1><table class=list><tbody>
<tr class=athing><td>1.</td><td><a href=/s/1>Boats are back</a> <span>(sea.example)</span></td></tr>
<tr><td></td><td><span class=score>128 points</span> by <a class=user href=/u/ann>ann</a> <span title='2026-03-01T10:00:00'>3 hours ago</span> | <a href=/c/1>14 comments</a></td></tr>
<tr class=athing><td>2.</td><td><a href=/s/2>Harbours fill up</a> <span>(port.example)</span></td></tr>
<tr><td></td><td><span class=score>77 points</span> by <a class=user href=/u/bo>bo</a> <span title='2026-03-01T09:00:00'>4 hours ago</span> | <a href=/c/2>discuss</a></td></tr>
<tr class=athing><td>3.</td><td><a href=/s/3>A new sail</a> <span>(sail.example)</span></td></tr>
<tr><td></td><td><span class=score>301 points</span> by <a class=user href=/u/cy>cy</a> <span title='2026-03-01T08:00:00'>5 hours ago</span> | <a href=/c/3>1 comment</a></td></tr>
</tbody></table><a href='/?page=2'>More</a>";

#[tokio::test(flavor = "multi_thread")]
async fn cards_in_rows_with_parts_missing_and_advertisements_between() {
    let screen = screen().await;
    let page = screen.show("/shop", SHOP).await;
    check(
        &page,
        &[
            (
                "Extract all products with name and price",
                json!({ "products": [
                { "name": "Blue shirt", "price": "$20.00" }, { "name": "Red hat", "price": "$9.50" },
                { "name": "Wool socks", "price": "$4.25" }, { "name": "Rain coat", "price": "$120.00" } ] }),
            ),
            (
                "Get the price of the blue shirt",
                json!({ "price": "$20.00" }),
            ),
            (
                "Find the cheapest product",
                json!({ "product": "Wool socks" }),
            ),
            (
                "Get the name of the most expensive product",
                json!({ "name": "Rain coat" }),
            ),
            (
                "List the names of the products under $15",
                json!({ "names": ["Red hat", "Wool socks"] }),
            ),
            (
                "Which products are out of stock?",
                json!({ "products": ["Red hat"] }),
            ),
            ("How many products are there?", json!({ "products": 4 })),
            (
                "Get the highest rated product",
                json!({ "product": "Rain coat" }),
            ),
            (
                "Get the top 2 products",
                json!({ "products": ["Blue shirt", "Red hat"] }),
            ),
        ],
    );
    refused(
        &page,
        &[
            ("List the leather products", "leather"),
            ("Get the colour of the rain coat", "colour"),
        ],
    );
    let schema = json!({ "type": "object", "properties": { "products": { "type": "array", "items": { "type": "object", "properties": {
        "name": { "type": "string" }, "price": { "type": "number" }, "in_stock": { "type": "boolean" }, "rating": { "type": ["number", "null"] },
        "reviews": { "type": ["integer", "null"] }, "image": { "type": "string" }, "url": { "type": "string" } } } } } });
    let (value, _) = filled(
        &page,
        "Extract the products that are in stock, from cheapest to most expensive",
        &schema,
    )
    .unwrap();
    let at = |path: &str| page.url.replace("/shop", path);
    assert_eq!(
        value["products"],
        json!([
            { "name": "Wool socks", "price": 4.25, "in_stock": true, "rating": null, "reviews": null, "image": at("/3.png"), "url": at("/p/3") },
            { "name": "Blue shirt", "price": 20, "in_stock": true, "rating": 4, "reviews": 12, "image": at("/1.png"), "url": at("/p/1") },
            { "name": "Rain coat", "price": 120, "in_stock": true, "rating": 5, "reviews": 40, "image": at("/4.png"), "url": at("/p/4") },
        ])
    );
    let one = json!({ "type": "object", "properties": { "name": { "type": "string" }, "price": { "type": "number" } } });
    let (value, _) = filled(&page, "Find the cheapest product", &one).unwrap();
    assert_eq!(value, json!({ "name": "Wool socks", "price": 4.25 }));
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_belong_together_and_texts_that_say_what_they_are() {
    let screen = screen().await;
    let page = screen.show("/news", NEWS).await;
    check(
        &page,
        &[
            (
                "Get the title of the top post",
                json!({ "title": "Boats are back" }),
            ),
            (
                "Find the top 2 posts on the front page",
                json!({ "posts": ["Boats are back", "Harbours fill up"] }),
            ),
            ("Get the author of 'A new sail'", json!({ "author": "cy" })),
            ("Get the post by bo", json!({ "post": "Harbours fill up" })),
            (
                "Get the titles of posts with more than 100 points",
                json!({ "titles": ["Boats are back", "A new sail"] }),
            ),
        ],
    );
    let schema = json!({ "type": "object", "properties": { "posts": { "type": "array", "items": { "type": "object", "properties": {
        "title": { "type": "string" }, "url": { "type": "string" }, "points": { "type": "integer" }, "author": { "type": "string" },
        "comments": { "type": ["integer", "null"] } }, "required": ["title", "points"] } } } });
    let (value, notes) = filled(&page, "Find the top 3 posts on the front page", &schema).unwrap();
    let at = |path: &str| page.url.replace("/news", path);
    assert_eq!(
        value["posts"],
        json!([
            { "title": "Boats are back", "url": at("/s/1"), "points": 128, "author": "ann", "comments": 14 },
            { "title": "Harbours fill up", "url": at("/s/2"), "points": 77, "author": "bo", "comments": null },
            { "title": "A new sail", "url": at("/s/3"), "points": 301, "author": "cy", "comments": 1 },
        ]),
        "{notes:?}"
    );
}
