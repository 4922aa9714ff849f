//! What is read off pages, in a real browser.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

#[expect(dead_code, reason = "shared with the tests of runs")]
mod browser;
mod cards;
mod doubt;
mod pages;
mod table;
mod value;

use browser::{Screen, Shown};
use errand_engine::{
    extract,
    goal::{Ask, Extraction, parse},
};
use serde_json::Value;

/// What a goal asks to be read.
fn wanted(goal: &str) -> Vec<Extraction> {
    let parsed = parse(goal).unwrap_or_else(|error| panic!("{goal}: {error}"));
    let asks = parsed.clauses.into_iter().filter_map(|it| match it.ask {
        Ask::Extract(wanted) => Some(wanted),
        _ => None,
    });
    asks.collect()
}

/// The answer to a goal, or why there is none.
fn answer(shown: &Shown, goal: &str) -> Result<Value, String> {
    let wanted = wanted(goal);
    let read = extract::by_goal(&shown.reading, (&shown.title, &shown.url), &wanted[0]);
    read.answer(&wanted).map(|it| it.0)
}

/// The answer by a schema, with its notes.
fn filled(shown: &Shown, goal: &str, schema: &Value) -> Result<(Value, Vec<String>), String> {
    let wanted = if goal.is_empty() {
        Vec::new()
    } else {
        wanted(goal)
    };
    let read = extract::by_schema(
        &shown.reading,
        (&shown.title, &shown.url),
        schema,
        &wanted,
        0,
    );
    read.answer(&wanted)
}

/// Checks goals and their answers on one page; all that are wrong are told.
fn check(shown: &Shown, cases: &[(&str, Value)]) {
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|(goal, expected)| {
            let found = answer(shown, goal);
            (found.as_ref() != Ok(expected))
                .then(|| format!("{goal}\n   wanted {expected}\n   found  {found:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Checks that goals are refused, and with which words.
fn refused(shown: &Shown, cases: &[(&str, &str)]) {
    for (goal, words) in cases {
        match answer(shown, goal) {
            Ok(found) => panic!("{goal}: {found}"),
            Err(why) => assert!(why.contains(words), "{goal}: {why}"),
        }
    }
}

async fn screen() -> Screen {
    Screen::start().await
}
