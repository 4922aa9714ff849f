//! The proxy over real sockets.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

#[path = "proxy/wire.rs"]
mod wire;

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use errand_egress::{Dialer, Policy, Proxy, Resolve, proxy::Options};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    time::timeout,
};
use wire::{Origin, Peer};

fn open() -> Option<Policy> {
    Some(Policy {
        allow_private: true,
        ..Policy::default()
    })
}

/// Answers each look-up of a name with the next of its addresses.
struct Turns(Vec<IpAddr>, AtomicUsize);

#[async_trait::async_trait]
impl Resolve for Turns {
    async fn resolve(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        match host {
            "slow.test" => std::future::pending().await,
            "missing.test" => Err(io::Error::other("no such name")),
            _ => Ok(vec![
                self.0[self.1.fetch_add(1, Ordering::SeqCst) % self.0.len()],
            ]),
        }
    }
}

async fn with_turns(policy: Option<Policy>, turns: &[&str]) -> Proxy {
    let addresses = turns.iter().map(|it| it.parse().unwrap()).collect();
    let mut dialer = Dialer::new(Arc::new(Turns(addresses, AtomicUsize::new(0))));
    dialer.resolve_timeout = Duration::from_millis(200);
    dialer.connect_timeout = Duration::from_millis(500);
    Proxy::start_with(Options {
        policy,
        dialer,
        ..Options::default()
    })
    .await
    .unwrap()
}

#[tokio::test]
async fn plain_requests_share_connections_and_lose_what_is_meant_for_the_proxy() {
    let origin = Origin::start().await;
    let proxy = Proxy::start(open()).await.unwrap();
    let mut peer = Peer::connect(proxy.address()).await;
    for path in ["/one", "/two?x=1"] {
        let answer = peer
            .ask(&format!(
                "GET http://{0}{path} HTTP/1.1\r\nHost: other.test\r\nProxy-Connection: keep-alive\
                 \r\nConnection: X-Secret\r\nX-Secret: 1\r\nX-Kept: yes\r\n\r\n",
                origin.address
            ))
            .await;
        assert_eq!(answer.status, 200);
        let seen = answer.text().to_lowercase();
        assert!(
            seen.starts_with(&format!("get {path} http/1.1\r\n")),
            "{seen}"
        );
        assert!(
            seen.contains(&format!("host: {}\r\n", origin.address)),
            "{seen}"
        );
        assert!(seen.contains("x-kept: yes"), "{seen}");
        assert!(
            !seen.contains("secret") && !seen.contains("proxy"),
            "{seen}"
        );
    }
    assert_eq!(origin.connections(), 1);
    let counters = proxy.counters();
    assert_eq!((counters.connections, counters.requests), (1, 2));
    assert!(counters.bytes_down > 0);
}

#[tokio::test]
async fn a_request_that_may_not_be_sent_twice_never_meets_a_connection_that_closes() {
    // The origin closes each connection after one answer without saying so.
    let origin = Origin::closing().await;
    let proxy = Proxy::start(open()).await.unwrap();
    let mut peer = Peer::connect(proxy.address()).await;
    for _ in 0..3 {
        for (method, body) in [("GET", ""), ("POST", "a=1")] {
            let answer = peer
                .ask(&format!(
                    "{method} http://{} HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{body}",
                    origin.address,
                    body.len()
                ))
                .await;
            assert_eq!(answer.status, 200, "{method}");
        }
    }
    assert_eq!(origin.posts(), 3);
}

#[tokio::test]
async fn bodies_stream_both_ways_while_they_are_made() {
    let origin = Origin::echo().await;
    let proxy = Proxy::start(open()).await.unwrap();
    let mut peer = Peer::connect(proxy.address()).await;
    let head = format!(
        "POST http://{}/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
        origin.address
    );
    peer.stream.write_all(head.as_bytes()).await.unwrap();
    // Each part comes back before the next one is sent.
    for part in ["first", "second", "third"] {
        let chunk = format!("{:x}\r\n{part}\r\n", part.len());
        peer.stream.write_all(chunk.as_bytes()).await.unwrap();
        peer.read_until(part).await;
    }
    peer.stream.write_all(b"0\r\n\r\n").await.unwrap();
    peer.read_until("0\r\n\r\n").await;
    assert!(proxy.counters().bytes_up >= 16);
}

