//! Any legal history makes a log without gaps that its row is the fold of.

use errand_domain::{
    ArtifactId, Draft, Event, ModelCall, Pause, Run, RunState, StepId, Wants,
    event::{ActionEffect, Body, TimeSpent},
    log::verify,
    run::DownloadedFile,
};
use errand_store::{Claim, Writer};
use proptest::{collection::vec, prelude::*, test_runner::TestRunner};

use crate::database::{Database, on_both_databases};

on_both_databases![random_legal_drafts_make_a_log_without_gaps_whose_fold_is_the_row];

/// What happens next; made legal by the state that the run is in.
#[derive(Debug, Clone)]
enum Happening {
    Events(Vec<(u8, String)>),
    Pause,
    HandBack,
    HolderDies,
}

fn happening() -> impl Strategy<Value = Happening> {
    // Any text at all, NUL and what looks like an escape of it too.
    let text = prop_oneof![8 => any::<String>(), 1 => Just("\\u0000 \0".to_owned())];
    prop_oneof![
        8 => vec((any::<u8>(), text), 1..6).prop_map(Happening::Events),
        1 => Just(Happening::Pause),
        1 => Just(Happening::HandBack),
        1 => Just(Happening::HolderDies),
    ]
}

fn draft((choice, text): &(u8, String), number: u32) -> Draft {
    let step_id = StepId::from("stp_1");
    let text = text.clone();
    let body = match choice % 10 {
        0 => Body::StepStarted { step_id, number },
        1 => Body::Thought {
            step_id,
            text: text.clone(),
        },
        2 => Body::Memory {
            step_id,
            memory: serde_json::json!({ text.as_str(): [text.clone()] }),
        },
        3 => Body::ActionFinished {
            step_id,
            number,
            error: Some(text.clone()),
            effect: ActionEffect {
                url: text.clone(),
                ..ActionEffect::default()
            },
            spent: TimeSpent::default(),
        },
        4 => Body::Effect {
            method: "POST".to_owned(),
            url: text.clone(),
            action_number: number,
        },
        5 => Body::ArtifactCreated {
            artifact_id: ArtifactId::generate(),
            artifact_type: ["screenshot_action", "html_action"][usize::from(choice % 2)].to_owned(),
            step_id: Some(step_id),
            content_type: "image/png".to_owned(),
            size: 1,
        },
        6 => Body::Downloaded {
            file: DownloadedFile {
                artifact_id: ArtifactId::from("a_1"),
                filename: text.clone(),
                checksum: String::new(),
                size: 1,
            },
        },
        7 => Body::ModelCalled {
            step_id: Some(step_id),
            call: ModelCall {
                input_tokens: u64::MAX >> (choice / 10),
                cached_input_tokens: 3,
                output_tokens: u64::from(number),
                cost_micros: (choice / 10 % 4 != 1).then_some(u64::from(number)),
                tries: u32::from(choice / 10 % 3),
                error: Some(text.clone()),
                ..ModelCall::default()
            },
        },
        8 => Body::OutputPart {
            part: u32::from(choice % 2),
            text: text.clone(),
            artifact_id: None,
            notes: vec![text.clone()],
        },
        _ => Body::Degraded {
            feature: text.clone(),
            reason: text.clone(),
        },
    };
    Draft {
        summary: text,
        body,
    }
}

async fn random_legal_drafts_make_a_log_without_gaps_whose_fold_is_the_row(database: Database) {
    let histories = (vec(happening(), 0..20), 0..4_usize);
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 24,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let runtime = tokio::runtime::Handle::current();
    let result = tokio::task::block_in_place(|| {
        runner.run(&histories, |(happenings, end)| {
            runtime.block_on(live(&database, &happenings, end));
            Ok(())
        })
    });
    result.unwrap();
}

async fn live(database: &Database, happenings: &[Happening], end: usize) {
    let store = &database.store;
    let mut claim = database.running().await;
    let run_id = claim.run.id.clone();
    for (number, happening) in (1..).zip(happenings) {
        match happening {
            Happening::Events(events) => {
                let drafts = events.iter().map(|event| draft(event, number)).collect();
                append(database, &claim, drafts).await;
            }
            Happening::Pause => {
                let body = Body::RunPaused(Pause {
                    reason: "a code".to_owned(),
                    wants: Wants::Answer,
                    deadline: None,
                });
                append(database, &claim, vec![Draft::new("paused", body)]).await;
                let body = Body::RunResumed {
                    reason: "the code came".to_owned(),
                };
                append(database, &claim, vec![Draft::new("resumed", body)]).await;
            }
            Happening::HandBack => {
                append(database, &claim, vec![crate::drafts::queued()]).await;
                claim = next(database, &claim, false).await;
            }
            Happening::HolderDies => {
                database.abandon(&run_id).await;
                claim = next(database, &claim, true).await;
            }
        }
    }
    let ends = [
        RunState::Completed,
        RunState::Failed,
        RunState::Terminated,
        RunState::TimedOut,
    ];
    append(database, &claim, vec![crate::drafts::finished(ends[end])]).await;

    let events = log_of(database, &run_id).await;
    verify(0, [0; 32], &events).unwrap();
    assert_eq!(folded(&events, &claim), database.read(&run_id).await);
    let organization = &database.organization;
    let counted = |states: &str| {
        database.number(format!(
            "SELECT CAST(COUNT(*) AS BIGINT) FROM runs WHERE state IN ({states})"
        ))
    };
    let kept = |column: &str| {
        database.number(format!(
            "SELECT {column} FROM organizations WHERE id = '{organization}'"
        ))
    };
    assert_eq!(counted("'running', 'paused'").await, kept("held").await);
    assert_eq!(counted("'created', 'queued'").await, kept("waiting").await);
    assert!(
        store
            .delete_run(organization, &run_id)
            .await
            .unwrap()
            .is_some()
    );
}

async fn append(database: &Database, claim: &Claim, drafts: Vec<Draft>) {
    let writer = Writer::Holder { epoch: claim.epoch };
    let count = drafts.len();
    let events = database
        .store
        .append(&claim.run.id, writer, drafts)
        .await
        .unwrap();
    assert_eq!(events.len(), count);
}

async fn next(database: &Database, before: &Claim, recovered: bool) -> Claim {
    let claim = database.claim().await.unwrap();
    assert_eq!(claim.run.id, before.run.id);
    assert_eq!(claim.epoch, before.epoch + 1);
    assert_eq!(claim.run.attempt, before.run.attempt + 1);
    assert_eq!(claim.recovered, recovered);
    claim
}

/// The whole log, read in small pages.
pub async fn log_of(database: &Database, run_id: &errand_domain::RunId) -> Vec<Event> {
    let mut events = Vec::new();
    loop {
        let after = events.last().map_or(0, |event: &Event| event.sequence);
        let page = database
            .store
            .events(&database.organization, run_id, after, 7)
            .await
            .unwrap();
        if page.is_empty() {
            return events;
        }
        events.extend(page);
    }
}

fn folded(events: &[Event], claim: &Claim) -> Run {
    let mut run = Run::empty(claim.run.id.clone(), claim.run.organization_id.clone());
    for event in events {
        run.apply(event).unwrap();
    }
    run.lease_epoch = claim.epoch;
    run
}
