//! Both ends of a proxy, byte by byte.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};
use tokio_util::task::AbortOnDropHandle;

const PATIENCE: Duration = Duration::from_secs(10);

/// A client.
pub struct Peer {
    pub stream: TcpStream,
}

/// An answer with its whole body.
pub struct Answer {
    pub status: u16,
    head: String,
    body: Vec<u8>,
}

impl Peer {
    pub async fn connect(address: SocketAddr) -> Self {
        Self {
            stream: TcpStream::connect(address).await.unwrap(),
        }
    }

    /// Sends a request and reads its answer, which must have a `content-length` or no body.
    pub async fn ask(&mut self, request: &str) -> Answer {
        self.stream.write_all(request.as_bytes()).await.unwrap();
        let head = timeout(PATIENCE, head(&mut self.stream))
            .await
            .unwrap()
            .expect("an answer");
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let mut answer = Answer {
            status,
            head,
            body: Vec::new(),
        };
        let tunnel = request.starts_with("CONNECT") && status == 200;
        if !tunnel {
            let length = answer
                .header("content-length")
                .map_or(0, |it| it.parse().unwrap());
            answer.body.resize(length, 0);
            timeout(PATIENCE, self.stream.read_exact(&mut answer.body))
                .await
                .unwrap()
                .unwrap();
        }
        answer
    }

    /// Reads until these words have come.
    pub async fn read_until(&mut self, words: &str) {
        let mut bytes = Vec::new();
        while !String::from_utf8_lossy(&bytes).contains(words) {
            let read = timeout(PATIENCE, self.stream.read_buf(&mut bytes))
                .await
                .unwrap()
                .unwrap();
            assert!(read > 0, "{words} never came");
        }
    }
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<String> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines
            .into_iter()
            .find(|it| it.0.eq_ignore_ascii_case(name))
            .map(|it| it.1.to_owned())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A server that answers with the head it was sent.
pub struct Origin {
    pub address: SocketAddr,
    counts: Arc<[AtomicUsize; 2]>,
    _task: AbortOnDropHandle<()>,
}

#[derive(Clone, Copy, PartialEq)]
enum Manner {
    Keep,
    Close,
    Echo,
}

impl Origin {
    pub async fn start() -> Self {
        Self::with(Manner::Keep).await
    }

    /// Closes after each answer.
    pub async fn closing() -> Self {
        Self::with(Manner::Close).await
    }

    /// Sends back the body, chunk by chunk.
    pub async fn echo() -> Self {
        Self::with(Manner::Echo).await
    }

    async fn with(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let counts: Arc<[AtomicUsize; 2]> = Arc::default();
        let counted = counts.clone();
        let task = tokio::spawn(async move {
            let mut tasks = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                counted[0].fetch_add(1, Ordering::SeqCst);
                tasks.spawn(serve(stream, manner, counted.clone()));
            }
        });
        Self {
            address,
            counts,
            _task: AbortOnDropHandle::new(task),
        }
    }

    pub fn connections(&self) -> usize {
        self.counts[0].load(Ordering::SeqCst)
    }

    pub fn posts(&self) -> usize {
        self.counts[1].load(Ordering::SeqCst)
    }
}

async fn serve(mut stream: TcpStream, manner: Manner, counts: Arc<[AtomicUsize; 2]>) {
    while let Some(head) = head(&mut stream).await {
        if head.starts_with("POST") {
            counts[1].fetch_add(1, Ordering::SeqCst);
        }
        if manner == Manner::Echo {
            let go = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
            stream.write_all(go).await.unwrap();
            let (mut source, mut sink) = stream.split();
            tokio::io::copy(&mut source, &mut sink).await.ok();
            return;
        }
        let lower = head.to_lowercase();
        let length = lower.split_once("content-length: ").map_or("0", |it| it.1);
        let length: usize = length.lines().next().unwrap().parse().unwrap();
        stream.read_exact(&mut vec![0; length]).await.unwrap();
        let answer = format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{head}",
            head.len()
        );
        stream.write_all(answer.as_bytes()).await.unwrap();
        if manner == Manner::Close {
            return;
        }
    }
}

/// Reads up to the empty line, and not a byte more.
async fn head(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        bytes.push(stream.read_u8().await.ok()?);
    }
    Some(String::from_utf8(bytes).unwrap())
}
