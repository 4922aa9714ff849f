//! What each write of a run does, whoever writes: number, hash, fold, and count the changes.

use errand_domain::{
    Draft, Event, Run, RunId, RunState, Text, Timestamp, Usage,
    error::LogError,
    event::{Body, MAX_EVENTS},
    log::seal,
};

use crate::{
    Error,
    backend::Backend,
    row::{Current, Lease, detail_columns, now, outcome, run_columns, unsigned},
    statement::{Statement, Value, signed, storable},
    transaction::Transaction,
};

/// Events kept back so that a run with a full log can still change its state and end.
const RESERVE: u64 = 64;
/// Most drafts of one write.
const MAX_DRAFTS: usize = 100;

/// What a write did.
pub(crate) struct Written {
    pub(crate) events: Vec<Event>,
    /// Runs that the organization has running or paused after it; absent if no state changed.
    pub(crate) held: Option<u32>,
}

/// Reads and locks a run's row, with its details if the drafts will change them.
pub(crate) async fn lock(
    transaction: &mut Transaction,
    backend: Backend,
    run_id: &RunId,
    detailed: bool,
) -> Result<Option<Current>, Error> {
    let sql = if detailed {
        backend.pick(
            concat!(
                "SELECT ",
                run_columns!(),
                ", ",
                detail_columns!(),
                ", ",
                now!(sqlite),
                " AS now ",
                "FROM runs r JOIN run_details d ON d.run_id = r.id WHERE r.id = $1"
            ),
            concat!(
                "SELECT ",
                run_columns!(),
                ", ",
                detail_columns!(),
                ", ",
                now!(postgres),
                " AS now FROM runs r JOIN run_details d ON d.run_id = r.id WHERE r.id = $1 ",
                "FOR NO KEY UPDATE OF r"
            ),
        )
    } else {
        backend.pick(
            concat!(
                "SELECT ",
                run_columns!(),
                ", ",
                now!(sqlite),
                " AS now FROM runs r WHERE r.id = $1"
            ),
            concat!(
                "SELECT ",
                run_columns!(),
                ", ",
                now!(postgres),
                " AS now FROM runs r ",
                "WHERE r.id = $1 FOR NO KEY UPDATE"
            ),
        )
    };
    let query = sqlx::query(sql).bind(storable(run_id.as_str()));
    let row = query.fetch_optional(transaction.connection()).await?;
    row.map(|row| Current::read(&row, detailed)).transpose()
}

/// Whether folding the draft touches what `run_details` holds.
pub(crate) fn is_detail(draft: &Draft) -> bool {
    match &draft.body {
        Body::RunCreated { .. }
        | Body::RunQueued { .. }
        | Body::RunStarted { .. }
        | Body::RunPaused(_)
        | Body::RunResumed { .. }
        | Body::RunTitled { .. }
        | Body::RunFinished { .. }
        | Body::OutputPart { .. }
        | Body::Downloaded { .. } => true,
        Body::ArtifactCreated { artifact_type, .. } => artifact_type.starts_with("screenshot"),
        _ => false,
    }
}

/// Writes the drafts as the run's next events and folds them into `current`. `take` makes it the
/// first write of a new claim; a run that is not held afterwards has no lease.
pub(crate) async fn write(
    transaction: &mut Transaction,
    current: &mut Current,
    drafts: Vec<Draft>,
    take: Option<Lease>,
) -> Result<Written, Error> {
    let before = current.run.clone();
    let lease_before = current.lease.clone();
    let events = fold(current, drafts)?;
    if let Some(lease) = take {
        current.run.lease_epoch += 1;
        current.lease = lease;
    }
    if !current.run.state.is_held() {
        current.lease = Lease::default();
    }
    if !events.is_empty() {
        insert_events(transaction, &current.run, &events).await?;
    }
    update_run(transaction, &before, &lease_before, current).await?;
    if before.usage != current.run.usage {
        update_usage(transaction, &current.run).await?;
    }
    if current.detailed {
        update_details(transaction, &before, &current.run).await?;
    }
    let held = record_changes(transaction, Some(before.state), &current.run, &events).await?;
    if current.run.state.is_final() {
        // It holds cookies; nobody goes on from it any more.
        let forget = sqlx::query("DELETE FROM run_checkpoints WHERE run_id = $1");
        forget
            .bind(current.run.id.as_str())
            .execute(transaction.connection())
            .await?;
    }
    Ok(Written { events, held })
}

