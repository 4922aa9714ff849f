//! One sample of every kind of event and action that was ever written, as it stands in databases.
//! Lines are added, never changed: an old log must fold in every later release, to the same.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;

use errand_domain::{
    Body, Draft, Event, OrganizationId, Run, RunId, Timestamp, json,
    log::{parse_body, seal, verify},
    timeline,
};
use serde_json::Value;

const SAMPLES: &str = include_str!("samples.jsonl");

fn sealed() -> Vec<Event> {
    let id = RunId::from("tsk_01a1fdf2b04e7241810b93167b36bfa9");
    let mut events: Vec<Event> = Vec::new();
    for (line, sequence) in SAMPLES.lines().zip(1..) {
        let body = parse_body(sequence, line).unwrap();
        let last = events.last().map_or([0; 32], |it| it.hash);
        let at = Timestamp(1_795_262_800_000_000 + i64::try_from(sequence).unwrap());
        let draft = Draft::new(format!("event {sequence}"), body);
        events.extend(seal(&id, sequence - 1, last, at, vec![draft]).unwrap());
    }
    events
}

#[test]
fn every_kind_ever_written_is_read_and_written_as_it_was() {
    let events = sealed();
    verify(0, [0; 32], &events).unwrap();
    let mut kinds = BTreeSet::new();
    let mut actions = BTreeSet::new();
    for (line, event) in SAMPLES.lines().zip(&events) {
        // The hash covers the text, so the text must stay the same to the letter.
        assert_eq!(line, event.body_json);
        let unknown = matches!(event.body, Body::Unknown(_));
        assert_eq!(unknown, event.body.kind() == "teleported", "{line}");
        kinds.insert(event.body.kind());
        if let Body::ActionStarted { action, .. } = &event.body {
            actions.insert(action.kind());
        }
    }
    // A new kind or action needs a sample of its own.
    assert_eq!(
        (kinds.len(), actions.len()),
        (26, 24),
        "{kinds:?} {actions:?}"
    );
}

#[test]
fn every_fold_of_the_samples_stays_the_same() {
    let events = sealed();
    let mut run = Run::empty(events[0].run_id.clone(), OrganizationId::from("default"));
    for event in &events {
        run.apply(event).unwrap();
    }
    let tree = serde_json::to_value(timeline::fold(&events)).unwrap();
    let folds = [
        ("run", serde_json::to_value(&run).unwrap()),
        ("seeds' JSON", json::run(&run)),
        ("timeline", tree),
    ];
    let kept: Value = serde_json::from_str(include_str!("folds.json")).unwrap();
    for (name, fold) in folds {
        assert_eq!(kept[name], fold, "{name}: {fold:#}");
    }
}
