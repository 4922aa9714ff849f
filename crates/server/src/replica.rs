//! Calls that are for a live browser, and the replica that has it.
//!
//! A live browser belongs to one process. A call that reaches another is passed on to it with the
//! caller's own key, and its answers are passed back as they come.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use errand_domain::{OrganizationId, RunId, SessionId, SessionState};
use errand_runner::Live;
use http::{HeaderMap, HeaderValue};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{client::IntoClientRequest as _, protocol::WebSocketConfig},
};
use tonic::{
    Code, Request, Status,
    metadata::{MetadataMap, MetadataValue},
    transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity},
};

use crate::{Tls, edge::Edge, fault, refusal, violations::Violations};

/// Set on calls that were passed on, so that none goes round in circles.
pub(crate) const FORWARDED: &str = "x-errand-forwarded";
const CONNECT: Duration = Duration::from_secs(3);
/// Most connections to others that are kept.
const MAX_CHANNELS: usize = 64;
/// What of a caller's headers goes with its call.
const KEYS: [&str; 3] = ["authorization", "x-api-key", "traceparent"];

/// A live browser, by what it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// That of a session.
    Session(SessionId),
    /// That which a run has.
    Run(RunId),
}

/// Where it is.
pub(crate) enum Place {
    /// In this process.
    Here(Arc<Live>),
    /// In another, which can be called.
    There(Peer),
}

/// Another replica.
pub(crate) struct Peer {
    /// For calls.
    pub(crate) channel: Channel,
    /// For everything else: an `http` or `https` URL without a slash at its end.
    pub(crate) address: String,
}

impl Target {
    /// Reads which one a request names.
    pub(crate) fn read(session: &str, run: &str, violations: &mut Violations) -> Self {
        match (session.is_empty(), run.is_empty()) {
            (true, true) => {
                let description = "is empty, and so is run_id: name a session or a run";
                violations.add("browser_session_id", description);
            }
            (false, false) => violations.add(
                "run_id",
                "can't be given together with browser_session_id: name one of them",
            ),
            _ => {}
        }
        if session.is_empty() {
            Self::Run(run.into())
        } else {
            Self::Session(session.into())
        }
    }

    pub(crate) fn id(&self) -> &str {
        match self {
            Self::Session(id) => id.as_str(),
            Self::Run(id) => id.as_str(),
        }
    }
}

/// Connections to other replicas.
#[derive(Debug, Default)]
pub(crate) struct Replicas(Mutex<HashMap<String, Channel>>);

impl Replicas {
    /// A connection, made when it is first used.
    fn channel(&self, address: &str, tls: Option<&Tls>) -> Result<Channel, Status> {
        let mut channels = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(channel) = channels.get(address) {
            return Ok(channel.clone());
        }
        let unusable = |error: tonic::transport::Error| {
            tracing::warn!(address, %error, "the address of a replica can't be used");
            refusal::owner_unreachable()
        };
        let mut endpoint = Endpoint::from_shared(address.to_owned())
            .map_err(unusable)?
            .connect_timeout(CONNECT)
            .http2_keep_alive_interval(Duration::from_secs(10))
            .keep_alive_timeout(Duration::from_secs(10))
            .tcp_nodelay(true);
        if address.starts_with("https:") {
            // Replicas have certificates of the same authority, if not the same one.
            let mut config = ClientTlsConfig::new().with_native_roots();
            if let Some(tls) = tls {
                config = config.ca_certificate(Certificate::from_pem(&tls.certificate));
                if let Some(roots) = &tls.client_roots {
                    config = config.ca_certificate(Certificate::from_pem(roots));
                }
                config = config.identity(Identity::from_pem(&tls.certificate, &tls.key));
            }
            endpoint = endpoint.tls_config(config).map_err(unusable)?;
        }
        let channel = endpoint.connect_lazy();
        if channels.len() >= MAX_CHANNELS {
            channels.clear();
        }
        channels.insert(address.to_owned(), channel.clone());
        Ok(channel)
    }
}

