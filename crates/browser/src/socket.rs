//! One JSON command socket that speaks both WebDriver BiDi and CDP: `{id, method, params}` out, a
//! reply with the same `id` or an event with a `method` in.

use std::{
    collections::HashMap,
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use futures_util::{FutureExt, SinkExt, StreamExt, future::BoxFuture};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::{broadcast, mpsc, oneshot},
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{self, Message, handshake::client::Request, protocol::WebSocketConfig},
};
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

/// How long a call may take that says nothing else.
pub const CALL_TIMEOUT: Duration = Duration::from_secs(15);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Screenshots and page reads are large; anything beyond this ends the connection.
pub(crate) const MAX_MESSAGE_BYTES: usize = 128 << 20;
const MAX_BARE_MESSAGES: usize = 16;
const MAX_QUEUED_COMMANDS: usize = 64;
/// Events that a slow reader may be behind; beyond, it is told that it lagged.
const MAX_QUEUED_EVENTS: usize = 4096;

/// Why a call on a socket failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No connection could be made.
    #[error("no connection to {url}: {reason}")]
    Connect {
        /// Where to.
        url: String,
        /// What the network said.
        reason: String,
    },
    /// The other side is gone, or was never reached.
    #[error("the connection to the browser is closed")]
    Closed,
    /// No reply came in time. The command may still be carried out.
    #[error("no reply to {method} within {after:?}")]
    Timeout {
        /// What was called.
        method: String,
        /// How long was waited.
        after: Duration,
    },
    /// The browser refused the command.
    #[error("{method} failed: {code}: {message}")]
    Refused {
        /// What was called.
        method: String,
        /// BiDi's error name, or CDP's number.
        code: String,
        /// What the browser said.
        message: String,
    },
}

type Waiting = Mutex<HashMap<u64, oneshot::Sender<Value>>>;

/// A connection to a BiDi or CDP endpoint. Clones share it; it ends when the last one is dropped.
#[derive(Clone, Debug)]
pub struct Socket {
    shared: Arc<Shared>,
    _tasks: Arc<[AbortOnDropHandle<()>]>,
}

/// Makes another connection to the same place.
pub(crate) type Again =
    Box<dyn Fn() -> BoxFuture<'static, Result<Socket, Error>> + Send + Sync + 'static>;

struct Shared {
    url: String,
    again: Again,
    next: AtomicU64,
    waiting: Waiting,
    out: mpsc::Sender<Message>,
    events: broadcast::Sender<Arc<Value>>,
    /// Who gets all messages as they are, instead.
    bare: OnceLock<mpsc::Sender<String>>,
    closed: CancellationToken,
}

impl Socket {
    /// Connects to `ws://…`.
    ///
    /// # Errors
    ///
    /// [`Error::Connect`] when nobody answers within ten seconds or the answer isn't a WebSocket.
    pub async fn connect(url: &str) -> Result<Self, Error> {
        let refused = |reason: String| Error::Connect {
            url: url.to_owned(),
            reason,
        };
        let connect = tokio_tungstenite::connect_async_with_config(url, Some(config()), true);
        let (stream, _) = timeout(CONNECT_TIMEOUT, Box::pin(connect))
            .await
            .map_err(|_| refused(format!("no answer within {CONNECT_TIMEOUT:?}")))?
            .map_err(|error| refused(error.to_string()))?;
        let at = url.to_owned();
        let again: Again = Box::new(move || connect_to(at.clone()));
        Ok(Self::new(url, again, stream))
    }

