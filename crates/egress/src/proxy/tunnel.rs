//! CONNECT: a tunnel for TLS, websockets and whatever else.

use std::{
    io,
    pin::Pin,
    sync::{Arc, atomic::Ordering::Relaxed},
    task::{Context, Poll, ready},
    time::Duration,
};

use http::Request;
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time,
};
use tokio_util::sync::CancellationToken;

use super::Shared;
use crate::Stream;

/// Longest time between our "go on" and the browser's side being free.
const UPGRADE_TIMEOUT: Duration = Duration::from_secs(30);

/// Carries bytes both ways until either side ends or `until` is cancelled.
pub(super) async fn carry(
    shared: Arc<Shared>,
    request: Request<Incoming>,
    upstream: Stream,
    until: CancellationToken,
) {
    let work = async {
        let Ok(Ok(browser)) = time::timeout(UPGRADE_TIMEOUT, hyper::upgrade::on(request)).await
        else {
            return;
        };
        let mut browser = TokioIo::new(browser);
        let mut upstream = Counted {
            stream: upstream,
            shared,
        };
        // Either side hanging up in the middle is how tunnels end.
        tokio::io::copy_bidirectional(&mut browser, &mut upstream)
            .await
            .ok();
    };
    tokio::select! {
        () = until.cancelled() => {}
        () = work => {}
    }
}

/// Counts while the tunnel is open, for it may stay so as long as the run.
struct Counted {
    stream: Stream,
    shared: Arc<Shared>,
}

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        let read = buffer.filled().len() - before;
        self.shared
            .ledger
            .bytes_down
            .fetch_add(read as u64, Relaxed);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Counted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write(context, bytes))?;
        self.shared
            .ledger
            .bytes_up
            .fetch_add(written as u64, Relaxed);
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