/// Numbers, hashes and folds, in memory.
pub(crate) fn fold(current: &mut Current, drafts: Vec<Draft>) -> Result<Vec<Event>, Error> {
    if drafts.len() > MAX_DRAFTS {
        let found = drafts.len();
        return Err(Error::Invalid(format!(
            "{found} events at once, more than {MAX_DRAFTS}"
        )));
    }
    let moves = drafts.iter().any(|draft| draft.body.moves_to().is_some());
    let last = current.run.last_sequence + drafts.len() as u64;
    if !moves && last > MAX_EVENTS - RESERVE {
        return Err(Error::Log(LogError::Full));
    }
    let drafts = drafts.into_iter().map(|draft| Draft {
        summary: Text::new(draft.summary).into_string(),
        body: draft.body,
    });
    // A clock that was set back does not make a log that goes back.
    let at = current.now.max(current.run.modified_at);
    let run = &mut current.run;
    let events = seal(
        &run.id,
        run.last_sequence,
        current.last_hash,
        at,
        drafts.collect(),
    )?;
    for event in &events {
        run.apply(event)?;
        current.last_hash = event.hash;
    }
    Ok(events)
}

pub(crate) async fn insert_events(
    transaction: &mut Transaction,
    run: &Run,
    events: &[Event],
) -> Result<(), Error> {
    let rows = events.iter().map(|event| {
        vec![
            Value::Text(event.run_id.as_str().to_owned()),
            Value::Number(signed(event.sequence)),
            Value::Text(run.organization_id.as_str().to_owned()),
            Value::Text(event.body.kind().to_owned()),
            Value::Number(i64::from(event.version)),
            Value::Number(event.created_at.micros()),
            Value::Text(event.summary.clone()),
            Value::Text(event.body_json.clone()),
            Value::Blob(event.previous_hash.to_vec()),
            Value::Blob(event.hash.to_vec()),
        ]
    });
    let mut insert = Statement::new(
        "INSERT INTO run_events (run_id, sequence, organization_id, kind, version, created_at,
         summary, body, previous_hash, hash) VALUES ",
    );
    insert.rows(rows.collect());
    insert.query().execute(transaction.connection()).await?;
    Ok(())
}

/// Two texts, so that the common event names no indexed column and touches no index.
async fn update_run(
    transaction: &mut Transaction,
    before: &Run,
    lease_before: &Lease,
    current: &Current,
) -> Result<(), Error> {
    let run = &current.run;
    let progress = before.state == run.state && *lease_before == current.lease;
    let mut query = sqlx::query(if progress {
        "UPDATE runs SET last_sequence = $4, last_hash = $5, modified_at = $6, step_count = $7,
         action_count = $8, effect_count = $9
         WHERE id = $1 AND lease_epoch = $2 AND last_sequence = $3"
    } else {
        "UPDATE runs SET last_sequence = $4, last_hash = $5, modified_at = $6, step_count = $7,
         action_count = $8, effect_count = $9, state = $10, attempt = $11, queued_at = $12,
         started_at = $13, finished_at = $14, lease_epoch = $15, lease_until = $16, holder = $17,
         claim_id = $18
         WHERE id = $1 AND lease_epoch = $2 AND last_sequence = $3"
    })
    .bind(run.id.as_str())
    .bind(signed(before.lease_epoch))
    .bind(signed(before.last_sequence))
    .bind(signed(run.last_sequence))
    .bind(current.last_hash.as_slice())
    .bind(run.modified_at.micros())
    .bind(i64::from(run.step_count))
    .bind(i64::from(run.action_count))
    .bind(i64::from(run.effect_count));
    if !progress {
        query = query
            .bind(run.state.as_str())
            .bind(i64::from(run.attempt))
            .bind(run.queued_at.map(Timestamp::micros))
            .bind(run.started_at.map(Timestamp::micros))
            .bind(run.finished_at.map(Timestamp::micros))
            .bind(signed(run.lease_epoch))
            .bind(current.lease.until.micros())
            .bind(current.lease.holder.as_deref())
            .bind(current.lease.claim_id.as_deref());
    }
    let updated = query
        .execute(transaction.connection())
        .await?
        .rows_affected();
    if updated == 1 {
        Ok(())
    } else {
        Err(Error::LeaseLost)
    }
}

