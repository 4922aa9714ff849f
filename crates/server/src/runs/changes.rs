//! The live list of changes of an organization's runs.

use std::{collections::VecDeque, sync::Arc};

use errand_api::v1;
use errand_domain::OrganizationId;
use errand_store::{Change, Hints};
use futures_util::{Stream, stream};
use tonic::Status;

use crate::{
    edge::Edge, fault, intake, refusal, render, violations::Violations, watchers::Watching,
};

/// Most changes of one read.
const BATCH: u32 = 100;

struct Watcher {
    edge: Arc<Edge>,
    owner: OrganizationId,
    hints: Hints,
    position: u64,
    held: VecDeque<Change>,
    ended: bool,
    _watching: Watching,
}

pub(super) async fn watch(
    edge: &Arc<Edge>,
    owner: OrganizationId,
    given: v1::WatchRunsRequest,
) -> Result<impl Stream<Item = Result<v1::WatchRunsResponse, Status>> + Send + use<>, Status> {
    let mut violations = Violations::default();
    let asked = given
        .after_change
        .map(|it| intake::position("after_change", it, &mut violations));
    violations.finish()?;
    let latest = edge
        .store
        .latest_change(&owner)
        .await
        .map_err(fault::store)?;
    let position = asked.unwrap_or(latest);
    if position > latest {
        return Err(refusal::position_ahead("after_change", position, latest));
    }
    let watcher = Watcher {
        edge: Arc::clone(edge),
        hints: edge.store.watch_organization(&owner),
        position,
        held: VecDeque::new(),
        ended: false,
        _watching: edge.watchers.enter(&owner)?,
        owner,
    };
    Ok(stream::unfold(watcher, |mut watcher| async move {
        if watcher.ended {
            return None;
        }
        let next = watcher.next().await;
        watcher.ended = next.is_err();
        Some((next, watcher))
    }))
}

impl Watcher {
    async fn next(&mut self) -> Result<v1::WatchRunsResponse, Status> {
        loop {
            if self.edge.stop.is_cancelled() {
                return Err(refusal::stopping());
            }
            if let Some(change) = self.held.pop_front() {
                self.position = change.number;
                return Ok(v1::WatchRunsResponse {
                    change: Some(answer(&change)),
                });
            }
            let found = self
                .edge
                .store
                .changes(&self.owner, self.position, BATCH)
                .await;
            self.held.extend(found.map_err(fault::store)?);
            if !self.held.is_empty() {
                continue;
            }
            tokio::select! {
                () = self.hints.changed() => {}
                () = tokio::time::sleep(self.edge.config.poll) => {}
                () = self.edge.stop.cancelled() => {}
            }
        }
    }
}

fn answer(change: &Change) -> v1::RunChange {
    v1::RunChange {
        change_number: render::long(change.number),
        run_id: change.run_id.to_string(),
        status: render::status(change.state).into(),
        created_at: Some(render::moment(change.at)),
        sequence: render::long(change.sequence),
    }
}
