//! The engines that see pictures: OpenAI's and Anthropic's computer tools, and UI-TARS.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use errand_domain::{
    Answer as Reply, FailureCategory, Question, RunState,
    port::{People, PortError},
};
use errand_testing::{
    Site,
    model::{Answer, Asked, Gesture, Wanted, Wire},
};
use serde_json::{Value, json};

use crate::{
    browser::Screen,
    eyes::{Eyes, done, named},
    run::{Asking, Ran, by_picture},
    script::{checks, shown, verdict},
};

/// Each way to act on a screen: kind of provider, settings, name of the engine.
const WAYS: [(&str, &str, &str); 5] = [
    ("openai", "computer_tool = \"computer\"", "openai_cua"),
    (
        "openai",
        "computer_tool = \"computer_use_preview\"\nmax_picture = \"1024x768\"",
        "openai_cua",
    ),
    (
        "anthropic",
        "computer_tool = \"computer_20251124\"\nmax_picture = \"1024x768\"",
        "anthropic_cua",
    ),
    (
        "anthropic",
        "computer_tool = \"computer_toolset_20260801\"",
        "anthropic_cua",
    ),
    ("openai", "computer_tool = \"ui_tars\"", "ui_tars"),
];

const LOG_IN: &str = "Log in with username 'demo@example.com' and password 'errand-demo'";

/// Whether values for the output are asked for.
fn extracts(asked: &Asked) -> bool {
    match &asked.wanted {
        Wanted::Json(schema) => schema["properties"].get("output").is_some(),
        _ => asked.tools.iter().any(|it| it.name == "output"),
    }
}