#[tokio::test]
async fn tunnels_carry_bytes_both_ways_until_they_are_cut() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let proxy = Proxy::start(open()).await.unwrap();
    let mut peer = Peer::connect(proxy.address()).await;
    assert_eq!(peer.ask(&connect_to(address)).await.status, 200);
    let (mut far, _) = listener.accept().await.unwrap();
    peer.stream.write_all(b"ping").await.unwrap();
    let mut bytes = [0; 4];
    far.read_exact(&mut bytes).await.unwrap();
    assert_eq!(&bytes, b"ping");
    far.write_all(b"pong!").await.unwrap();
    peer.read_until("pong!").await;
    let counters = proxy.counters();
    assert_eq!(
        (counters.tunnels, counters.bytes_up, counters.bytes_down),
        (1, 4, 5)
    );

    let at = proxy.address();
    timeout(Duration::from_secs(5), proxy.close())
        .await
        .unwrap();
    assert_eq!(far.read(&mut bytes).await.unwrap(), 0);
    assert_eq!(peer.stream.read(&mut bytes).await.unwrap(), 0);
    assert!(tokio::net::TcpStream::connect(at).await.is_err());
}

#[tokio::test]
async fn what_is_blocked_is_answered_with_the_reason_and_listed() {
    let proxy = Proxy::start(open()).await.unwrap();
    let metadata = "GET http://169.254.169.254/latest HTTP/1.1\r\nHost: 169.254.169.254\r\n\r\n";
    let mut peer = Peer::connect(proxy.address()).await;
    let answer = peer.ask(metadata).await;
    assert_eq!(answer.status, 403);
    assert_eq!(answer.header("x-errand-error").as_deref(), Some("blocked"));
    assert!(
        answer
            .text()
            .contains("cloud metadata services are never reached")
    );
    // The same connection goes on.
    for name in [
        "metadata.google.internal:443",
        "[fd00:ec2::254]:443",
        "100.100.100.200:80",
    ] {
        let answer = peer
            .ask(&format!("CONNECT {name} HTTP/1.1\r\nHost: {name}\r\n\r\n"))
            .await;
        assert_eq!(answer.status, 403, "{name}");
    }
    // Itself, by which it would go round in circles.
    let answer = peer.ask(&connect_to(proxy.address())).await;
    assert_eq!(answer.status, 403);
    assert!(answer.text().contains("is a port of this service itself"));
    // The browser's own calls are no news.
    let own = "CONNECT update.googleapis.com:443 HTTP/1.1\r\nHost: update.googleapis.com\r\n\r\n";
    assert_eq!(peer.ask(own).await.status, 403);
    let answer = peer
        .ask("GET ftp://example.com/ HTTP/1.1\r\nHost: example.com\r\n\r\n")
        .await;
    assert_eq!(answer.status, 403);
    let answer = peer
        .ask("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n")
        .await;
    assert_eq!(answer.status, 400);

    peer = Peer::connect(proxy.address()).await;
    peer.ask(metadata).await;
    let refusals = proxy.refusals();
    let listed: Vec<_> = refusals
        .iter()
        .map(|it| (&*it.host, it.port, it.count))
        .collect();
    let own = proxy.address().port();
    assert_eq!(
        listed,
        [
            ("metadata.google.internal", 443, 1),
            ("fd00:ec2::254", 443, 1),
            ("100.100.100.200", 80, 1),
            ("127.0.0.1", own, 1),
            ("example.com", 80, 1),
            ("169.254.169.254", 80, 2),
        ]
    );
    let counters = proxy.counters();
    assert_eq!((counters.refused, counters.background_refused), (7, 1));
}

