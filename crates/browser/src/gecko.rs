//! Firefox, which speaks WebDriver BiDi alone, spoken to as pages speak: a socket that takes the
//! CDP calls that are made on pages here, carries them out over BiDi, and tells BiDi's events as
//! CDP's.
//!
//! Tabs are targets, and each tab is its own session, whose frames have no others. Commands are
//! begun in the order in which they come; what was told before an answer came is told on before
//! the answer.

mod calls;
mod events;
mod files;
mod input;
mod names;
mod network;
mod script;
mod state;
mod storage;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::{StreamExt, stream::FuturesUnordered};
use serde_json::{Value, json};
use tokio::sync::broadcast::error::RecvError;

use self::state::State;
use crate::socket::{self, Line, Socket};

/// What is subscribed to.
const EVENTS: [&str; 2] = ["browsingContext", "network"];

/// The sandbox of everything that is asked here, beside those that pages ask for by name.
const SANDBOX: &str = "errand-gecko";

/// Speaks CDP for a browser that speaks BiDi.
pub(crate) async fn speak(bidi: &Socket) -> Result<Socket, socket::Error> {
    let events = bidi.events();
    let gecko = Arc::new(Gecko {
        bidi: bidi.clone(),
        state: Mutex::default(),
    });
    let tree = bidi.call("browsingContext.getTree", json!({})).await?;
    for context in tree["contexts"].as_array().into_iter().flatten() {
        gecko.state().take_up(context);
    }
    let subscribe = json!({ "events": EVENTS });
    bidi.call("session.subscribe", subscribe).await?;
    Ok(Socket::served(move |line| serve(gecko, events, line)))
}

/// One browser.
struct Gecko {
    bidi: Socket,
    state: Mutex<State>,
}

/// Why a call is refused, as CDP says it.
struct Refusal {
    code: String,
    message: String,
}

impl Refusal {
    fn new(message: impl Into<String>) -> Self {
        Self {
            code: "-32000".to_owned(),
            message: message.into(),
        }
    }

    /// Asked for something that Firefox has not.
    fn lacking(method: &str) -> Self {
        Self {
            code: "-32601".to_owned(),
            message: format!("'{method}' wasn't found"),
        }
    }
}

impl From<socket::Error> for Refusal {
    fn from(error: socket::Error) -> Self {
        match error {
            socket::Error::Refused { code, message, .. } => Self { code, message },
            other => Self::new(other.to_string()),
        }
    }
}

async fn serve(
    gecko: Arc<Gecko>,
    mut events: tokio::sync::broadcast::Receiver<Arc<Value>>,
    mut line: Line,
) {
    let closed = gecko.bidi.closed();
    let mut calls = FuturesUnordered::new();
    let mut duties = FuturesUnordered::new();
    loop {
        tokio::select! {
            biased;
            event = events.recv() => match event {
                Ok(event) => if let Some((method, params)) = gecko.event(&event, &line) {
                    let gecko = Arc::clone(&gecko);
                    duties.push(async move { gecko.bidi(method, params).await });
                },
                Err(RecvError::Lagged(lost)) => tracing::warn!(lost, "events of Firefox were lost"),
                Err(RecvError::Closed) => return,
            },
            // What nobody waits for may fail: the page is gone then.
            Some(_) = duties.next(), if !duties.is_empty() => {}
            Some((id, answer)) = calls.next(), if !calls.is_empty() => {
                let answer: Result<calls::Answer, Refusal> = answer;
                match answer {
                    Ok(answer) => {
                        for event in answer.events {
                            line.tell(event);
                        }
                        line.answer(id, json!({ "id": id, "result": answer.result }));
                    }
                    Err(Refusal { code, message }) => {
                        let error = json!({ "code": code, "message": message });
                        line.answer(id, json!({ "id": id, "error": error }));
                    }
                }
            }
            command = line.command() => {
                let Some(mut command) = command else { return };
                let gecko = Arc::clone(&gecko);
                calls.push(Box::pin(async move {
                    let id = command["id"].as_u64().unwrap_or_default();
                    let session = command["sessionId"].as_str().unwrap_or_default().to_owned();
                    let method = command["method"].as_str().unwrap_or_default().to_owned();
                    let params = command["params"].take();
                    (id, gecko.call(&session, &method, params).await)
                }));
            }
            () = closed.cancelled() => return,
        }
    }
}

impl Gecko {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn bidi(&self, method: &str, params: Value) -> Result<Value, Refusal> {
        Ok(self.bidi.call_within(LIMIT, method, params).await?)
    }
}

/// Whoever calls has a bound of their own, which is shorter but for navigations.
const LIMIT: std::time::Duration = std::time::Duration::from_secs(60);
