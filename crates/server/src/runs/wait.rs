//! The bounded wait for a run's end.

use std::time::Duration;

use errand_api::v1;
use errand_domain::{OrganizationId, Run, RunId};
use tokio::time::Instant;
use tonic::Status;

use crate::{edge::Edge, intake, refusal, violations::Violations};

pub(super) async fn wait(
    edge: &Edge,
    owner: &OrganizationId,
    given: v1::WaitRunRequest,
) -> Result<Run, Status> {
    let most = edge.config.max_wait;
    let longest = match given.wait.as_ref().map(intake::duration) {
        None => most,
        Some(Ok(asked)) => asked.min(most),
        Some(Err(wrong)) => return Err(Violations::one("wait", wrong)),
    };
    let end = Instant::now() + longest;
    let id = RunId::from(given.run_id);
    // Before the first look, so that no change falls between the look and the wait.
    let mut hints = edge.store.watch_run(&id);
    let mut run = edge.run(owner, &id).await?;
    if run.state.is_final() || longest == Duration::ZERO {
        return Ok(run);
    }
    let _watching = edge.watchers.enter(owner)?;
    loop {
        tokio::select! {
            () = hints.changed() => {}
            () = tokio::time::sleep(edge.config.poll) => {}
            () = tokio::time::sleep_until(end) => return edge.run(owner, &id).await,
            () = edge.stop.cancelled() => return Err(refusal::stopping()),
        }
        run = edge.run(owner, &id).await?;
        if run.state.is_final() {
            return Ok(run);
        }
    }
}
