//! The log and the state machine, by their laws.

mod samples;

use errand_domain::{
    Body, Draft, OrganizationId, Pause, Run, RunId, RunState, TaskRequest, Timestamp, Wants,
    error::LogError,
    log::{parse_body, seal, verify},
};
use proptest::prelude::*;

fn created() -> Draft {
    let request = TaskRequest {
        prompt: "read".to_owned(),
        ..TaskRequest::default()
    };
    let body = Body::RunCreated {
        request,
        engine: "local".to_owned(),
        engine_reason: "the default".to_owned(),
        retry_of: None,
    };
    Draft::new("created", body)
}

fn draft(kind: u8, text: &str) -> Draft {
    let body = match kind {
        0 => Body::RunQueued {
            reason: text.to_owned(),
        },
        1 => Body::RunStarted {
            attempt: 1,
            holder: text.to_owned(),
        },
        2 => Body::RunPaused(Pause {
            reason: text.to_owned(),
            wants: Wants::Help,
            deadline: None,
        }),
        3 => Body::RunResumed {
            reason: text.to_owned(),
        },
        4 => Body::Effect {
            method: "POST".to_owned(),
            url: text.to_owned(),
            action_number: 1,
        },
        5 => Body::Degraded {
            feature: "screenshot".to_owned(),
            reason: text.to_owned(),
        },
        _ => Body::RunFinished {
            state: RunState::Completed,
            failure: None,
            errors: Vec::new(),
            summary: Some(text.to_owned()),
        },
    };
    Draft::new(text, body)
}

proptest! {
    #[test]
    fn a_log_is_numbered_without_gaps_and_verifies(
        kinds in prop::collection::vec((0_u8..7, "\\PC{0,40}"), 0..30)
    ) {
        let id = RunId::generate();
        let mut run = Run::empty(id.clone(), OrganizationId::from("default"));
        let mut all = Vec::new();
        let mut last = [0; 32];
        let drafts = std::iter::once(created()).chain(kinds.iter().map(|(kind, text)| draft(*kind, text)));
        for draft in drafts {
            let sealed = seal(&id, run.last_sequence, last, Timestamp(7), vec![draft]).unwrap();
            let before = run.clone();
            match run.apply(&sealed[0]) {
                Ok(()) => {
                    prop_assert!(!before.state.is_final() || before.last_sequence == 0);
                    last = sealed[0].hash;
                    all.extend(sealed);
                }
                Err(error) => {
                    let refused = matches!(error, LogError::Illegal(_) | LogError::AfterTheEnd(_));
                    prop_assert!(refused, "{error}");
                    prop_assert_eq!(&run, &before);
                }
            }
        }
        prop_assert!(verify(0, [0; 32], &all).is_ok());
        prop_assert_eq!(run.last_sequence, all.len() as u64);
        for event in &all {
            prop_assert_eq!(&parse_body(event.sequence, &event.body_json).unwrap(), &event.body);
        }
        if let Some(middle) = all.get_mut(1) {
            middle.body_json.push(' ');
            prop_assert_eq!(verify(0, [0; 32], &all), Err(LogError::Tampered { sequence: 2 }));
        }
    }
}

#[test]
fn only_the_ways_of_the_design_exist() {
    use RunState::{
        Canceled, Completed, Created, Failed, Paused, Queued, Running, Terminated, TimedOut,
    };
    let ways: &[(RunState, &[RunState])] = &[
        (Created, &[Queued, Canceled, TimedOut]),
        (Queued, &[Running, Canceled, TimedOut]),
        (
            Running,
            &[Paused, Queued, Completed, Failed, Terminated, TimedOut],
        ),
        (Paused, &[Running, Queued, Failed, Terminated, TimedOut]),
    ];
    for from in RunState::ALL {
        let to = ways
            .iter()
            .find(|(state, _)| *state == from)
            .map_or(&[][..], |(_, to)| to);
        for state in RunState::ALL {
            assert_eq!(
                from.step(state).is_ok(),
                to.contains(&state),
                "{from:?} to {state:?}"
            );
        }
        assert_eq!(from.is_final(), to.is_empty());
        assert_eq!(RunState::parse(from.as_str()), Some(from));
    }
}

#[test]
fn an_event_of_a_later_release_still_folds() {
    let id = RunId::generate();
    let mut run = Run::empty(id.clone(), OrganizationId::from("default"));
    let later = parse_body(2, r#"{"kind":"teleported","to":"the moon"}"#).unwrap();
    assert_eq!(later.kind(), "teleported");
    let drafts = vec![created(), Draft::new("teleported to the moon", later)];
    for event in seal(&id, 0, [0; 32], Timestamp(1), drafts).unwrap() {
        run.apply(&event).unwrap();
    }
    assert_eq!((run.last_sequence, run.state), (2, RunState::Created));
}