    /// Shakes hands over a connection that is there. Not bounded.
    pub(crate) async fn over<S>(
        stream: S,
        request: Request,
        again: Again,
    ) -> Result<Self, tungstenite::Error>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let url = request.uri().to_string();
        let shake = tokio_tungstenite::client_async_with_config(request, stream, Some(config()));
        let (stream, _) = Box::pin(shake).await?;
        Ok(Self::new(&url, again, stream))
    }

    /// A socket whose other end is in this process: what is called is served there.
    pub(crate) fn served<F>(serve: impl FnOnce(Line) -> F) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (out, queue) = mpsc::channel(MAX_QUEUED_COMMANDS);
        let (events, _) = broadcast::channel(MAX_QUEUED_EVENTS);
        let shared = Arc::new(Shared {
            url: String::new(),
            again: Box::new(|| {
                let (url, reason) = (String::new(), "there can be only one".to_owned());
                async move { Err(Error::Connect { url, reason }) }.boxed()
            }),
            next: AtomicU64::new(1),
            waiting: Waiting::default(),
            out,
            events,
            bare: OnceLock::new(),
            closed: CancellationToken::new(),
        });
        let line = Line {
            queue,
            shared: Arc::clone(&shared),
        };
        let (closed, serving) = (shared.closed.clone().drop_guard(), serve(line));
        let task = tokio::spawn(async move {
            let _closed = closed;
            serving.await;
        });
        Self {
            shared,
            _tasks: Arc::new([AbortOnDropHandle::new(task)]),
        }
    }

    fn new<S>(url: &str, again: Again, stream: WebSocketStream<S>) -> Self
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (sink, source) = stream.split();
        let (out, queue) = mpsc::channel(MAX_QUEUED_COMMANDS);
        let (events, _) = broadcast::channel(MAX_QUEUED_EVENTS);
        let shared = Arc::new(Shared {
            url: url.to_owned(),
            again,
            next: AtomicU64::new(1),
            waiting: Waiting::default(),
            out,
            events,
            bare: OnceLock::new(),
            closed: CancellationToken::new(),
        });
        let writer = tokio::spawn(write(sink, queue, shared.closed.clone()));
        let reader = tokio::spawn(read(source, Arc::clone(&shared)));
        let tasks = [writer, reader].map(AbortOnDropHandle::new);
        Self {
            shared,
            _tasks: Arc::new(tasks),
        }
    }

    /// Events from now on, as they came. A reader that falls behind is told so by the channel.
    #[must_use]
    pub fn events(&self) -> broadcast::Receiver<Arc<Value>> {
        self.shared.events.subscribe()
    }

    /// Another connection to the same place, made in the same way.
    ///
    /// # Errors
    ///
    /// [`Error::Connect`], also where there can be only one.
    pub async fn another(&self) -> Result<Self, Error> {
        (self.shared.again)().await
    }

    /// Where it is connected to.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.shared.url
    }

    /// Has its messages pass as they are from now on: make a connection for that alone. Whoever is
    /// slow to take them has the browser wait.
    pub(crate) fn bare(self) -> Bare {
        let (sender, messages) = mpsc::channel(MAX_BARE_MESSAGES);
        let _ = self.shared.bare.set(sender);
        Bare {
            socket: self,
            messages,
        }
    }

    /// Fires when the connection has ended.
    #[must_use]
    pub fn closed(&self) -> CancellationToken {
        self.shared.closed.clone()
    }

    /// Calls `method` and waits at most [`CALL_TIMEOUT`] for its result.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn call(&self, method: &str, params: Value) -> Result<Value, Error> {
        self.call_within(CALL_TIMEOUT, method, params).await
    }

    /// Calls `method` and waits at most `limit` for its result.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn call_within(
        &self,
        limit: Duration,
        method: &str,
        params: Value,
    ) -> Result<Value, Error> {
        self.send(limit, method, json!({ "method": method, "params": params }))
            .await
    }

    /// CDP only: calls `method` in one attached target (flat sessions).
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn call_in(
        &self,
        session: &str,
        method: &str,
        params: Value,
    ) -> Result<Value, Error> {
        self.call_in_within(CALL_TIMEOUT, session, method, params)
            .await
    }

    /// CDP only: calls `method` in one attached target and waits at most `limit`.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn call_in_within(
        &self,
        limit: Duration,
        session: &str,
        method: &str,
        params: Value,
    ) -> Result<Value, Error> {
        let command = json!({ "method": method, "params": params, "sessionId": session });
        self.send(limit, method, command).await
    }

    async fn send(
        &self,
        limit: Duration,
        method: &str,
        mut command: Value,
    ) -> Result<Value, Error> {
        let id = self.shared.next.fetch_add(1, Ordering::Relaxed);
        // Never the parameters: what is typed may be a secret.
        tracing::trace!(id, method, session = ?command["sessionId"].as_str(), "calling");
        command["id"] = id.into();
        let (reply, wait) = oneshot::channel();
        self.shared.waiting().insert(id, reply);
        let _forget = Forget {
            shared: &self.shared,
            id,
        };
        let exchange = async {
            let text = Message::text(command.to_string());
            self.shared
                .out
                .send(text)
                .await
                .map_err(|_| Error::Closed)?;
            wait.await.map_err(|_| Error::Closed)
        };
        let mut value = tokio::select! {
            reply = timeout(limit, exchange) => match reply {
                Ok(reply) => reply?,
                Err(_) => return Err(Error::Timeout { method: method.to_owned(), after: limit }),
            },
            () = self.shared.closed.cancelled() => return Err(Error::Closed),
        };
        match value.get("error") {
            None => Ok(value["result"].take()),
            Some(error) => Err(refusal(method, &value, error)),
        }
    }
}

