//! Just enough of an HTTP client: one request a connection, cookies kept by hand.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// What came back.
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub fn header(&self, name: &str) -> Option<String> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines
            .find(|line| line.0.eq_ignore_ascii_case(name))
            .map(|line| line.1.to_owned())
    }

    /// The cookies it sets, as the next request sends them.
    pub fn cookies(&self) -> String {
        let lines = self
            .head
            .lines()
            .filter_map(|line| line.strip_prefix("set-cookie: "));
        lines
            .map(|line| line.split(';').next().unwrap_or_default())
            .collect::<Vec<_>>()
            .join("; ")
    }
}

pub async fn get(url: &str, cookies: &str) -> Answer {
    send("GET", url, cookies, "text/plain", b"").await
}

pub async fn post(url: &str, cookies: &str, fields: &[(&str, &str)]) -> Answer {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    let body = form.extend_pairs(fields).finish();
    send(
        "POST",
        url,
        cookies,
        "application/x-www-form-urlencoded",
        body.as_bytes(),
    )
    .await
}

pub async fn send(method: &str, url: &str, cookies: &str, kind: &str, body: &[u8]) -> Answer {
    let url = url::Url::parse(url).unwrap();
    let host = url.host_str().unwrap();
    let port = url.port_or_known_default().unwrap();
    let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let mut stream = TcpStream::connect((host, port)).await.unwrap();
    let head = format!(
        "{method} {target} HTTP/1.1\r\nhost: {host}:{port}\r\nconnection: close\r\n\
         cookie: {cookies}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body).await.unwrap();
    let mut bytes = Vec::new();
    // A connection that is cut still leaves what came before.
    let _cut = stream.read_to_end(&mut bytes).await;
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
    let Some(end) = end else {
        return Answer {
            status: 0,
            head: String::new(),
            bytes,
        };
    };
    let head = String::from_utf8_lossy(&bytes[..end]).replace("\r\n", "\n");
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|code| code.parse().ok())
        .unwrap_or(0);
    Answer {
        status,
        head,
        bytes: bytes[end + 4..].to_vec(),
    }
}
