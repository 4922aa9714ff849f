//! The live tail of a run's log.

use std::{collections::VecDeque, sync::Arc};

use axum::extract::{Request as HttpRequest, State};
use bytes::Bytes;
use errand_api::v1::WatchRunRequest;
use errand_domain::{OrganizationId, RunId};
use futures_util::{Stream, future::BoxFuture, stream, stream::BoxStream};
use tokio::sync::watch::Receiver;
use tonic::{Request, Response, Status, server::ServerStreamingService};

use crate::{
    codec::Encoded,
    edge::{Edge, MAX_MESSAGE_BYTES},
    fault,
    feed::{Entry, Feed, Progress, Taken},
    intake, refusal,
    violations::Violations,
    watchers::Watching,
};

/// Most events that a watcher holds, and after how many bytes of them it takes no more. They wait
/// for the client, so they bound what a client that stopped reading costs.
const HELD: usize = 16;
const HELD_BYTES: usize = 64 * 1024;

/// Answers `WatchRun` with events that were encoded once for all who watch the run.
pub(crate) async fn handle(
    State(edge): State<Arc<Edge>>,
    request: HttpRequest,
) -> axum::response::Response {
    let mut grpc = tonic::server::Grpc::new(Encoded::<WatchRunRequest>::default())
        .apply_max_message_size_config(Some(MAX_MESSAGE_BYTES), None);
    let answer = grpc.server_streaming(Watch(edge), request).await;
    answer.map(axum::body::Body::new)
}

struct Watch(Arc<Edge>);

impl ServerStreamingService<WatchRunRequest> for Watch {
    type Response = Bytes;
    type ResponseStream = BoxStream<'static, Result<Bytes, Status>>;
    type Future = BoxFuture<'static, Result<Response<Self::ResponseStream>, Status>>;

    fn call(&mut self, request: Request<WatchRunRequest>) -> Self::Future {
        let edge = Arc::clone(&self.0);
        Box::pin(async move {
            let owner = Edge::caller(&request)?;
            let events = watch(&edge, &owner, request.into_inner()).await?;
            Ok(Response::new(Box::pin(events) as Self::ResponseStream))
        })
    }
}

struct Watcher {
    edge: Arc<Edge>,
    owner: OrganizationId,
    id: RunId,
    with_json: bool,
    feed: Arc<Feed>,
    progress: Receiver<Progress>,
    position: u64,
    held: VecDeque<Arc<Entry>>,
    ended: bool,
    _watching: Watching,
}

/// The run's events, encoded, from a number on to the final one.
pub(super) async fn watch(
    edge: &Arc<Edge>,
    owner: &OrganizationId,
    given: WatchRunRequest,
) -> Result<impl Stream<Item = Result<Bytes, Status>> + Send + use<>, Status> {
    let mut violations = Violations::default();
    let position = intake::position("after_sequence", given.after_sequence, &mut violations);
    violations.finish()?;
    let id = RunId::from(given.run_id);
    let run = edge.run(owner, &id).await?;
    if position > run.last_sequence {
        return Err(refusal::position_ahead(
            "after_sequence",
            position,
            run.last_sequence,
        ));
    }
    let watching = edge.watchers.enter(owner)?;
    let feed = edge.feeds.open(edge, &run);
    let watcher = Watcher {
        edge: Arc::clone(edge),
        owner: owner.clone(),
        id,
        with_json: given.include_body_json,
        progress: feed.progress(),
        feed,
        position,
        held: VecDeque::new(),
        ended: run.state.is_final() && position == run.last_sequence,
        _watching: watching,
    };
    Ok(stream::unfold(watcher, |mut watcher| async move {
        let next = watcher.next().await?;
        watcher.ended |= next.is_err();
        Some((next, watcher))
    }))
}

impl Watcher {
    /// The next event, or `None` after the final one.
    async fn next(&mut self) -> Option<Result<Bytes, Status>> {
        while !self.ended {
            if self.edge.stop.is_cancelled() {
                return Some(Err(refusal::stopping()));
            }
            if let Some(entry) = self.held.pop_front() {
                self.position = entry.sequence();
                self.ended = entry.is_final();
                return Some(Ok(entry.encoded(self.with_json)));
            }
            match self.feed.take(self.position, HELD, HELD_BYTES) {
                Taken::Events(entries) => self.held.extend(entries),
                Taken::Behind => {
                    if let Err(status) = self.catch_up().await {
                        return Some(Err(status));
                    }
                }
                Taken::Nothing => {
                    if let Err(status) = self.news().await {
                        return Some(Err(status));
                    }
                }
            }
        }
        None
    }

    /// Reads what the ring no longer has.
    async fn catch_up(&mut self) -> Result<(), Status> {
        let limit = u32::try_from(HELD).unwrap_or(u32::MAX);
        let found = self
            .edge
            .store
            .events(&self.owner, &self.id, self.position, limit)
            .await;
        let found = found.map_err(fault::store)?;
        if found.is_empty() {
            // The feed has seen later events: the log can only have been deleted.
            return Err(refusal::run_not_found(&self.id));
        }
        let mut room = HELD_BYTES;
        for event in found {
            let entry = Entry::new(event);
            let size = entry.size();
            self.held.push_back(Arc::new(entry));
            // What does not fit is read again later, when there is room.
            if size >= room {
                break;
            }
            room -= size;
        }
        Ok(())
    }

    /// Waits until the feed is further than this watcher.
    async fn news(&mut self) -> Result<(), Status> {
        let position = self.position;
        let moved = self.progress.wait_for(|progress| match progress {
            Progress::At(last) => *last > position,
            Progress::Gone | Progress::Failed => true,
        });
        tokio::select! {
            () = self.edge.stop.cancelled() => Err(refusal::stopping()),
            progress = moved => match progress.as_deref() {
                Ok(Progress::At(_)) => Ok(()),
                Ok(Progress::Gone) => Err(refusal::run_not_found(&self.id)),
                Ok(Progress::Failed) | Err(_) => Err(refusal::store_unavailable()),
            },
        }
    }
}
