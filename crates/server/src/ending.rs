//! Streams of services that know nothing of a stop: health and reflection.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use axum::body::{Body, Bytes};
use http::HeaderMap;
use hyper::body::Frame;
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

use crate::refusal;

/// A body that ends UNAVAILABLE when the server stops, after what it has to say by then.
pub(crate) struct Ending {
    inner: Body,
    stopped: Pin<Box<WaitForCancellationFutureOwned>>,
    ended: bool,
}

impl Ending {
    /// `stopped` fires once those who watch were told of the stop.
    pub(crate) fn new(inner: Body, stopped: CancellationToken) -> Self {
        Self {
            inner,
            stopped: Box::pin(stopped.cancelled_owned()),
            ended: false,
        }
    }
}

impl hyper::body::Body for Ending {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let next = Pin::new(&mut self.inner).poll_frame(context);
        if next.is_ready() || self.stopped.as_mut().poll(context).is_pending() {
            return next;
        }
        self.ended = true;
        let mut trailers = HeaderMap::new();
        Poll::Ready(match refusal::stopping().add_header(&mut trailers) {
            Ok(()) => Some(Ok(Frame::trailers(trailers))),
            Err(_) => None,
        })
    }

    fn is_end_stream(&self) -> bool {
        self.ended || self.inner.is_end_stream()
    }
}
