//! Reading in chunks of one bounded size, whatever the storage hands out.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, stream::BoxStream};

use crate::Error;

/// Most bytes of one chunk of a [`Content`].
pub const CHUNK_BYTES: usize = 128 * 1024;

/// The bytes of a file, as a stream of chunks that are full but for the last one. A file that is
/// read slowly holds at most two chunks in memory.
pub struct Content {
    source: Option<BoxStream<'static, object_store::Result<Bytes>>>,
    held: BytesMut,
    location: String,
}

impl Content {
    pub(crate) fn new(
        location: String,
        source: BoxStream<'static, object_store::Result<Bytes>>,
    ) -> Self {
        Self {
            source: Some(source),
            held: BytesMut::new(),
            location,
        }
    }

    pub(crate) fn empty(location: String) -> Self {
        Self {
            source: None,
            held: BytesMut::new(),
            location,
        }
    }

    fn take(&mut self) -> Option<Bytes> {
        let length = self.held.len().min(CHUNK_BYTES);
        (length > 0).then(|| self.held.split_to(length).freeze())
    }
}

impl Stream for Content {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if self.held.len() >= CHUNK_BYTES {
                return Poll::Ready(self.take().map(Ok));
            }
            let Some(source) = self.source.as_mut() else {
                return Poll::Ready(self.take().map(Ok));
            };
            match ready!(source.as_mut().poll_next(context)) {
                Some(Ok(bytes)) => self.held.extend_from_slice(&bytes),
                Some(Err(error)) => {
                    // What was read before the fault is dropped: a reader resumes by offset.
                    self.source = None;
                    self.held.clear();
                    return Poll::Ready(Some(Err(Error::from_store(&self.location, error))));
                }
                None => self.source = None,
            }
        }
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Content")
            .field("location", &self.location)
            .finish_non_exhaustive()
    }
}
