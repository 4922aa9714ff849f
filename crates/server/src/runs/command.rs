//! What callers ask of runs that exist.

use errand_api::v1;
use errand_domain::{OrganizationId, Run, RunId, RunState, Text};
use errand_store::{Command, CommandOutcome, Error as StoreError};
use serde::de::IgnoredAny;
use tonic::Status;

use crate::{
    edge::Edge,
    fault,
    intake::{self, MAX_REASON_BYTES},
    refusal,
    violations::Violations,
};

/// Most runs that one call cancels.
const MAX_RUNS: usize = 1_000;
/// How many of a filter's runs are read at a time.
const PAGE: u32 = 200;
const MAX_RESPONSE_BYTES: usize = 16 * 1024;

pub(super) async fn cancel(
    edge: &Edge,
    owner: &OrganizationId,
    given: v1::CancelRunRequest,
) -> Result<Run, Status> {
    let mut violations = Violations::default();
    let reason = reason(&given.reason, &mut violations);
    violations.finish()?;
    let id = RunId::from(given.run_id);
    let run = edge.run(owner, &id).await?;
    if run.state.is_final() {
        return Ok(run);
    }
    stop(edge, owner, &id, &reason).await
}

pub(super) async fn cancel_several(
    edge: &Edge,
    owner: &OrganizationId,
    given: v1::CancelRunsRequest,
) -> Result<v1::CancelRunsResponse, Status> {
    let mut violations = Violations::default();
    let reason = reason(&given.reason, &mut violations);
    let filter = intake::filter(given.filter.as_ref(), &mut violations);
    match (given.run_ids.is_empty(), given.filter.is_none()) {
        (true, true) => violations.add("run_ids", "is empty, and so is filter: name some runs"),
        (false, false) => violations.add("filter", "can't be given together with run_ids"),
        _ => {}
    }
    if given.run_ids.len() > MAX_RUNS {
        let description = format!("has {} ids, at most {MAX_RUNS}", given.run_ids.len());
        violations.add("run_ids", description);
    }
    violations.finish()?;
    let mut answer = v1::CancelRunsResponse::default();
    for id in given.run_ids {
        one(edge, owner, RunId::from(id), &reason, &mut answer).await?;
    }
    if given.filter.is_none() {
        return Ok(answer);
    }
    let mut filter = filter;
    if filter.states.is_empty() {
        filter.states = RunState::ALL
            .into_iter()
            .filter(|it| !it.is_final())
            .collect();
    }
    let mut token: Option<String> = None;
    let mut seen = 0;
    loop {
        let page = edge
            .store
            .list_runs(owner, &filter, PAGE, token.as_deref())
            .await;
        let page = page.map_err(fault::store)?;
        for run in page.items {
            if seen == MAX_RUNS {
                answer.more = true;
                return Ok(answer);
            }
            seen += 1;
            one(edge, owner, run.id, &reason, &mut answer).await?;
        }
        token = page.next_page_token;
        if token.is_none() {
            return Ok(answer);
        }
    }
}

async fn one(
    edge: &Edge,
    owner: &OrganizationId,
    id: RunId,
    reason: &str,
    answer: &mut v1::CancelRunsResponse,
) -> Result<(), Status> {
    let Some(run) = edge.store.get_run(owner, &id).await.map_err(fault::store)? else {
        answer
            .not_found_run_ids
            .push(errand_domain::text::clip(id.as_str(), 200));
        return Ok(());
    };
    if run.state.is_final() {
        answer.ended_run_ids.push(id.to_string());
        return Ok(());
    }
    stop(edge, owner, &id, reason).await?;
    answer.run_ids.push(id.to_string());
    Ok(())
}

async fn stop(
    edge: &Edge,
    owner: &OrganizationId,
    id: &RunId,
    reason: &str,
) -> Result<Run, Status> {
    let command = Command::Cancel {
        reason: reason.to_owned(),
    };
    let outcome = edge.store.add_command(owner, id, command).await;
    let outcome = outcome.map_err(|error| commanded(id, error))?;
    edge.runner.wake();
    Ok(outcome.into_run())
}

pub(super) async fn respond(
    edge: &Edge,
    owner: &OrganizationId,
    given: v1::RespondToRunRequest,
) -> Result<Run, Status> {
    let mut violations = Violations::default();
    let response = given.response;
    if response.is_empty() {
        violations.add(
            "response",
            "is empty: give what the run waits for, as JSON text",
        );
    } else if response.len() > MAX_RESPONSE_BYTES {
        let description = format!("has {} bytes, at most {MAX_RESPONSE_BYTES}", response.len());
        violations.add("response", description);
    } else if let Err(error) = serde_json::from_str::<IgnoredAny>(&response) {
        violations.add("response", format!("is no JSON: {error}"));
    }
    violations.finish()?;
    let id = RunId::from(given.run_id);
    let run = edge.run(owner, &id).await?;
    if run.state != RunState::Paused {
        return Err(refusal::not_paused(&id, run.state));
    }
    if let Some(pause) = &run.pause
        && let Err(why) = pause.wants.read(&response)
    {
        return Err(Violations::one("response", why));
    }
    let outcome = edge
        .store
        .add_command(owner, &id, Command::Respond { response })
        .await;
    match outcome.map_err(|error| commanded(&id, error))? {
        CommandOutcome::Pending(run) => {
            edge.runner.wake();
            Ok(run)
        }
        // It changed since it was looked at.
        other => Err(refusal::not_paused(&id, other.into_run().state)),
    }
}

fn commanded(id: &RunId, error: StoreError) -> Status {
    match error {
        StoreError::NotFound(_) => refusal::run_not_found(id),
        StoreError::Conflict { .. } => refusal::conflict(id),
        error => fault::store(error),
    }
}

fn reason(given: &str, violations: &mut Violations) -> String {
    if given.len() > MAX_REASON_BYTES {
        let description = format!("has {} bytes, at most {MAX_REASON_BYTES}", given.len());
        violations.add("reason", description);
    }
    Text::new(given).into_string()
}
