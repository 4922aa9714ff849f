//! What a browser keeps, sealed.

use errand_domain::StorageState;

use crate::{Error, Key, open, seal};

/// Seals a state for the row that `bound` names: a profile's or a run's id.
///
/// # Errors
/// [`Error::Unreadable`] if it can't be written as JSON.
pub fn seal_state(key: &Key, bound: &str, state: &StorageState) -> Result<Vec<u8>, Error> {
    let plain = serde_json::to_vec(state).map_err(|error| Error::Unreadable(error.to_string()))?;
    seal(key, &scope(bound), &plain)
}

/// Opens what [`seal_state`] made for the same row.
///
/// # Errors
/// As [`open`]; [`Error::Unreadable`] for what is no state.
pub fn open_state(key: &Key, bound: &str, bytes: &[u8]) -> Result<StorageState, Error> {
    let plain = open(key, &scope(bound), bytes)?;
    serde_json::from_slice(&plain).map_err(|error| Error::Unreadable(error.to_string()))
}

/// A run's checkpoint is sealed for its id alone, and must not pass for this.
fn scope(bound: &str) -> String {
    format!("browser-state {bound}")
}
