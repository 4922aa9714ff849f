//! Where things are kept and reached: folder, disk, database, port.

use std::{net::TcpListener, path::Path};

use errand_store::{Error, Schema, Store};
use nix::sys::statvfs::statvfs;

use super::Finding;
use crate::{
    config::Config,
    folder::{self, announcement::Announcement},
};

/// Below this, evidence and browsers may fill the disk within an hour of work.
const ENOUGH_ROOM: u64 = 2 * GIB;
const LITTLE_ROOM: u64 = GIB / 4;
const GIB: u64 = 1024 * 1024 * 1024;

/// Whether the folder is there, or can be made, and written.
pub fn data_folder(path: &Path) -> Finding {
    let name = "data folder";
    let shown = path.display();
    match folder::make(path) {
        Ok(()) => Finding::good(name, shown.to_string()),
        Err(error) => Finding::bad(
            name,
            format!("{shown}: {error}"),
            "make it writable for this user, or name another one with --data-dir",
        ),
    }
}

/// How much room the folder's disk has.
pub fn room(path: &Path) -> Finding {
    let name = "disk room";
    let room = match statvfs(path) {
        Ok(it) => it.blocks_available().saturating_mul(it.fragment_size()),
        Err(error) => return Finding::bad(name, error.to_string(), "check the file system"),
    };
    let found = format!(
        "{:.1} GiB free at {}",
        room as f64 / GIB as f64,
        path.display()
    );
    let mend = "free some space, delete old runs (errand runs delete), or move the data folder";
    if room < LITTLE_ROOM {
        Finding::bad(name, found, mend)
    } else if room < ENOUGH_ROOM {
        Finding::warning(name, found, mend)
    } else {
        Finding::good(name, found)
    }
}

/// Whether the database can be reached and is of this release.
pub async fn database(config: &Config, server: Option<&Announcement>) -> Finding {
    let name = "database";
    if let (Some(server), None) = (server, &config.database_url) {
        let found = format!("in use by the server, process {}", server.pid);
        return Finding::good(name, found);
    }
    let url = config.database();
    let kind = if url.starts_with("sqlite:") {
        "SQLite"
    } else {
        "PostgreSQL"
    };
    let error = match Store::inspect(&url).await {
        Ok(Schema::Current) => return Finding::good(name, format!("{kind}, of this release")),
        Ok(Schema::Absent) => {
            return Finding::good(name, format!("{kind}, made at the first start"));
        }
        Ok(Schema::Behind(_)) => {
            let found = format!("{kind}, of an earlier release; the next start migrates it");
            return Finding::good(name, found);
        }
        Err(error) => error,
    };
    let mend = match (&error, &config.database_url) {
        (Error::Schema(_), _) => "run the newer release, or name another database",
        (Error::Locked, _) => "end the process that holds it",
        (_, None) => "mend the file or move it away, or name another folder with --data-dir",
        (_, Some(url)) if url.starts_with("postgres") => {
            "check host, port, name, user and password in database_url, and that it runs"
        }
        (_, Some(url)) if url.starts_with("sqlite:") => {
            "check path and rights in database_url: sqlite:///PATH"
        }
        (_, Some(_)) => "give database_url as sqlite:///PATH or postgres://USER:PASSWORD@HOST/NAME",
    };
    Finding::bad(name, error.to_string(), mend)
}

/// Whether the address can be listened on.
pub fn port(config: &Config, server: Option<&Announcement>) -> Finding {
    let name = "port";
    if let Some(server) = server {
        let (address, pid) = (server.address, server.pid);
        let found = format!("errand listens on {address}, process {pid}");
        return Finding::good(name, found);
    }
    match TcpListener::bind(config.listen) {
        Ok(_) => Finding::good(name, format!("{} is free", config.listen)),
        Err(error) => Finding::bad(
            name,
            format!("can't listen on {}: {error}", config.listen),
            "end what listens there, or take another port with --listen",
        ),
    }
}
