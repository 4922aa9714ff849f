//! TLS, and clients that must show who they are.

use errand_api::v1::{GetServerInfoRequest, admin_service_client::AdminServiceClient};
use errand_server::{Config, Tls};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair,
};
use tonic::transport::{Certificate, ClientTlsConfig, Endpoint, Identity};

use crate::server::{Server, soon};

struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn root(&self) -> String {
        self.0.pem()
    }

    /// Certificate and key of `localhost`.
    fn issue(&self, usage: ExtendedKeyUsagePurpose) -> (String, String) {
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.extended_key_usages = vec![usage];
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        (certificate.pem(), key.serialize_pem())
    }
}

async fn server(authority: &Authority, client_roots: Option<String>) -> Server {
    let (certificate, key) = authority.issue(ExtendedKeyUsagePurpose::ServerAuth);
    let tls = Tls {
        certificate: certificate.into(),
        key: key.into(),
        client_roots: client_roots.map(Into::into),
    };
    Server::start_with(Config {
        tls: Some(tls),
        ..Config::default()
    })
    .await
}

/// Whether a call succeeds.
async fn call(server: &Server, tls: ClientTlsConfig) -> bool {
    let url = format!("https://localhost:{}", server.address.port());
    let endpoint = Endpoint::from_shared(url).unwrap().tls_config(tls).unwrap();
    let Ok(channel) = soon(endpoint.connect()).await else {
        return false;
    };
    let mut admin = AdminServiceClient::new(channel);
    soon(admin.get_server_info(GetServerInfoRequest {}))
        .await
        .is_ok()
}

#[tokio::test]
async fn calls_are_encrypted_for_who_trusts_the_certificate() {
    let authority = Authority::new();
    let server = server(&authority, None).await;
    let trusting = |authority: &Authority| {
        ClientTlsConfig::new().ca_certificate(Certificate::from_pem(authority.root()))
    };
    assert!(call(&server, trusting(&authority)).await);
    assert!(!call(&server, trusting(&Authority::new())).await);
    // Plain text is not spoken.
    assert!(
        server
            .admin()
            .get_server_info(GetServerInfoRequest {})
            .await
            .is_err()
    );
}

#[tokio::test]
async fn a_client_without_a_certificate_of_the_right_root_is_refused() {
    let (authority, clients) = (Authority::new(), Authority::new());
    let server = server(&authority, Some(clients.root())).await;
    let trusting =
        || ClientTlsConfig::new().ca_certificate(Certificate::from_pem(authority.root()));
    let showing = |authority: &Authority| {
        let (certificate, key) = authority.issue(ExtendedKeyUsagePurpose::ClientAuth);
        trusting().identity(Identity::from_pem(certificate, key))
    };
    assert!(call(&server, showing(&clients)).await);
    assert!(!call(&server, trusting()).await);
    assert!(!call(&server, showing(&authority)).await);
}

#[tokio::test]
async fn certificates_that_can_not_be_used_are_told_at_the_start() {
    let authority = Authority::new();
    let (certificate, key) = authority.issue(ExtendedKeyUsagePurpose::ServerAuth);
    let (_, other) = authority.issue(ExtendedKeyUsagePurpose::ServerAuth);
    for (certificate, key, client_roots, says) in [
        (
            "nothing",
            key.as_str(),
            None,
            "the certificate: there is no PEM certificate",
        ),
        (&certificate, "nothing", None, "the private key"),
        (&certificate, &other, None, "certificate and private key"),
        (
            &certificate,
            &key,
            Some("nothing"),
            "the clients' root certificate",
        ),
    ] {
        let tls = Tls {
            certificate: certificate.into(),
            key: key.into(),
            client_roots: client_roots.map(Into::into),
        };
        let config = Config {
            tls: Some(tls),
            ..Config::default()
        };
        let mut server = Server::start_with(config).await;
        let error = soon(&mut server.serving).await.unwrap().unwrap_err();
        assert!(error.to_string().contains(says), "{error}");
    }
}