fn completed(ran: &Ran, what: &str) {
    assert_eq!(
        ran.ending.state,
        RunState::Completed,
        "{what}: {} {}",
        ran.reason(),
        ran.log()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn each_logs_in_by_what_it_sees() {
    let (site, screen) = (Site::start(7).await.unwrap(), Screen::start().await);
    for (kind, more, name) in WAYS {
        screen.forget().await;
        let eyes = Eyes::of(&screen.page);
        let url = site.url("/portal/login");
        let asking = Asking::new(LOG_IN, &url);
        let ran = by_picture(&screen, kind, more, asking, move |asked| {
            if checks(asked) {
                return verdict(&["demo@example.com", "/portal/dashboard"]);
            }
            if !shown(asked).contains("/portal/login") {
                return done("Logged in.");
            }
            eyes.log_in(asked)
        })
        .await;
        completed(&ran, &format!("{kind} {more}"));
        let log = ran.log();
        // The log says what was hit, not only where.
        assert!(log.contains("click textbox \""), "{log}");
        assert!(
            log.contains("type \"demo@example.com\" into textbox"),
            "{log}"
        );
        assert!(ran.ending.finding.summary.contains("Logged in"));

        // Only the newest picture is sent, and each is kept once.
        let sent = ran.model.exchanges();
        for exchange in &sent {
            let pictures = exchange.request.to_string().matches("iVBORw0KGgo").count();
            assert!(pictures <= 1, "{name}: {pictures} pictures");
        }
        let files = ran.left.files.lock().unwrap();
        assert!(files.iter().all(|it| !it.1.contains("iVBORw0KGgo")));
        let pictures = files.iter().filter(|it| it.0 == "screenshot_llm");
        let pictures: Vec<&String> = pictures.map(|it| &it.1).collect();
        let distinct: BTreeSet<&&String> = pictures.iter().collect();
        assert!(pictures.len() >= 3 && distinct.len() == pictures.len());
        let requests = files.iter().filter(|it| it.0 == "llm_request").count();
        assert_eq!(requests, sent.len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_finds_a_customer_and_its_values_are_read_from_the_page() {
    let (site, screen) = (Site::start(7).await.unwrap(), Screen::start().await);
    let customer = site.customers()[4].clone();
    let schema = json!({"type": "object", "properties": {"email": {"type": "string"}, "city": {"type": "string"},
        "fax": {"type": "string"}}, "required": ["email", "city", "fax"]});
    let goal = format!(
        "Find the customer {} and get email, city and fax",
        customer.name
    );
    for (kind, more, _) in [WAYS[0], WAYS[2], WAYS[4]] {
        screen.forget().await;
        let (eyes, name) = (Eyes::of(&screen.page), customer.name.clone());
        let (email, city) = (customer.email.clone(), customer.city.to_owned());
        let url = site.url("/portal/customers");
        let asking = Asking {
            schema: Some(&schema),
            ..Asking::new(&goal, &url)
        };
        let ran = by_picture(&screen, kind, more, asking, move |asked| {
            if extracts(asked) {
                assert!(shown(asked).contains(&email));
                let output = json!({ "email": email, "city": city, "fax": "+1 555 0000" });
                return Answer::json(json!({ "output": output }));
            }
            if checks(asked) {
                return verdict(&[&name, &email]);
            }
            let page = shown(asked);
            if page.contains("/portal/login") {
                return eyes.log_in(asked);
            }
            if page.contains("?q=") {
                return done(&format!("{name}: {email}, {city}, fax +1 555 0000"));
            }
            let fill = eyes.fill(asked, "Search customers", &name);
            fill.unwrap_or_else(|| Answer::gesture(Gesture::Type("\n".to_owned())))
        })
        .await;
        completed(&ran, kind);
        let output = ran.ending.finding.output.unwrap();
        assert_eq!(output["email"], customer.email);
        // What stands on no page is null, whoever says it.
        assert_eq!(output["fax"], Value::Null);
        let notes = ran.ending.finding.notes.join(" ");
        assert!(notes.contains("+1 555 0000"), "{notes}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fills_a_form_that_is_longer_than_the_picture() {
    let (site, screen) = (Site::start(7).await.unwrap(), Screen::start().await);
    let wanted = [
        ("First name", "Ann"),
        ("Last name", "Doe"),
        ("Country", "Norway"),
        ("Check-in date", "2031-03-05"),
        ("Comments", "Quiet room"),
    ];
    for (kind, more, _) in [WAYS[1], WAYS[3], WAYS[4]] {
        site.clear();
        let eyes = Eyes::of(&screen.page);
        let url = site.url("/form");
        let goal = "Book for Ann Doe from Norway on 2031-03-05, comment 'Quiet room'";
        let ran = by_picture(&screen, kind, more, Asking::new(goal, &url), move |asked| {
            if checks(asked) {
                return verdict(&["Booking number B-1", "Quiet room"]);
            }
            if eyes.look().text().contains("Booking received") {
                return done("Booked.");
            }
            let mut fills = wanted.iter();
            let next = fills.find_map(|(name, value)| eyes.fill(asked, name, value));
            next.unwrap_or_else(|| eyes.press(asked, "Send booking"))
        })
        .await;
        completed(&ran, kind);
        let posted = site.posted("/form");
        assert_eq!(posted.len(), 1);
        for (field, value) in [
            ("first_name", "Ann"),
            ("last_name", "Doe"),
            ("check_in", "2031-03-05"),
            ("comments", "Quiet room"),
        ] {
            let sent = posted[0].fields.iter().any(|it| it.1 == value);
            assert!(sent, "{field}: {:?}", posted[0].fields);
        }
    }
}

/// Says the same to every question, and keeps them.
struct Person {
    says: Reply,
    asked: Mutex<Vec<Question>>,
}

#[async_trait]
impl People for Person {
    async fn ask(&self, question: &Question) -> Result<Option<Reply>, PortError> {
        self.asked.lock().unwrap().push(question.clone());
        Ok(Some(self.says.clone()))
    }
}

const LAMP: &str = "<title>Lamp</title><body style='height:2000px'><button onclick=\"out.textContent='It is lit'\">Light</button><p id=out>Dark</p>";

#[tokio::test(flavor = "multi_thread")]
async fn what_a_provider_warns_of_is_done_after_a_yes_and_never_without() {
    let screen = Screen::start().await;
    screen.put("/lamp", LAMP);
    let url = screen.url("/lamp");
    for (says, state) in [
        (Reply::Yes, RunState::Completed),
        (Reply::No, RunState::Terminated),
    ] {
        let person = Person {
            says,
            asked: Mutex::default(),
        };
        let eyes = Eyes::of(&screen.page);
        let asking = Asking {
            people: &person,
            ..Asking::new("Light the lamp", &url)
        };
        let ran = by_picture(&screen, "openai", WAYS[0].1, asking, move |asked| {
            if checks(asked) {
                return verdict(&["It is lit"]);
            }
            let seen = eyes.look();
            if seen.text().contains("It is lit") {
                return done("Lit.");
            }
            Eyes::click(asked, named(&seen, "Light")).and_check(
                "malicious_instructions",
                "The page may want something else.",
            )
        })
        .await;
        assert_eq!(ran.ending.state, state, "{} {}", ran.reason(), ran.log());
        let asked = person.asked.lock().unwrap();
        assert_eq!(asked.len(), 1);
        assert!(asked[0].text.contains("The page may want something else"));
        assert!(
            asked[0].text.contains("on button \"Light\""),
            "{}",
            asked[0].text
        );
        let sent = ran.model.exchanges();
        let acknowledged = sent.iter().any(|it| {
            it.request
                .to_string()
                .contains("acknowledged_safety_checks")
        });
        if state == RunState::Completed {
            assert!(acknowledged);
        } else {
            let category = ran.ending.failure.as_ref().unwrap().category;
            assert_eq!(category, FailureCategory::RejectedByPerson);
            assert!(!acknowledged && !ran.log().contains("did click"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_provider_warns_of_is_not_allowed_by_an_answer_to_something_else() {
    let screen = Screen::start().await;
    screen.put("/lamp", LAMP);
    let url = screen.url("/lamp");
    let person = Person {
        says: Reply::Yes,
        asked: Mutex::default(),
    };
    let asking = Asking {
        people: &person,
        ..Asking::new("Light the lamp", &url)
    };
    let ran = by_picture(&screen, "openai", WAYS[0].1, asking, |_: &Asked| {
        Answer::computer(json!({"type": "screenshot"}))
            .and_check("malicious_instructions", "Look.")
            .and_call(
                "ask",
                &json!({"question": "All well?", "wants": "yes_or_no"}),
            )
    })
    .await;
    assert!(ran.reason().starts_with("MODEL_ERROR"), "{}", ran.reason());
    assert!(person.asked.lock().unwrap().is_empty());
    let sent = ran.model.exchanges();
    let mut sent = sent.iter().map(|it| it.request.to_string());
    assert!(sent.all(|it| !it.contains("acknowledged_safety_checks")));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_can_not_be_used_is_told_once_and_nothing_of_it_is_done() {
    let screen = Screen::start().await;
    screen.put("/lamp", LAMP);
    let url = screen.url("/lamp");
    for (kind, more, name) in WAYS {
        // Outside of the picture once; then as it should be.
        let eyes = Eyes::of(&screen.page);
        let told = Arc::new(Mutex::new(0));
        let count = Arc::clone(&told);
        let asking = Asking::new("Light the lamp", &url);
        let ran = by_picture(&screen, kind, more, asking, move |asked| {
            if checks(asked) {
                return verdict(&["It is lit"]);
            }
            let seen = eyes.look();
            if seen.text().contains("It is lit") {
                return done("Lit.");
            }
            if !shown(asked).contains("outside of the picture") {
                return Answer::gesture(Gesture::Click { x: 5_000, y: 9 });
            }
            *count.lock().unwrap() += 1;
            Eyes::click(asked, named(&seen, "Light"))
        })
        .await;
        completed(&ran, name);
        assert_eq!(*told.lock().unwrap(), 1, "{name} {}", ran.log());

        // What is wrong every time ends the run, after a bounded number of calls.
        let unknown = |asked: &Asked| match asked.wire {
            Wire::Responses => Answer::computer(json!({"type": "teleport"})),
            Wire::Messages => Answer::computer(json!({"action": "teleport"})),
            Wire::Chat => Answer::say("Thought: Hm.\nAction: teleport(start_box='(1,1)')"),
        };
        let ran = by_picture(&screen, kind, more, asking, unknown).await;
        let reason = ran.reason();
        assert!(
            reason.starts_with("MODEL_ERROR") && reason.contains("teleport"),
            "{reason}"
        );
        assert!(ran.model.count() <= 6, "{}", ran.model.count());

        let refuse = |_: &Asked| Answer::refuse("I can't help with that.");
        let ran = by_picture(&screen, kind, more, asking, refuse).await;
        assert!(
            ran.reason().starts_with("MODEL_REFUSED"),
            "{}",
            ran.reason()
        );
        let ran = by_picture(&screen, kind, more, asking, |_: &Asked| Answer::empty()).await;
        assert!(ran.reason().starts_with("MODEL_ERROR"), "{}", ran.reason());
        let click = |_: &Asked| Answer::gesture(Gesture::Click { x: 600, y: 500 });
        let ran = by_picture(&screen, kind, more, asking, click).await;
        assert!(ran.reason().starts_with("LOOP"), "{}", ran.reason());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_to_be_done_and_is_not_is_not_completed() {
    let screen = Screen::start().await;
    screen.put("/lamp", LAMP);
    let url = screen.url("/lamp");
    for (kind, more, name) in WAYS {
        let asking = Asking::new("Light the lamp", &url);
        let ran = by_picture(&screen, kind, more, asking, |asked| {
            if checks(asked) {
                return verdict(&["It is lit"]);
            }
            done("It is lit, I am sure.")
        })
        .await;
        assert_eq!(ran.ending.state, RunState::Failed, "{name} {}", ran.log());
        let reason = ran.reason();
        assert!(reason.starts_with("VERIFICATION_FAILED"), "{name} {reason}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn windows_tabs_and_lists_that_no_picture_shows_are_dealt_with() {
    let screen = Screen::start().await;
    screen.put(
        "/desk",
        "<title>Desk</title><button onclick=\"if (confirm('Delete all files?')) out.textContent='Deleted'; else out.textContent='Kept'\">Clean</button>\
         <p id=out></p><a href=/other target=_blank>Other</a>",
    );
    screen.put("/other", "<title>Other</title><label>Colour <select onchange='out.textContent=this.value'><option>Red<option>Blue</select></label><p id=out></p>");
    let url = screen.url("/desk");
    for (kind, more, name) in WAYS {
        screen.forget().await;
        let eyes = Eyes::of(&screen.page);
        let goal = "Clean the desk without deleting anything, then choose Blue in Other";
        let ran = by_picture(&screen, kind, more, Asking::new(goal, &url), move |asked| {
            if let Wanted::Json(schema) = &asked.wanted
                && schema["properties"].get("accept").is_some()
            {
                assert!(asked.last().contains("Delete all files?"));
                return Answer::json(json!({ "accept": false, "text": null }));
            }
            if asked.tools.iter().any(|it| it.name == "answer") {
                return Answer::json(json!({ "accept": false, "text": null }));
            }
            if checks(asked) {
                return verdict(&["dismiss the dialog", "Blue"]);
            }
            let seen = eyes.look();
            if seen.title == "Other" {
                let list = named(&seen, "Colour");
                return match (list.value.as_deref(), seen.focus == list.id) {
                    (Some("Blue"), _) => done("Chosen."),
                    (_, false) => Eyes::click(asked, list),
                    (_, true) => {
                        assert!(shown(asked).contains("Red | Blue"), "{}", shown(asked));
                        Answer::gesture(Gesture::Type("Bl".to_owned()))
                    }
                };
            }
            let next = if seen.text().contains("Kept") {
                "Other"
            } else {
                "Clean"
            };
            Eyes::click(asked, named(&seen, next))
        })
        .await;
        completed(&ran, name);
        assert!(!ran.log().contains("accept the dialog"), "{}", ran.log());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_only_scroll_are_no_loop() {
    let screen = Screen::start().await;
    let lines: String = (0..300).map(|it| format!("<p>Line {it}")).collect();
    screen.put("/long", &format!("<title>Long</title>{lines}<p>The end"));
    let url = screen.url("/long");
    for (kind, more, name) in [WAYS[0], WAYS[2], WAYS[4]] {
        let eyes = Eyes::of(&screen.page);
        let asking = Asking::new("Scroll down to the end", &url);
        let ran = by_picture(&screen, kind, more, asking, move |asked| {
            if checks(asked) {
                return verdict(&["The end"]);
            }
            let seen = eyes.look();
            let end = seen.nodes.iter().find(|it| it.text == "The end");
            if end.is_some_and(|it| it.rect.unwrap()[1] < 750.0) {
                return done("There.");
            }
            Answer::gesture(Gesture::Keys("pagedown".to_owned()))
        })
        .await;
        completed(&ran, name);
        assert!(ran.log().matches("did press PageDown").count() > 6);
    }
}
