//! The `local` engine: deciding against looking, goals a second, and a table of 5,000 rows read by
//! words against a script written by hand for it.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::panic,
    reason = "a bench has nobody to report to"
)]

use std::{
    hint::black_box,
    process::ExitCode,
    time::{Duration, Instant},
};

use errand_browser::{Browser, LaunchOptions, Observation, Page, Reading, guard, page::Look};
use errand_domain::Action;
use errand_egress::{Policy, Proxy};
use errand_engine::{Decision, Engine as _, Local, Turn, goal};
use errand_testing::Site;
use serde_json::{Value, json};

const ROUNDS: usize = 9;
/// As many nodes as a run looks at.
const MAX_NODES: usize = 1_500;

fn main() -> ExitCode {
    // It is its own guard: nothing else has to be built first.
    let mut args = std::env::args_os().skip(1);
    if args.next().is_some_and(|first| first == "guard") {
        return guard::run(args);
    }
    goals();
    tokio::runtime::Runtime::new().unwrap().block_on(pages());
    ExitCode::SUCCESS
}

async fn pages() {
    let site = Site::start(7).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let policy = Policy {
        allow_private: true,
        ..Policy::default()
    };
    let proxy = Proxy::start(Some(policy)).await.unwrap();
    let guard = vec![std::env::current_exe().unwrap().into(), "guard".into()];
    let options = LaunchOptions::new(guard, proxy.address(), folder.path().to_owned());
    let browser = Browser::launch(options).await.unwrap();
    let page = browser.page().await.unwrap();
    for (name, path, acting, reading) in [
        (
            "a log-in form",
            "/login",
            "Log in with username 'demo@example.com' and password 'errand-demo'",
            "Extract the main heading",
        ),
        (
            "200 rows",
            "/rows?count=200",
            "Click the 'Reorder' button in the row of 'ST-00700'",
            "Extract the codes",
        ),
        (
            "5,000 rows",
            "/rows",
            "Click the 'Reorder' button in the row of 'ST-00700'",
            "Extract the codes",
        ),
    ] {
        open(&page, &site.url(path)).await;
        decisions(name, acting, reading, &page).await;
    }
    table(&browser, &page, &site.url("/rows")).await;
    browser.close().await;
}

async fn open(page: &Page, url: &str) {
    let url = url.to_owned();
    page.act(&Action::Navigate { url }).await.unwrap();
}

/// Goals a second, against cutting the same texts at white space.
fn goals() {
    let prompts = [
        "Log in with username 'ann' and password 'secret', then go to the invoices page and extract \
         all invoice numbers",
        "Please click the second \"Buy\" button in the row of Ann, wait for 'Thanks' and close the \
         dialog",
        "Fill in Name with 'Ann', Email with 'ann@example.com', choose Norway as the country, check \
         'I accept the terms' and send the form",
        "Find the top 3 posts on the front page",
        "If there is a cookie banner, accept it. Search for \"enamel mug\", open the first result \
         and get its price",
    ];
    let time = |work: fn(&str)| {
        let started = Instant::now();
        let mut count = 0_u32;
        while started.elapsed() < Duration::from_millis(500) {
            for prompt in prompts {
                work(prompt);
                count += 1;
            }
        }
        f64::from(count) / started.elapsed().as_secs_f64()
    };
    let (mut parsed, mut cut) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        parsed.push(time(|prompt| {
            let read = goal::understand(black_box(prompt));
            assert!(read.gaps.is_empty(), "{:?}", read.gaps);
            black_box(read);
        }));
        cut.push(time(|prompt| {
            let words: Vec<String> = black_box(prompt)
                .split_whitespace()
                .map(str::to_lowercase)
                .collect();
            black_box(words);
        }));
    }
    let (parsed, cut) = (middle(parsed), middle(cut));
    println!(
        "goals: {parsed:.0}/s, {:.0}x the time of cutting them into words ({cut:.0}/s)",
        cut / parsed
    );
}

fn turn<'a>(
    goal: &'a str,
    observation: &'a Observation,
    reading: Option<&'a Reading>,
    memory: &'a Value,
) -> Turn<'a> {
    Turn {
        goal,
        schema: None,
        observation,
        reading,
        history: &[],
        fresh: 0,
        memory,
        picture: None,
        answer: None,
    }
}

