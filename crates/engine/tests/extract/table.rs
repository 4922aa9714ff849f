//! Tables of every make.

use serde_json::json;

use crate::{check, filled, refused, screen};

const INVOICES: &str = "<title>Billing</title><h1>Invoices</h1><table>
<thead><tr><th>Invoice number</th><th>Customer</th><th>Issued</th><th>Due date</th><th>Amount</th><th>Status</th></tr></thead><tbody>
<tr><td><a href=/i/1>INV-1</a></td><td>Ann Lee</td><td>03/04/2026</td><td>13/04/2026</td><td>€1.250,00</td><td>Paid</td></tr>
<tr><td><a href=/i/2>INV-2</a></td><td>Bo Chen</td><td>05/04/2026</td><td>15/04/2026</td><td>€80,50</td><td>Open</td></tr>
<tr><td><a href=/i/3>INV-3</a></td><td>Ann Lee</td><td>07/04/2026</td><td>17/04/2026</td><td>€99,00</td><td>Overdue</td></tr>
<tr><td><a href=/i/4>INV-4</a></td><td>Cy Dorn</td><td>09/04/2026</td><td>19/04/2026</td><td>€410,00</td><td>Paid</td></tr>
</tbody><tfoot><tr><td>Total</td><td></td><td></td><td></td><td>€1.839,50</td><td></td></tr></tfoot></table>
<table><caption>Contacts</caption><tr><th>Name</th><th>E-mail</th><th>Phone</th></tr>
<tr><td>Ann Lee</td><td>ann@lee.example</td><td>+41 44 555 10 20</td></tr><tr><td>Bo Chen</td><td>bo@chen.example</td><td>+41 44 555 10 21</td></tr></table>";

