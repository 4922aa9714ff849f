//! Whole errands on the demo site.

use errand_domain::RunState;
use errand_testing::{Errand, Site};
use serde_json::{Value, json};

use crate::{
    browser::Screen,
    run::{Asking, run, run_kind},
    script::{act, checks, done, id, shown, verdict},
};

const LOG_IN: &str = "Log in with username 'demo@example.com' and password 'errand-demo'";

#[tokio::test]
async fn logs_in_with_one_answer_and_one_check_over_either_wire_format() {
    let (site, screen) = (Site::start(7).await.unwrap(), Screen::start().await);
    for kind in ["openai", "anthropic"] {
        screen.forget().await;
        let ran = run(&screen, kind, LOG_IN, &site.url("/portal/login"), None, |asked| {
            if checks(asked) {
                return verdict(&["demo@example.com", "/portal/dashboard"]);
            }
            let page = shown(asked);
            let user = page
                .lines()
                .find(|it| it.contains("textbox") && !it.contains("type=password"))
                .and_then(|it| it.split(['[', ']']).nth(1))
                .unwrap()
                .to_owned();
            let actions = json!([
                {"do": "type", "id": user, "text": "demo@example.com"},
                {"do": "type", "id": id(&page, "textbox", "type=password"), "text": "errand-demo"},
                {"do": "press", "id": id(&page, "textbox", "type=password"), "values": ["Enter"]}
            ]);
            let claims = json!([{"clause": "logged in", "by": "url", "is": "/portal/dashboard"}]);
            act(actions).and_call("done", &done(Value::Null, claims))
        })
        .await;
        ran.completed();
        assert_eq!(ran.model.count(), 2, "{}", ran.log());
        assert_eq!(ran.ending.finding.claims.len(), 3);
        let files = ran.left.files.lock().unwrap();
        for kind in [
            "llm_prompt",
            "llm_request",
            "llm_response",
            "llm_response_parsed",
        ] {
            assert_eq!(files.iter().filter(|it| it.0 == kind).count(), 2, "{kind}");
        }
        assert!(files.iter().all(|it| !it.1.contains("sk-test-0123456789")));
    }
}

#[tokio::test]
async fn keeps_items_of_every_page_and_makes_nothing_up() {
    let screen = Screen::start().await;
    let table = |from: usize| {
        let rows: String = (from..from + 3)
            .map(|it| format!("<tr><td>INV-{it}<td>{it}.00 EUR"))
            .collect();
        format!("<title>Invoices</title><table>{rows}</table>")
    };
    screen.put("/two", &table(4));
    let first = format!("{}<a href=/two>Next</a>", table(1));
    screen.put("/one", &first);
    let schema = json!({"type": "object", "properties": {"invoices": {"type": "array", "items": {
        "type": "object", "properties": {"number": {"type": "string"}, "amount": {"type": "number"},
        "due": {"type": ["string", "null"]}}}}}});
    let goal = "Extract all invoices with number, amount and due date";
    let ran = run(
        &screen,
        "openai",
        goal,
        &screen.url("/one"),
        Some(&schema),
        |asked| {
            if checks(asked) {
                return verdict(&["INV-6", "INV-1"]);
            }
            let page = shown(asked);
            let from = if page.contains("INV-4") { 4 } else { 1 };
            let items: Vec<Value> = (from..from + 3)
                .map(|it| json!({"number": format!("INV-{it}"), "amount": it}))
                .collect();
            let kept = json!({ "items": items });
            if from == 1 {
                let next = id(&page, "link", "Next");
                return act(json!([{"do": "click", "id": next}])).and_call("keep", &kept);
            }
            let mut all: Vec<Value> = (1..7)
                .map(|it| json!({"number": format!("INV-{it}"), "amount": it, "due": null}))
                .collect();
            all[5]["due"] = json!("2031-01-01");
            let claims = json!([{"clause": "all invoices", "by": "output", "is": "INV-6"}]);
            errand_testing::model::Answer::call("done", &done(json!({ "invoices": all }), claims))
        },
    )
    .await;
    ran.completed();
    let output = ran.ending.finding.output.unwrap();
    assert_eq!(output["invoices"].as_array().unwrap().len(), 6);
    assert_eq!(
        output["invoices"][0],
        json!({"number": "INV-1", "amount": 1, "due": null})
    );
    assert_eq!(output["invoices"][5]["due"], Value::Null);
    assert!(
        ran.ending.finding.notes[0].contains("2031-01-01"),
        "{:?}",
        ran.ending.finding.notes
    );
}