#[tokio::test]
async fn a_name_that_changes_its_address_is_checked_at_every_connection() {
    let origin = Origin::start().await;
    let port = origin.address.port();
    // Public when it is asked first, this machine when it is asked again.
    let proxy = with_turns(Some(Policy::default()), &["192.0.2.1", "127.0.0.1"]).await;
    let mut peer = Peer::connect(proxy.address()).await;
    for _ in 0..4 {
        let get = format!("GET http://rebind.test:{port}/ HTTP/1.1\r\nHost: x\r\n\r\n");
        assert_eq!(peer.ask(&get).await.status, 403);
        let tunnel = format!("CONNECT rebind.test:{port} HTTP/1.1\r\nHost: x\r\n\r\n");
        assert_eq!(peer.ask(&tunnel).await.status, 403);
    }
    assert_eq!(origin.connections(), 0);

    // Allowed, and then a metadata service: the kept connection is no way around either.
    let proxy = with_turns(open(), &["127.0.0.1", "169.254.169.254"]).await;
    let mut peer = Peer::connect(proxy.address()).await;
    let post = format!("POST http://rebind.test:{port}/ HTTP/1.1\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(peer.ask(&post).await.status, 200);
    assert_eq!(peer.ask(&post).await.status, 403);
    assert_eq!(origin.connections(), 1);
}

#[tokio::test]
async fn what_fails_upstream_says_how() {
    let closed = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let proxy = with_turns(open(), &["127.0.0.1"]).await;
    let mut peer = Peer::connect(proxy.address()).await;
    for (host, code) in [
        (format!("any.test:{}", closed.port()), "refused"),
        ("missing.test:80".to_owned(), "unresolved"),
        ("slow.test:80".to_owned(), "timeout"),
    ] {
        for request in [
            format!("GET http://{host}/ HTTP/1.1\r\nHost: x\r\n\r\n"),
            format!("CONNECT {host} HTTP/1.1\r\nHost: x\r\n\r\n"),
        ] {
            let answer = peer.ask(&request).await;
            assert_eq!(answer.status, 502, "{request}");
            assert_eq!(answer.header("x-errand-error").as_deref(), Some(code));
        }
    }
    let failures = proxy.failures();
    let codes: Vec<_> = failures.iter().map(|it| (it.code, it.count)).collect();
    assert_eq!(codes, [("refused", 2), ("unresolved", 2), ("timeout", 2)]);
    assert!(proxy.refusals().is_empty());
}

#[tokio::test]
async fn nothing_goes_out_before_a_policy_is_attached_and_none_outlives_its_own() {
    let origin = Origin::start().await;
    let proxy = Proxy::start(None).await.unwrap();
    let get = format!("GET http://{}/ HTTP/1.1\r\nHost: x\r\n\r\n", origin.address);
    let mut peer = Peer::connect(proxy.address()).await;
    let answer = peer.ask(&get).await;
    assert_eq!(answer.status, 403);
    assert!(answer.text().contains("no run is attached"));
    proxy.attach(open().unwrap());
    assert_eq!(peer.ask(&get).await.status, 200);
    let mut tunnel = Peer::connect(proxy.address()).await;
    assert_eq!(tunnel.ask(&connect_to(origin.address)).await.status, 200);

    proxy.attach(Policy::default());
    let mut byte = [0];
    assert_eq!(peer.stream.read(&mut byte).await.unwrap(), 0);
    assert_eq!(tunnel.stream.read(&mut byte).await.unwrap(), 0);
    let mut peer = Peer::connect(proxy.address()).await;
    assert_eq!(peer.ask(&get).await.status, 403);
}

#[tokio::test]
async fn connections_that_say_nothing_are_ended_and_too_many_wait() {
    let options = Options {
        policy: open(),
        header_timeout: Duration::from_millis(300),
        max_connections: 2,
        ..Options::default()
    };
    let origin = Origin::start().await;
    let proxy = Proxy::start_with(options).await.unwrap();
    let mut idle = Peer::connect(proxy.address()).await;
    let mut slow = Peer::connect(proxy.address()).await;
    slow.stream.write_all(b"GET http://x").await.unwrap();
    let mut third = Peer::connect(proxy.address()).await;
    let get = format!("GET http://{}/ HTTP/1.1\r\nHost: x\r\n\r\n", origin.address);
    assert_eq!(third.ask(&get).await.status, 200);
    for peer in [&mut idle, &mut slow] {
        peer.stream
            .read_to_end(&mut Vec::new())
            .await
            .expect("the proxy hung up");
    }
}

fn connect_to(address: SocketAddr) -> String {
    format!("CONNECT {address} HTTP/1.1\r\nHost: {address}\r\n\r\n")
}
