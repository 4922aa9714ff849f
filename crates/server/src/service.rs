//! The edge as a whole: made of its parts, then served until it is told to stop.

use std::sync::Arc;

use errand_artifacts::{Artifacts, Signer};
use errand_runner::Handle;
use errand_store::Store;
use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    Config, clock::Clock, connection, edge::Edge, feed::Feeds, keys::Keys, recent::Recent,
    replica::Replicas, routes, tls, watchers::Watchers,
};

/// Why the edge can't be served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A certificate or key can't be used.
    #[error("can't serve TLS: {0}")]
    Tls(String),
    /// The compiled-in contract can't be read: a fault of the build.
    #[error("the contract can't be read: {0}")]
    Contract(String),
}

impl Error {
    pub(crate) fn contract(error: impl std::fmt::Display) -> Self {
        Self::Contract(error.to_string())
    }
}

/// Everything that answers callers.
pub struct Service {
    config: Config,
    store: Store,
    artifacts: Artifacts,
    signer: Signer,
    runner: Handle,
}

impl Service {
    /// Puts the edge together; nothing is started yet.
    #[must_use]
    pub fn new(
        config: Config,
        store: Store,
        artifacts: Artifacts,
        signer: Signer,
        runner: Handle,
    ) -> Self {
        Self {
            config,
            store,
            artifacts,
            signer,
            runner,
        }
    }

    /// Serves until `stop` fires and what is open has ended: streams at once (UNAVAILABLE, with
    /// `RetryInfo`), calls within [`Config::drain`]; what is open then is cut.
    ///
    /// # Errors
    /// Before the first connection, if the certificates can't be used. Nothing that a client does
    /// makes this fail.
    pub async fn serve(self, listener: TcpListener, stop: CancellationToken) -> Result<(), Error> {
        let acceptor = self.config.tls.as_ref().map(tls::acceptor).transpose()?;
        let config = self.config.clone();
        let tasks = TaskTracker::new();
        let told = CancellationToken::new();
        let edge = Arc::new(Edge {
            keys: Keys::new(self.store.clone(), config.key_cache),
            clock: Clock::default(),
            recent: Recent::default(),
            watchers: Watchers::new(config.max_watchers),
            feeds: Feeds::default(),
            replicas: Replicas::default(),
            config: self.config,
            store: self.store,
            artifacts: self.artifacts,
            signer: self.signer,
            runner: self.runner,
            tasks: tasks.clone(),
            stop: stop.clone(),
            told: told.clone(),
        });
        let (app, health) = routes::build(edge).await?;
        let secure = acceptor.is_some();
        tracing::info!(address = ?listener.local_addr().ok(), tls = secure, "serving");
        let accepting = connection::accept(listener, app, acceptor, &config, &stop);
        let telling = async {
            stop.cancelled().await;
            for service in [
                "",
                "errand.v1.RunService",
                "errand.v1.SessionService",
                "errand.v1.ArtifactService",
                "errand.v1.AdminService",
            ] {
                let status = tonic_health::ServingStatus::NotServing;
                health.set_service_status(service, status).await;
            }
            told.cancel();
        };
        tokio::join!(accepting, telling);
        tasks.close();
        if tokio::time::timeout(config.drain, tasks.wait())
            .await
            .is_err()
        {
            tracing::warn!("tasks of the edge did not end in time");
        }
        tracing::info!("stopped serving");
        Ok(())
    }
}