/// Apart from the rest of the row, for few events change it.
async fn update_usage(transaction: &mut Transaction, run: &Run) -> Result<(), Error> {
    let Usage {
        model_calls,
        input_tokens,
        cached_input_tokens,
        output_tokens,
        cost_micros,
        cost_is_partial,
    } = run.usage;
    sqlx::query(
        "UPDATE runs SET model_calls = $2, input_tokens = $3, cached_input_tokens = $4,
         output_tokens = $5, cost_micros = $6, cost_is_partial = $7 WHERE id = $1",
    )
    .bind(run.id.as_str())
    .bind(i64::from(model_calls))
    .bind(signed(input_tokens))
    .bind(signed(cached_input_tokens))
    .bind(signed(output_tokens))
    .bind(cost_micros.map(signed))
    .bind(i64::from(cost_is_partial))
    .execute(transaction.connection())
    .await?;
    Ok(())
}

/// The output, which may be long, is only sent where it changed.
async fn update_details(
    transaction: &mut Transaction,
    before: &Run,
    run: &Run,
) -> Result<(), Error> {
    let outcome = outcome(run)?;
    let query = if before.output == run.output {
        sqlx::query("UPDATE run_details SET outcome = $2 WHERE run_id = $1")
            .bind(run.id.as_str())
            .bind(outcome)
    } else {
        sqlx::query("UPDATE run_details SET outcome = $2, output = $3 WHERE run_id = $1")
            .bind(run.id.as_str())
            .bind(outcome)
            .bind(run.output.as_deref().map(storable))
    };
    query.execute(transaction.connection()).await?;
    if before.title != run.title {
        sqlx::query("UPDATE run_details SET title = $2 WHERE run_id = $1")
            .bind(run.id.as_str())
            .bind(run.title.as_deref().map(storable))
            .execute(transaction.connection())
            .await?;
    }
    Ok(())
}

/// Takes the organization's next numbers for the events that change the state. The row that
/// counts them is locked until the commit, so numbers become visible in their order.
pub(crate) async fn record_changes(
    transaction: &mut Transaction,
    before: Option<RunState>,
    run: &Run,
    events: &[Event],
) -> Result<Option<u32>, Error> {
    let moves: Vec<(u64, RunState)> = events
        .iter()
        .filter_map(|event| event.body.moves_to().map(|state| (event.sequence, state)))
        .collect();
    if moves.is_empty() {
        return Ok(None);
    }
    let waits = |state: RunState| matches!(state, RunState::Created | RunState::Queued);
    let delta =
        |is: fn(RunState) -> bool| i64::from(is(run.state)) - i64::from(before.is_some_and(is));
    let count = i64::try_from(moves.len()).unwrap_or(i64::MAX);
    let (last, held): (i64, i64) = sqlx::query_as(
        "UPDATE organizations SET last_change = last_change + $2, waiting = waiting + $3,
         held = held + $4 WHERE id = $1 RETURNING last_change, held",
    )
    .bind(run.organization_id.as_str())
    .bind(count)
    .bind(delta(waits))
    .bind(delta(RunState::is_held))
    .fetch_optional(transaction.connection())
    .await?
    .ok_or(Error::NotFound("organization"))?;
    let rows = (last - count + 1..)
        .zip(&moves)
        .map(|(number, (sequence, state))| {
            vec![
                Value::Text(run.organization_id.as_str().to_owned()),
                Value::Number(number),
                Value::Text(run.id.as_str().to_owned()),
                Value::Text(state.as_str().to_owned()),
                Value::Number(signed(*sequence)),
                Value::Number(run.modified_at.micros()),
            ]
        });
    let mut insert = Statement::new(
        "INSERT INTO run_changes (organization_id, number, run_id, state, sequence, created_at)
         VALUES ",
    );
    insert.rows(rows.collect());
    insert.query().execute(transaction.connection()).await?;
    Ok(Some(unsigned(held)?))
}
