//! The pages, served on loopback as long as this lives.

use std::net::SocketAddr;

use anyhow::Context;
use axum::{
    Router,
    extract::Path,
    http::StatusCode,
    response::{Html, IntoResponse, Response},
    routing::get,
};
use tokio::{net::TcpListener, task::JoinSet};

use crate::corpus::{self, Half};

/// The server.
pub struct Pages {
    address: SocketAddr,
    _server: JoinSet<()>,
}

impl Pages {
    pub async fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await;
        let listener = listener.context("the pages have no port")?;
        let address = listener.local_addr()?;
        let router = Router::new().route("/{name}", get(page));
        let mut server = JoinSet::new();
        server.spawn(async move { drop(axum::serve(listener, router).await) });
        Ok(Self {
            address,
            _server: server,
        })
    }

    /// Without a slash at the end.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }
}

/// Where the pages of a half are; a page that both use is among the open ones.
fn folder(half: Half) -> &'static str {
    match half {
        Half::Held => "held-pages",
        Half::Open => "pages",
    }
}

async fn page(Path(name): Path<String>) -> Response {
    for half in Half::ALL {
        let path = corpus::folder().join(folder(half)).join(&name);
        if let Ok(text) = tokio::fs::read_to_string(path).await {
            return Html(text).into_response();
        }
    }
    (StatusCode::NOT_FOUND, Html("<h1>Not found</h1>")).into_response()
}