impl Edge {
    /// Where a live browser is.
    ///
    /// # Errors
    /// NOT_FOUND if the organization has no such session or run; FAILED_PRECONDITION if it has no
    /// live browser; UNAVAILABLE if the one who has it can't be called.
    pub(crate) async fn locate(
        &self,
        owner: &OrganizationId,
        target: &Target,
        headers: &MetadataMap,
    ) -> Result<Place, Status> {
        if let Some(live) = self.runner.live(owner, target.id()) {
            return Ok(Place::Here(live));
        }
        let holder = match target {
            Target::Session(id) => self.session_holder(owner, id).await?,
            Target::Run(id) => {
                let run = self.run(owner, id).await?;
                match &run.request.browser_session_id {
                    Some(session) if run.state.is_held() => {
                        self.session_holder(owner, session).await?
                    }
                    _ => {
                        let holder = self.store.holder_of_run(owner, id).await;
                        holder.map_err(fault::store)?
                    }
                }
            }
        };
        let elsewhere = holder.filter(|it| it != self.runner.holder());
        let Some(holder) = elsewhere.filter(|_| headers.get(FORWARDED).is_none()) else {
            return Err(refusal::not_live(target.id()));
        };
        let address = self.store.replica(&holder).await.map_err(fault::store)?;
        let address = address.ok_or_else(refusal::owner_unreachable)?;
        let channel = self.replicas.channel(&address, self.config.tls.as_ref())?;
        Ok(Place::There(Peer { channel, address }))
    }

    async fn session_holder(
        &self,
        owner: &OrganizationId,
        id: &SessionId,
    ) -> Result<Option<String>, Status> {
        let session = self.session(owner, id).await?;
        let live = session.state == SessionState::Running;
        Ok(session.holder.filter(|_| live))
    }

    /// A request as it is passed on.
    pub(crate) fn forwarded<T>(&self, message: T, headers: &MetadataMap) -> Request<T> {
        let mut request = Request::new(message);
        for name in KEYS {
            if let Some(value) = headers.get(name) {
                request.metadata_mut().insert(name, value.clone());
            }
        }
        request
            .metadata_mut()
            .insert(FORWARDED, MetadataValue::from_static("1"));
        request
    }
}

/// What the one who has the browser answered, or that it can't be reached.
pub(crate) fn relayed(status: Status) -> Status {
    // Made here and not there: a connection that broke has no details of ours.
    let broken = matches!(
        status.code(),
        Code::Unavailable | Code::Unknown | Code::Internal | Code::Cancelled
    );
    if broken && status.details().is_empty() {
        tracing::debug!(%status, "the replica that has the browser can't be reached");
        return refusal::owner_unreachable();
    }
    status
}

/// A socket to the replica that has a browser.
pub(crate) type OwnerSocket = WebSocketStream<Box<dyn Io>>;

/// A connection, encrypted or not.
pub(crate) trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// Opens a socket at another replica, with the caller's own permission.
///
/// # Errors
/// UNAVAILABLE if it can't be reached or refuses.
pub(crate) async fn socket(
    peer: &Peer,
    path: &str,
    query: Option<&str>,
    headers: &HeaderMap,
    tls: Option<&Tls>,
    config: WebSocketConfig,
) -> Result<OwnerSocket, Status> {
    let refused = |what: &dyn std::fmt::Display| {
        tracing::warn!(address = peer.address, "no socket at the replica: {what}");
        refusal::owner_unreachable()
    };
    let url = url::Url::parse(&peer.address).map_err(|error| refused(&error))?;
    let secure = url.scheme() == "https";
    let host = url.host_str().unwrap_or_default().to_owned();
    let port = url.port_or_known_default().unwrap_or(0);
    let query = query.map(|it| format!("?{it}")).unwrap_or_default();
    let scheme = if secure { "wss" } else { "ws" };
    let address = format!("{scheme}://{host}:{port}{path}{query}");
    let mut request = address
        .into_client_request()
        .map_err(|error| refused(&error))?;
    for name in KEYS {
        if let Some(value) = headers.get(name) {
            request.headers_mut().insert(name, value.clone());
        }
    }
    let forwarded = HeaderValue::from_static("1");
    request.headers_mut().insert(FORWARDED, forwarded);
    let connect = async {
        let stream = TcpStream::connect((host.trim_matches(['[', ']']), port)).await?;
        stream.set_nodelay(true)?;
        let stream: Box<dyn Io> = if secure {
            crate::tls::connect(stream, &host, tls).await?
        } else {
            Box::new(stream)
        };
        tokio_tungstenite::client_async_with_config(request, stream, Some(config))
            .await
            .map_err(std::io::Error::other)
    };
    match tokio::time::timeout(CONNECT * 2, connect).await {
        Ok(Ok((socket, _))) => Ok(socket),
        Ok(Err(error)) => Err(refused(&error)),
        Err(_) => Err(refused(&"no answer in time")),
    }
}
