//! Certificates become an acceptor here.

use std::sync::Arc;

use rustls::{
    RootCertStore, ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    server::WebPkiClientVerifier,
};
use tokio_rustls::TlsAcceptor;

use crate::{Error, Tls};

/// # Errors
/// What is wrong with which of the files.
pub(crate) fn acceptor(tls: &Tls) -> Result<TlsAcceptor, Error> {
    let wrong = |what: &str, error: &dyn std::fmt::Display| Error::Tls(format!("{what}: {error}"));
    let certificates = certificates("the certificate", &tls.certificate)?;
    let key = PrivateKeyDer::from_pem_slice(&tls.key)
        .map_err(|error| wrong("the private key can't be read as PEM", &error))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| wrong("no version of TLS can be offered", &error))?;
    let builder = match &tls.client_roots {
        None => builder.with_no_client_auth(),
        Some(pem) => {
            let mut roots = RootCertStore::empty();
            for root in self::certificates("the clients' root certificate", pem)? {
                roots
                    .add(root)
                    .map_err(|error| wrong("the clients' root certificate", &error))?;
            }
            let verifier =
                WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
            builder.with_client_cert_verifier(
                verifier.map_err(|error| wrong("the clients' root certificate", &error))?,
            )
        }
    };
    let mut config = builder
        .with_single_cert(certificates, key)
        .map_err(|error| wrong("certificate and private key", &error))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn certificates(what: &str, pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, Error> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match read {
        Ok(certificates) if certificates.is_empty() => Err(Error::Tls(format!(
            "{what}: there is no PEM certificate in it"
        ))),
        Ok(certificates) => Ok(certificates),
        Err(error) => Err(Error::Tls(format!("{what} can't be read as PEM: {error}"))),
    }
}