fn connect_to(url: String) -> BoxFuture<'static, Result<Socket, Error>> {
    async move { Socket::connect(&url).await }.boxed()
}

fn config() -> WebSocketConfig {
    WebSocketConfig::default()
        .max_message_size(Some(MAX_MESSAGE_BYTES))
        .max_frame_size(Some(MAX_MESSAGE_BYTES))
}

/// The other end of a [served](Socket::served) socket.
pub(crate) struct Line {
    queue: mpsc::Receiver<Message>,
    shared: Arc<Shared>,
}

impl Line {
    /// The next command; none when nobody is left to send one.
    pub(crate) async fn command(&mut self) -> Option<Value> {
        loop {
            let Message::Text(text) = self.queue.recv().await? else {
                continue;
            };
            if let Ok(command) = serde_json::from_str(&text) {
                return Some(command);
            }
        }
    }

    /// Answers it.
    pub(crate) fn answer(&self, id: u64, answer: Value) {
        let waiting = self.shared.waiting().remove(&id);
        let _ = waiting.map(|reply| reply.send(answer));
    }

    /// Tells whoever listens.
    pub(crate) fn tell(&self, event: Value) {
        let _ = self.shared.events.send(Arc::new(event));
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Shared")
    }
}

impl Shared {
    fn waiting(&self) -> MutexGuard<'_, HashMap<u64, oneshot::Sender<Value>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The way to the browser of a connection whose messages pass as they are.
pub(crate) struct Outward(mpsc::Sender<Message>);

impl Outward {
    /// Sends a message, once there is room for it.
    pub(crate) async fn send(&self, text: String) -> Result<(), Error> {
        let sent = self.0.send(Message::text(text)).await;
        sent.map_err(|_| Error::Closed)
    }
}

/// A connection whose messages pass as they are.
pub(crate) struct Bare {
    socket: Socket,
    messages: mpsc::Receiver<String>,
}

impl Bare {
    /// Where messages go to the browser.
    pub(crate) fn sender(&self) -> Outward {
        Outward(self.socket.shared.out.clone())
    }

    /// The next message; none once the connection has ended.
    pub(crate) async fn next(&mut self) -> Option<String> {
        tokio::select! {
            biased;
            message = self.messages.recv() => message,
            () = self.socket.shared.closed.cancelled() => None,
        }
    }
}

/// Takes a call out of the table when its caller has the reply or gave up.
struct Forget<'a> {
    shared: &'a Shared,
    id: u64,
}

impl Drop for Forget<'_> {
    fn drop(&mut self) {
        self.shared.waiting().remove(&self.id);
    }
}

/// CDP nests code and message in an object; BiDi writes them beside each other.
fn refusal(method: &str, reply: &Value, error: &Value) -> Error {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let (code, message) = if error.is_object() {
        (text(&error["code"]), text(&error["message"]))
    } else {
        (text(error), text(&reply["message"]))
    };
    Error::Refused {
        method: method.to_owned(),
        code,
        message,
    }
}

async fn write(
    mut sink: impl SinkExt<Message> + Unpin,
    mut queue: mpsc::Receiver<Message>,
    closed: CancellationToken,
) {
    while let Some(message) = queue.recv().await {
        if sink.send(message).await.is_err() {
            break;
        }
    }
    closed.cancel();
}

async fn read(
    mut source: impl StreamExt<Item = Result<Message, tungstenite::Error>> + Unpin,
    shared: Arc<Shared>,
) {
    let _ended = shared.closed.clone().drop_guard();
    while let Some(Ok(message)) = source.next().await {
        let Message::Text(text) = message else {
            continue;
        };
        if let Some(bare) = shared.bare.get() {
            if bare.send(text.to_string()).await.is_err() {
                break;
            }
            continue;
        }
        let Ok(value) = serde_json::from_str::<Value>(&text) else {
            tracing::warn!(
                bytes = text.len(),
                "the browser sent something that is not JSON"
            );
            continue;
        };
        if let Some(id) = value["id"].as_u64() {
            tracing::trace!(id, bytes = text.len(), "answered");
            let waiting = shared.waiting().remove(&id);
            // A reply whose caller gave up is no error.
            let _ = waiting.map(|reply| reply.send(value));
        } else if value.get("method").is_some() {
            let _ = shared.events.send(Arc::new(value));
        }
    }
    shared.waiting().clear();
}
