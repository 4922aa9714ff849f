//! Single values: labels in all their forms, forms, metadata; and how texts become values.

use errand_engine::extract::{date, number};
use proptest::prelude::*;
use serde_json::json;

use crate::{check, filled, refused, screen};

const ACCOUNT: &str = "<html lang=en><title>Account · Bank</title><h1>Your account</h1>
<section><h2>Account balance</h2><p class=figure>CHF 1'234.50</p></section>
<div class=tiles><div class=tile><div>1,204</div><div>Followers</div></div><div class=tile><div>88</div><div>Following</div></div></div>
<dl><dt>Customer number</dt><dd>C-77</dd><dt>Member since</dt><dd>12 March 2021</dd></dl>
<p>IBAN: CH93 0076 2011 6238 5295 7</p><p><strong>Plan</strong> Premium</p><p><b>Status:</b> <span class=badge>Active</span></p>
<table><tr><th scope=row>Branch</th><td>Harbour street</td></tr><tr><th scope=row>Advisor</th><td>Mira Stone</td></tr></table>
<form><label>City <input value=Basel></label><label for=c>Country</label><select id=c><option>France<option selected>Switzerland</select>
<label><input type=checkbox checked> Newsletter</label><label><input type=checkbox> SMS</label>
<fieldset><legend>Delivery</legend><label><input type=radio name=d> Post</label><label><input type=radio name=d checked> Courier</label></fieldset></form>
<p>Write to <a href='mailto:help@bank.example'>help@bank.example</a> or call +41 44 555 00 11.</p>
<h3>Main office</h3><div>Address</div><div>Quay 1, Basel</div>";

