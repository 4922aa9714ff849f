//! `RunService`.

mod changes;
mod command;
mod create;
mod delete;
mod log;
mod read;
mod timeline;
mod wait;
pub(crate) mod watch;

use std::{pin::Pin, sync::Arc};

use errand_api::v1::{self, run_service_server::RunService};
use futures_util::{Stream, StreamExt as _};
use prost::Message as _;
use tonic::{Request, Response, Status};

use crate::{edge::Edge, refusal};

/// The service.
#[derive(Clone)]
pub(crate) struct Runs(pub(crate) Arc<Edge>);

type Streamed<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

#[tonic::async_trait]
impl RunService for Runs {
    type WatchRunStream = Streamed<v1::WatchRunResponse>;
    type WatchRunsStream = Streamed<v1::WatchRunsResponse>;

    async fn run_task(
        &self,
        request: Request<v1::RunTaskRequest>,
    ) -> Result<Response<v1::RunTaskResponse>, Status> {
        let (owner, base) = (Edge::caller(&request)?, self.0.base(&request));
        let run = create::run_task(&self.0, &owner, &base, request.into_inner()).await?;
        Ok(Response::new(v1::RunTaskResponse { run: Some(run) }))
    }

    async fn get_run(
        &self,
        request: Request<v1::GetRunRequest>,
    ) -> Result<Response<v1::GetRunResponse>, Status> {
        let (owner, base) = (Edge::caller(&request)?, self.0.base(&request));
        let id = request.into_inner().run_id.into();
        let run = self.0.look(&owner, &id, &base).await?;
        Ok(Response::new(v1::GetRunResponse { run: Some(run) }))
    }

    async fn list_runs(
        &self,
        request: Request<v1::ListRunsRequest>,
    ) -> Result<Response<v1::ListRunsResponse>, Status> {
        let owner = Edge::caller(&request)?;
        read::list(&self.0, &owner, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn wait_run(
        &self,
        request: Request<v1::WaitRunRequest>,
    ) -> Result<Response<v1::WaitRunResponse>, Status> {
        let (owner, base) = (Edge::caller(&request)?, self.0.base(&request));
        let run = wait::wait(&self.0, &owner, request.into_inner()).await?;
        let run = self.0.answer(&run, &base).await?;
        Ok(Response::new(v1::WaitRunResponse { run: Some(run) }))
    }

    /// Over the wire this is answered by [`watch::handle`], which sends the bytes as they are.
    async fn watch_run(
        &self,
        request: Request<v1::WatchRunRequest>,
    ) -> Result<Response<Self::WatchRunStream>, Status> {
        let owner = Edge::caller(&request)?;
        let encoded = watch::watch(&self.0, &owner, request.into_inner()).await?;
        let decoded = encoded
            .map(|bytes| v1::WatchRunResponse::decode(bytes?).map_err(|_| refusal::internal()));
        Ok(Response::new(Box::pin(decoded)))
    }

    async fn watch_runs(
        &self,
        request: Request<v1::WatchRunsRequest>,
    ) -> Result<Response<Self::WatchRunsStream>, Status> {
        let owner = Edge::caller(&request)?;
        let changes = changes::watch(&self.0, owner, request.into_inner()).await?;
        Ok(Response::new(Box::pin(changes)))
    }

    async fn list_run_events(
        &self,
        request: Request<v1::ListRunEventsRequest>,
    ) -> Result<Response<v1::ListRunEventsResponse>, Status> {
        let owner = Edge::caller(&request)?;
        log::list(&self.0, &owner, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn cancel_run(
        &self,
        request: Request<v1::CancelRunRequest>,
    ) -> Result<Response<v1::CancelRunResponse>, Status> {
        let (owner, base) = (Edge::caller(&request)?, self.0.base(&request));
        let run = command::cancel(&self.0, &owner, request.into_inner()).await?;
        let run = self.0.answer(&run, &base).await?;
        Ok(Response::new(v1::CancelRunResponse { run: Some(run) }))
    }

    async fn cancel_runs(
        &self,
        request: Request<v1::CancelRunsRequest>,
    ) -> Result<Response<v1::CancelRunsResponse>, Status> {
        let owner = Edge::caller(&request)?;
        command::cancel_several(&self.0, &owner, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn retry_run(
        &self,
        request: Request<v1::RetryRunRequest>,
    ) -> Result<Response<v1::RetryRunResponse>, Status> {
        let (owner, base) = (Edge::caller(&request)?, self.0.base(&request));
        let run = create::retry(&self.0, &owner, &base, request.into_inner()).await?;
        Ok(Response::new(v1::RetryRunResponse { run: Some(run) }))
    }

    async fn delete_run(
        &self,
        request: Request<v1::DeleteRunRequest>,
    ) -> Result<Response<v1::DeleteRunResponse>, Status> {
        let owner = Edge::caller(&request)?;
        delete::delete(&self.0, &owner, &request.into_inner().run_id.into()).await?;
        Ok(Response::new(v1::DeleteRunResponse {}))
    }

    async fn respond_to_run(
        &self,
        request: Request<v1::RespondToRunRequest>,
    ) -> Result<Response<v1::RespondToRunResponse>, Status> {
        let (owner, base) = (Edge::caller(&request)?, self.0.base(&request));
        let run = command::respond(&self.0, &owner, request.into_inner()).await?;
        let run = self.0.answer(&run, &base).await?;
        Ok(Response::new(v1::RespondToRunResponse { run: Some(run) }))
    }

    async fn get_run_timeline(
        &self,
        request: Request<v1::GetRunTimelineRequest>,
    ) -> Result<Response<v1::GetRunTimelineResponse>, Status> {
        let owner = Edge::caller(&request)?;
        timeline::page(&self.0, &owner, request.into_inner())
            .await
            .map(Response::new)
    }
}
