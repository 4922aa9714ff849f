//! Connections: accepted, bounded, drained.

mod heard;

use std::{io, sync::Arc, time::Duration};

use axum::Router;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tokio_rustls::TlsAcceptor;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt as _;

use heard::Heard;

use crate::{Config, guard::Secure};

/// How often an idle HTTP/2 client is asked whether it is still there, and how long it may think.
const PING_EVERY: Duration = Duration::from_secs(30);
const PING_WITHIN: Duration = Duration::from_secs(20);
/// Most calls at once on one connection. Many watchers share one.
const MAX_STREAMS: u32 = 2_048;
/// Most bytes that wait in the server for a client that does not read.
const SEND_BUFFER: usize = 64 * 1024;
const HEADERS: u32 = 64 * 1024;
/// How long a cut connection may take to go.
const CUT: Duration = Duration::from_secs(2);
/// Pause after the system refused a connection, e.g. for want of file descriptors.
const REFUSED: Duration = Duration::from_millis(50);

/// Accepts until `stop`, then waits for what is open, at most [`Config::drain`].
pub(crate) async fn accept(
    listener: TcpListener,
    app: Router,
    tls: Option<TlsAcceptor>,
    config: &Config,
    stop: &CancellationToken,
) {
    let connections = TaskTracker::new();
    let cut = CancellationToken::new();
    let slots = Arc::new(Semaphore::new(config.max_connections));
    let patience = config.patience;
    let builder = Arc::new(builder(patience));
    loop {
        let accepted = async {
            // At the bound, clients wait in the system's queue.
            let slot = Arc::clone(&slots)
                .acquire_owned()
                .await
                .map_err(io::Error::other)?;
            let (socket, _) = listener.accept().await?;
            Ok::<_, io::Error>((slot, socket))
        };
        let (slot, socket) = match stop.run_until_cancelled(accepted).await {
            None => break,
            Some(Ok(accepted)) => accepted,
            Some(Err(error)) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(REFUSED).await;
                continue;
            }
        };
        let (builder, app, tls) = (Arc::clone(&builder), app.clone(), tls.clone());
        let (stop, cut) = (stop.clone(), cut.clone());
        connections.spawn(async move {
            let serving = serve(socket, builder, app, tls, patience, stop);
            cut.run_until_cancelled(serving).await;
            drop(slot);
        });
    }
    drop(listener);
    connections.close();
    if tokio::time::timeout(config.drain, connections.wait())
        .await
        .is_err()
    {
        tracing::warn!(
            open = connections.len(),
            "the drain is over: open connections are cut"
        );
        cut.cancel();
        if tokio::time::timeout(CUT, connections.wait()).await.is_err() {
            tracing::warn!(open = connections.len(), "connections are still open");
        }
    }
}

fn builder(patience: Duration) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(patience)
        .max_buf_size(SEND_BUFFER);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING_EVERY)
        .keep_alive_timeout(PING_WITHIN)
        .max_concurrent_streams(MAX_STREAMS)
        .max_send_buf_size(SEND_BUFFER)
        .max_header_list_size(HEADERS);
    builder
}

async fn serve(
    socket: TcpStream,
    builder: Arc<Builder<TokioExecutor>>,
    app: Router,
    tls: Option<TlsAcceptor>,
    patience: Duration,
    stop: CancellationToken,
) {
    if let Err(error) = socket.set_nodelay(true) {
        tracing::debug!(%error, "small answers may be late");
    }
    let Some(acceptor) = tls else {
        return drive(socket, &builder, app, Secure(false), patience, &stop).await;
    };
    match tokio::time::timeout(patience, acceptor.accept(socket)).await {
        Ok(Ok(socket)) => drive(socket, &builder, app, Secure(true), patience, &stop).await,
        Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
        Err(_) => tracing::debug!("a TLS handshake took too long"),
    }
}

async fn drive(
    socket: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    builder: &Builder<TokioExecutor>,
    app: Router,
    secure: Secure,
    patience: Duration,
    stop: &CancellationToken,
) {
    let service = app.map_request(move |mut request: http::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(secure);
        request
    });
    let service = TowerToHyperService::new(service);
    let socket = Heard::new(socket);
    let silence = socket.silence(patience);
    let mut connection =
        std::pin::pin!(builder.serve_connection_with_upgrades(TokioIo::new(socket), service));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = silence => return tracing::debug!("a client said nothing"),
        () = stop.cancelled() => {
            // GOAWAY, or `connection: close`: what is open goes on, nothing new begins.
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended");
    }
}
