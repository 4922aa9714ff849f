//! An external program drives a live browser over CDP: Playwright, Puppeteer, anything that speaks it.
//!
//! Its messages go over a connection to the browser of their own, so that it and errand never hear
//! each other's sessions. What it may say is a list ([`policy`]): what a page could do as well, and
//! the browser's own commands that stay within the session. Files of this machine, ways round the
//! proxy, and the end of the browser are not on it. What is not a page, frame or worker (the
//! driver's own page, the browser's own windows) does not exist for it.

mod client;
mod policy;
mod record;
mod sieve;
mod url;

use std::{sync::Arc, time::Duration};

use futures_util::{Sink, SinkExt, Stream, StreamExt};
use tokio::{
    sync::{Semaphore, mpsc},
    time::timeout,
};

pub use self::record::Record;
use self::{client::Client, record::Recorder, sieve::Sieve};
use crate::{
    page::Page,
    socket::{self, MAX_MESSAGE_BYTES},
};

/// Most programs that drive one browser at a time.
pub const MAX_CLIENTS: usize = 4;
/// Largest message of a client, in bytes.
pub const MAX_CLIENT_MESSAGE_BYTES: usize = 32 << 20;
/// Messages that wait on either way; whoever sends more waits.
const MAX_QUEUED: usize = 16;
/// How long the other side may take to take a message.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where programs come in. Clones share the count of them.
#[derive(Debug, Clone)]
pub struct Gateway {
    page: Page,
    seats: Arc<Semaphore>,
    records: mpsc::Sender<Record>,
}

/// Why a program's connection ended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Ending {
    /// It hung up, or asked for the browser to be closed, which closes its own connection.
    #[error("the client left")]
    Left,
    /// The browser is gone.
    #[error("the browser is gone")]
    Gone,
    /// No further connection to the browser is to be had, as behind some Grids.
    #[error("the browser can't be reached over CDP: {reason}")]
    Unreachable {
        /// Why.
        reason: String,
    },
    /// Others drive the browser already.
    #[error("{MAX_CLIENTS} other programs drive this browser already")]
    Full,
    /// A message was too large.
    #[error("a message of {bytes} bytes is larger than {limit}")]
    TooLarge {
        /// How large.
        bytes: usize,
        /// How large it may be.
        limit: usize,
    },
    /// A message was no CDP command.
    #[error("a message was no command of the Chrome DevTools Protocol: {reason}")]
    Malformed {
        /// What is wrong with it.
        reason: String,
    },
    /// The program does not take what the browser sends.
    #[error("the client took no message within {PATIENCE:?}")]
    Slow,
}

impl Gateway {
    /// Lets programs drive the browser that this page is in. What they change is told to `records`;
    /// where that is full, records are dropped and their number is told with the next one.
    #[must_use]
    pub fn new(page: &Page, records: mpsc::Sender<Record>) -> Self {
        Self {
            page: page.clone(),
            seats: Arc::new(Semaphore::new(MAX_CLIENTS)),
            records,
        }
    }

    /// How many programs drive it now.
    #[must_use]
    pub fn clients(&self) -> usize {
        MAX_CLIENTS - self.seats.available_permits()
    }

    /// Serves one program until either side ends: text messages in, text messages out. The caller
    /// closes the connection afterwards, telling the reason where there is one. Dropping the future
    /// ends the program's sessions as well.
    pub async fn serve<S, E, K>(&self, source: S, sink: K) -> Ending
    where
        S: Stream<Item = Result<String, E>> + Unpin,
        K: Sink<String> + Unpin,
    {
        let Ok(_seat) = self.seats.try_acquire() else {
            return Ending::Full;
        };
        let gone = self.page.closed();
        tokio::select! {
            () = gone.cancelled() => Ending::Gone,
            ending = Box::pin(self.relay(source, sink)) => ending,
        }
    }

    async fn relay<S, E, K>(&self, mut source: S, mut sink: K) -> Ending
    where
        S: Stream<Item = Result<String, E>> + Unpin,
        K: Sink<String> + Unpin,
    {
        let opened = async {
            let sieve = Sieve::new(&self.page).await?;
            Ok((sieve, self.page.another_connection().await?.bare()))
        };
        let (sieve, mut browser) = match opened.await {
            Ok(opened) => opened,
            Err(socket::Error::Closed) => return Ending::Gone,
            Err(error) => {
                let reason = error.to_string();
                return Ending::Unreachable { reason };
            }
        };
        let (forward, mut forwarded) = mpsc::channel::<String>(MAX_QUEUED);
        let (answer, mut answers) = mpsc::channel::<Option<String>>(MAX_QUEUED);
        let sieve = Arc::new(sieve);
        let mut recorder = Recorder::new(self.records.clone());
        let mut client = Client::new(self.page.clone(), Arc::clone(&sieve));

        let inward = async {
            loop {
                let message = tokio::select! {
                    message = source.next() => message,
                    () = recorder.due() => {
                        recorder.give_due();
                        continue;
                    }
                };
                let Some(Ok(text)) = message else {
                    return Ending::Left;
                };
                let step = match client.said(&text, &mut recorder).await {
                    Ok(step) => step,
                    Err(ending) => return ending,
                };
                let (answered, leaves) = match step {
                    client::Step::Forward(text) => {
                        if forward.send(text).await.is_err() {
                            return Ending::Gone;
                        }
                        continue;
                    }
                    client::Step::Answer(text) => (text, false),
                    client::Step::Leave(text) => (text, true),
                };
                let _ = answer.send(Some(answered)).await;
                if leaves {
                    let _ = answer.send(None).await;
                    // The way out ends it, once the answer is out.
                    return std::future::pending().await;
                }
            }
        };
        let out = browser.sender();
        let onward = async {
            while let Some(text) = forwarded.recv().await {
                if out.send(text).await.is_err() {
                    break;
                }
            }
            Ending::Gone
        };
        let outward = async {
            loop {
                let text = tokio::select! {
                    Some(answered) = answers.recv() => match answered {
                        Some(text) => text,
                        None => return Ending::Left,
                    },
                    message = browser.next() => {
                        let Some(text) = message else {
                            return Ending::Gone;
                        };
                        let sifted = sieve.told(text);
                        for command in sifted.commands {
                            if forward.send(command).await.is_err() {
                                return Ending::Gone;
                            }
                        }
                        match sifted.text {
                            Some(text) => text,
                            None => continue,
                        }
                    }
                };
                match timeout(PATIENCE, sink.send(text)).await {
                    Ok(Ok(())) => {}
                    Ok(Err(_)) => return Ending::Left,
                    Err(_) => return Ending::Slow,
                }
            }
        };
        let ending = tokio::select! {
            ending = inward => ending,
            ending = onward => ending,
            ending = outward => ending,
        };
        recorder.flush();
        ending
    }
}

const _: () = assert!(MAX_CLIENT_MESSAGE_BYTES < MAX_MESSAGE_BYTES);
