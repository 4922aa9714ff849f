//! The data folder: one server's database, evidence, keys and whereabouts.

pub mod announcement;
pub mod lock;
pub mod private;

use std::{
    env, fs, io,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
};

use crate::exit::Misuse;

/// The key that the first start makes for local clients.
pub const API_KEY: &str = "api-key";
/// What signed links are signed with.
pub const SIGNING_KEY: &str = "signing.key";
/// What checkpoints and stored secrets are encrypted with.
pub const SECRET_KEY: &str = "secret.key";
/// The log of a server that a client started.
pub const SERVER_LOG: &str = "server.log";
/// The folder of the evidence.
pub const ARTIFACTS: &str = "artifacts";

/// `$XDG_STATE_HOME/errand`, or `~/.local/state/errand`.
///
/// # Errors
/// If neither variable is set.
pub fn default() -> Result<PathBuf, Misuse> {
    let absolute = |name| {
        env::var_os(name)
            .map(PathBuf::from)
            .filter(|it| it.is_absolute())
    };
    let state = absolute("XDG_STATE_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".local/state")))
        .ok_or_else(|| {
            let message = "neither XDG_STATE_HOME nor HOME is set: name a folder with --data-dir";
            Misuse(message.to_owned())
        })?;
    Ok(state.join("errand"))
}

/// The folder that was named, or the default one; absolute.
///
/// # Errors
/// If nothing names one.
pub fn named(folder: Option<&Path>) -> Result<PathBuf, Misuse> {
    let folder = folder.map_or_else(default, |it| Ok(it.to_owned()))?;
    std::path::absolute(&folder)
        .map_err(|error| Misuse(format!("the data folder {}: {error}", folder.display())))
}

/// Makes the folder, for its owner only, if it isn't there.
///
/// # Errors
/// If it can't be made or is no folder.
pub fn make(folder: &Path) -> io::Result<()> {
    if folder.exists() && !folder.is_dir() {
        let error = "it is a file, not a folder";
        return Err(io::Error::new(io::ErrorKind::NotADirectory, error));
    }
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    // Found out now, by name, and not by the database in the middle of a run.
    private::probe(folder)
}

/// The URL of the SQLite database in the folder.
#[must_use]
pub fn database(folder: &Path) -> String {
    let path = folder.join("errand.db").display().to_string();
    // What has a meaning of its own in a URL.
    let path = path
        .replace('%', "%25")
        .replace('?', "%3F")
        .replace('#', "%23");
    format!("sqlite://{path}")
}
