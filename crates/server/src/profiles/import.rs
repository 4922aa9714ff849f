//! Storage states from outside.

use std::time::Duration;

use errand_api::v1::ImportProfileRequest;
use errand_domain::{
    OrganizationId, Profile,
    storage::playwright::{self, Error, MAX_TEXT_BYTES},
};
use tokio::time::timeout;
use tonic::{Status, Streaming};

use super::{
    Profiles,
    create::{self, Named, apart},
};
use crate::{refusal, violations::Violations};

/// How long a client may take to send its next piece.
const PIECE: Duration = Duration::from_secs(30);

pub(super) async fn import(
    profiles: &Profiles,
    owner: &OrganizationId,
    mut pieces: Streaming<ImportProfileRequest>,
) -> Result<Profile, Status> {
    let _turn = profiles.turn().await?;
    let first = next(profiles, &mut pieces).await?;
    let first = first.ok_or_else(|| Violations::one("name", "nothing was sent"))?;
    let named = Named {
        name: first.name,
        description: first.description,
        request_id: first.request_id,
    };
    let mut violations = Violations::default();
    named.check(&mut violations);
    let mut text = first.storage_state;
    while let Some(piece) = next(profiles, &mut pieces).await? {
        text.push_str(&piece.storage_state);
        if text.len() > MAX_TEXT_BYTES {
            break;
        }
    }
    let read = apart(move || {
        let state = playwright::read(&text);
        (text, state)
    });
    let (text, state) = read.await?;
    let state = match state {
        Ok(state) => Some(state),
        Err(Error::Wrong(faults)) => {
            for fault in faults {
                let field = match fault.path.as_str() {
                    "" => "storage_state".to_owned(),
                    path => format!("storage_state.{path}"),
                };
                violations.add(field, fault.problem);
            }
            None
        }
        Err(error @ (Error::TooLarge(_) | Error::TooLong(_))) => {
            return Err(refusal::profile_too_large(&error.to_string()));
        }
    };
    violations.finish()?;
    let state = state.ok_or_else(refusal::internal)?;
    create::imported(profiles, owner, named, &text, state).await
}

async fn next(
    profiles: &Profiles,
    pieces: &mut Streaming<ImportProfileRequest>,
) -> Result<Option<ImportProfileRequest>, Status> {
    tokio::select! {
        piece = timeout(PIECE, pieces.message()) => piece.map_err(|_| refusal::deadline())?,
        () = profiles.edge.stop.cancelled() => Err(refusal::stopping()),
    }
}
