//! The task that reads a run's new events.

use std::{
    sync::{Arc, PoisonError},
    time::{Duration, Instant},
};

use errand_domain::Run;

use super::{Entry, Progress, Shared};
use crate::edge::Edge;

/// Most events of one read.
const BATCH: u32 = 64;
/// A read that has this many bytes may have been cut short.
const MANY_BYTES: usize = 512 * 1024;
/// How long the store may fail before those who watch are told.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often a silent run is looked for: it may have been deleted.
const SILENCE: Duration = Duration::from_secs(10);

pub(super) async fn follow(edge: Arc<Edge>, run: Run, shared: Arc<Shared>, start: u64) {
    let mut hints = edge.store.watch_run(&run.id);
    let mut last = start;
    let mut heard = Instant::now();
    loop {
        match edge
            .store
            .events(&run.organization_id, &run.id, last, BATCH)
            .await
        {
            Ok(events) if !events.is_empty() => {
                heard = Instant::now();
                let bytes: usize = events.iter().map(|it| it.body_json.len()).sum();
                let more = events.len() >= BATCH as usize || bytes >= MANY_BYTES;
                let mut ended = false;
                {
                    let mut ring = shared.ring.lock().unwrap_or_else(PoisonError::into_inner);
                    for event in events {
                        last = event.sequence;
                        let entry = Entry::new(event);
                        ended |= entry.is_final();
                        ring.push(entry);
                    }
                }
                shared.progress.send_replace(Progress::At(last));
                if ended {
                    return;
                }
                if more {
                    continue;
                }
            }
            Ok(_) if heard.elapsed() >= SILENCE => {
                heard = Instant::now();
                if let Ok(None) = edge.store.get_run(&run.organization_id, &run.id).await {
                    shared.progress.send_replace(Progress::Gone);
                    return;
                }
            }
            Ok(_) => {}
            Err(error) if heard.elapsed() >= PATIENCE => {
                tracing::warn!(%error, run.id = %run.id, "a watched run can't be read");
                shared.progress.send_replace(Progress::Failed);
                return;
            }
            Err(error) => {
                tracing::debug!(%error, run.id = %run.id, "a watched run can't be read yet")
            }
        }
        tokio::select! {
            () = hints.changed() => {}
            () = tokio::time::sleep(edge.config.poll) => {}
            () = edge.stop.cancelled() => return,
        }
    }
}