#[tokio::test]
async fn later_pages_come_as_differences_after_what_was_sent_before() {
    let screen = Screen::start().await;
    let fields: String = (1..40)
        .map(|it| format!("<label>Field {it} <input></label>"))
        .collect();
    let page = format!(
        "<title>Form</title>{fields}<p id=out></p><button onclick=\"out.textContent += 'x'\">Add</button>"
    );
    screen.put("/form", &page);
    let ran = run(
        &screen,
        "openai",
        "Click Add three times",
        &screen.url("/form"),
        None,
        |asked| {
            if checks(asked) {
                return verdict(&["did click button \"Add\""]);
            }
            let page = shown(asked);
            if page.contains("xxx") {
                let claims = json!([{"clause": "three times", "by": "text", "is": "xxx"}]);
                return errand_testing::model::Answer::call("done", &done(Value::Null, claims));
            }
            act(json!([{"do": "click", "id": id(&page, "button", "Add")}]))
        },
    )
    .await;
    ran.completed();
    let sent: Vec<String> = ran
        .model
        .exchanges()
        .iter()
        .map(|it| it.request["messages"].to_string())
        .collect();
    for pair in sent[..4].windows(2) {
        let (before, after) = (pair[0].trim_end_matches(']'), &pair[1]);
        assert!(after.starts_with(before), "the conversation only grows");
        assert!(
            after.len() - before.len() < 1_200,
            "{}",
            &after[before.len()..]
        );
    }
}

#[tokio::test]
async fn what_was_kept_of_many_pages_is_all_there_and_half_a_name_is_none() {
    let screen = Screen::start().await;
    for page in 1..=3 {
        let rows: String = (0..50)
            .map(|it| format!("<tr><td>N-{page}{it:02}<td>Town {page}{it:02}"))
            .collect();
        let next = format!("<a href=/{}>Next</a>", page + 1);
        screen.put(
            &format!("/{page}"),
            &format!("<title>Towns</title>{next}<table>{rows}</table>"),
        );
    }
    screen.put("/4", "<title>End</title><p>No more</p>");
    let schema = json!({"type": "object", "properties": {"towns": {"type": "array", "items": {"type": "object"}}}});
    let ran = run(&screen, "openai", "List all towns", &screen.url("/1"), Some(&schema), |asked| {
        if checks(asked) {
            return verdict(&["Town 100", "Town 349"]);
        }
        let page = shown(asked);
        let number = (1..=3).rev().find(|it| page.contains(&format!("Town {it}49")));
        if page.contains("No more") {
            let claims = json!([{"clause": "all", "by": "output", "is": "Town 349"}]);
            return errand_testing::model::Answer::call("done", &done(Value::Null, claims));
        }
        let page_number = number.unwrap();
        let items: Vec<Value> = (0..50)
            .map(|it| json!({"number": format!("N-{page_number}{it:02}"), "name": format!("Town {page_number}{it:02}")}))
            .collect();
        let mut kept = json!({ "items": items });
        if page_number == 1 && !page.contains("nothing was kept") {
            kept["items"] = json!([{"name": "Town 1"}]);
        }
        act(json!([{"do": "click", "id": id(&page, "link", "Next")}])).and_call("keep", &kept)
    })
    .await;
    ran.completed();
    let towns = ran.ending.finding.output.unwrap()["towns"].clone();
    assert_eq!(towns.as_array().unwrap().len(), 150);
    assert_eq!(towns[0], json!({"number": "N-100", "name": "Town 100"}));
    assert!(
        ran.ending.finding.notes.is_empty(),
        "{:?}",
        ran.ending.finding.notes
    );
}

#[tokio::test]
async fn every_errand_on_the_demo_site_is_done() {
    let screen = Screen::start().await;
    for (kind, seed) in [("agent", 7), ("planner", 23)] {
        let site = Site::start(seed).await.unwrap();
        for errand in Errand::all(&site) {
            enter(&screen, &site, errand.inside).await;
            site.clear();
            let rule = errand.clone();
            let asking = Asking {
                schema: errand.schema.as_ref(),
                ..Asking::new(errand.goal, &errand.url)
            };
            let ran = run_kind(&screen, kind, asking, move |asked| rule.answer(asked)).await;
            let about = format!("{kind}, {}: {} {}", errand.name, ran.reason(), ran.log());
            assert_eq!(ran.ending.state, RunState::Completed, "{about}");
            let output = ran.ending.finding.output.as_ref();
            let done = errand.check(&site, output, &ran.files());
            assert_eq!(done, Ok(()), "{about}");
        }
    }
}

/// As if it had been nowhere, or at the portal.
pub async fn enter(screen: &Screen, site: &Site, inside: bool) {
    let mut cookies = Vec::new();
    if inside {
        cookies.push(json!({
            "name": "session", "value": {"type": "string", "value": site.session()},
            "domain": "127.0.0.1", "path": "/", "httpOnly": false, "secure": false,
            "sameSite": "lax", "size": 20
        }));
    }
    let state = json!({"url": "about:blank", "cookies": cookies, "origins": []});
    let state = serde_json::from_value(state).unwrap();
    screen.page.restore(&state).await.unwrap();
}
