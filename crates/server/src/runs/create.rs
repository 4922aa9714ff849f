//! Runs are made here.

use errand_api::v1;
use errand_domain::{Body, Draft, OrganizationId, Run, RunId, Timestamp, log, text::clip};
use errand_store::{Created, Error as StoreError, NewRun, RequestKey};
use sha2::{Digest as _, Sha256};
use tonic::Status;

use crate::{
    edge::Edge,
    fault,
    intake::{self, Accepted, Engines},
    refusal, render,
    violations::Violations,
};

const WAITS: &str = "waits for a browser";

pub(super) async fn run_task(
    edge: &Edge,
    owner: &OrganizationId,
    base: &str,
    given: v1::RunTaskRequest,
) -> Result<v1::Run, Status> {
    // The database's clock decides; who names no time and creates something needs none.
    let now = if given.not_after.is_some() || given.validate_only {
        edge.store.now().await.map_err(fault::store)?
    } else {
        Timestamp::default()
    };
    let accepted = intake::task(&given, Engines::of(&edge.runner), now)?;
    if given.validate_only {
        let run = preview(owner, accepted, now)
            .map_err(|error| fault::internal("a run that was accepted can't be made", &error))?;
        return Ok(v1::Run {
            run_id: String::new(),
            understanding: understanding(edge, &run).await?,
            ..edge.answer(&run, base).await?
        });
    }
    let profile = accepted.request.browser_profile_id.as_ref();
    edge.has_profile(owner, profile).await?;
    let hash = hash(&serde_json::to_string(&accepted.request).unwrap_or_default());
    let key = request_key("RunTask", &given.request_id, hash);
    let run = create(edge, owner, drafts(accepted, None), key).await?;
    edge.answer(&run, base).await
}

pub(super) async fn retry(
    edge: &Edge,
    owner: &OrganizationId,
    base: &str,
    given: v1::RetryRunRequest,
) -> Result<v1::Run, Status> {
    let mut violations = Violations::default();
    intake::request_id(&given.request_id, &mut violations);
    violations.finish()?;
    let id = RunId::from(given.run_id);
    let old = edge.run(owner, &id).await?;
    if !old.state.is_final() {
        return Err(refusal::not_final(&id, old.state, "retried"));
    }
    // What was acceptable once need not be so for this release; a time that has passed is left out.
    let mut request = render::task_request(&old.request);
    request.not_after = None;
    let engines = Engines::of(&edge.runner);
    let accepted = intake::task(&request, engines, Timestamp::default())?;
    let key = request_key("RetryRun", &given.request_id, hash(id.as_str()));
    let run = create(edge, owner, drafts(accepted, Some(id)), key).await?;
    edge.answer(&run, base).await
}

async fn create(
    edge: &Edge,
    owner: &OrganizationId,
    drafts: Vec<Draft>,
    request_id: Option<RequestKey>,
) -> Result<Run, Status> {
    let token = request_id
        .as_ref()
        .map(|it| it.key.clone())
        .unwrap_or_default();
    let session = drafts.first().and_then(|draft| match &draft.body {
        Body::RunCreated { request, .. } => request.browser_session_id.clone(),
        _ => None,
    });
    let session = session.unwrap_or_else(|| "".into());
    let new = NewRun {
        id: RunId::generate(),
        organization: owner.clone(),
        drafts,
        request_id,
    };
    match edge.store.create_run(new).await {
        Ok(Created::Fresh(run)) => {
            edge.runner.wake();
            tracing::info!(run.id = %run.id, run.engine = run.engine, "a run was accepted");
            Ok(run)
        }
        Ok(Created::Same(run)) => Ok(run),
        Err(StoreError::NotFound("session")) => Err(refusal::session_not_found(&session)),
        Err(StoreError::SessionEnded(state)) => Err(refusal::session_ended(&session, state)),
        Err(StoreError::RequestIdReused) => Err(refusal::request_id_reused(&token)),
        Err(error) => Err(fault::store(error)),
    }
}

fn drafts(accepted: Accepted, retry_of: Option<RunId>) -> Vec<Draft> {
    let summary = format!("task: {}", clip(&accepted.request.prompt, 250));
    // In a session it waits for its turn, not for a browser: the session's holder queues it.
    let in_session = accepted.request.browser_session_id.is_some();
    let created = Body::RunCreated {
        request: accepted.request,
        engine: accepted.engine,
        engine_reason: accepted.engine_reason,
        retry_of,
    };
    let queued = Body::RunQueued {
        reason: WAITS.to_owned(),
    };
    let mut drafts = vec![Draft::new(summary, created)];
    if !in_session {
        drafts.push(Draft::new(WAITS, queued));
    }
    drafts
}

/// The run as it would be.
fn preview(
    owner: &OrganizationId,
    accepted: Accepted,
    now: Timestamp,
) -> Result<Run, errand_domain::error::LogError> {
    let id = RunId::from("");
    let mut run = Run::empty(id.clone(), owner.clone());
    for event in log::seal(&id, 0, [0; 32], now, drafts(accepted, None))? {
        run.apply(&event)?;
    }
    Ok(run)
}

/// How its engine reads the request, where that can be told.
async fn understanding(edge: &Edge, run: &Run) -> Result<Option<v1::Understanding>, Status> {
    let (runner, engine) = (edge.runner.clone(), run.engine.clone());
    let (prompt, schema) = (
        run.request.prompt.clone(),
        run.request.data_extraction_schema.clone(),
    );
    let reading = move || runner.explain(&engine, &prompt, schema.as_deref());
    // Away from the threads that answer calls: a long prompt takes a while.
    let read = tokio::task::spawn_blocking(reading).await;
    let read = read.map_err(|error| fault::internal("a request can't be explained", &error))?;
    Ok(read.map(render::understanding))
}

fn request_key(method: &str, key: &str, hash: [u8; 32]) -> Option<RequestKey> {
    (!key.is_empty()).then(|| RequestKey {
        method: method.to_owned(),
        key: key.to_owned(),
        hash,
    })
}

fn hash(request: &str) -> [u8; 32] {
    Sha256::digest(request.as_bytes()).into()
}