#[tokio::test(flavor = "multi_thread")]
async fn labels_and_current_values_in_all_their_forms() {
    let screen = screen().await;
    let page = screen.show("/account", ACCOUNT).await;
    check(
        &page,
        &[
            (
                "Extract the account balance",
                json!({ "account_balance": "CHF 1'234.50" }),
            ),
            (
                "Extract the main heading",
                json!({ "heading": "Your account" }),
            ),
            ("Get the number of followers", json!({ "followers": 1204 })),
            (
                "What is the customer number?",
                json!({ "customer_number": "C-77" }),
            ),
            (
                "Get the IBAN",
                json!({ "iban": "CH93 0076 2011 6238 5295 7" }),
            ),
            (
                "Get the plan and the status",
                json!({ "plan": "Premium", "status": "Active" }),
            ),
            ("Get the branch", json!({ "branch": "Harbour street" })),
            (
                "Get the city and the country",
                json!({ "city": "Basel", "country": "Switzerland" }),
            ),
            ("What is the delivery?", json!({ "delivery": "Courier" })),
            (
                "Get the email address",
                json!({ "email_address": "help@bank.example" }),
            ),
        ],
    );
    refused(
        &page,
        &[
            ("Get the credit limit", "credit limit"),
            ("Get the due date", "due date"),
        ],
    );
    let schema = json!({ "type": "object", "properties": { "account_balance": { "type": "number" }, "member_since": { "type": "string", "format": "date" },
        "followers": { "type": "integer" }, "newsletter": { "type": "boolean" }, "sms": { "type": "boolean" }, "overdraft": { "type": ["number", "null"] },
        "contact": { "type": "object", "properties": { "email": { "type": "string", "format": "email" } } } } });
    let (value, notes) = filled(&page, "", &schema).unwrap();
    assert_eq!(
        value,
        json!({ "account_balance": 1234.5, "member_since": "2021-03-12", "followers": 1204, "newsletter": true, "sms": false,
            "overdraft": null, "contact": { "email": "help@bank.example" } })
    );
    assert!(
        notes.iter().any(|it| it.starts_with("/overdraft: ")),
        "{notes:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_page_states_without_showing_it() {
    let screen = screen().await;
    let page = screen
        .show(
            "/kettle",
            r#"<html lang=de><title>Kettle</title><meta property="og:description" content="Boils water">
            <script type="application/ld+json">{"@context":"https://schema.org","@type":"Product","name":"Kettle","sku":"K-1",
            "brand":{"@type":"Brand","name":"Ostra"},"offers":{"@type":"Offer","price":"49.90","priceCurrency":"EUR"}}</script>
            <h1>Kettle</h1><div itemscope itemtype="https://schema.org/Product"><meta itemprop="gtin" content="40012345">
            <span itemprop="color">Grau</span></div><p>Erschienen <time datetime="2025-12-24">am Heiligabend</time></p><p>1.250 Stück</p>"#,
        )
        .await;
    let schema = json!({ "type": "object", "properties": { "name": { "type": "string" }, "sku": { "type": "string" }, "brand": { "type": "string" },
        "price": { "type": "number" }, "description": { "type": "string" }, "gtin": { "type": "string" }, "color": { "type": "string" },
        "stück": { "type": "integer" } } });
    let (value, notes) = filled(&page, "", &schema).unwrap();
    assert_eq!(
        value,
        json!({ "name": "Kettle", "sku": "K-1", "brand": "Ostra", "price": 49.9, "description": "Boils water", "gtin": "40012345", "color": "Grau", "stück": 1250 }),
        "{notes:?}"
    );
}

#[test]
fn numbers_as_people_write_them() {
    let style = number::Style::default();
    for (text, expected) in [
        ("1.234,56 €", Some(1234.56)),
        ("1,234.56", Some(1234.56)),
        ("1 234,56", Some(1234.56)),
        ("CHF 1'234.50", Some(1234.5)),
        ("(12.00)", Some(-12.0)),
        ("−3", Some(-3.0)),
        ("-$1,000", Some(-1000.0)),
        ("$-5", Some(-5.0)),
        ("12k", Some(12_000.0)),
        ("1.2M", Some(1_200_000.0)),
        ("45%", Some(45.0)),
        ("4.5 out of 5 stars", Some(4.5)),
        ("€ 1.250", Some(1250.0)),
        ("1.250.000", Some(1_250_000.0)),
        ("0.125", Some(0.125)),
        ("128 points", Some(128.0)),
        ("INV-12", None),
        ("2026-03-01", None),
        ("3 of 300", None),
        ("12:30", None),
        ("call 555 or 556", None),
        ("none", None),
    ] {
        assert_eq!(number::parse(text, style), expected, "{text}");
    }
    let german = number::Style::of_language("de");
    assert_eq!(number::parse("1.250", german), Some(1250.0));
    assert_eq!(number::parse("1,250", german), Some(1.25));
    let told = number::Style::of_texts(["1.250", "12,50"].into_iter(), "");
    assert_eq!(number::parse("1.250", told), Some(1250.0));
}

#[test]
fn dates_as_people_write_them() {
    let day_first = Some(date::Order::DayFirst);
    for (text, order, expected) in [
        ("2026-03-31", None, Some("2026-03-31")),
        ("31.3.2026", None, Some("2026-03-31")),
        ("31/03/2026", None, Some("2026-03-31")),
        ("03/31/26", None, Some("2026-03-31")),
        ("03/04/2026", None, None),
        ("03/04/2026", day_first, Some("2026-04-03")),
        ("March 31, 2026", None, Some("2026-03-31")),
        ("Tue, 31 Mar 2026", None, Some("2026-03-31")),
        ("31. März 2026", None, Some("2026-03-31")),
        ("31-mar-2026", None, Some("2026-03-31")),
        ("1st of May 2026 at 9:30", None, Some("2026-05-01")),
        ("30 February 2026", None, None),
        ("yesterday", None, None),
        ("12 eggs", None, None),
    ] {
        assert_eq!(
            date::parse(text, order).map(|it| it.iso_date()).as_deref(),
            expected,
            "{text}"
        );
    }
    let moment = date::parse("2026-03-31T14:30:00+02:00", None).unwrap();
    assert_eq!(moment.iso(), "2026-03-31T14:30:00+02:00");
    assert_eq!(
        date::parse("31 March 2026, 2:30 pm", None).unwrap().iso(),
        "2026-03-31T14:30:00Z"
    );
    let told = date::order_in(["03/04/2026", "25/04/2026"].into_iter(), "");
    assert_eq!(told, day_first);
}

proptest! {
    #[test]
    fn a_number_reads_back_in_every_style(value in -999_999_999i64..999_999_999, cents in 0u8..100) {
        let digits = value.unsigned_abs().to_string();
        let sign = if value < 0 { "-" } else { "" };
        let expected = format!("{sign}{digits}.{cents:02}").parse::<f64>().unwrap();
        for (thousands, decimal) in [(",", "."), (".", ","), (" ", ","), ("'", "."), ("", "."), ("\u{202f}", ",")] {
            let mut grouped = String::new();
            for (at, digit) in digits.chars().enumerate() {
                if at > 0 && (digits.len() - at) % 3 == 0 {
                    grouped.push_str(thousands);
                }
                grouped.push(digit);
            }
            for text in [format!("{sign}{grouped}{decimal}{cents:02} €"), format!("{sign}$ {grouped}{decimal}{cents:02}")] {
                prop_assert_eq!(number::parse(&text, number::Style::default()), Some(expected), "{}", text);
            }
        }
    }

    #[test]
    fn a_date_reads_back_in_every_style(year in 1970u16..2070, month in 1u8..=12, day in 1u8..=28) {
        let iso = format!("{year:04}-{month:02}-{day:02}");
        let names = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
        let name = names[usize::from(month) - 1];
        for (text, order) in [
            (iso.clone(), None),
            (format!("{day}.{month}.{year}"), None),
            (format!("{day} {name} {year}"), None),
            (format!("{} {day}, {year}", &name[..3]), None),
            (format!("{month}/{day}/{year}"), Some(date::Order::MonthFirst)),
            (format!("{day:02}/{month:02}/{year}"), Some(date::Order::DayFirst)),
        ] {
            let found = date::parse(&text, order).map(|it| it.iso_date());
            // What can be only one of the two is that one.
            prop_assert!(found.as_ref() == Some(&iso) || order.is_some() && (day > 12), "{text}: {found:?}");
        }
    }

    #[test]
    fn any_text_is_read_without_panic(text in "\\PC{0,60}") {
        let _ = number::parse(&text, number::Style::default());
        let _ = date::parse(&text, None);
    }
}
