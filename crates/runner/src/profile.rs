//! Saved browser states: put into browsers before anything is opened, and taken out of them.

use std::time::Duration;

use errand_browser::Page;
use errand_domain::{
    FailureCategory, OrganizationId, ProfileId, StorageState, port::PortError, profile::Extent,
};
use errand_store::{Error, SealedState};
use errand_vault::{open_state, seal_state};
use tokio::time::timeout;

use crate::{carry::Carrier, seat::Refused, sink::port_error};

/// How long it may take to read or write all that a browser keeps.
const PATIENCE: Duration = Duration::from_secs(60);

/// Reads all that a browser keeps, within what can be kept.
///
/// # Errors
/// Why it can't be read.
pub async fn capture(page: &Page) -> Result<StorageState, String> {
    match timeout(PATIENCE, page.storage_state()).await {
        Ok(Ok(mut state)) => {
            state.trim();
            Ok(state)
        }
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err(format!("it took longer than {PATIENCE:?}")),
    }
}

impl Carrier {
    /// Puts a profile into a browser in which nothing was opened yet. Returns what could not be put
    /// back, a sentence each.
    ///
    /// # Errors
    /// [`Refused`] if there is no such profile, or it can't be read or put back.
    pub(crate) async fn load(
        &self,
        organization: &OrganizationId,
        id: &ProfileId,
        page: &Page,
    ) -> Result<Vec<String>, Refused> {
        let unusable = |reason: String| {
            let reason = format!("the browser profile {id} can't be used: {reason}");
            Refused::new(FailureCategory::InputInvalid, reason)
        };
        let content = self.store.profile_content(organization, id).await;
        let content = content
            .map_err(|error| unusable(error.to_string()))?
            .ok_or_else(|| unusable("it does not exist, or was deleted".to_owned()))?;
        let state = open_state(&self.config.secret, id.as_str(), &content)
            .map_err(|error| unusable(error.to_string()))?;
        let notes = match timeout(PATIENCE, page.put_state(&state)).await {
            Ok(notes) => notes.map_err(|error| unusable(error.to_string()))?,
            Err(_) => return Err(unusable(format!("it took longer than {PATIENCE:?}"))),
        };
        if let Err(error) = self.store.touch_profile(organization, id).await {
            tracing::warn!(%id, %error, "the use of a profile was not noted");
        }
        Ok(notes)
    }

    /// Puts a browser's state in place of a profile's.
    ///
    /// # Errors
    /// Why it was not saved.
    pub(crate) async fn save(
        &self,
        organization: &OrganizationId,
        id: &ProfileId,
        state: &StorageState,
    ) -> Result<(), String> {
        let extent = Extent::of(state).map_err(|error| error.to_string())?;
        let content = seal_state(&self.config.secret, id.as_str(), state)
            .map_err(|error| error.to_string())?;
        let sealed = SealedState { content, extent };
        let saved = self.store.put_profile_content(organization, id, &sealed);
        match saved.await {
            Ok(Some(_)) => Ok(()),
            Ok(None) => Err("it was deleted meanwhile".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Keeps a browser's state with a run, for a profile to be made from.
    ///
    /// # Errors
    /// [`PortError::LeaseLost`] only; what else fails is in the answer.
    pub(crate) async fn persist(
        &self,
        run: &errand_domain::RunId,
        epoch: u64,
        state: &StorageState,
    ) -> Result<Result<(), String>, PortError> {
        let content = match seal_state(&self.config.secret, run.as_str(), state) {
            Ok(content) => content,
            Err(error) => return Ok(Err(error.to_string())),
        };
        match self.store.put_run_state(run, epoch, content).await {
            Ok(()) => Ok(Ok(())),
            Err(error @ Error::LeaseLost) => Err(port_error(error)),
            Err(error) => Ok(Err(error.to_string())),
        }
    }
}
