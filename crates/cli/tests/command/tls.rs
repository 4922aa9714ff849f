//! Certificates on both sides.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

use crate::errand::Errand;

/// An authority, and what it signed for a server and a client, as files.
struct Papers {
    ca: String,
    server: [String; 2],
    client: [String; 2],
}

fn papers(errand: &Errand) -> Papers {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let signed = |name: &str| {
        let params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &ca).unwrap();
        [
            errand.file(&format!("{name}.pem"), certificate.pem()),
            errand.file(&format!("{name}.key"), key.serialize_pem()),
        ]
    };
    Papers {
        server: signed("server"),
        client: signed("client"),
        ca: errand.file("ca.pem", ca.pem()),
    }
}

#[test]
fn both_sides_show_certificates() {
    let errand = Errand::new();
    let Papers { ca, server, client } = papers(&errand);
    let _server = errand.serve(&[
        "--browsers",
        "0",
        "--tls-cert",
        &server[0],
        "--tls-key",
        &server[1],
        "--tls-client-ca",
        &ca,
    ]);
    assert!(errand.url().starts_with("https://"));
    let list = ["runs", "list"];
    let with_ca = [&list[..], &["--ca", &ca]].concat();
    let shown = ["--client-cert", &client[0], "--client-key", &client[1]];
    errand.run(&[&with_ca[..], &shown].concat()).with(0);

    let said = errand.run(&list).with(1);
    assert!(said.err.contains("--ca"), "{}", said.err);
    let said = errand.run(&with_ca).with(1);
    assert!(said.err.contains("--client-cert"), "{}", said.err);
    let plain = errand.url().replace("https://", "http://");
    let said = errand.run(&["runs", "list", "--server", &plain]).with(1);
    assert!(said.err.contains("https://"), "{}", said.err);
}

#[test]
fn a_key_of_another_certificate_is_refused_before_anybody_comes() {
    let errand = Errand::new();
    let Papers { server, client, .. } = papers(&errand);
    let wrong = ["serve", "--tls-cert", &server[0], "--tls-key", &client[1]];
    let said = errand.run(&wrong).with(2);
    assert!(said.err.contains(&client[1]), "{}", said.err);
    assert!(errand.announced().is_none());
}
