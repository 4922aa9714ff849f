//! A connection to a server, with the key on every call.

use std::{fs, path::Path, time::Duration};

use anyhow::anyhow;
use errand_api::v1::{
    artifact_service_client::ArtifactServiceClient, profile_service_client::ProfileServiceClient,
    run_service_client::RunServiceClient, session_service_client::SessionServiceClient,
};
use tonic::{
    Request, Status,
    metadata::{Ascii, MetadataValue},
    service::{Interceptor, interceptor::InterceptedService},
    transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity},
};
use url::Url;

use crate::{args::Reach, exit::Misuse, refusal};

/// Longest wait for the answer of a call that is no stream.
const CALL: Duration = Duration::from_secs(60);
const CONNECT: Duration = Duration::from_secs(5);

/// Calls with the key.
pub type Keyed = InterceptedService<Channel, Key>;

/// A connection. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Connection {
    channel: Channel,
    key: Key,
}

/// Puts the API key on calls, and a bound on those that have none.
#[derive(Clone)]
pub struct Key(Option<MetadataValue<Ascii>>);

impl std::fmt::Debug for Key {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Key(..)")
    }
}

impl Interceptor for Key {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(key) = &self.0 {
            request.metadata_mut().insert("x-api-key", key.clone());
        }
        Ok(request)
    }
}

impl Connection {
    /// Connects to a server.
    ///
    /// # Errors
    /// [`Misuse`] for a URL, key or certificate that can't be used; otherwise if nobody answers.
    pub async fn open(server: &str, key: Option<&str>, reach: &Reach) -> anyhow::Result<Self> {
        let url = checked(server)?;
        let key = key.map(|it| it.trim().parse::<MetadataValue<Ascii>>());
        let key = key.transpose().map_err(|_| {
            Misuse("the API key has characters that no key has; is it a file's name?".to_owned())
        })?;
        let key = key.map(|mut key| {
            key.set_sensitive(true);
            key
        });
        let mut endpoint = Endpoint::from_shared(url.to_string())
            .map_err(|error| Misuse(format!("the server \"{server}\" can't be used: {error}")))?
            .user_agent(concat!("errand/", env!("CARGO_PKG_VERSION")))?
            .connect_timeout(CONNECT)
            .http2_keep_alive_interval(Duration::from_secs(20))
            .keep_alive_timeout(Duration::from_secs(10))
            .keep_alive_while_idle(true);
        if url.scheme() == "https" {
            endpoint = endpoint
                .tls_config(tls(reach)?)
                .map_err(|error| Misuse(format!("the certificates can't be used: {error}")))?;
        }
        let channel = endpoint
            .connect()
            .await
            .map_err(|error| unreachable(&url, &refusal::root(&error)))?;
        Ok(Self {
            channel,
            key: Key(key),
        })
    }

    /// About runs.
    pub fn runs(&self) -> RunServiceClient<Keyed> {
        RunServiceClient::with_interceptor(self.channel.clone(), self.key.clone())
            .max_decoding_message_size(8 << 20)
    }

    /// About browsers that are kept.
    pub fn sessions(&self) -> SessionServiceClient<Keyed> {
        SessionServiceClient::with_interceptor(self.channel.clone(), self.key.clone())
    }

    /// About saved browser states.
    pub fn profiles(&self) -> ProfileServiceClient<Keyed> {
        ProfileServiceClient::with_interceptor(self.channel.clone(), self.key.clone())
    }

    /// About what runs left.
    pub fn artifacts(&self) -> ArtifactServiceClient<Keyed> {
        ArtifactServiceClient::with_interceptor(self.channel.clone(), self.key.clone())
    }
}

/// A request with a bound on its answer. Not for streams: theirs would be cut.
pub fn bounded<T>(message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(CALL);
    request
}

fn unreachable(url: &Url, reason: &str) -> anyhow::Error {
    let hint = match reason {
        it if it.contains("UnknownIssuer") => "; name the authority that signed it with --ca",
        it if it.contains("InvalidContentType") => "; is it one without TLS (http://)?",
        _ => "",
    };
    anyhow!("can't reach the server {url}: {reason}{hint}")
}

fn checked(server: &str) -> Result<Url, Misuse> {
    let url = Url::parse(server)
        .ok()
        .filter(|it| matches!(it.scheme(), "http" | "https"));
    url.filter(Url::has_host).ok_or_else(|| {
        Misuse(format!(
            "the server \"{server}\" is no URL such as http://127.0.0.1:50051 or https://HOST"
        ))
    })
}

fn tls(reach: &Reach) -> Result<ClientTlsConfig, Misuse> {
    let mut tls = ClientTlsConfig::new();
    tls = match &reach.ca {
        Some(path) => tls.ca_certificate(Certificate::from_pem(pem(path)?)),
        None => tls.with_native_roots(),
    };
    if let (Some(cert), Some(key)) = (&reach.client_cert, &reach.client_key) {
        tls = tls.identity(Identity::from_pem(pem(cert)?, pem(key)?));
    }
    Ok(tls)
}

/// Reads a PEM file.
///
/// # Errors
/// [`Misuse`] if it can't be read or is none.
pub fn pem(path: &Path) -> Result<Vec<u8>, Misuse> {
    let shown = path.display();
    let content = fs::read(path).map_err(|error| Misuse(format!("can't read {shown}: {error}")))?;
    if !content.windows(11).any(|it| it == b"-----BEGIN ") {
        return Err(Misuse(format!("{shown} is not in PEM format")));
    }
    Ok(content)
}
