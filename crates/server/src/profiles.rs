//! `ProfileService`.

mod create;
mod export;
mod import;

use std::{pin::Pin, sync::Arc, time::Duration};

use errand_api::v1::{self, profile_service_server::ProfileService};
use errand_domain::{OrganizationId, Profile, ProfileId};
use errand_store::{Error as StoreError, ProfileFilter};
use futures_util::Stream;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};
use tonic::{Request, Response, Status, Streaming};

use crate::{edge::Edge, fault, intake, refusal, render, violations::Violations};

/// Whole states that are in memory at once.
const MAX_AT_ONCE: usize = 8;
/// How long a call waits for its turn.
const TURN: Duration = Duration::from_secs(10);

/// The service.
#[derive(Clone)]
pub(crate) struct Profiles {
    edge: Arc<Edge>,
    room: Arc<Semaphore>,
}

impl Profiles {
    pub(crate) fn new(edge: &Arc<Edge>) -> Self {
        Self {
            edge: Arc::clone(edge),
            room: Arc::new(Semaphore::new(MAX_AT_ONCE)),
        }
    }

    /// Leave to hold a whole state.
    ///
    /// # Errors
    /// RESOURCE_EXHAUSTED if others have it all for long.
    async fn turn(&self) -> Result<OwnedSemaphorePermit, Status> {
        match timeout(TURN, Arc::clone(&self.room).acquire_owned()).await {
            Ok(Ok(permit)) => Ok(permit),
            _ => Err(refusal::full(&format!(
                "{MAX_AT_ONCE} profiles are being moved at once, the most that may be"
            ))),
        }
    }

    async fn profile(&self, owner: &OrganizationId, id: &ProfileId) -> Result<Profile, Status> {
        let found = self.edge.store.profile(owner, id).await;
        let found = found.map_err(fault::store)?;
        found.ok_or_else(|| refusal::profile_not_found(id))
    }
}

#[tonic::async_trait]
impl ProfileService for Profiles {
    type ExportProfileStream =
        Pin<Box<dyn Stream<Item = Result<v1::ExportProfileResponse, Status>> + Send>>;

    async fn create_profile(
        &self,
        request: Request<v1::CreateProfileRequest>,
    ) -> Result<Response<v1::CreateProfileResponse>, Status> {
        let owner = Edge::caller(&request)?;
        let (headers, _, given) = request.into_parts();
        let profile = create::create(self, &owner, given, &headers).await?;
        let profile = Some(profile);
        Ok(Response::new(v1::CreateProfileResponse { profile }))
    }

    async fn get_profile(
        &self,
        request: Request<v1::GetProfileRequest>,
    ) -> Result<Response<v1::GetProfileResponse>, Status> {
        let owner = Edge::caller(&request)?;
        let id = ProfileId::from(request.into_inner().browser_profile_id);
        let profile = Some(render::profile(&self.profile(&owner, &id).await?));
        Ok(Response::new(v1::GetProfileResponse { profile }))
    }

    async fn list_profiles(
        &self,
        request: Request<v1::ListProfilesRequest>,
    ) -> Result<Response<v1::ListProfilesResponse>, Status> {
        let owner = Edge::caller(&request)?;
        let given = request.into_inner();
        let mut violations = Violations::default();
        let page = intake::page(given.page_size, &given.page_token, &mut violations);
        if given.search_key.chars().count() > errand_domain::profile::MAX_NAME_CHARS {
            violations.add("search_key", "is longer than any name");
        }
        violations.finish()?;
        let filter = ProfileFilter {
            include_deleted: given.include_deleted,
            search_name: given.search_key,
        };
        let token = page.token.as_deref();
        let found = self
            .edge
            .store
            .profiles(&owner, &filter, page.size, token)
            .await;
        let found = found.map_err(fault::store)?;
        Ok(Response::new(v1::ListProfilesResponse {
            profiles: found.items.iter().map(render::listed_profile).collect(),
            next_page_token: found.next_page_token.unwrap_or_default(),
        }))
    }

    async fn update_profile(
        &self,
        request: Request<v1::UpdateProfileRequest>,
    ) -> Result<Response<v1::UpdateProfileResponse>, Status> {
        let owner = Edge::caller(&request)?;
        let given = request.into_inner();
        let (name, description) = (given.name.as_deref(), given.description.as_deref());
        let mut violations = Violations::default();
        if name.is_none() && description.is_none() {
            violations.add(
                "name",
                "nothing is to be changed: set name, description or both",
            );
        }
        if let Some(name) = name {
            intake::name(name, &mut violations);
        }
        if let Some(description) = description {
            intake::description(description, &mut violations);
        }
        violations.finish()?;
        let id = ProfileId::from(given.browser_profile_id);
        let store = &self.edge.store;
        let profile = match store.update_profile(&owner, &id, name, description).await {
            Ok(Some(profile)) => profile,
            // Whether it was there once is told as well.
            Ok(None) => {
                self.profile(&owner, &id).await?;
                return Err(refusal::profile_deleted(&id));
            }
            Err(StoreError::NameTaken) => {
                return Err(refusal::profile_name_taken(name.unwrap_or_default()));
            }
            Err(error) => return Err(fault::store(error)),
        };
        let profile = Some(render::profile(&profile));
        Ok(Response::new(v1::UpdateProfileResponse { profile }))
    }

    async fn delete_profile(
        &self,
        request: Request<v1::DeleteProfileRequest>,
    ) -> Result<Response<v1::DeleteProfileResponse>, Status> {
        let owner = Edge::caller(&request)?;
        let id = ProfileId::from(request.into_inner().browser_profile_id);
        let deleted = self.edge.store.delete_profile(&owner, &id).await;
        let deleted = deleted.map_err(fault::store)?;
        let profile = deleted.ok_or_else(|| refusal::profile_not_found(&id))?;
        tracing::info!(profile.id = %id, "a profile was deleted");
        let profile = Some(render::profile(&profile));
        Ok(Response::new(v1::DeleteProfileResponse { profile }))
    }

    async fn import_profile(
        &self,
        request: Request<Streaming<v1::ImportProfileRequest>>,
    ) -> Result<Response<v1::ImportProfileResponse>, Status> {
        let owner = Edge::caller(&request)?;
        let profile = import::import(self, &owner, request.into_inner()).await?;
        let profile = Some(render::profile(&profile));
        Ok(Response::new(v1::ImportProfileResponse { profile }))
    }

    async fn export_profile(
        &self,
        request: Request<v1::ExportProfileRequest>,
    ) -> Result<Response<Self::ExportProfileStream>, Status> {
        let owner = Edge::caller(&request)?;
        let id = ProfileId::from(request.into_inner().browser_profile_id);
        let pieces = export::stream(self, &owner, &id).await?;
        Ok(Response::new(Box::pin(pieces)))
    }
}
