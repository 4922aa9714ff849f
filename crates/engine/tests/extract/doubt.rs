//! What can't be told is not guessed.

use serde_json::json;

use crate::{check, filled, refused, screen};

#[tokio::test(flavor = "multi_thread")]
async fn two_that_fit_alike_are_named_and_none_is_taken() {
    let screen = screen().await;
    let page = screen
        .show(
            "/",
            "<h1>Order</h1><p>Delivery date: 3 May 2026</p><p>Invoice date: 1 May 2026</p><p>Name: Ann</p><p>Name: Bo</p>
             <h2>Billing</h2><p>Email: a@b.example</p><h2>Support</h2><p>Email: c@d.example</p>
             <ul><li><a href=/1>Tea</a> $3</li><li><a href=/2>Mint tea</a> $4</li><li><a href=/3>Milk</a> $3</li></ul>",
        )
        .await;
    refused(
        &page,
        &[
            ("Get the name", "\"Ann\" or \"Bo\""),
            ("Get the date", "could be"),
            ("Get the email", "a@b.example"),
            ("Get the return date", "return date"),
        ],
    );
    check(
        &page,
        &[
            (
                "Get the delivery date",
                json!({ "delivery_date": "3 May 2026" }),
            ),
            (
                "Get the email under Support",
                json!({ "email": "c@d.example" }),
            ),
            (
                "Get the email of billing",
                json!({ "email": "a@b.example" }),
            ),
            ("Get the price of tea", json!({ "price": "$3" })),
        ],
    );
    let schema = json!({ "type": "object", "properties": { "name": { "type": ["string", "null"] }, "email": { "type": ["string", "null"] } } });
    let (value, notes) = filled(&page, "", &schema).unwrap();
    assert_eq!(value, json!({ "name": null, "email": null }));
    assert!(
        notes.iter().any(|it| it.contains("\"Ann\" or \"Bo\"")),
        "{notes:?}"
    );
}
