//! What every call shares.

use std::sync::Arc;

use errand_artifacts::{Artifacts, Signer};
use errand_domain::{OrganizationId, ProfileId, Run, RunId};
use errand_runner::Handle;
use errand_store::Store;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tonic::Status;

use crate::{
    Config,
    clock::Clock,
    fault,
    feed::Feeds,
    keys::Keys,
    recent::Recent,
    refusal,
    render::{self, Links},
    replica::Replicas,
    watchers::Watchers,
};

/// Longest message in either direction, in bytes.
pub(crate) const MAX_MESSAGE_BYTES: usize = 1024 * 1024;
/// What an answer may have: a little less, for what is not counted.
pub(crate) const MAX_ANSWER_BYTES: usize = 960 * 1024;
/// How long links within answers live, in milliseconds.
const LINK_LIFE_MS: i64 = 3_600_000;

/// Everything behind the services.
pub(crate) struct Edge {
    pub(crate) config: Config,
    pub(crate) store: Store,
    pub(crate) artifacts: Artifacts,
    pub(crate) signer: Signer,
    pub(crate) runner: Handle,
    pub(crate) keys: Keys,
    pub(crate) clock: Clock,
    pub(crate) recent: Recent,
    pub(crate) watchers: Watchers,
    pub(crate) feeds: Feeds,
    pub(crate) replicas: Replicas,
    /// Owns what runs beside the calls.
    pub(crate) tasks: TaskTracker,
    /// Fires when the server begins to stop.
    pub(crate) stop: CancellationToken,
    /// Fires after those who watch the server's health were told of the stop.
    pub(crate) told: CancellationToken,
}

/// Who calls, put into each request once its key was checked.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) organization: OrganizationId,
}

/// Scheme and authority that the request came by, for links in its answer.
#[derive(Debug, Clone)]
pub(crate) struct Origin(pub(crate) String);

impl Edge {
    /// Who calls.
    ///
    /// # Errors
    /// INTERNAL: the guard puts a caller into every request that needs one.
    pub(crate) fn caller<T>(request: &tonic::Request<T>) -> Result<OrganizationId, Status> {
        let caller = request.extensions().get::<Caller>();
        caller
            .map(|it| it.organization.clone())
            .ok_or_else(refusal::internal)
    }

    /// What links in the answer begin with.
    pub(crate) fn base<T>(&self, request: &tonic::Request<T>) -> String {
        let origin = request.extensions().get::<Origin>().map(|it| it.0.clone());
        self.config
            .public_url
            .clone()
            .or(origin)
            .unwrap_or_default()
    }

    /// The run.
    ///
    /// # Errors
    /// NOT_FOUND, whoever else may have it.
    pub(crate) async fn run(&self, owner: &OrganizationId, id: &RunId) -> Result<Run, Status> {
        let found = self.store.get_run(owner, id).await.map_err(fault::store)?;
        found.ok_or_else(|| refusal::run_not_found(id))
    }

    /// Whether a browser can begin with that profile, if one is named.
    ///
    /// # Errors
    /// NOT_FOUND.
    pub(crate) async fn has_profile(
        &self,
        owner: &OrganizationId,
        id: Option<&ProfileId>,
    ) -> Result<(), Status> {
        let Some(id) = id else { return Ok(()) };
        let found = self.store.profile(owner, id).await.map_err(fault::store)?;
        found
            .filter(|it| it.deleted_at.is_none())
            .map(|_| ())
            .ok_or_else(|| refusal::profile_not_found(id))
    }

    /// A run that is asked for by itself, in one look at the database if it was read before.
    ///
    /// # Errors
    /// As [`Edge::run`].
    pub(crate) async fn look(
        &self,
        owner: &OrganizationId,
        id: &RunId,
        base: &str,
    ) -> Result<errand_api::v1::Run, Status> {
        let found = self.store.glance(owner, id).await.map_err(fault::store)?;
        let glance = found.ok_or_else(|| refusal::run_not_found(id))?;
        let run = match self.recent.at(id, glance.last_sequence) {
            Some(run) => run,
            None => {
                let run = Arc::new(self.run(owner, id).await?);
                self.recent.keep(&run);
                run
            }
        };
        let links = self.links(owner, base).await?;
        let mut answer = render::run(&run, Some(&links));
        if run.state == errand_domain::RunState::Queued {
            answer.queue_position = render::long(glance.queue_position);
            self.say_why(&mut answer);
        }
        Ok(answer)
    }

    /// A run for an answer that has only this one.
    pub(crate) async fn answer(
        &self,
        run: &Run,
        base: &str,
    ) -> Result<errand_api::v1::Run, Status> {
        let links = self.links(&run.organization_id, base).await?;
        let mut answer = render::run(run, Some(&links));
        if run.state == errand_domain::RunState::Queued {
            let position = self
                .store
                .queue_position(&run.organization_id, &run.id)
                .await;
            answer.queue_position = position.map_err(fault::store)?.map_or(0, render::long);
            self.say_why(&mut answer);
        }
        Ok(answer)
    }

    /// Why a queued run waits, as things are here now.
    fn say_why(&self, answer: &mut errand_api::v1::Run) {
        if let Some(shortage) = self.runner.shortage() {
            answer.queued_reason = shortage;
        }
    }

    /// Links for one answer.
    ///
    /// # Errors
    /// If the database, whose clock counts, can't be reached.
    pub(crate) async fn links<'a>(
        &'a self,
        organization: &'a OrganizationId,
        base: &'a str,
    ) -> Result<Links<'a>, Status> {
        let now = self.clock.now(&self.store).await.map_err(fault::store)?;
        let expires_at = now.plus_millis(LINK_LIFE_MS);
        Ok(Links {
            signer: &self.signer,
            base,
            organization,
            expires_at,
        })
    }
}
