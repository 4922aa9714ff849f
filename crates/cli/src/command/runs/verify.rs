//! `errand runs verify`: the log's numbers and hashes, worked out again on this side.

use errand_api::v1::{ListRunEventsRequest, RunEvent};
use errand_domain::{Body, Event, RunId, RunState, Timestamp, error::LogError, log};

use crate::{
    args,
    connection::{Connection, bounded},
    exit::Exit,
    output,
};

/// Reads the whole log and checks it.
///
/// # Errors
/// If the server refuses or is out of reach.
pub async fn run(connection: &Connection, args: args::One) -> anyhow::Result<Exit> {
    let mut after = 0;
    let mut last = (0_u64, [0_u8; 32]);
    let mut state: Option<RunState> = None;
    let fault = loop {
        let request = ListRunEventsRequest {
            run_id: args.run.clone(),
            after_sequence: after,
            page_size: 1000,
            include_body_json: true,
        };
        let answer = connection
            .runs()
            .list_run_events(bounded(request))
            .await?
            .into_inner();
        let events: Result<Vec<Event>, LogError> =
            answer.events.iter().map(|it| read(&args.run, it)).collect();
        let checked = events.and_then(|events| {
            log::verify(last.0, last.1, &events)?;
            Ok(events)
        });
        let events = match checked {
            Ok(events) => events,
            Err(fault) => break Some(fault),
        };
        for event in &events {
            if let Some(ended) = state.filter(|it| it.is_final()) {
                return tell(&args, last.0, Some(&LogError::AfterTheEnd(ended)), state);
            }
            last = (event.sequence, event.hash);
            state = event.body.moves_to().or(state);
        }
        after = answer.next_after_sequence;
        if after == 0 {
            break None;
        }
    };
    tell(&args, last.0, fault.as_ref(), state)
}

fn tell(
    args: &args::One,
    good: u64,
    fault: Option<&LogError>,
    state: Option<RunState>,
) -> anyhow::Result<Exit> {
    let ended = state.is_some_and(RunState::is_final);
    if args.json {
        let answer = serde_json::json!({
            "run_id": args.run,
            "verified_events": good,
            "intact": fault.is_none(),
            "ended": ended,
            "fault": fault.map(ToString::to_string),
        });
        output::line(&answer.to_string())?;
    } else {
        let run = output::plain(&args.run);
        match fault {
            None if ended => output::line(&format!("{run}: all {good} events are intact"))?,
            None => output::line(&format!("{run}: {good} events so far are intact"))?,
            Some(fault) => {
                output::line(&format!("{run}: broken after {good} good events: {fault}"))?;
            }
        }
    }
    Ok(if fault.is_none() {
        Exit::Completed
    } else {
        Exit::Failed
    })
}

fn read(run: &str, event: &RunEvent) -> Result<Event, LogError> {
    let sequence = u64::try_from(event.sequence).unwrap_or(0);
    let unreadable = |what: &str| LogError::Unreadable {
        sequence,
        reason: what.to_owned(),
    };
    let hash = |bytes: &[u8]| {
        <[u8; 32]>::try_from(bytes).map_err(|_| unreadable("its hash does not have 32 bytes"))
    };
    let at = event
        .created_at
        .as_ref()
        .ok_or_else(|| unreadable("it has no time"))?;
    let micros = at
        .seconds
        .saturating_mul(1_000_000)
        .saturating_add(i64::from(at.nanos) / 1_000);
    let body: Body = log::parse_body(sequence, &event.body_json)?;
    Ok(Event {
        // The id that was asked for, not the one that was sent: a log moved from another run fails.
        run_id: RunId::from(run),
        sequence,
        version: u32::try_from(event.version).unwrap_or(0),
        created_at: Timestamp(micros),
        summary: event.summary.clone(),
        body,
        body_json: event.body_json.clone(),
        previous_hash: hash(&event.previous_hash)?,
        hash: hash(&event.hash)?,
    })
}

#[cfg(test)]
mod tests {
    use errand_api::v1::RunEvent;
    use errand_domain::{Body, Draft, RunId, Timestamp, log};

    #[test]
    fn an_event_of_the_contract_has_the_hash_of_the_log() {
        let run = RunId::from("tsk_1");
        let draft = Draft::new(
            "waits",
            Body::RunQueued {
                reason: "no browser".to_owned(),
            },
        );
        let sealed = log::seal(&run, 0, [0; 32], Timestamp(1_500_000), vec![draft]).unwrap();
        let mut event = RunEvent {
            run_id: "tsk_1".to_owned(),
            sequence: 1,
            version: 1,
            created_at: Some(prost_types::Timestamp {
                seconds: 1,
                nanos: 500_000_000,
            }),
            summary: "waits".to_owned(),
            hash: sealed[0].hash.to_vec().into(),
            previous_hash: vec![0; 32].into(),
            body_json: sealed[0].body_json.clone(),
            ..RunEvent::default()
        };
        let check = |event: &RunEvent| {
            super::read("tsk_1", event).and_then(|it| log::verify(0, [0; 32], &[it]))
        };
        assert_eq!(check(&event), Ok(()));
        event.summary = "waited".to_owned();
        assert!(check(&event).is_err());
    }
}