async fn observe(page: &Page, goal: &str) -> Observation {
    let look = Look {
        goal_words: goal::words(goal),
        max_nodes: MAX_NODES,
    };
    page.observe(&look).await.unwrap()
}

/// The time to decide against the time to see what is decided on.
async fn decisions(name: &str, acting: &str, reading: &str, page: &Page) {
    let (mut seen, mut acted, mut whole, mut read) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let memory = Value::Null;
    for _ in 0..ROUNDS {
        let began = Instant::now();
        let observation = observe(page, acting).await;
        seen.push(began.elapsed().as_secs_f64());
        let began = Instant::now();
        let decision = Local
            .decide(&turn(acting, &observation, None, &memory))
            .await;
        acted.push(began.elapsed().as_secs_f64());
        assert!(matches!(decision, Decision::Act { .. }), "{decision:?}");

        let observation = observe(page, reading).await;
        let began = Instant::now();
        let all = page.read(None).await.unwrap();
        whole.push(began.elapsed().as_secs_f64());
        let began = Instant::now();
        let decision = Local
            .decide(&turn(reading, &observation, Some(&all), &memory))
            .await;
        read.push(began.elapsed().as_secs_f64());
        assert!(matches!(decision, Decision::Finish(_)), "{decision:?}");
    }
    let (seen, acted, whole, read) = (middle(seen), middle(acted), middle(whole), middle(read));
    println!(
        "{name}: deciding to act {:.3}x observing ({:.2} ms against {:.1} ms); deciding what was \
         read {:.3}x reading ({:.2} ms against {:.1} ms)",
        acted / seen,
        acted * 1e3,
        seen * 1e3,
        read / whole,
        read * 1e3,
        whole * 1e3,
    );
}

const SCHEMA: &str = r#"{"type":"object","properties":{"rows":{"type":"array","items":{
    "type":"object","properties":{"code":{"type":"string"},"article":{"type":"string"},
    "last order":{"type":"string"},"value":{"type":"string"},"stock":{"type":"string"}}}}}}"#;

const SCRIPT: &str = "JSON.stringify([...document.querySelectorAll('tbody tr')].map(row => {\
    const cell = it => row.cells[it].innerText.trim();\
    return {code: cell(1), article: cell(2), 'last order': cell(3), value: cell(4), stock: cell(5)};\
}))";

/// Five columns of 5,000 rows: looked at, read and decided; and by a script that knows the page.
async fn table(browser: &Browser, page: &Page, url: &str) {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let tree = browser
        .bidi()
        .unwrap()
        .call("browsingContext.getTree", json!({}));
    let target = tree.await.unwrap()["contexts"][0]["context"].clone();
    let params = json!({ "targetId": target, "flatten": true });
    let attached = browser.cdp().call("Target.attachToTarget", params);
    let session = attached.await.unwrap()["sessionId"]
        .as_str()
        .unwrap()
        .to_owned();
    let goal = "Extract the rows with code, article, last order, value and stock";
    let memory = Value::Null;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        open(page, url).await;
        let began = Instant::now();
        let params = json!({ "expression": SCRIPT, "returnByValue": true });
        let answer = browser.cdp().call_in(&session, "Runtime.evaluate", params);
        let answer = answer.await.unwrap();
        let text = answer["result"]["value"].as_str().unwrap();
        let by_script: Value = serde_json::from_str(text).unwrap();
        theirs.push(began.elapsed().as_secs_f64());

        open(page, url).await;
        let began = Instant::now();
        let observation = observe(page, goal).await;
        let all = page.read(None).await.unwrap();
        let turn = Turn {
            schema: Some(&schema),
            ..turn(goal, &observation, Some(&all), &memory)
        };
        let decision = Local.decide(&turn).await;
        ours.push(began.elapsed().as_secs_f64());
        let Decision::Finish(finding) = decision else {
            panic!("{decision:?}")
        };
        assert_eq!(finding.output.unwrap()["rows"], by_script);
    }
    let (ours, theirs) = (middle(ours), middle(theirs));
    println!(
        "a table of 5,000 rows: {:.1}x a script written for it ({:.0} ms against {:.0} ms)",
        ours / theirs,
        ours * 1e3,
        theirs * 1e3
    );
}

fn middle(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
