//! The HTTP client over real sockets.
#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "client/peer.rs"]
mod peer;

use std::{sync::Arc, time::Duration};

use errand_domain::port::{Egress as _, EgressError, HttpRequest};
use errand_egress::{Client, Policy, client::Options};
use http::{HeaderName, HeaderValue, Method};
use peer::{Peer, ok, to};
use rustls::{RootCertStore, ServerConfig, pki_types::PrivateKeyDer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_rustls::TlsAcceptor;
use url::Url;

fn open() -> Policy {
    Policy {
        allow_private: true,
        ..Policy::default()
    }
}

fn get(url: Url) -> HttpRequest {
    HttpRequest::new(Method::GET, url)
}

#[tokio::test]
async fn connections_are_kept_and_a_name_in_the_url_becomes_authorization() {
    let peer = Peer::start(|_| ok("hello")).await;
    let client = Client::new(open());
    let mut url = peer.url("/one?x=1#part");
    url.set_username("ann").unwrap();
    url.set_password(Some("a+b c")).unwrap();
    for _ in 0..2 {
        let answer = client.send(get(url.clone())).await.unwrap();
        assert_eq!(
            (answer.status.as_u16(), &*answer.body),
            (200, &b"hello"[..])
        );
        assert_eq!(answer.url.username(), "");
    }
    let heard = peer.heard();
    assert_eq!(heard.len(), 3, "one connection, two requests: {heard:?}");
    assert!(
        heard[1].starts_with("get /one?x=1 http/1.1\r\n"),
        "{heard:?}"
    );
    // "ann:a+b c"
    let basic = "authorization: basic YW5uOmErYiBj".to_lowercase();
    assert!(heard[2].contains(&basic), "{heard:?}");
    assert!(heard[2].contains("user-agent: errand/"), "{heard:?}");
}

#[tokio::test]
async fn what_may_not_be_reached_is_blocked_also_behind_a_redirect() {
    let peer = Peer::start(|_| to(302, "http://169.254.169.254/latest")).await;
    let closed = Client::new(Policy::default());
    let blocked = closed.send(get(peer.url("/"))).await.unwrap_err();
    assert!(matches!(blocked, EgressError::Blocked(_)), "{blocked}");
    assert_eq!(peer.heard().len(), 0);

    let client = Client::new(open());
    let mut request = get(peer.url("/"));
    request.max_redirects = 1;
    let blocked = client.send(request).await.unwrap_err();
    assert!(matches!(blocked, EgressError::Blocked(_)), "{blocked}");

    let other = client
        .send(get("ftp://example.com/".parse().unwrap()))
        .await;
    assert!(matches!(other, Err(EgressError::Unusable(_))), "{other:?}");
}

#[tokio::test]
async fn redirects_are_counted_and_secrets_stay_with_their_origin() {
    let end = Peer::start(|_| ok("the end")).await;
    let whereto = end.url("/end").to_string();
    let start = Peer::start(move |head| {
        let path = head.split(' ').nth(1).unwrap();
        match path {
            "/same" => to(307, "/away"),
            _ => to(303, &whereto),
        }
    })
    .await;
    let client = Client::new(open());
    let mut request = HttpRequest::new(Method::POST, start.url("/same"));
    let mut key = HeaderValue::from_static("s3cret");
    key.set_sensitive(true);
    request
        .headers
        .insert(HeaderName::from_static("x-api-key"), key);
    request.headers.insert(
        HeaderName::from_static("x-plain"),
        HeaderValue::from_static("yes"),
    );

    let stopped = client.send(request.clone()).await.unwrap();
    assert_eq!(stopped.status, 307);

    request.max_redirects = 2;
    let answer = client.send(request).await.unwrap();
    assert_eq!(&*answer.body, b"the end");
    assert_eq!(answer.url, end.url("/end"));
    let away = start.heard().pop().unwrap();
    assert!(
        away.starts_with("post /away") && away.contains("s3cret"),
        "{away}"
    );
    let last = end.heard().pop().unwrap();
    assert!(
        last.starts_with("get /end") && last.contains("x-plain: yes"),
        "{last}"
    );
    assert!(!last.contains("s3cret"), "{last}");
}

#[tokio::test]
async fn answers_are_bounded_in_size_and_time_and_have_to_be_whole() {
    let peer = Peer::start(|head| match head.split(' ').nth(1).unwrap() {
        "/long" => ok(&"x".repeat(2000)),
        "/chunks" => format!(
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n7d0\r\n{}\r\n0\r\n\r\n",
            "x".repeat(2000)
        ),
        "/cut" => "HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\nhalf".to_owned(),
        "/slow" => "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf".to_owned(),
        _ => String::new(),
    })
    .await;
    let client = Client::new(open());
    let ask = |path: &str| {
        let mut request = get(peer.url(path));
        request.max_body = 1000;
        request.timeout = Duration::from_millis(if path == "/slow" { 100 } else { 10_000 });
        let client = client.clone();
        async move { client.send(request).await.unwrap_err() }
    };
    for path in ["/long", "/chunks"] {
        let error = ask(path).await;
        assert!(
            matches!(error, EgressError::TooLarge { limit: 1000, .. }),
            "{error}"
        );
    }
    let error = ask("/cut").await;
    assert!(
        matches!(error, EgressError::Cut { received: 4, .. }),
        "{error}"
    );
    let error = ask("/hangs-up").await;
    assert!(
        matches!(error, EgressError::Cut { received: 0, .. }),
        "{error}"
    );
    let error = ask("/slow").await;
    assert!(matches!(error, EgressError::Timeout { .. }), "{error}");

    let nobody = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let error = client
        .send(get(format!("http://{nobody}/x?key=1").parse().unwrap()))
        .await;
    let error = error.unwrap_err();
    assert!(matches!(error, EgressError::Unreachable(_)), "{error}");
    assert!(!error.to_string().contains("key"), "{error}");
}

#[tokio::test]
async fn certificates_are_checked() {
    let issued = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(issued.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![issued.cert.der().clone()], key)
        .unwrap();
    let peer = Peer::tls(TlsAcceptor::from(Arc::new(config))).await;
    let url: Url = format!("https://localhost:{}/", peer.address.port())
        .parse()
        .unwrap();

    let mut roots = RootCertStore::empty();
    roots.add(issued.cert.der().clone()).unwrap();
    let client = |roots: Option<RootCertStore>| {
        Client::with(Options {
            policy: open(),
            roots,
            ..Options::default()
        })
    };
    let client_with = client(Some(roots));
    let answer = client_with.send(get(url.clone())).await.unwrap();
    assert_eq!(&*answer.body, b"over TLS");
    // A line of its own, for whatever is spoken there.
    let mut url_of_socket = url.clone();
    url_of_socket.set_scheme("wss").unwrap();
    let mut line = client_with.connect(&url_of_socket).await.unwrap();
    line.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    let mut heard = [0; 12];
    line.read_exact(&mut heard).await.unwrap();
    assert_eq!(&heard, b"HTTP/1.1 200");
    let error = client(None).send(get(url)).await.unwrap_err();
    let EgressError::Unreachable(reason) = &error else {
        panic!("{error}")
    };
    assert!(reason.contains("certificate"), "{reason}");
}