#[tokio::test(flavor = "multi_thread")]
async fn columns_records_filters_order_and_sums() {
    let screen = screen().await;
    let page = screen.show("/billing", INVOICES).await;
    check(
        &page,
        &[
            (
                "Extract all invoice numbers",
                json!({ "invoice_numbers": ["INV-1", "INV-2", "INV-3", "INV-4"] }),
            ),
            ("Get the amount of INV-3", json!({ "amount": "€99,00" })),
            (
                "What is the status of invoice INV-2?",
                json!({ "status": "Open" }),
            ),
            (
                "Get the email of Ann Lee",
                json!({ "email": "ann@lee.example" }),
            ),
            (
                "What is Bo Chen's phone number?",
                json!({ "phone_number": "+41 44 555 10 21" }),
            ),
            ("How many invoices are there?", json!({ "invoices": 4 })),
            (
                "How many paid invoices are there?",
                json!({ "paid_invoices": 2 }),
            ),
            ("Count the unpaid invoices", json!({ "unpaid_invoices": 2 })),
            (
                "Get the invoice numbers of invoices over 100",
                json!({ "invoice_numbers": ["INV-1", "INV-4"] }),
            ),
            (
                "List the invoice numbers with status Paid",
                json!({ "invoice_numbers": ["INV-1", "INV-4"] }),
            ),
            (
                "Get the customers of invoices under €100",
                json!({ "customers": ["Bo Chen", "Ann Lee"] }),
            ),
            (
                "Get the sum of all amounts",
                json!({ "total_amounts": 1839.5 }),
            ),
            (
                "Extract the average amount",
                json!({ "average_amount": 459.875 }),
            ),
            ("Get the total", json!({ "total": "€1.839,50" })),
            (
                "Extract the invoice number of the newest invoice",
                json!({ "invoice_number": "INV-4" }),
            ),
            ("Get the highest amount", json!({ "amount": "€1.250,00" })),
            (
                "Get the invoice numbers sorted by amount",
                json!({ "invoice_numbers": ["INV-2", "INV-3", "INV-4", "INV-1"] }),
            ),
            (
                "Get the last two invoice numbers",
                json!({ "invoice_numbers": ["INV-3", "INV-4"] }),
            ),
            (
                "Get the customer of the second invoice",
                json!({ "customer": "Bo Chen" }),
            ),
            (
                "Extract the invoices with number and amount issued after 6 April 2026",
                json!({ "invoices": [
                { "number": "INV-3", "amount": "€99,00" }, { "number": "INV-4", "amount": "€410,00" } ] }),
            ),
            (
                "Find the contact with email 'bo@chen.example'",
                json!({ "contact": { "name": "Bo Chen", "e_mail": "bo@chen.example", "phone": "+41 44 555 10 21" } }),
            ),
        ],
    );
    refused(
        &page,
        &[
            ("Extract all sailing boats", "sailing boats"),
            ("List the urgent invoices", "urgent"),
            ("Find the contact with email 'no@where.example'", "fits"),
            ("Get the email of Zoe", "Zoe"),
        ],
    );
    let schema = json!({ "type": "object", "properties": { "invoices": { "type": "array", "items": { "type": "object", "properties": {
        "number": { "type": "string" }, "amount": { "type": "number" }, "due_date": { "type": "string", "format": "date" },
        "url": { "type": "string", "format": "uri" }, "status": { "enum": ["paid", "open", "overdue"] },
        "discount": { "type": ["number", "null"] } } } } } });
    let (value, notes) = filled(&page, "Extract the unpaid invoices", &schema).unwrap();
    let url = |n: u8| page.url.replace("/billing", &format!("/i/{n}"));
    assert_eq!(
        value["invoices"],
        json!([
            { "number": "INV-2", "amount": 80.5, "due_date": "2026-04-15", "url": url(2), "status": "open", "discount": null },
            { "number": "INV-3", "amount": 99, "due_date": "2026-04-17", "url": url(3), "status": "overdue", "discount": null },
        ])
    );
    assert!(notes.iter().any(|it| it.contains("discount")), "{notes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn spans_header_columns_and_grids_of_boxes() {
    let screen = screen().await;
    let page = screen
        .show(
            "/sales",
            "<h1>Sales</h1><table><tr><th rowspan=2>Region</th><th colspan=2>2025</th><th colspan=2>2026</th></tr>
             <tr><th>Units</th><th>Revenue</th><th>Units</th><th>Revenue</th></tr>
             <tr><td rowspan=2>North</td><td>1</td><td>$10</td><td>2</td><td>$20</td></tr>
             <tr><td>3</td><td>$30</td><td>4</td><td>$40</td></tr>
             <tr><td>South</td><td>5</td><td>$50</td><td>6</td><td>$60</td></tr></table>",
        )
        .await;
    check(
        &page,
        &[
            (
                "Extract the regions and the 2026 revenues",
                json!({ "regions_and_2026_revenues": [
                { "regions": "North", "2026_revenues": "$20" }, { "regions": "North", "2026_revenues": "$40" },
                { "regions": "South", "2026_revenues": "$60" } ] }),
            ),
            ("Get the 2025 units of South", json!({ "2025_units": "5" })),
        ],
    );
    refused(&page, &[("Get the revenue of South", "revenue")]);
    let page = screen
        .show(
            "/plans",
            "<h1>Plans</h1><table><tr><th></th><th>Basic</th><th>Pro</th></tr><tr><th>Price</th><td>$5</td><td>$12</td></tr>
             <tr><th>Users</th><td>1</td><td>10</td></tr></table>",
        )
        .await;
    check(
        &page,
        &[
            ("Get the price of the Pro plan", json!({ "price": "$12" })),
            ("Get the users of Basic", json!({ "users": "1" })),
        ],
    );
    let page = screen
        .show(
            "/people",
            "<h1>People</h1><div role=grid><div role=row><span role=columnheader>Name</span> <span role=columnheader>City</span></div>
             <div><div role=row><div role=gridcell>Ann</div><div role=gridcell>Rome</div></div>
             <div role=row><div role=gridcell>Bo</div><div role=gridcell>Oslo</div></div></div></div>
             <h2>Bare</h2><table><tr><td>Tea</td><td>3.50</td></tr><tr><td>Cake</td><td>4.20</td></tr><tr><td>Pie</td><td>5.00</td></tr></table>",
        )
        .await;
    check(
        &page,
        &[
            ("Get the city of Bo", json!({ "city": "Oslo" })),
            ("Extract all names", json!({ "names": ["Ann", "Bo"] })),
            ("Get Cake", json!({ "cake": "4.20" })),
        ],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_oldest_has_the_highest_age_and_a_value_may_stand_with_its_heading() {
    let screen = screen().await;
    let page = screen
        .show(
            "/ward",
            "<title>Clinic</title><h1>Patients</h1><table><tr><th>Name<th>Ward<th>Age<th>Admitted
            <tr><td>Ann Lee<td>A2<td>54<td>2026-03-01<tr><td>Bo Kim<td>B1<td>31<td>2026-02-01
            <tr><td>Cy Roe<td>A2<td>77<td>2026-04-01</table>",
        )
        .await;
    check(
        &page,
        &[
            (
                "Get the name of the oldest patient",
                json!({ "name": "Cy Roe" }),
            ),
            (
                "Get the name of the youngest patient",
                json!({ "name": "Bo Kim" }),
            ),
            (
                "Get the names of the patients in ward A2",
                json!({ "names": ["Ann Lee", "Cy Roe"] }),
            ),
        ],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_whose_every_word_has_a_place() {
    let screen = screen().await;
    let page = screen.show("/billing", INVOICES).await;
    check(
        &page,
        &[
            (
                "When is invoice INV-3 due?",
                json!({ "when": "17/04/2026" }),
            ),
            (
                "Which customer has the largest invoice?",
                json!({ "customer": "Ann Lee" }),
            ),
            (
                "How many invoices does Ann Lee have?",
                json!({ "invoices": 2 }),
            ),
            (
                "What is the average amount of the invoices of Ann Lee?",
                json!({ "average_amount": 674.5 }),
            ),
            ("Is INV-2 paid?", json!({ "answer": false })),
            ("Is INV-4 already paid?", json!({ "answer": true })),
            ("Which invoice is due first?", json!({ "invoice": "INV-1" })),
        ],
    );
    refused(
        &page,
        &[
            // Two of hers, and a word that has no place.
            ("When is the invoice of Ann Lee due?", "Ann Lee"),
            ("Who approved INV-2?", "every word"),
            ("Is INV-2 shipped?", "shipped"),
        ],
    );
}
