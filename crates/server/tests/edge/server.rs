//! A server of a test's own.

use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, OnceLock},
    time::Duration,
};

use errand_api::v1::{
    admin_service_client::AdminServiceClient, artifact_service_client::ArtifactServiceClient,
    run_service_client::RunServiceClient,
};
use errand_artifacts::{Artifacts, Signer};
use errand_browser::AdBlock;
use errand_domain::{KeyId, OrganizationId};
use errand_llm::{Models, Settings};
use errand_server::{Config, Service};
use errand_store::{Options, Store};
use errand_testing::Postgres;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use tonic::{
    Request, Status,
    metadata::AsciiMetadataValue,
    service::interceptor::{InterceptedService, Interceptor},
    transport::Channel,
};

/// Longest wait for anything that a test expects.
pub const BOUND: Duration = Duration::from_secs(20);

pub type Authorized = InterceptedService<Channel, Key>;

/// Adds a key to every call.
#[derive(Clone)]
pub struct Key(AsciiMetadataValue);

impl Key {
    pub fn new(text: &str) -> Self {
        Self(text.parse().unwrap())
    }
}

impl Interceptor for Key {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        request.metadata_mut().insert("x-api-key", self.0.clone());
        Ok(request)
    }
}

pub struct Server {
    pub address: SocketAddr,
    pub store: Store,
    pub artifacts: Artifacts,
    pub signer: Signer,
    pub organization: OrganizationId,
    pub key: String,
    pub stop: CancellationToken,
    pub serving: JoinHandle<Result<(), errand_server::Error>>,
    channel: Channel,
    _folder: TempDir,
}

/// Makes each function two tests, `sqlite::name` and `postgres::name`.
macro_rules! on_both_databases {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                super::$name($crate::server::Server::start().await).await;
            })*
        }
        mod postgres {
            $(#[tokio::test]
            async fn $name() {
                super::$name($crate::server::Server::on_postgres().await).await;
            })*
        }
    };
}
pub(crate) use on_both_databases;

impl Server {
    pub async fn start() -> Self {
        Self::start_with(Config::default()).await
    }

    pub async fn start_with(config: Config) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/errand.db", folder.path().display());
        let models = Models::default();
        Self::open(config, models, &url, Options::default(), folder).await
    }

    /// With language models that are never asked.
    pub async fn with_models(settings: &Settings) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/errand.db", folder.path().display());
        let egress = Arc::new(errand_egress::Client::new(errand_egress::Policy::default()));
        let clock = Arc::new(errand_runner::SystemClock::start());
        let models = Models::new(settings, egress, clock).unwrap();
        Self::open(Config::default(), models, &url, Options::default(), folder).await
    }

    /// On a database of its own in the one server of this process.
    pub async fn on_postgres() -> Self {
        static SERVER: OnceLock<Postgres> = OnceLock::new();
        let postgres = SERVER.get_or_init(|| Postgres::start().unwrap());
        let url = postgres.database().unwrap();
        Self::on(Config::default(), &url, Options::default()).await
    }

    pub async fn on(config: Config, url: &str, options: Options) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::open(config, Models::default(), url, options, folder).await
    }

    async fn open(
        config: Config,
        models: Models,
        url: &str,
        options: Options,
        folder: TempDir,
    ) -> Self {
        let options = Options {
            survive_power_loss: false,
            ..options
        };
        let store = Store::open_with(url, options).await.unwrap();
        let artifacts = Artifacts::disk(&folder.path().join("artifacts")).unwrap();
        let organization = store.ensure_default_organization().await.unwrap();
        let signer = Signer::new([7; 32]);
        let (_, handle) =
            errand_runner::Service::new(runner(models), store.clone(), artifacts.clone());
        let service = Service::new(
            config,
            store.clone(),
            artifacts.clone(),
            signer.clone(),
            handle,
        );
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let serving = tokio::spawn(service.serve(listener, stop.clone()));
        let channel = Channel::from_shared(format!("http://{address}"))
            .unwrap()
            .connect_lazy();
        let key = key(&store, &organization).await;
        Self {
            address,
            store,
            artifacts,
            signer,
            organization,
            key,
            stop,
            serving,
            channel,
            _folder: folder,
        }
    }

    /// The one connection that this test's calls share.
    pub fn channel(&self) -> Channel {
        self.channel.clone()
    }

    pub fn with_key(&self, key: &str) -> RunServiceClient<Authorized> {
        RunServiceClient::with_interceptor(self.channel(), Key::new(key))
    }

    pub fn runs(&self) -> RunServiceClient<Authorized> {
        self.with_key(&self.key)
    }

    pub fn files(&self) -> ArtifactServiceClient<Authorized> {
        self.files_with_key(&self.key)
    }

    pub fn files_with_key(&self, key: &str) -> ArtifactServiceClient<Authorized> {
        ArtifactServiceClient::with_interceptor(self.channel(), Key::new(key))
    }

    pub fn admin(&self) -> AdminServiceClient<Channel> {
        AdminServiceClient::new(self.channel())
    }

    /// Another organization, and a key of it.
    pub async fn stranger(&self) -> (OrganizationId, String) {
        let other = OrganizationId::from("other");
        self.store.ensure_organization(&other).await.unwrap();
        let key = key(&self.store, &other).await;
        (other, key)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.cancel();
        self.serving.abort();
    }
}

/// A fresh key of an organization.
async fn key(store: &Store, organization: &OrganizationId) -> String {
    let id = KeyId::generate();
    let secret = format!("secret_of_{organization}");
    let hash = Sha256::digest(secret.as_bytes()).into();
    store.add_key(organization, &id, hash, "").await.unwrap();
    format!("errand_{id}_{secret}")
}

/// A runner that is never started: these tests write the logs themselves.
fn runner(models: Models) -> errand_runner::Config {
    errand_runner::Config {
        holder: "nobody".to_owned(),
        address: "http://127.0.0.1:1".to_owned(),
        slots: 2,
        warm_browsers: 0,
        browser_memory: 0,
        per_organization: 100,
        lease: Duration::from_secs(15),
        drain: Duration::from_secs(1),
        default_timeout: Duration::from_secs(60),
        pause_timeout: Duration::from_secs(60),
        park_after: Duration::from_secs(60),
        default_max_steps: 10,
        captcha_hook: None,
        models,
        guard: Vec::new(),
        mode: errand_browser::launch::Mode::default(),
        blocking: AdBlock::own().unwrap(),
        chromium: None,
        chromedriver: None,
        folder: PathBuf::new(),
        allow_private: false,
        denied: Vec::new(),
        secret: [0; 32],
    }
}

/// Waits for what is expected, at most [`BOUND`].
pub async fn soon<T>(expected: impl Future<Output = T>) -> T {
    match tokio::time::timeout(BOUND, expected).await {
        Ok(value) => value,
        Err(_) => panic!("it did not happen within {BOUND:?}"),
    }
}
