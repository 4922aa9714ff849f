//! `ArtifactService`.

mod download;
pub(crate) mod links;
mod range;
mod types;

use std::{pin::Pin, sync::Arc, time::Duration};

use errand_api::v1::{self, artifact_service_server::ArtifactService};
use errand_domain::{ArtifactId, OrganizationId, RunId};
use errand_store::ArtifactRow;
use futures_util::Stream;
use tonic::{Request, Response, Status};

use crate::{edge::Edge, fault, intake, refusal, render, violations::Violations};

/// Longest life of a link.
pub(crate) const MAX_LINK_LIFE: Duration = Duration::from_secs(7 * 24 * 3_600);
const LINK_LIFE: Duration = Duration::from_secs(3_600);

/// The service.
#[derive(Clone)]
pub(crate) struct Files(pub(crate) Arc<Edge>);

impl Files {
    async fn row(&self, owner: &OrganizationId, id: &ArtifactId) -> Result<ArtifactRow, Status> {
        let row = self
            .0
            .store
            .artifact(owner, id)
            .await
            .map_err(fault::store)?;
        row.ok_or_else(|| refusal::artifact_not_found(id))
    }
}

#[tonic::async_trait]
impl ArtifactService for Files {
    type DownloadArtifactStream =
        Pin<Box<dyn Stream<Item = Result<v1::DownloadArtifactResponse, Status>> + Send>>;

    async fn list_artifacts(
        &self,
        request: Request<v1::ListArtifactsRequest>,
    ) -> Result<Response<v1::ListArtifactsResponse>, Status> {
        let (owner, base) = (Edge::caller(&request)?, self.0.base(&request));
        let given = request.into_inner();
        let mut violations = Violations::default();
        let page = intake::page(given.page_size, &given.page_token, &mut violations);
        types::check(&given.artifact_type, &mut violations);
        violations.finish()?;
        let run = RunId::from(given.run_id);
        self.0.run(&owner, &run).await?;
        let (types, token) = (&given.artifact_type, page.token.as_deref());
        let found = self
            .0
            .store
            .artifacts(&owner, &run, types, page.size, token)
            .await;
        let found = found.map_err(fault::store)?;
        let links = match given.include_signed_urls {
            true => Some(self.0.links(&owner, &base).await?),
            false => None,
        };
        Ok(Response::new(v1::ListArtifactsResponse {
            artifacts: found
                .items
                .iter()
                .map(|row| render::artifact(row, links.as_ref()))
                .collect(),
            next_page_token: found.next_page_token.unwrap_or_default(),
        }))
    }

    async fn get_artifact(
        &self,
        request: Request<v1::GetArtifactRequest>,
    ) -> Result<Response<v1::GetArtifactResponse>, Status> {
        let (owner, base) = (Edge::caller(&request)?, self.0.base(&request));
        let given = request.into_inner();
        let row = self.row(&owner, &given.artifact_id.into()).await?;
        let links = match given.include_signed_url {
            true => Some(self.0.links(&owner, &base).await?),
            false => None,
        };
        let artifact = Some(render::artifact(&row, links.as_ref()));
        Ok(Response::new(v1::GetArtifactResponse { artifact }))
    }

    async fn download_artifact(
        &self,
        request: Request<v1::DownloadArtifactRequest>,
    ) -> Result<Response<Self::DownloadArtifactStream>, Status> {
        let owner = Edge::caller(&request)?;
        let given = request.into_inner();
        let mut violations = Violations::default();
        let offset = intake::position("offset", given.offset, &mut violations);
        violations.finish()?;
        let row = self.row(&owner, &given.artifact_id.into()).await?;
        let content = download::stream(&self.0, row, offset).await?;
        Ok(Response::new(Box::pin(content)))
    }

    async fn create_signed_url(
        &self,
        request: Request<v1::CreateSignedUrlRequest>,
    ) -> Result<Response<v1::CreateSignedUrlResponse>, Status> {
        let (owner, base) = (Edge::caller(&request)?, self.0.base(&request));
        let given = request.into_inner();
        let life = match given.ttl.as_ref().map(intake::duration) {
            None => LINK_LIFE,
            Some(Ok(ttl)) if (Duration::from_secs(1)..=MAX_LINK_LIFE).contains(&ttl) => ttl,
            Some(Ok(_)) => return Err(Violations::one("ttl", "must be 1 second to 7 days")),
            Some(Err(wrong)) => return Err(Violations::one("ttl", wrong)),
        };
        let row = self.row(&owner, &given.artifact_id.into()).await?;
        let mut links = self.0.links(&owner, &base).await?;
        let life = i64::try_from(life.as_millis()).unwrap_or(i64::MAX);
        links.expires_at = self
            .0
            .store
            .now()
            .await
            .map_err(fault::store)?
            .plus_millis(life);
        Ok(Response::new(v1::CreateSignedUrlResponse {
            signed_url: links.to(&row.id, &row.filename),
            expires_at: Some(render::moment(links.expires_at)),
        }))
    }
}
