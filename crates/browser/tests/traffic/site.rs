use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_util::task::AbortOnDropHandle;

/// A site that answers every path with a small page and remembers what it was asked.
pub struct Site {
    pub address: SocketAddr,
    pub heads: Arc<Mutex<Vec<String>>>,
    _task: AbortOnDropHandle<()>,
}

impl Site {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let heads = Arc::new(Mutex::new(Vec::new()));
        let kept = heads.clone();
        let task = tokio::spawn(async move {
            let mut tasks = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                tasks.spawn(answer(stream, kept.clone()));
            }
        });
        Self {
            address,
            heads,
            _task: AbortOnDropHandle::new(task),
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn head(&self, path: &str) -> String {
        let heads = self.heads.lock().unwrap();
        let asked = format!("GET {path} ");
        heads
            .iter()
            .find(|it| it.starts_with(&asked))
            .expect(path)
            .clone()
    }
}

async fn answer(mut stream: TcpStream, heads: Arc<Mutex<Vec<String>>>) {
    let mut bytes = Vec::new();
    while let Ok(1..) = stream.read_buf(&mut bytes).await {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, _)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        heads.lock().unwrap().push(head.to_owned());
        bytes.clear();
        let page = "<!doctype html><title>here</title><h1>hello</h1>";
        let says = "{ agent: navigator.userAgent, brands: navigator.userAgentData.brands, \
                    version: navigator.appVersion, platform: navigator.platform, \
                    hints: await navigator.userAgentData.getHighEntropyValues([ \
                    'architecture', 'bitness', 'formFactors', 'fullVersionList', 'model', \
                    'platformVersion', 'uaFullVersion', 'wow64']) }";
        let says = format!("(async () => ({says}))()");
        let (kind, page) = match head.split(' ').nth(1) {
            Some("/worker.js") => (
                "text/javascript",
                format!("{says}.then(it => postMessage(it))"),
            ),
            Some("/shared.js") => (
                "text/javascript",
                format!("onconnect = event => {says}.then(it => event.ports[0].postMessage(it))"),
            ),
            Some("/service.js") => (
                "text/javascript",
                format!("onmessage = event => {says}.then(it => event.source.postMessage(it))"),
            ),
            _ => ("text/html", page.to_owned()),
        };
        let kind = format!("{kind}\r\nAccept-CH: Sec-CH-UA-Full-Version-List, Sec-CH-UA-Platform");
        let answer = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nAccess-Control-Allow-Origin: *\r\n\
             Content-Length: {}\r\n\r\n{page}",
            page.len()
        );
        stream.write_all(answer.as_bytes()).await.unwrap();
    }
}
