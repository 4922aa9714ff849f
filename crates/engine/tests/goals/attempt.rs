//! One goal in one browser.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use anyhow::Context;
use errand_browser::Browser;
use errand_domain::{Draft, RunState, event::Body, run::Detail};
use errand_engine::{Ending, Limits, Local, Resume, Task};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::{
    bench::Seat,
    compare,
    corpus::{Ends, Expect, Goal},
    ports::{Log, Nowhere, Since},
};

const LIMITS: Limits = Limits {
    max_steps: 40,
    deadline: Duration::from_secs(30),
};
/// For what a run's own limits do not bound.
const PATIENCE: Duration = Duration::from_secs(45);

/// What came of a goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// What was expected.
    Passed,
    /// Something else, but nobody was told that it is done.
    Missed,
    /// Said to be done, and is not.
    WronglyCompleted,
}

/// Tries a goal, and tells what happened in a line.
pub async fn attempt(seat: &Seat, goal: &Goal, origin: &str, aloud: bool) -> (Outcome, String) {
    let log = Log::default();
    let ran = timeout(PATIENCE, drive(seat, goal, origin, &log)).await;
    let (outcome, told) = match ran {
        Ok(Ok(ending)) => judge(seat, &goal.expect, goal.schema.is_some(), origin, &ending).await,
        Ok(Err(error)) => (Outcome::Missed, format!("could not be run: {error:#}")),
        Err(_) => (Outcome::Missed, "did not come to an end".to_owned()),
    };
    if aloud {
        narrate(&log);
        println!("{outcome:?}: {told}");
    }
    (outcome, told)
}

async fn drive(seat: &Seat, goal: &Goal, origin: &str, log: &Log) -> anyhow::Result<Ending> {
    let url = format!("{origin}/{}", goal.page);
    let task = Task {
        goal: &goal.text,
        url: Some(&url),
        schema: goal.schema.as_ref(),
        detail: Detail::Normal,
        page: &seat.page,
        engine: &Local,
        events: log,
        artifacts: &Nowhere,
        checkpoints: &Nowhere,
        refusal: &|_| None,
        error_codes: &BTreeMap::new(),
        captcha: None,
        people: &Nowhere,
        clock: &Since(Instant::now()),
        limits: LIMITS,
        resume: Resume::default(),
    };
    Ok(task.run().await?)
}

async fn judge(
    seat: &Seat,
    expect: &Expect,
    exact: bool,
    origin: &str,
    ending: &Ending,
) -> (Outcome, String) {
    let state = match &expect.state {
        None => Ok(true),
        Some(state) => evaluate(&seat.browser, state).await.map(|it| it == true),
    };
    let output = ending.finding.output.as_ref();
    let mut told = match &ending.failure {
        Some(failure) => format!(
            "{} {}: {}",
            ending.state.as_str(),
            failure.category.as_str(),
            failure.reason
        ),
        None => ending.state.as_str().to_owned(),
    };
    match &state {
        Ok(true) => {}
        Ok(false) => told.push_str("; the page is not as it should be"),
        Err(error) => told.push_str(&format!("; the page can't be asked: {error:#}")),
    }
    let met = state.unwrap_or(false);
    if let Some(ends) = expect.ends {
        let as_expected = match ending.state {
            RunState::Failed => ends != Ends::Terminated,
            RunState::Terminated => ends != Ends::Failed,
            _ => false,
        };
        let category = ending.failure.as_ref().map(|it| it.category.as_str());
        let right = expect.category.is_none() || expect.category.as_deref() == category;
        let outcome = match ending.state {
            RunState::Completed => Outcome::WronglyCompleted,
            _ if as_expected && right && met => Outcome::Passed,
            _ => Outcome::Missed,
        };
        told.push_str(&format!("; expected {ends:?} {:?}", expect.category));
        return (outcome, told);
    }
    if ending.state != RunState::Completed {
        return (Outcome::Missed, told);
    }
    let wanted: Vec<&Value> = expect.output.iter().chain(&expect.or).collect();
    let found = output.cloned().unwrap_or(Value::Null);
    let same = wanted.is_empty()
        || wanted
            .iter()
            .any(|it| compare::same(it, &found, exact, origin));
    if !same {
        told.push_str(&format!(
            "; output {found}, expected {}",
            expect.output.clone().unwrap_or_default()
        ));
    }
    match met && same {
        true => (Outcome::Passed, told),
        false => (Outcome::WronglyCompleted, told),
    }
}

/// What the page's own world says.
async fn evaluate(browser: &Browser, expression: &str) -> anyhow::Result<Value> {
    let bidi = browser.bidi().context("it has no BiDi")?;
    let tree = bidi.call("browsingContext.getTree", json!({}));
    let tree = tree.await?;
    let target = &tree["contexts"][0]["context"];
    // A dialog that was left open would keep the page from answering.
    let params = json!({ "context": target, "accept": false });
    let dismissed = bidi.call("browsingContext.handleUserPrompt", params);
    drop(dismissed.await);
    let params = json!({ "targetId": target, "flatten": true });
    let attached = browser.cdp().call("Target.attachToTarget", params).await?;
    let session = attached["sessionId"].as_str().context("no session")?;
    // A throw is an answer too: the page is not as it should be.
    let params = json!({ "expression": format!("(()=>{{try{{return !!({expression})}}catch(e){{return false}}}})()"), "returnByValue": true });
    let answer = browser.cdp().call_in(session, "Runtime.evaluate", params);
    let answer = timeout(Duration::from_secs(5), answer).await;
    let params = json!({ "sessionId": session });
    browser
        .cdp()
        .call("Target.detachFromTarget", params)
        .await?;
    Ok(answer.context("the page does not answer")??["result"]["value"].clone())
}

/// Makes the browser as it was before, or says that it can't.
pub async fn tidy(seat: &Seat, origin: &str) -> anyhow::Result<()> {
    let browser = &seat.browser;
    evaluate(
        browser,
        "(sessionStorage.clear(), localStorage.clear(), true)",
    )
    .await?;
    let bidi = browser.bidi().context("it has no BiDi")?;
    let tree = bidi.call("browsingContext.getTree", json!({})).await?;
    let tabs = tree["contexts"].as_array().map_or(0, Vec::len);
    anyhow::ensure!(tabs == 1, "{tabs} tabs are open");
    let params = json!({ "origin": origin, "storageTypes": "all" });
    let target = &tree["contexts"][0]["context"];
    let attach = json!({ "targetId": target, "flatten": true });
    let attached = browser.cdp().call("Target.attachToTarget", attach).await?;
    let session = attached["sessionId"].as_str().context("no session")?;
    let cleared = browser
        .cdp()
        .call_in(session, "Storage.clearDataForOrigin", params);
    cleared.await?;
    let params = json!({ "sessionId": session });
    browser
        .cdp()
        .call("Target.detachFromTarget", params)
        .await?;
    Ok(())
}

fn narrate(log: &Log) {
    let Ok(drafts) = log.0.lock() else { return };
    for Draft { summary, body } in drafts.iter() {
        match body {
            Body::Thought { text, .. } => println!("  thinks: {text}"),
            Body::ActionStarted { action, .. } => println!("  does: {action:?}"),
            Body::ActionFinished { error, effect, .. } => println!("  saw: {error:?} {effect:?}"),
            Body::Verified { claims } => {
                for claim in claims {
                    println!("  claims: {claim:?}");
                }
            }
            Body::Observed { .. } => println!("{summary}"),
            _ => {}
        }
    }
}
