//! A server that says exactly what it is told to.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;
use tokio_util::task::AbortOnDropHandle;

type Says = Arc<dyn Fn(&str) -> String + Send + Sync>;

pub struct Peer {
    pub address: SocketAddr,
    heard: Arc<Mutex<Vec<String>>>,
    _task: AbortOnDropHandle<()>,
}

impl Peer {
    /// Answers each request, of which it gets the head, until it says nothing: then it hangs up.
    pub async fn start(says: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        Self::with(None, Arc::new(says)).await
    }

    pub async fn tls(acceptor: TlsAcceptor) -> Self {
        Self::with(Some(acceptor), Arc::new(|_| ok("over TLS"))).await
    }

    async fn with(tls: Option<TlsAcceptor>, says: Says) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let kept = heard.clone();
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                kept.lock().unwrap().push("connected".to_owned());
                let (says, kept, tls) = (says.clone(), kept.clone(), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => talk(stream, says, kept).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                talk(stream, says, kept).await;
                            }
                        }
                    }
                });
            }
        });
        Self {
            address,
            heard,
            _task: AbortOnDropHandle::new(task),
        }
    }

    pub fn url(&self, path: &str) -> url::Url {
        format!("http://{}{path}", self.address).parse().unwrap()
    }

    /// The heads of all requests, lower case; `connected` for each connection.
    pub fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

async fn talk(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    says: Says,
    heard: Arc<Mutex<Vec<String>>>,
) {
    let mut bytes = Vec::new();
    loop {
        while !bytes.windows(4).any(|it| it == b"\r\n\r\n") {
            if !matches!(stream.read_buf(&mut bytes).await, Ok(1..)) {
                return;
            }
        }
        let head = String::from_utf8_lossy(&bytes).to_lowercase();
        bytes.clear();
        heard.lock().unwrap().push(head.clone());
        let answer = says(&head);
        if answer.is_empty() || stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
        if answer.contains("content-length: 999\r\n") {
            return;
        }
    }
}

pub fn ok(body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{body}")
}

pub fn to(status: u16, location: &str) -> String {
    format!("HTTP/1.1 {status} Elsewhere\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n")
}
