//! `server.json`: where the folder's server listens, for clients on the same machine.

use std::{
    fs::{self, File, TryLockError},
    io,
    net::SocketAddr,
    path::Path,
    process,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::private;

/// The file's name.
pub const NAME: &str = "server.json";

/// What a server says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announcement {
    /// Where to connect, with the scheme.
    pub url: String,
    /// The address that is listened on.
    pub address: SocketAddr,
    /// The server's process.
    pub pid: u32,
    /// Its release.
    pub version: String,
    /// When it began to listen, RFC 3339.
    pub started_at: String,
}

impl Announcement {
    /// For this process.
    #[must_use]
    pub fn new(address: SocketAddr, tls: bool) -> Self {
        let mut reachable = address;
        if address.ip().is_unspecified() {
            // "All addresses" is no address to connect to.
            reachable.set_ip(match address {
                SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
                SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
            });
        }
        Self {
            url: format!("{}://{reachable}", if tls { "https" } else { "http" }),
            address,
            pid: process::id(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            started_at: Timestamp::now().to_string(),
        }
    }

    /// Writes the file. It counts as long as the lock that is returned is held, so that what a
    /// killed server left is known to be old, also while the next one is starting.
    ///
    /// # Errors
    /// If it can't be written.
    pub fn publish(&self, folder: &Path) -> io::Result<File> {
        let text = serde_json::to_string_pretty(self)?;
        private::replace_locked(&folder.join(NAME), format!("{text}\n").as_bytes())
    }

    /// Reads what the folder's server says; none if there is no server, whatever an earlier one
    /// left.
    ///
    /// # Errors
    /// If the file can't be read.
    pub fn find(folder: &Path) -> io::Result<Option<Self>> {
        let mut file = match File::open(folder.join(NAME)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        match file.try_lock_shared() {
            // Who wrote it is gone.
            Ok(()) => return Ok(None),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(error),
        }
        let text = private::text(&mut file)?;
        Ok(serde_json::from_str(&text).ok())
    }
}

/// Removes the file, so that no client comes any more.
pub fn withdraw(folder: &Path) {
    if let Err(error) = fs::remove_file(folder.join(NAME))
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(%error, "server.json stays; clients see that it is old");
    }
}
