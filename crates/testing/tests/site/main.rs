//! The demo site, asked over HTTP.

#![expect(clippy::unwrap_used, reason = "tests")]

mod client;
mod record;

use client::{Answer, get, post};
use errand_testing::{
    Site,
    site::{ACCOUNTS, Column, World},
};

/// Logs in and gives the cookies.
async fn log_in(site: &Site) -> String {
    let labels = site.labels();
    let account = site.credentials();
    let fields = [
        (labels.user.name, account.user),
        (labels.password.name, account.password),
    ];
    let answer = post(&site.url("/portal/login"), "", &fields).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    answer.cookies()
}

#[tokio::test]
async fn every_page_that_the_index_names_answers() {
    let site = Site::start(3).await.unwrap();
    let index = get(&site.url("/"), "").await.text();
    let paths: Vec<&str> = index
        .split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|path| !path.starts_with("/assets"))
        .collect();
    assert!(paths.len() >= 10, "{paths:?}");
    let cookies = log_in(&site).await;
    for path in paths {
        // These don't answer as pages do; the next test is theirs.
        if ["/hang", "/cut"]
            .iter()
            .any(|start| path.starts_with(start))
        {
            continue;
        }
        let expected: &[u16] = match path.strip_prefix("/status/") {
            Some(code) => &[code.parse().unwrap()],
            None if path.starts_with("/redirects/") => &[200, 302],
            None => &[200],
        };
        let answer = get(&site.url(path), &cookies).await;
        assert!(
            expected.contains(&answer.status),
            "{path} answers {}",
            answer.status
        );
    }
}

#[tokio::test]
async fn broken_answers_are_broken_and_end_with_the_site() {
    let site = Site::start(3).await.unwrap();
    let empty = get(&site.url("/cut/empty"), "").await;
    assert_eq!((empty.status, empty.bytes.len()), (0, 0));
    let cut = get(&site.url("/cut"), "").await;
    assert!(cut.text().contains("<h1>Cut</h1>") && !cut.text().ends_with("0\r\n\r\n"));
    assert!(
        tokio::net::TcpStream::connect(site.refused_address())
            .await
            .is_err()
    );
    let url = site.url("/hang");
    let (asked, ()) = tokio::join!(get(&url, ""), async {
        while site
            .recorded()
            .iter()
            .all(|request| request.path != "/hang")
        {
            tokio::task::yield_now().await;
        }
        site.stop().await;
    });
    assert_eq!(asked.status, 503);
}

#[tokio::test]
async fn the_portal_asks_for_a_log_in_and_leads_back() {
    let site = Site::start(1).await.unwrap();
    let away = get(&site.url("/portal/invoices?page=2"), "").await;
    let to = away.header("location").unwrap();
    assert_eq!(to, "/portal/login?next=%2Fportal%2Finvoices%3Fpage%3D2");
    let labels = site.labels();
    let wrong = [
        (labels.user.name, ACCOUNTS[1].user),
        (labels.password.name, "guess"),
    ];
    let refused = post(&site.url(&to), "", &wrong).await;
    assert_eq!(refused.status, 401);
    assert!(refused.text().contains(labels.wrong_password));
    let right = [
        (labels.user.name, ACCOUNTS[1].user),
        (labels.password.name, "errand-demo"),
    ];
    let back = post(&site.url(&to), "", &right).await;
    assert_eq!(back.header("location").unwrap(), "/portal/invoices?page=2");
    let dashboard = get(&site.url("/portal/dashboard"), &back.cookies())
        .await
        .text();
    assert!(dashboard.contains(&site.balance().to_string()));
    assert!(dashboard.contains("support@company.com"));
    assert_eq!(site.submits("login"), 2);
}

#[tokio::test]
async fn all_invoices_are_on_the_pages_and_in_the_files() {
    let site = Site::start(8).await.unwrap();
    let cookies = log_in(&site).await;
    let mut pages = String::new();
    for page in 1..=5 {
        let path = format!("/portal/invoices?page={page}");
        pages += &get(&site.url(&path), &cookies).await.text();
    }
    let file = get(&site.url("/portal/invoices.csv"), &cookies)
        .await
        .text();
    for invoice in site.invoices() {
        assert!(pages.contains(&invoice.number) && file.contains(&invoice.number));
        assert!(pages.contains(&invoice.amount.to_string()));
    }
    let first = &site.invoices()[0].number;
    let document = get(
        &site.url(&format!("/portal/invoices/{first}.pdf")),
        &cookies,
    )
    .await;
    assert_eq!(document.header("content-type").unwrap(), "application/pdf");
    assert_sound(&document);
}

/// The cross-reference table points at the objects.
fn assert_sound(document: &Answer) {
    let text = document.text();
    assert!(text.starts_with("%PDF-1.4\n") && text.ends_with("%%EOF\n"));
    let start: usize = text.rsplit("startxref\n").next().unwrap()[..]
        .lines()
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let table = &text[start..];
    assert!(table.starts_with("xref\n"));
    for (index, line) in table.lines().skip(3).take(5).enumerate() {
        let offset: usize = line[..10].parse().unwrap();
        assert!(text[offset..].starts_with(&format!("{} 0 obj", index + 1)));
    }
}

#[tokio::test]
async fn an_order_is_counted_and_the_cart_is_empty_after_it() {
    let site = Site::start(5).await.unwrap();
    let product = &site.products()[0];
    let added = post(&site.url("/shop/cart"), "", &[("sku", &product.sku)]).await;
    let cookies = added.cookies();
    assert!(
        get(&site.url("/shop/cart"), &cookies)
            .await
            .text()
            .contains(product.name)
    );
    let incomplete = post(
        &site.url("/shop/checkout"),
        &cookies,
        &[("name", "A. Tester")],
    )
    .await;
    assert_eq!((incomplete.status, site.submits("order")), (422, 0));
    let fields = [
        ("name", "A. Tester"),
        ("street", "Pier 1"),
        ("postcode", "1000"),
        ("city", "Bergen"),
        ("terms", "yes"),
    ];
    let ordered = post(&site.url("/shop/checkout"), &cookies, &fields).await;
    assert_eq!(ordered.header("location").unwrap(), "/shop/orders/7001");
    assert_eq!(
        (ordered.cookies().as_str(), site.submits("order")),
        ("cart=", 1)
    );
    let sent = site.posted("/shop/checkout");
    assert_eq!(sent[1].field("city"), Some("Bergen"));
}

#[test]
fn a_seed_means_the_same_world_and_another_seed_another_one() {
    let world = |seed| format!("{:?}", World::new(seed));
    assert_eq!(world(4), world(4));
    let seeds: Vec<World> = (0..40).map(World::new).collect();
    let different = |key: fn(&World) -> String| {
        seeds
            .iter()
            .map(key)
            .collect::<std::collections::BTreeSet<_>>()
            .len()
    };
    assert!(different(|world| world.labels.user.label.to_owned()) >= 3);
    assert!(different(|world| world.labels.user.id.clone()) >= 10);
    assert!(different(|world| world.balance.to_string()) == 40);
    assert!(different(|world| format!("{:?}", world.labels.columns)) >= 20);
    assert_eq!(different(|world| world.labels.news_layout.to_string()), 3);
    for world in &seeds {
        let known = |email: &str| {
            world
                .customers
                .iter()
                .filter(|it| it.email == email)
                .count()
        };
        assert_eq!(known("customer@example.com"), 1);
        assert!(
            world
                .labels
                .columns
                .iter()
                .any(|column| column.0 == Column::Amount)
        );
    }
}
