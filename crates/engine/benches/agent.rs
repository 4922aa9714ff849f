//! The engine `agent` with a model that takes no time: calls, tokens and time on a long form, one
//! field a step and twelve at once; how much of a prompt was sent before; and how large a page is as
//! text against its HTML and its accessibility tree.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::panic,
    reason = "a bench has nobody to report to"
)]

use std::{
    collections::BTreeMap,
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use errand_browser::{
    Browser, LaunchOptions, Page, guard,
    page::{Look, render},
};
use errand_domain::{Action, RunState, run::Detail};
use errand_egress::{Client, Policy, Proxy};
use errand_engine::{Agent, Engine, Limits, Resume, Task};
use errand_llm::{Meter, Models, Settings};
use errand_testing::{
    ScriptedModel, Site,
    model::{Answer, Asked, Wanted},
};
use serde_json::{Value, json};

use crate::ports::{Log, Nowhere, Since};

#[path = "agent/errands.rs"]
mod errands;
#[path = "../tests/goals/ports.rs"]
mod ports;

const ROUNDS: usize = 5;
const FIELDS: usize = 12;

fn main() -> ExitCode {
    // It is its own guard: nothing else has to be built first.
    let mut args = std::env::args_os().skip(1);
    if args.next().is_some_and(|first| first == "guard") {
        return guard::run(args);
    }
    tokio::runtime::Runtime::new().unwrap().block_on(all());
    ExitCode::SUCCESS
}

fn open_policy() -> Policy {
    Policy {
        allow_private: true,
        ..Policy::default()
    }
}

async fn all() {
    let site = Site::start(7).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let proxy = Proxy::start(Some(open_policy())).await.unwrap();
    let guard = vec![std::env::current_exe().unwrap().into(), "guard".into()];
    let mut options = LaunchOptions::new(guard, proxy.address(), folder.path().to_owned());
    // As in the tests, whose scripted eyes know it.
    options.viewport = (1_280, 757);
    let browser = Browser::launch(options).await.unwrap();
    let page = browser.page().await.unwrap();
    for (name, batch) in [("one field a step", 1), ("twelve fields at once", FIELDS)] {
        form(name, batch, &page, &site.url("/form")).await;
    }
    errands::all(&page, &site).await;
    errands::by_pictures(&page, &site).await;
    errands::by_hand(&page, &site).await;
    for path in ["/form", "/portal/login", "/rows?count=200", "/rows"] {
        sizes(&browser, &page, &site.url(path), path).await;
    }
    browser.close().await;
}

/// Text fields as they were seen last: id, name and whether something is in them.
fn fields(asked: &Asked) -> Vec<(String, bool)> {
    let mut known: Vec<(String, bool)> = Vec::new();
    let said = asked.said.iter().map(|it| {
        let results: Vec<&str> = it.results.iter().map(|it| &*it.text).collect();
        format!("{}\n{}", results.join("\n"), it.text)
    });
    for line in said.collect::<Vec<_>>().join("\n").lines() {
        let line = line.trim_start_matches(['+', ' ']);
        let Some((id, rest)) = line.strip_prefix('[').and_then(|it| it.split_once("] ")) else {
            continue;
        };
        let plain = rest.starts_with("textbox")
            && !rest.contains("type=")
            && !rest.contains("disabled")
            && !rest.contains("readonly");
        if !plain {
            continue;
        }
        let filled = rest.contains("value=");
        match known.iter_mut().find(|it| it.0 == id) {
            Some(field) => field.1 = filled,
            None => known.push((id.to_owned(), filled)),
        }
    }
    // A field may write what it is given in another way, or not at all.
    let ordered = asked.said.iter().flat_map(|it| &it.calls);
    let ordered: String = ordered.map(|it| it.arguments.to_string()).collect();
    for field in &mut known {
        field.1 = field.1 || ordered.contains(&format!("\"{}\"", field.0));
    }
    known
}

async fn form(name: &str, batch: usize, page: &Page, url: &str) {
    let (mut took, mut calls, mut first, mut later, mut shared, mut steps) = (
        Vec::new(),
        Vec::new(),
        Vec::new(),
        Vec::new(),
        Vec::new(),
        0,
    );
    for _ in 0..ROUNDS {
        let model = ScriptedModel::start(move |asked: &Asked| {
            if matches!(asked.wanted, Wanted::Json(_)) {
                let clause = json!({"clause": "filled", "holds": "yes", "quote": "Fair winds"});
                return Answer::json(json!({ "clauses": [clause] }));
            }
            let fields = fields(asked);
            let filled = fields.iter().filter(|it| it.1).count();
            let next: Vec<Value> = fields
                .iter()
                .filter(|it| !it.1)
                .take(batch.min(goal(fields.len()).saturating_sub(filled)))
                .map(|it| json!({"do": "type", "id": it.0, "text": "Fair winds"}))
                .collect();
            let claims =
                json!([{"clause": "filled", "by": "value", "id": fields[0].0, "is": "Fair winds"}]);
            let done = json!({"summary": "Filled.", "claims": claims});
            let last = filled + next.len() == goal(fields.len());
            let mut answer = Answer::default();
            if !next.is_empty() {
                answer = answer.and_call("act", &json!({ "actions": next }));
            }
            if last {
                answer = answer.and_call("done", &done);
            }
            answer
        })
        .await
        .unwrap();
        let began = Instant::now();
        steps = run(page, &model, url).await;
        took.push(began.elapsed().as_secs_f64());
        let exchanges = model.exchanges();
        calls.push(exchanges.len() as f64);
        let usage = exchanges.iter().filter_map(|it| {
            let answer: Value = serde_json::from_str(&it.response).ok()?;
            let usage = &answer["usage"];
            let fresh = usage["prompt_tokens"].as_f64()?
                - usage["prompt_tokens_details"]["cached_tokens"]
                    .as_f64()
                    .unwrap_or_default();
            Some((usage["prompt_tokens"].as_f64()?, fresh))
        });
        let usage: Vec<(f64, f64)> = usage.collect();
        let decisions = &usage[..usage.len() - 1];
        first.push(decisions[0].0);
        later.extend(decisions[1..].iter().map(|it| it.1));
        for pair in exchanges[..exchanges.len() - 1].windows(2) {
            let (one, other) = (pair[0].request.to_string(), pair[1].request.to_string());
            // The list of messages ends with a bracket that the next one does not have there.
            let same = one
                .bytes()
                .zip(other.bytes())
                .take_while(|(a, b)| a == b)
                .count();
            shared.push(same as f64 / one.len() as f64);
        }
    }
    let step = middle(&mut took) / f64::from(steps.max(1));
    println!(
        "{name}: {:.0} calls, {:.2} s, {step:.2} s a step; {:.0} tokens in the first prompt, {:.0} new \
         ones in a later one, {:.0} % of a prompt sent again unchanged",
        middle(&mut calls),
        middle(&mut took),
        middle(&mut first),
        middle(&mut later),
        middle(&mut shared) * 100.0,
    );
}

/// Fields that are filled of those that there are.
fn goal(there: usize) -> usize {
    FIELDS.min(there)
}

/// Models at the scripted one, spoken to in this wire format, with more settings.
fn models(model: &ScriptedModel, kind: &str, more: &str) -> Models {
    let url = match kind {
        "openai" => model.openai_url(),
        _ => model.url(),
    };
    // Words are asked of another one: UI-TARS answers with actions alone.
    let settings = format!(
        "[roles]\nverify = \"words\"\nextract = \"words\"\nplan = \"words\"\n\
         [models.default]\nkind = \"{kind}\"\nbase_url = \"{url}\"\nmodel = \"m\"\n\
         api_key = \"k-0123456789\"\n{more}\n\
         [models.words]\nkind = \"openai\"\nbase_url = \"{}\"\nmodel = \"w\"\n\
         api_key = \"k-0123456789\"",
        model.openai_url()
    );
    let settings: Settings = toml::from_str(&settings).unwrap();
    let clock = Arc::new(Since(Instant::now()));
    Models::new(&settings, Arc::new(Client::new(open_policy())), clock).unwrap()
}

async fn run(page: &Page, model: &ScriptedModel, url: &str) -> u32 {
    let log = Log::default();
    let agent = Agent::new(
        models(model, "openai", ""),
        Arc::new(Meter::unlimited()),
        &log,
        &Nowhere,
    );
    let goal = "Write Fair winds into the text fields";
    run_by(&agent, &log, page, goal, url, None).await
}

/// The steps that it took.
async fn run_by(
    engine: &dyn Engine,
    log: &Log,
    page: &Page,
    goal: &str,
    url: &str,
    schema: Option<&Value>,
) -> u32 {
    let task = Task {
        goal,
        url: Some(url),
        schema,
        detail: Detail::Normal,
        page,
        engine,
        events: log,
        artifacts: &Nowhere,
        checkpoints: &Nowhere,
        refusal: &|_| None,
        error_codes: &BTreeMap::new(),
        captcha: None,
        people: &Nowhere,
        clock: &Since(Instant::now()),
        limits: Limits {
            max_steps: 40,
            deadline: Duration::from_secs(120),
        },
        resume: Resume::default(),
    };
    let ending = task.run().await.unwrap();
    if ending.state != RunState::Completed {
        panic!("{:?}", ending.failure);
    }
    let log = log.0.lock().unwrap();
    let steps = log.iter().filter(|it| it.body.kind() == "step_finished");
    u32::try_from(steps.count()).unwrap()
}

async fn sizes(browser: &Browser, page: &Page, url: &str, name: &str) {
    let url = url.to_owned();
    page.act(&Action::Navigate { url }).await.unwrap();
    let seen = page.observe(&Look::default()).await.unwrap();
    let text = render(&seen, 12_000).len() as f64;
    let tree = browser
        .bidi()
        .unwrap()
        .call("browsingContext.getTree", json!({}));
    let target = tree.await.unwrap()["contexts"][0]["context"].clone();
    let params = json!({ "targetId": target, "flatten": true });
    let attached = browser
        .cdp()
        .call("Target.attachToTarget", params)
        .await
        .unwrap();
    let session = attached["sessionId"].as_str().unwrap().to_owned();
    let params =
        json!({ "expression": "document.documentElement.outerHTML.length", "returnByValue": true });
    let html = browser
        .cdp()
        .call_in(&session, "Runtime.evaluate", params)
        .await
        .unwrap();
    let html = html["result"]["value"].as_f64().unwrap();
    let tree = browser
        .cdp()
        .call_in(&session, "Accessibility.getFullAXTree", json!({}));
    let tree = tree.await.unwrap()["nodes"].to_string().len() as f64;
    println!(
        "{name}: {text:.0} bytes as text, {:.3}x its HTML ({html:.0}), {:.3}x its accessibility tree ({tree:.0})",
        text / html,
        text / tree
    );
}

/// Zero, where there is nothing.
fn middle(figures: &mut [f64]) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}
