//! Where a file lies: `organization/run/artifact-name`.

use errand_domain::{ArtifactId, OrganizationId, RunId};
use object_store::path::Path;

use crate::Error;

/// Longest part that comes from a file's name, in bytes.
const MAX_NAME_BYTES: usize = 80;

/// Builds the location of a file. The name is only there for people who look into the folder:
/// what is not a letter, a digit, `.`, `-` or `_` becomes `_`, and the end (with its suffix) is
/// kept where it is too long.
#[must_use]
pub fn location(
    organization: &OrganizationId,
    run: &RunId,
    artifact: &ArtifactId,
    filename: &str,
) -> String {
    let name = plain(filename);
    let name = &name[name.len().saturating_sub(MAX_NAME_BYTES)..];
    let (folder, artifact) = (folder(organization, run), plain(artifact.as_str()));
    if name.is_empty() {
        format!("{folder}/{artifact}")
    } else {
        format!("{folder}/{artifact}-{name}")
    }
}

/// The folder of all of a run's files.
pub(crate) fn folder(organization: &OrganizationId, run: &RunId) -> String {
    format!("{}/{}", part(organization.as_str()), part(run.as_str()))
}

/// Reads a location back.
pub(crate) fn parse(location: &str) -> Result<Path, Error> {
    Path::parse(location)
        .ok()
        .filter(|path| path.parts_count() > 0)
        .ok_or_else(|| Error::BadLocation {
            location: location.to_owned(),
        })
}

/// A whole path segment; never empty, `.` or `..`.
fn part(text: &str) -> String {
    let plain = plain(text);
    if plain.trim_matches('.').is_empty() {
        format!("_{plain}")
    } else {
        plain
    }
}

/// ASCII only, so that any byte is a character boundary.
fn plain(text: &str) -> String {
    text.chars()
        .map(|it| {
            if it.is_ascii_alphanumeric() || matches!(it, '.' | '-' | '_') {
                it
            } else {
                '_'
            }
        })
        .collect()
}
