//! Certificates become an acceptor here.

use std::{io, sync::Arc};

use rustls::{
    RootCertStore, ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject as _},
    server::WebPkiClientVerifier,
};
use tokio::net::TcpStream;
use tokio_rustls::{TlsAcceptor, TlsConnector};

use crate::{Error, Tls, replica::Io};

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

/// Encrypts a connection to another replica, whose certificate is of the same authority as ours, if
/// not the same one.
///
/// # Errors
/// If the certificates can't be used, or it shows another.
pub(crate) async fn connect(
    stream: TcpStream,
    host: &str,
    tls: Option<&Tls>,
) -> io::Result<Box<dyn Io>> {
    let mut roots = RootCertStore::empty();
    let pems = tls.map(|it| [Some(&it.certificate), it.client_roots.as_ref()]);
    for pem in pems.into_iter().flatten().flatten() {
        for root in certificates("a certificate", pem).map_err(io::Error::other)? {
            // One that is no authority is none.
            roots.add(root).ok();
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(roots);
    let config = match tls {
        Some(tls) => {
            let chain = certificates("the certificate", &tls.certificate);
            let key = PrivateKeyDer::from_pem_slice(&tls.key).map_err(io::Error::other)?;
            builder
                .with_client_auth_cert(chain.map_err(io::Error::other)?, key)
                .map_err(io::Error::other)?
        }
        None => builder.with_no_client_auth(),
    };
    let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned());
    let name = name.map_err(io::Error::other)?;
    let stream = TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await?;
    Ok(Box::new(stream))
}
