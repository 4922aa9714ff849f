//! Profiles are made here.

use errand_api::v1::{self, profile_service_client::ProfileServiceClient};
use errand_domain::{
    OrganizationId, Profile, ProfileId, ProfileSource, RunId, SessionId, StorageState, log,
    profile::Extent,
};
use errand_runner::Live;
use errand_store::{Error as StoreError, NewProfile, RequestKey, SealedState};
use sha2::{Digest as _, Sha256};
use tonic::{Status, metadata::MetadataMap};

use super::Profiles;
use crate::{
    fault, intake, refusal, render,
    replica::{Peer, Place, Target, relayed},
    violations::Violations,
};

/// What a new profile is called, and the request that made it.
pub(super) struct Named {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) request_id: String,
}

impl Named {
    pub(super) fn check(&self, violations: &mut Violations) {
        intake::name(&self.name, violations);
        intake::description(&self.description, violations);
        intake::request_id(&self.request_id, violations);
    }

    /// The request's own name, bound to all that it asks for.
    fn key(&self, method: &str, from: &str) -> Option<RequestKey> {
        let hash = Sha256::new()
            .chain_update(log::sha256(self.name.as_bytes()))
            .chain_update(log::sha256(self.description.as_bytes()))
            .chain_update(log::sha256(from.as_bytes()));
        (!self.request_id.is_empty()).then(|| RequestKey {
            method: method.to_owned(),
            key: self.request_id.clone(),
            hash: hash.finalize().into(),
        })
    }
}

/// Makes a profile from a run, a session or nothing.
pub(super) async fn create(
    profiles: &Profiles,
    owner: &OrganizationId,
    given: v1::CreateProfileRequest,
    headers: &MetadataMap,
) -> Result<v1::Profile, Status> {
    let named = Named {
        name: given.name.clone(),
        description: given.description.clone(),
        request_id: given.request_id.clone(),
    };
    let mut violations = Violations::default();
    named.check(&mut violations);
    if !given.browser_session_id.is_empty() && !given.run_id.is_empty() {
        let description = "can't be given together with run_id: name one of them";
        violations.add("browser_session_id", description);
    }
    violations.finish()?;
    let _turn = profiles.turn().await?;
    let (source, state) = if !given.browser_session_id.is_empty() {
        let id = SessionId::from(given.browser_session_id.as_str());
        let target = Target::Session(id.clone());
        match profiles.edge.locate(owner, &target, headers).await? {
            Place::There(peer) => return elsewhere(profiles, peer, given, headers).await,
            Place::Here(live) => (ProfileSource::Session(id), seen_by(&live, &target).await?),
        }
    } else if !given.run_id.is_empty() {
        let id = RunId::from(given.run_id);
        let state = left_by(profiles, owner, &id).await?;
        (ProfileSource::Run(id), state)
    } else {
        (ProfileSource::Blank, StorageState::default())
    };
    let from = source.parts().1.unwrap_or_default();
    let key = named.key("CreateProfile", from);
    let profile = keep(profiles, owner, named, source, state, key).await?;
    Ok(render::profile(&profile))
}

/// The replica that has the browser makes it.
async fn elsewhere(
    profiles: &Profiles,
    peer: Peer,
    given: v1::CreateProfileRequest,
    headers: &MetadataMap,
) -> Result<v1::Profile, Status> {
    let mut client = ProfileServiceClient::new(peer.channel);
    let call = client.create_profile(profiles.edge.forwarded(given, headers));
    let answer = call.await.map_err(relayed)?.into_inner();
    answer.profile.ok_or_else(refusal::internal)
}

/// What a live browser holds now.
async fn seen_by(live: &Live, target: &Target) -> Result<StorageState, Status> {
    // It bounds itself.
    let state = Box::pin(live.page().storage_state()).await;
    state.map_err(|error| {
        tracing::warn!(id = target.id(), %error, "a live browser's state can't be read");
        refusal::not_live(target.id())
    })
}

/// What a run's browser held at its end.
async fn left_by(
    profiles: &Profiles,
    owner: &OrganizationId,
    id: &RunId,
) -> Result<StorageState, Status> {
    let edge = &profiles.edge;
    let run = edge.run(owner, id).await?;
    if !run.state.is_final() {
        return Err(refusal::not_final(id, run.state, "made into a profile"));
    }
    let sealed = edge.store.run_state(owner, id).await;
    let Some(sealed) = sealed.map_err(fault::store)? else {
        return Err(refusal::profile_source_missing(id));
    };
    let (secret, bound) = (edge.config.secret, id.clone());
    let open = move || errand_vault::open_state(&secret.0, bound.as_str(), &sealed);
    apart(open).await?.map_err(|error| {
        tracing::warn!(run.id = %id, %error, "a run's browser state can't be opened");
        refusal::run_state_lost(id)
    })
}

/// Seals a state and makes the profile that holds it.
pub(super) async fn keep(
    profiles: &Profiles,
    owner: &OrganizationId,
    named: Named,
    source: ProfileSource,
    state: StorageState,
    request_id: Option<RequestKey>,
) -> Result<Profile, Status> {
    let id = ProfileId::generate();
    let (secret, bound) = (profiles.edge.config.secret, id.clone());
    let seal = move || {
        let extent = Extent::of(&state).map_err(|error| {
            let what = error.to_string();
            refusal::profile_too_large(&what)
        })?;
        let content = errand_vault::seal_state(&secret.0, bound.as_str(), &state)
            .map_err(|error| fault::internal("a browser's state can't be sealed", &error))?;
        Ok::<_, Status>(SealedState { content, extent })
    };
    let state = apart(seal).await??;
    let new = NewProfile {
        id,
        organization: owner.clone(),
        name: named.name.clone(),
        description: named.description,
        source,
        state,
        request_id,
    };
    match profiles.edge.store.create_profile(new).await {
        Ok(profile) => {
            tracing::info!(profile.id = %profile.id, "a profile was made");
            Ok(profile)
        }
        Err(StoreError::NameTaken) => Err(refusal::profile_name_taken(&named.name)),
        Err(StoreError::RequestIdReused) => Err(refusal::request_id_reused(&named.request_id)),
        Err(error) => Err(fault::store(error)),
    }
}

/// Makes a profile of an imported state.
pub(super) async fn imported(
    profiles: &Profiles,
    owner: &OrganizationId,
    named: Named,
    text: &str,
    state: StorageState,
) -> Result<Profile, Status> {
    let key = named.key("ImportProfile", text);
    keep(profiles, owner, named, ProfileSource::Import, state, key).await
}

/// Away from the threads that answer calls: a large state takes a while.
pub(super) async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Status> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| fault::internal("work on a browser's state was cut off", &error))
}
