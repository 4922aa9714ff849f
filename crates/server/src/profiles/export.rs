//! What a profile holds, as a storage state in pieces.

use std::sync::Arc;

use errand_api::v1::ExportProfileResponse;
use errand_domain::{OrganizationId, Profile, ProfileId, storage::playwright};
use futures_util::{Stream, stream};
use tokio::sync::OwnedSemaphorePermit;
use tonic::Status;

use super::{Profiles, create::apart};
use crate::{edge::Edge, fault, refusal, render, watchers::Watching};

/// Most bytes of a piece.
const PIECE_BYTES: usize = 256 * 1024;

struct Export {
    edge: Arc<Edge>,
    /// Taken by the first piece.
    profile: Option<Profile>,
    notes: Vec<String>,
    text: String,
    at: usize,
    ended: bool,
    _watching: Watching,
    _turn: OwnedSemaphorePermit,
}

pub(super) async fn stream(
    profiles: &Profiles,
    owner: &OrganizationId,
    id: &ProfileId,
) -> Result<impl Stream<Item = Result<ExportProfileResponse, Status>> + Send + use<>, Status> {
    let edge = Arc::clone(&profiles.edge);
    let watching = edge.watchers.enter(owner)?;
    let turn = profiles.turn().await?;
    let profile = profiles.profile(owner, id).await?;
    let sealed = edge.store.profile_content(owner, id).await;
    let Some(sealed) = sealed.map_err(fault::store)? else {
        return Err(refusal::profile_deleted(id));
    };
    let (secret, bound) = (edge.config.secret, id.clone());
    let write = move || {
        errand_vault::open_state(&secret.0, bound.as_str(), &sealed)
            .map(|state| playwright::write(&state))
    };
    let written = apart(write).await?.map_err(|error| {
        tracing::warn!(profile.id = %id, %error, "a profile can't be opened");
        refusal::profile_content_lost(id)
    })?;
    let export = Export {
        edge,
        profile: Some(profile),
        notes: written.notes,
        text: written.text,
        at: 0,
        ended: false,
        _watching: watching,
        _turn: turn,
    };
    Ok(stream::unfold(export, |mut export| async move {
        let piece = export.next()?;
        Some((piece, export))
    }))
}

impl Export {
    fn next(&mut self) -> Option<Result<ExportProfileResponse, Status>> {
        if self.ended || self.at >= self.text.len() {
            return None;
        }
        if self.edge.stop.is_cancelled() {
            self.ended = true;
            return Some(Err(refusal::stopping()));
        }
        let end = self.text.floor_char_boundary(self.at + PIECE_BYTES);
        let piece = self.text[self.at..end].to_owned();
        self.at = end;
        Some(Ok(ExportProfileResponse {
            profile: self.profile.take().as_ref().map(render::profile),
            notes: std::mem::take(&mut self.notes),
            storage_state: piece,
        }))
    }
}
