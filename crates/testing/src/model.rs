//! The scripted model: a server that speaks the vendors' wire formats and answers by a rule.
//!
//! It serves OpenAI's `chat/completions` and `responses` (also at Azure's paths) and Anthropic's
//! `messages`, streamed or not. The rule sees what was really sent, in one neutral form, and says
//! what to answer or which fault to play. Like a provider, it keeps no conversation.

mod answer;
mod asked;
mod cache;
mod chat;
mod gesture;
mod ids;
mod messages;
mod picture;
mod responses;
mod serve;
mod sse;

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use anyhow::Context as _;
use axum::serve::ListenerExt as _;
use serde_json::Value;
use tokio::{net::TcpListener, task::JoinSet};
use tokio_util::sync::CancellationToken;

pub use answer::{Answer, Fault};
pub use asked::{Asked, Call, Offered, Result, Said, Side, Wanted, Wire};
pub use gesture::Gesture;
pub use picture::Picture;
use serve::Shared;

/// Decides what to answer.
pub trait Rule: Send + Sync + 'static {
    /// The answer to what was asked. Called for one request at a time.
    fn answer(&self, asked: &Asked) -> Answer;
}

impl<F: Fn(&Asked) -> Answer + Send + Sync + 'static> Rule for F {
    fn answer(&self, asked: &Asked) -> Answer {
        self(asked)
    }
}

/// What crossed the wire once.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// The wire format.
    pub wire: Wire,
    /// Path and query.
    pub path: String,
    /// The request's headers, lower case.
    pub headers: Vec<(String, String)>,
    /// The request's body.
    pub request: Value,
    /// The answer's status; 0 where none was sent.
    pub status: u16,
    /// The answer's body as it was sent, or would have been if no fault had come in between.
    pub response: String,
}

/// How a scripted model is set up.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The one key that it takes; any, if not given.
    pub key: Option<String>,
    /// The models that it has; any, if none are given.
    pub models: Vec<String>,
}

/// A running scripted model. It stops when this is dropped.
#[derive(Debug)]
pub struct ScriptedModel {
    address: SocketAddr,
    shared: Arc<Shared>,
    stop: CancellationToken,
    _server: JoinSet<()>,
}

impl ScriptedModel {
    /// Starts on a free port of 127.0.0.1. Needs a Tokio runtime.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(rule: impl Rule) -> anyhow::Result<Self> {
        Self::with(Options::default(), rule).await
    }

    /// The same with every setting.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn with(options: Options, rule: impl Rule) -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.context("the scripted model has no port")?;
        let address = listener.local_addr()?;
        let stop = CancellationToken::new();
        let shared = Arc::new(Shared::new(options, Box::new(rule), stop.clone()));
        // An answer of two segments must not wait for the first one's acknowledgement.
        let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        let served = axum::serve(listener, serve::router(&shared))
            .with_graceful_shutdown(stop.clone().cancelled_owned());
        let mut server = JoinSet::new();
        server.spawn(async move { drop(served.await) });
        Ok(Self {
            address,
            shared,
            stop,
            _server: server,
        })
    }

    /// What an OpenAI client takes as its base URL.
    #[must_use]
    pub fn openai_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// What an Anthropic client takes as its base URL, and an Azure client as its endpoint.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Every request so far, the oldest first; the last 1,000 of them.
    #[must_use]
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.shared.exchanges()
    }

    /// How many requests came so far.
    #[must_use]
    pub fn count(&self) -> usize {
        self.shared.count()
    }
}

impl Drop for ScriptedModel {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
