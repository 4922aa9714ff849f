//! What a live browser shows, as it changes.

use std::{sync::Arc, time::Duration};

use errand_api::v1::{
    self, session_service_client::SessionServiceClient, watch_session_response::Change,
};
use errand_domain::view::{Controller, ViewState};
use errand_runner::{Live, Update, Watcher};
use futures_util::{Stream, StreamExt as _, stream};
use tonic::{Request, Status};

use crate::{
    edge::{Edge, MAX_ANSWER_BYTES},
    intake, refusal, render,
    replica::{Place, Target, relayed},
    violations::Violations,
    watchers::Watching,
};

/// How often is looked whether control ended by itself.
const LOOK: Duration = Duration::from_secs(2);

type Answer = Result<v1::WatchSessionResponse, Status>;

struct Viewer {
    edge: Arc<Edge>,
    live: Arc<Live>,
    watcher: Watcher,
    changes: errand_runner::Changes,
    state: Option<Arc<ViewState>>,
    told: Controller,
    ended: bool,
    _watching: Watching,
}

/// Frames and states, from here or from the replica that has the browser.
pub(super) async fn watch(
    edge: &Arc<Edge>,
    request: Request<v1::WatchSessionRequest>,
) -> Result<stream::BoxStream<'static, Answer>, Status> {
    let owner = Edge::caller(&request)?;
    let headers = request.metadata().clone();
    let given = request.into_inner();
    let mut violations = Violations::default();
    let target = Target::read(&given.browser_session_id, &given.run_id, &mut violations);
    let options = intake::view_options("options", given.options.as_ref(), &mut violations);
    violations.finish()?;
    let place = edge.locate(&owner, &target, &headers).await?;
    let watching = edge.watchers.enter(&owner)?;
    match place {
        Place::There(peer) => {
            let mut client = SessionServiceClient::new(peer.channel);
            let call = client.watch_session(edge.forwarded(given, &headers));
            let answers = call.await.map_err(relayed)?.into_inner();
            let stop = edge.stop.clone();
            let answers = answers
                .map(move |answer| {
                    // The place among the watchers is held as long as the stream.
                    let _ = &watching;
                    answer.map_err(relayed)
                })
                .take_until(async move { stop.cancelled().await });
            Ok(answers.boxed())
        }
        Place::Here(live) => {
            let watcher = live.watch(options).map_err(|error| match error {
                errand_runner::WatchError::Gone => refusal::not_live(target.id()),
                full => refusal::full(&full.to_string()),
            })?;
            let viewer = Viewer {
                edge: Arc::clone(edge),
                changes: live.changes(),
                live,
                watcher,
                state: None,
                told: Controller::Nobody,
                ended: false,
                _watching: watching,
            };
            Ok(changes(viewer).boxed())
        }
    }
}

fn changes(viewer: Viewer) -> impl Stream<Item = Answer> + Send {
    stream::unfold(viewer, |mut viewer| async move {
        let next = viewer.next().await?;
        viewer.ended |= next.is_err();
        Some((next, viewer))
    })
}

impl Viewer {
    /// The next change, or `None` once the browser has ended.
    async fn next(&mut self) -> Option<Answer> {
        while !self.ended {
            let update = tokio::select! {
                biased;
                () = self.edge.stop.cancelled() => return Some(Err(refusal::stopping())),
                () = self.changes.changed() => None,
                update = self.watcher.next() => Some(update?),
                () = tokio::time::sleep(LOOK) => None,
            };
            match update {
                Some(Update::Frame(frame)) if frame.jpeg.len() < MAX_ANSWER_BYTES => {
                    return Some(Ok(answer(Change::Frame(render::frame(&frame)))));
                }
                // Larger than a message may be: the next one may fit.
                Some(Update::Frame(_)) => {}
                Some(Update::State(state)) => {
                    self.state = Some(state);
                    return Some(Ok(self.tell()?));
                }
                None if self.live.controller() != self.told => {
                    if let Some(answer) = self.tell() {
                        return Some(Ok(answer));
                    }
                }
                None => {}
            }
        }
        None
    }

    fn tell(&mut self) -> Option<v1::WatchSessionResponse> {
        let state = self.state.as_ref()?;
        self.told = self.live.controller();
        let state = render::view_state(state, &self.told);
        Some(answer(Change::State(state)))
    }
}

fn answer(change: Change) -> v1::WatchSessionResponse {
    v1::WatchSessionResponse {
        change: Some(change),
    }
}
