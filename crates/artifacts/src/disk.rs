//! Files in a folder.

use std::{ops::Range, path::Path, sync::Arc};

use bytes::Bytes;
use errand_domain::{OrganizationId, RunId};
use futures_util::{StreamExt as _, TryStreamExt as _};
use object_store::{
    GetOptions, GetRange, ObjectStore, ObjectStoreExt as _, PutPayload, local::LocalFileSystem,
};

use crate::{
    Content, Error,
    location::{folder, parse},
};

/// The kept files. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Artifacts {
    store: Arc<dyn ObjectStore>,
}

impl Artifacts {
    /// Keeps files in a folder, which is made if it isn't there, for its owner only.
    ///
    /// Writes are not synced to the platter one by one: they survive the end of the process, and
    /// evidence of the last seconds before a power cut is not worth a sync per screenshot.
    ///
    /// # Errors
    /// [`Error::Folder`] if the folder can't be made or is a file.
    pub fn disk(root: &Path) -> Result<Self, Error> {
        let refuse = |source| Error::Folder {
            folder: root.display().to_string(),
            source,
        };
        private_folder(root).map_err(refuse)?;
        let store = LocalFileSystem::new_with_prefix(root)
            .map_err(|error| refuse(std::io::Error::other(error)))?
            .with_automatic_cleanup(true);
        Ok(Self {
            store: Arc::new(store),
        })
    }

    /// Keeps a file: whole, or not at all. A location is written once; see [`crate::location`].
    ///
    /// # Errors
    /// [`Error::StorageFull`] if there is no room; [`Error::BadLocation`].
    pub async fn put(&self, location: &str, content: Bytes) -> Result<(), Error> {
        let path = parse(location)?;
        self.store
            .put(&path, PutPayload::from_bytes(content))
            .await
            .map(|_| ())
            .map_err(|error| Error::from_store(location, error))
    }

    /// Reads a part of a file; an end behind the file's end is the file's end.
    ///
    /// # Errors
    /// [`Error::NotFound`], or [`Error::OutOfRange`] if the range begins behind the end. The
    /// stream itself may end with an error, which a reader answers by asking again from the
    /// offset that it has.
    pub async fn get(&self, location: &str, range: Range<u64>) -> Result<Content, Error> {
        let path = parse(location)?;
        let size = self.size(location).await?;
        if range.start > size {
            let location = location.to_owned();
            return Err(Error::OutOfRange {
                location,
                start: range.start,
                size,
            });
        }
        let range = range.start..range.end.min(size);
        if range.is_empty() {
            return Ok(Content::empty(location.to_owned()));
        }
        let options = GetOptions::new().with_range(Some(GetRange::Bounded(range)));
        let found = self
            .store
            .get_opts(&path, options)
            .await
            .map_err(|error| Error::from_store(location, error))?;
        Ok(Content::new(location.to_owned(), found.into_stream()))
    }

    /// Length of a file in bytes.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn size(&self, location: &str) -> Result<u64, Error> {
        let path = parse(location)?;
        let found = self
            .store
            .head(&path)
            .await
            .map_err(|error| Error::from_store(location, error))?;
        Ok(found.size)
    }

    /// Removes a file. One that isn't there is no error: deletes are repeated after a crash.
    ///
    /// # Errors
    /// If the storage fails.
    pub async fn delete(&self, location: &str) -> Result<(), Error> {
        let path = parse(location)?;
        match self.store.delete(&path).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(Error::from_store(location, error)),
        }
    }

    /// Removes all files of a run, also such as no row names any more. Returns how many.
    ///
    /// # Errors
    /// If the storage fails; the rest can be removed by another call.
    pub async fn delete_run(
        &self,
        organization: &OrganizationId,
        run: &RunId,
    ) -> Result<u64, Error> {
        let location = folder(organization, run);
        let prefix = parse(&location)?;
        let found = self
            .store
            .list(Some(&prefix))
            .map_ok(|it| it.location)
            .boxed();
        let mut deleted = self.store.delete_stream(found);
        let mut count = 0;
        while let Some(outcome) = deleted.next().await {
            match outcome {
                Ok(_) => count += 1,
                Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(Error::from_store(&location, error)),
            }
        }
        Ok(count)
    }
}

#[cfg(unix)]
fn private_folder(root: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(root)
}

#[cfg(not(unix))]
fn private_folder(root: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(root)
}
