//! Whole errands by each engine, and what its actions take outside the model against the same by
//! hand.

use std::time::Instant;

use errand_browser::Page;
use errand_domain::StorageState;
use errand_engine::{Agent, Computer, Engine, Planner};
use errand_llm::{Meter, Models};
use errand_testing::{
    Driver, Errand, ScriptedModel, Site,
    model::{Answer, Asked, Wanted},
};
use fantoccini::{Client, ClientBuilder, Locator, wd::Capabilities};
use hyper_util::client::legacy::connect::HttpConnector;
use nix::{
    sys::signal::{Signal, killpg},
    unistd::Pid,
};
use serde_json::{Value, json};

#[path = "../../tests/agent/eyes.rs"]
#[expect(dead_code, reason = "shared with the tests")]
mod eyes;

use eyes::Eyes;

use super::{Arc, Log, Nowhere, middle, models, run_by};

const ROUNDS: usize = 5;
const ERRANDS: [&str; 5] = [
    "log in",
    "find the customer",
    "invoices over all pages",
    "fill the long form",
    "download the report",
];

/// Calls, tokens and time of five errands.
pub async fn all(page: &Page, site: &Site) {
    for engine in ["agent", "planner"] {
        for errand in Errand::all(site) {
            if ERRANDS.contains(&errand.name) {
                one(engine, page, site, &errand).await;
            }
        }
    }
}

/// The same by pictures, for what can be done without tools beside the screen.
pub async fn by_pictures(page: &Page, site: &Site) {
    for (kind, more, engine) in [
        ("openai", "computer_tool = \"computer\"", "openai_cua"),
        (
            "anthropic",
            "computer_tool = \"computer_20251124\"",
            "anthropic_cua",
        ),
        ("openai", "computer_tool = \"ui_tars\"", "ui_tars"),
    ] {
        for errand in Errand::all(site) {
            if ["download the report", "buy the second product"].contains(&errand.name) {
                let way = (kind, more, engine);
                seen(way, page, site, &errand).await;
            }
        }
    }
}

async fn seen(way: (&str, &str, &str), page: &Page, site: &Site, errand: &Errand) {
    let (kind, more, engine) = way;
    let (mut took, mut calls, mut steps) = (Vec::new(), 0, 0);
    for _ in 0..ROUNDS {
        enter(page, site, errand.inside).await;
        let (eyes, name) = (Eyes::of(page), errand.name);
        let model = ScriptedModel::start(move |asked: &Asked| {
            if matches!(asked.wanted, Wanted::Json(_))
                || asked.tools.iter().any(|it| it.name == "verdict")
            {
                let shown: Vec<&str> = asked.said.iter().map(|it| &*it.text).collect();
                let shown = shown.join("\n");
                let url = shown.lines().rfind(|it| it.starts_with("url: "));
                let clause = json!({"clause": "done", "holds": "yes", "quote": url});
                return Answer::json(json!({ "clauses": [clause] }));
            }
            eyes.next(asked, name)
                .unwrap_or_else(|| eyes::done("It is done."))
        });
        let model = model.await.unwrap();
        let models: Models = models(&model, kind, more);
        let log = Log::default();
        let meter = Arc::new(Meter::unlimited());
        let began = Instant::now();
        let computer = Computer::new(models, meter, &log, &Nowhere).unwrap();
        steps = run_by(&computer, &log, page, errand.goal, &errand.url, None).await;
        took.push(began.elapsed().as_secs_f64());
        calls = model.count();
    }
    println!(
        "{engine}, {}: {calls} calls, {steps} steps, {:.2} s (what the scripted model takes to look \
         at the page itself is in it)",
        errand.name,
        middle(&mut took)
    );
}

async fn one(engine: &str, page: &Page, site: &Site, errand: &Errand) {
    let (mut took, mut calls, mut tokens, mut steps) = (Vec::new(), 0, 0, 0);
    for _ in 0..ROUNDS {
        enter(page, site, errand.inside).await;
        let rule = errand.clone();
        let model = ScriptedModel::start(move |asked: &_| rule.answer(asked))
            .await
            .unwrap();
        let began = Instant::now();
        steps = by(engine, page, &model, errand).await;
        took.push(began.elapsed().as_secs_f64());
        let exchanges = model.exchanges();
        calls = exchanges.len();
        let used = exchanges.iter().filter_map(|it| {
            let answer: Value = serde_json::from_str(&it.response).ok()?;
            answer["usage"]["prompt_tokens"].as_u64()
        });
        tokens = used.sum();
    }
    println!(
        "{engine}, {}: {calls} calls, {tokens} tokens in prompts, {steps} steps, {:.2} s",
        errand.name,
        middle(&mut took)
    );
}

