//! Why a file could not be kept or read.

use std::{error::Error as StdError, io};

/// What can go wrong with kept files.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No room is left, or a quota is used up. Nothing of the file was kept.
    #[error(
        "no room to keep {location}: the artifact storage is full; free some space or delete runs"
    )]
    StorageFull { location: String },
    /// Nothing lies there.
    #[error("nothing is kept at {location}")]
    NotFound { location: String },
    /// The range begins behind the end.
    #[error("byte {start} is behind the end of {location}, which has {size} bytes")]
    OutOfRange {
        location: String,
        start: u64,
        size: u64,
    },
    /// The text is no location: absolute, with `..`, or with an empty part.
    #[error("\"{location}\" is not the location of an artifact")]
    BadLocation { location: String },
    /// The storage may not be read or written.
    #[error("no permission to use {location} in the artifact storage: {reason}")]
    Denied { location: String, reason: String },
    /// The folder can't be used.
    #[error("can't use the artifact folder {folder}: {source}")]
    Folder { folder: String, source: io::Error },
    /// Anything else that the storage reports.
    #[error("artifact storage failed at {location}: {source}")]
    Storage {
        location: String,
        source: Box<dyn StdError + Send + Sync>,
    },
}

impl Error {
    /// Sorts what object_store reports. The system's own error is somewhere in its sources.
    pub(crate) fn from_store(location: &str, error: object_store::Error) -> Self {
        let location = location.to_owned();
        if let object_store::Error::NotFound { .. } = error {
            return Self::NotFound { location };
        }
        match io_error(&error).map(io::Error::kind) {
            Some(
                io::ErrorKind::StorageFull
                | io::ErrorKind::QuotaExceeded
                | io::ErrorKind::FileTooLarge,
            ) => Self::StorageFull { location },
            Some(io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem) => {
                Self::Denied {
                    location,
                    reason: error.to_string(),
                }
            }
            Some(io::ErrorKind::NotFound) => Self::NotFound { location },
            _ => Self::Storage {
                location,
                source: Box::new(error),
            },
        }
    }
}

fn io_error<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a io::Error> {
    let mut current = Some(error);
    // Chains are short; the bound is for one that would loop.
    for _ in 0..16 {
        let here = current?;
        if let Some(found) = here.downcast_ref::<io::Error>() {
            return Some(found);
        }
        current = here.source();
    }
    None
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::Error;

    #[test]
    fn a_full_disk_is_told_from_other_faults() {
        const ENOSPC: i32 = 28;
        let generic = |code| object_store::Error::Generic {
            store: "LocalFileSystem",
            source: Box::new(io::Error::from_raw_os_error(code)),
        };
        let full = Error::from_store("o/r/a", generic(ENOSPC));
        assert!(matches!(full, Error::StorageFull { .. }), "{full}");
        let other = Error::from_store("o/r/a", generic(5));
        assert!(matches!(other, Error::Storage { .. }), "{other}");
    }
}
