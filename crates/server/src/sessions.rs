//! `SessionService`.

pub(crate) mod cdp;
mod control;
mod create;
mod ending;
mod read;
mod watch;

use std::sync::Arc;

use errand_api::v1::{self, session_service_server::SessionService};
use errand_domain::{OrganizationId, Session, SessionId, SessionState};
use futures_util::stream::BoxStream;
use tonic::{Request, Response, Status, Streaming};

use crate::{edge::Edge, fault, intake, refusal, render, violations::Violations};

/// The service.
#[derive(Clone)]
pub(crate) struct Sessions(pub(crate) Arc<Edge>);

#[tonic::async_trait]
impl SessionService for Sessions {
    type WatchSessionStream = BoxStream<'static, Result<v1::WatchSessionResponse, Status>>;
    type ControlSessionStream = BoxStream<'static, Result<v1::ControlSessionResponse, Status>>;

    async fn create_session(
        &self,
        request: Request<v1::CreateSessionRequest>,
    ) -> Result<Response<v1::CreateSessionResponse>, Status> {
        let (owner, base) = (Edge::caller(&request)?, self.0.base(&request));
        let session = create::create(&self.0, &owner, request.into_inner()).await?;
        let session = Some(self.0.show(&session, &base).await?);
        Ok(Response::new(v1::CreateSessionResponse { session }))
    }

    async fn get_session(
        &self,
        request: Request<v1::GetSessionRequest>,
    ) -> Result<Response<v1::GetSessionResponse>, Status> {
        let (owner, base) = (Edge::caller(&request)?, self.0.base(&request));
        let id = SessionId::from(request.into_inner().browser_session_id);
        let session = self.0.session(&owner, &id).await?;
        let session = Some(self.0.show(&session, &base).await?);
        Ok(Response::new(v1::GetSessionResponse { session }))
    }

    async fn list_sessions(
        &self,
        request: Request<v1::ListSessionsRequest>,
    ) -> Result<Response<v1::ListSessionsResponse>, Status> {
        let owner = Edge::caller(&request)?;
        read::list(&self.0, &owner, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn extend_session(
        &self,
        request: Request<v1::ExtendSessionRequest>,
    ) -> Result<Response<v1::ExtendSessionResponse>, Status> {
        let (owner, base) = (Edge::caller(&request)?, self.0.base(&request));
        let given = request.into_inner();
        let mut violations = Violations::default();
        let minutes = intake::minutes(given.additional_minutes, &mut violations);
        violations.finish()?;
        let id = SessionId::from(given.browser_session_id);
        let session = self.0.store.extend_session(&owner, &id, minutes).await;
        let session = session.map_err(|error| ending::changed(&id, error))?;
        let session = Some(self.0.show(&session, &base).await?);
        Ok(Response::new(v1::ExtendSessionResponse { session }))
    }

    async fn close_session(
        &self,
        request: Request<v1::CloseSessionRequest>,
    ) -> Result<Response<v1::CloseSessionResponse>, Status> {
        let (owner, base) = (Edge::caller(&request)?, self.0.base(&request));
        let session = ending::close(&self.0, &owner, request.into_inner()).await?;
        let session = Some(self.0.show(&session, &base).await?);
        Ok(Response::new(v1::CloseSessionResponse { session }))
    }

    async fn list_session_events(
        &self,
        request: Request<v1::ListSessionEventsRequest>,
    ) -> Result<Response<v1::ListSessionEventsResponse>, Status> {
        let owner = Edge::caller(&request)?;
        read::events(&self.0, &owner, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn watch_session(
        &self,
        request: Request<v1::WatchSessionRequest>,
    ) -> Result<Response<Self::WatchSessionStream>, Status> {
        watch::watch(&self.0, request).await.map(Response::new)
    }

    async fn control_session(
        &self,
        request: Request<Streaming<v1::ControlSessionRequest>>,
    ) -> Result<Response<Self::ControlSessionStream>, Status> {
        control::control(&self.0, request).await.map(Response::new)
    }

    async fn send_input(
        &self,
        request: Request<v1::SendInputRequest>,
    ) -> Result<Response<v1::SendInputResponse>, Status> {
        control::send(&self.0, request).await.map(Response::new)
    }
}

impl Edge {
    /// The session.
    ///
    /// # Errors
    /// NOT_FOUND, whoever else may have it.
    pub(crate) async fn session(
        &self,
        owner: &OrganizationId,
        id: &SessionId,
    ) -> Result<Session, Status> {
        let found = self.store.get_session(owner, id).await;
        found
            .map_err(fault::store)?
            .ok_or_else(|| refusal::session_not_found(id))
    }

    /// A session for an answer that has only this one.
    pub(crate) async fn show(&self, session: &Session, base: &str) -> Result<v1::Session, Status> {
        let mut answer = render::session(session);
        if !session.state.is_final() {
            let waiting = self.store.waiting_in_session(&session.id).await;
            let waiting = waiting.map_err(fault::store)?;
            answer.waiting_runs = i32::try_from(waiting).unwrap_or(i32::MAX);
        }
        if session.state == SessionState::Starting {
            let shortage = || self.runner.shortage();
            answer.queued_reason = match &session.holder {
                Some(_) => "its browser is being started".to_owned(),
                None => shortage().unwrap_or_else(|| "waits for a browser".to_owned()),
            };
        }
        if session.state == SessionState::Running && session.request.browser_type.speaks_cdp() {
            answer.browser_address = self.socket(session, base).await?;
        }
        Ok(answer)
    }

    /// Where a program drives the session's browser from.
    async fn socket(&self, session: &Session, base: &str) -> Result<String, Status> {
        let now = self.clock.now(&self.store).await.map_err(fault::store)?;
        let expires_at = now.plus_millis(cdp::ADDRESS_LIFE_MS);
        let owner = &session.organization_id;
        let token = self.signer.sign_session(owner, &session.id, expires_at);
        // `http` becomes `ws`, and `https` becomes `wss`.
        let base = base.strip_prefix("http").unwrap_or(base);
        let path = format!("/v1/browser_sessions/{}/cdp", session.id);
        Ok(format!("ws{base}{path}?token={token}"))
    }
}