async fn by(engine: &str, page: &Page, model: &ScriptedModel, errand: &Errand) -> u32 {
    let models: Models = models(model, "openai", "");
    let log = Log::default();
    let meter = Arc::new(Meter::unlimited());
    let engine: Box<dyn Engine + '_> = match engine {
        "planner" => Box::new(Planner::new(models, meter, &log, &Nowhere)),
        _ => Box::new(Agent::new(models, meter, &log, &Nowhere)),
    };
    run_by(
        &*engine,
        &log,
        page,
        errand.goal,
        &errand.url,
        errand.schema.as_ref(),
    )
    .await
}

async fn enter(page: &Page, site: &Site, inside: bool) {
    let mut cookies = Vec::new();
    if inside {
        cookies.push(json!({
            "name": "session", "value": {"type": "string", "value": site.session()},
            "domain": "127.0.0.1", "path": "/", "httpOnly": false, "secure": false,
            "sameSite": "lax", "size": 20
        }));
    }
    let state = json!({"url": "about:blank", "cookies": cookies, "origins": []});
    let state: StorageState = serde_json::from_value(state).unwrap();
    page.restore(&state).await.unwrap();
}

/// The long form by the agent, and by hand with a picture after each action, in turns.
pub async fn by_hand(page: &Page, site: &Site) {
    let errand = Errand::all(site)
        .into_iter()
        .find(|it| it.name == "fill the long form");
    let errand = errand.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let driver = Driver::start(folder.path()).await.unwrap();
    let hand = connect(&driver.url, folder.path()).await;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        enter(page, site, false).await;
        let rule = errand.clone();
        let model = ScriptedModel::start(move |asked: &_| rule.answer(asked))
            .await
            .unwrap();
        let began = Instant::now();
        by("agent", page, &model, &errand).await;
        ours.push(began.elapsed().as_secs_f64());
        let began = Instant::now();
        fill(&hand, &errand.url).await;
        theirs.push(began.elapsed().as_secs_f64());
    }
    hand.close().await.unwrap();
    if let Some(pid) = driver.process.id().and_then(|pid| i32::try_from(pid).ok()) {
        let _ = killpg(Pid::from_raw(pid), Signal::SIGKILL);
    }
    let (ours, theirs) = (middle(&mut ours), middle(&mut theirs));
    println!(
        "the long form, 13 actions: {ours:.2} s by the agent, {theirs:.2} s by hand with a picture \
         after each action: {:.2}x",
        ours / theirs
    );
}

async fn connect(url: &str, folder: &std::path::Path) -> Client {
    let flags = [
        "--headless=new".to_owned(),
        "--no-sandbox".to_owned(),
        "--disable-background-networking".to_owned(),
        "--disable-component-update".to_owned(),
        "--disable-sync".to_owned(),
        "--no-first-run".to_owned(),
        "--disable-quic".to_owned(),
        "--window-size=1280,900".to_owned(),
        format!("--user-data-dir={}", folder.join("profile").display()),
    ];
    let mut capabilities = Capabilities::new();
    capabilities.insert("goog:chromeOptions".into(), json!({ "args": flags }));
    ClientBuilder::new(HttpConnector::new())
        .capabilities(capabilities)
        .connect(url)
        .await
        .unwrap()
}

/// What the agent does, as somebody who knows the page would write it.
async fn fill(hand: &Client, url: &str) {
    hand.goto(url).await.unwrap();
    for (name, text) in [
        ("first_name", "Ann"),
        ("last_name", "Lee"),
        ("email", "ann@example.com"),
        ("phone", "555-0100"),
        ("street", "1 Harbour Street"),
        ("comments", "She comes by train."),
    ] {
        let field = hand
            .find(Locator::Css(&format!("[name={name}]")))
            .await
            .unwrap();
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
        hand.screenshot().await.unwrap();
    }
    let country = hand.find(Locator::Css("[name=country]")).await.unwrap();
    country.select_by_label("Denmark").await.unwrap();
    hand.screenshot().await.unwrap();
    for box_ in [
        "[name=room][value=double]",
        "[name=extras][value=breakfast]",
        "[name=extras][value=late]",
        "[name=terms] + label .box",
    ] {
        hand.find(Locator::Css(box_))
            .await
            .unwrap()
            .click()
            .await
            .unwrap();
        hand.screenshot().await.unwrap();
    }
    let send = hand
        .find(Locator::Css("form button[type=submit]"))
        .await
        .unwrap();
    send.click().await.unwrap();
    let received = hand.wait().for_element(Locator::Css("#sent")).await;
    received.unwrap();
    hand.screenshot().await.unwrap();
}
