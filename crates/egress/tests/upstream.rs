//! A caller's own proxy: what is said to it, and what becomes of its answers.
#![expect(clippy::unwrap_used, reason = "tests")]

use errand_egress::{Policy, Proxy, Upstream};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// A browser's proxy that leaves through this one.
async fn through(url: &str) -> Proxy {
    let policy = Policy {
        allow_private: true,
        upstream: Some(Upstream::parse(url).unwrap()),
        ..Policy::default()
    };
    Proxy::start(Some(policy)).await.unwrap()
}

async fn head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    String::from_utf8(head).unwrap()
}

/// What the browser says, and the head of what it is answered.
async fn say(proxy: &Proxy, request: &str) -> (TcpStream, String) {
    let mut browser = TcpStream::connect(proxy.address()).await.unwrap();
    browser.write_all(request.as_bytes()).await.unwrap();
    let answer = head(&mut browser).await;
    (browser, answer)
}

async fn echo(stream: &mut TcpStream) {
    let mut four = [0; 4];
    stream.read_exact(&mut four).await.unwrap();
    stream.write_all(&four).await.unwrap();
}

async fn ping(browser: &mut TcpStream) {
    browser.write_all(b"ping").await.unwrap();
    let mut four = [0; 4];
    browser.read_exact(&mut four).await.unwrap();
    assert_eq!(&four, b"ping");
}

#[tokio::test]
async fn a_tunnel_goes_through_an_http_proxy_with_its_credentials() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = through(&format!(
        "http://ada:l%40ce@{}",
        listener.local_addr().unwrap()
    ))
    .await;
    let served = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let asked = head(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        echo(&mut stream).await;
        asked
    });
    let request = "CONNECT shop.test:443 HTTP/1.1\r\nHost: shop.test:443\r\n\r\n";
    let (mut browser, answer) = say(&proxy, request).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    ping(&mut browser).await;
    let asked = served.await.unwrap();
    assert!(
        asked.starts_with("CONNECT shop.test:443 HTTP/1.1\r\n"),
        "{asked}"
    );
    // "ada:l@ce"
    assert!(
        asked.contains("Proxy-Authorization: Basic YWRhOmxAY2U=\r\n"),
        "{asked}"
    );
}

#[tokio::test]
async fn a_tunnel_goes_through_socks5_by_name() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = through(&format!(
        "socks5://ada:secret@{}",
        listener.local_addr().unwrap()
    ))
    .await;
    let served = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut greeting = [0; 3];
        stream.read_exact(&mut greeting).await.unwrap();
        assert_eq!(greeting, [5, 1, 2]);
        stream.write_all(&[5, 2]).await.unwrap();
        let mut login = [0; 12];
        stream.read_exact(&mut login).await.unwrap();
        assert_eq!(&login, b"\x01\x03ada\x06secret");
        stream.write_all(&[1, 0]).await.unwrap();
        let mut request = [0; 16];
        stream.read_exact(&mut request).await.unwrap();
        assert_eq!(&request, b"\x05\x01\x00\x03\x09shop.test\x01\xbb");
        stream
            .write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0])
            .await
            .unwrap();
        echo(&mut stream).await;
    });
    let request = "CONNECT shop.test:443 HTTP/1.1\r\nHost: shop.test:443\r\n\r\n";
    let (mut browser, answer) = say(&proxy, request).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    ping(&mut browser).await;
    served.await.unwrap();
}

#[tokio::test]
async fn plain_requests_are_passed_on_whole_and_a_refusal_is_the_proxys() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = through(&format!(
        "http://ada:secret@{}",
        listener.local_addr().unwrap()
    ))
    .await;
    let served = tokio::spawn(async move {
        let mut asked = Vec::new();
        for answer in ["200 OK", "407 Proxy Authentication Required"] {
            let (mut stream, _) = listener.accept().await.unwrap();
            asked.push(head(&mut stream).await);
            let answer = format!("HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n");
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
        asked
    });
    let request =
        |path: &str| format!("GET http://shop.test/{path} HTTP/1.1\r\nHost: shop.test\r\n\r\n");
    let (_, answer) = say(&proxy, &request("a?b=1")).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let (_, answer) = say(&proxy, &request("c")).await;
    assert!(answer.starts_with("HTTP/1.1 502"), "{answer}");
    assert!(answer.contains("x-errand-error: proxy"), "{answer}");
    let asked = served.await.unwrap();
    assert!(
        asked[0].starts_with("GET http://shop.test/a?b=1 HTTP/1.1\r\n"),
        "{}",
        asked[0]
    );
    assert!(
        asked[0]
            .to_lowercase()
            .contains("proxy-authorization: basic"),
        "{}",
        asked[0]
    );
    assert_eq!(proxy.failures()[0].host, "shop.test");
}

#[tokio::test]
async fn a_proxy_is_no_way_round_the_policy() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let strict = Policy {
        upstream: Some(Upstream::parse(&url).unwrap()),
        ..Policy::default()
    };
    let proxy = Proxy::start(Some(strict)).await.unwrap();
    for host in ["shop.test", "169.254.169.254", "10.0.0.1", "localhost"] {
        let request = format!("CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n");
        let (_, answer) = say(&proxy, &request).await;
        assert!(answer.starts_with("HTTP/1.1 403"), "{host}: {answer}");
    }
    for wrong in [
        "ftp://a",
        "http://",
        "no url",
        "http://a/path",
        "socks5://a:1?x=1",
    ] {
        assert!(Upstream::parse(wrong).is_err(), "{wrong}");
    }
    let shown = format!(
        "{:?}",
        Upstream::parse("http://ada:secret@proxy.test").unwrap()
    );
    assert!(!shown.contains("secret"), "{shown}");
}
