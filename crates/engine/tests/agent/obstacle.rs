//! What stands in the way of every engine: named, got past where somebody can, and told by the
//! caller's own codes.

use std::{collections::BTreeMap, sync::Mutex};

use async_trait::async_trait;
use errand_domain::{
    Answer as Said, FailureCategory, Question, RunState, Wants,
    port::{Captcha, CaptchaSolver, People, PortError},
};
use errand_testing::model::Answer;
use serde_json::json;

use crate::{
    browser::Screen,
    run::{Asking, locally, run_with},
    script::checks,
};

/// A page that shows its button after the letters were typed.
const LETTERS: &str = "<title>Gate</title><p>Please verify you are human</p>\
    <label>Captcha <input id=captcha></label>\
    <div id=rest></div><script>captcha.onchange = () => { if (captcha.value === 'W7KX') \
    { document.body.innerHTML = '<button onclick=\"out.textContent=`Gone on`\">Continue</button><p id=out></p>' } }</script>";

/// One of a maker's widgets, as its documentation has it.
const WIDGET: &str = "<title>Gate</title><form><div class=g-recaptcha data-sitekey=site-1 data-callback=solved>\
    <iframe title=reCAPTCHA src='about:blank?k=site-1' width=304 height=78></iframe>\
    <textarea name=g-recaptcha-response hidden></textarea></div></form>\
    <script>window.solved = (token) => { if (token === 'token-9' && document.querySelector('textarea').value === token) \
    document.body.innerHTML = '<button onclick=\"out.textContent=`Gone on`\">Continue</button><p id=out></p>' }</script>";

const GOAL: &str = "Click Continue and wait for 'Gone on'";

struct Solver {
    solution: Result<String, String>,
    asked: Mutex<Vec<Captcha>>,
}

impl Solver {
    fn new(solution: Result<&str, &str>) -> Self {
        Self {
            solution: solution.map(str::to_owned).map_err(str::to_owned),
            asked: Mutex::default(),
        }
    }
}

#[async_trait]
impl CaptchaSolver for Solver {
    async fn solve(&self, captcha: &Captcha) -> Result<String, String> {
        self.asked.lock().unwrap().push(captcha.clone());
        self.solution.clone()
    }
}

struct Nay;

#[async_trait]
impl People for Nay {
    async fn ask(&self, question: &Question) -> Result<Option<Said>, PortError> {
        assert_eq!(question.wants, Wants::Help);
        assert!(question.text.contains("captcha") || question.text.contains("human"));
        Ok(Some(Said::No))
    }
}

#[tokio::test]
async fn a_captcha_goes_to_the_solver_and_then_to_a_person() {
    let screen = Screen::start().await;
    screen.put("/letters", LETTERS);
    screen.put("/widget", WIDGET);
    for (page, kind, solution) in [
        ("/letters", "text", "W7KX"),
        ("/widget", "recaptcha", "token-9"),
    ] {
        let url = screen.url(page);
        let solver = Solver::new(Ok(solution));
        let asking = Asking {
            captcha: Some(&solver),
            people: &Nay,
            ..Asking::new(GOAL, &url)
        };
        let ran = locally(&screen, asking).await;
        ran.completed();
        let asked = std::mem::take(&mut *solver.asked.lock().unwrap());
        assert_eq!(asked.len(), 1);
        assert_eq!((asked[0].kind, &*asked[0].url), (kind, &*url));
        assert_eq!(
            asked[0].site_key.as_deref(),
            (page == "/widget").then_some("site-1")
        );
        assert!(asked[0].picture.is_some());

        let solver = Solver::new(Err("out of credit"));
        let asking = Asking {
            captcha: Some(&solver),
            people: &Nay,
            ..Asking::new(GOAL, &url)
        };
        let ran = locally(&screen, asking).await;
        assert_eq!(ran.ending.state, RunState::Failed);
        assert!(ran.reason().starts_with("CAPTCHA"), "{}", ran.reason());
        assert!(ran.log().contains("out of credit"), "{}", ran.log());
    }
}

#[tokio::test]
async fn walls_are_named_by_what_the_page_shows() {
    let screen = Screen::start().await;
    let log_in = "<title>Log in</title><p>Please log in to continue.</p><label>Name <input></label>\
        <label>Password <input type=password></label><button>Log in</button>";
    let article = "<title>Robots</title><article><h1>Captchas</h1><p>Sites say: access denied, \
        or ask whether you are human, in many words, and all of them at length, so that the whole \
        of this paragraph is much longer than what any wall ever says to those who stand before \
        it, whatever their reasons are and however long they wait.</p></article>";
    let badge = "<title>Home</title><h1>Home</h1><p>Welcome</p>\
        <iframe title=reCAPTCHA width=256 height=60 src='about:blank'></iframe>";
    let fields: String = (1..=15)
        .map(|it| format!("<label>Field {it} <input></label>"))
        .collect();
    let contact = format!(
        "<title>Contact</title>{fields}<iframe title=reCAPTCHA width=304 height=78 src='about:blank'></iframe>"
    );
    for (page, html, category) in [
        // Nobody is asked where a captcha is not why something is missing.
        ("/badge", badge, FailureCategory::ElementNotFound),
        ("/contact", &contact, FailureCategory::ElementNotFound),
        ("/login", log_in, FailureCategory::AuthFailed),
        (
            "/block",
            "<title>Access denied</title><h1>Access denied</h1><p>You have been blocked.</p>",
            FailureCategory::AntiBot,
        ),
        ("/article", article, FailureCategory::ElementNotFound),
    ] {
        screen.put(page, html);
        let url = screen.url(page);
        let ran = locally(&screen, Asking::new("Click 'Download invoice'", &url)).await;
        let failure = ran.ending.failure.as_ref().unwrap();
        assert_eq!(failure.category, category, "{page}: {}", failure.reason);
    }
}

#[tokio::test]
async fn the_callers_codes_are_matched_by_exact_words_or_by_a_model_that_quotes() {
    let screen = Screen::start().await;
    screen.put(
        "/lamp",
        "<title>Lamp</title><h1>Lamp</h1><p>Currently sold out</p>",
    );
    let url = screen.url("/lamp");
    let codes: BTreeMap<String, String> = [
        ("gone", "The page says \"sold out\""),
        ("closed", "Shop closed"),
        ("old", "old out"),
    ]
    .map(|(code, description)| (code.to_owned(), description.to_owned()))
    .into();
    let asking = Asking {
        codes: &codes,
        ..Asking::new("Click 'Add to cart'", &url)
    };
    let ran = locally(&screen, asking).await;
    let named: Vec<&str> = ran.ending.errors.iter().map(|it| &*it.error_code).collect();
    assert_eq!(named, ["gone"], "{:?}", ran.ending.errors);

    let ran = run_with(&screen, asking, |asked| {
        if checks(asked) {
            // One that nothing shows, one that isn't the caller's, and one that is there.
            let error = |code: &str, quote: &str| json!({"error_code": code, "reasoning": "It is.", "quote": quote});
            let errors = [error("closed", "closed for ever"), error("gone", "Currently sold out")];
            return Answer::json(json!({ "errors": errors }));
        }
        let why = json!({"why": "not_there", "reason": "It is sold out.", "quote": "sold out"});
        Answer::call("give_up", &why)
    })
    .await;
    assert_eq!(ran.ending.state, RunState::Terminated, "{}", ran.reason());
    let named: Vec<&str> = ran.ending.errors.iter().map(|it| &*it.error_code).collect();
    assert_eq!(named, ["gone"], "{:?}", ran.ending.errors);
}
