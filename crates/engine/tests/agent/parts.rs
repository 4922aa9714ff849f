//! Goals in parts: rules where they suffice, a model where they don't.

use errand_testing::model::{Answer, Asked, Wanted};
use serde_json::{Value, json};

use crate::{
    browser::Screen,
    run::plan,
    script::{act, done, id, shown, verdict},
};

const SHOP: &str = "<title>Shop</title><label>Name <input id=name></label>\
    <button onclick=\"out.textContent='Ordered by ' + document.getElementById('name').value\">Send off</button><p id=out></p>";

/// Which question it is, by the schema of its answer.
fn asks_for(asked: &Asked, key: &str) -> bool {
    matches!(&asked.wanted, Wanted::Json(schema) if schema["properties"].get(key).is_some())
}

#[tokio::test]
async fn a_goal_that_rules_understand_costs_no_call() {
    let screen = Screen::start().await;
    screen.put("/shop", SHOP);
    let goal = "Type 'Ann' into Name, click 'Send off' and wait for 'Ordered by Ann'";
    let ran = plan(&screen, goal, &screen.url("/shop"), |_| panic!("asked")).await;
    ran.completed();
    assert_eq!(ran.model.count(), 0);
}

#[tokio::test]
async fn a_goal_in_parts_is_split_and_checked_as_a_whole() {
    let screen = Screen::start().await;
    screen.put("/shop", SHOP);
    let goal = "Inscribe Ann there, then dispatch her order";
    let ran = plan(&screen, goal, &screen.url("/shop"), |asked| {
        let page = shown(asked);
        if asks_for(asked, "parts") {
            let parts = json!([
                {"goal": "Type 'Ann' into Name", "output": false},
                {"goal": "Dispatch her order", "output": false}
            ]);
            return Answer::json(json!({"parts": parts, "start_url": null}));
        }
        if asks_for(asked, "clauses") {
            return verdict(&["Ordered by Ann"]);
        }
        assert!(page.contains("Dispatch her order") && !page.contains("Inscribe"));
        assert!(page.contains("value=\"Ann\""), "{page}");
        let claims = json!([{"clause": "ordered", "by": "text", "is": "Ordered by Ann"}]);
        act(json!([{"do": "click", "id": id(&page, "button", "Send off")}]))
            .and_call("done", &done(Value::Null, claims))
    })
    .await;
    ran.completed();
    // The plan, the second part, its check, and that of the whole: the first part cost nothing.
    assert_eq!(ran.model.count(), 4, "{}", ran.log());
}

#[tokio::test]
async fn what_rules_give_up_a_model_goes_on_with() {
    let screen = Screen::start().await;
    screen.put("/shop", SHOP);
    let goal = "Type 'Ann' into Name and click 'Dispatch'";
    let ran = plan(&screen, goal, &screen.url("/shop"), |asked| {
        let page = shown(asked);
        if asks_for(asked, "clauses") {
            return verdict(&["Ordered by Ann"]);
        }
        // It is told what was done before it.
        assert!(
            page.contains("did type \"Ann\" into textbox \"Name\""),
            "{page}"
        );
        let claims = json!([{"clause": "dispatched", "by": "text", "is": "Ordered by Ann"}]);
        act(json!([{"do": "click", "id": id(&page, "button", "Send off")}]))
            .and_call("done", &done(Value::Null, claims))
    })
    .await;
    ran.completed();
}

#[tokio::test]
async fn who_checks_the_whole_is_shown_what_a_long_page_says_of_the_output() {
    let screen = Screen::start().await;
    let rows: String = (1_000..4_000)
        .map(|it| match it {
            2_777 => "<tr><td>K-2777<td>Kallmoor".to_owned(),
            _ => format!("<tr><td>K-{it}<td>Hamlet {it}"),
        })
        .collect();
    screen.put(
        "/places",
        &format!("<title>Places</title><table>{rows}</table>"),
    );
    let goal = "Disclose the odd one out";
    let ran = plan(&screen, goal, &screen.url("/places"), |asked| {
        let page = shown(asked);
        if asks_for(asked, "clauses") {
            // It is in the middle of the page, and nothing but the output leads there.
            assert!(page.contains("K-2777 Kallmoor"), "{page}");
            assert!(page.len() < 60_000, "{}", page.len());
            return verdict(&["K-2777 Kallmoor"]);
        }
        let claims = json!([{"clause": "named", "by": "text", "is": "Kallmoor"}]);
        Answer::call("done", &done(json!({"name": "Kallmoor"}), claims))
    })
    .await;
    ran.completed();
    // What did it, its check, and that of the whole.
    assert_eq!(ran.model.count(), 3, "{}", ran.log());
}

#[tokio::test]
async fn the_same_is_done_for_each_of_several_things_that_are_named_or_were_found() {
    let screen = Screen::start().await;
    screen.put(
        "/orders",
        "<title>Orders</title><ul><li>Ann</li><li>Bob</li></ul><label>Name <input id=name></label>\
         <button onclick=\"out.innerHTML += '<p>Tea for ' + document.getElementById('name').value\">Order</button><div id=out></div>",
    );
    for each in [json!(["Ann", "Bob"]), json!("output")] {
        let goal = "Kindly order a tea for each of those who are listed, one after the other, and then stop";
        let find = json!({"goal": "Say who is listed there", "output": true});
        let order = json!({"goal": "Type '{item}' into Name, click Order and wait for 'Tea for {item}'", "output": false, "each": each});
        let found = each == json!("output");
        let plan = if found {
            json!([find, order])
        } else {
            json!([order])
        };
        let ran = self::plan(&screen, goal, &screen.url("/orders"), move |asked| {
            if asks_for(asked, "parts") {
                return Answer::json(json!({"parts": plan, "start_url": null}));
            }
            if asks_for(asked, "clauses") {
                return verdict(&["Bob"]);
            }
            let output = json!({"names": ["Ann", "Bob"]});
            let claims = json!([{"clause": "who is listed", "by": "output", "is": "Bob"}]);
            Answer::call("done", &done(output, claims))
        })
        .await;
        ran.completed();
        let log = ran.log();
        for name in ["Ann", "Bob"] {
            assert_eq!(
                log.matches(&format!("did type \"{name}\"")).count(),
                1,
                "{log}"
            );
        }
        // The plan and the check of the whole; what was found has a call and a check of its own.
        assert_eq!(ran.model.count(), if found { 4 } else { 2 }, "{log}");
    }
}
