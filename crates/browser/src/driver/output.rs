//! What driver and browser write: the port, and the last words for errors.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt},
    sync::watch,
    time::timeout,
};

/// Bytes of the last words that are kept.
const TAIL: usize = 4096;
/// Characters of them that an error shows.
const SHOWN: usize = 1200;
/// What stands before the port in the greeting of ChromeDriver and Edge's driver.
const GREETING: &str = "started successfully on port ";
/// The same in geckodriver's.
const LISTENS: &str = "Listening on 127.0.0.1:";

#[derive(Debug, Clone)]
pub(super) struct Output {
    tail: Arc<Mutex<VecDeque<u8>>>,
    progress: watch::Sender<Progress>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Progress {
    port: Option<u16>,
    ended: u8,
}

impl Default for Output {
    fn default() -> Self {
        Self {
            tail: Arc::default(),
            progress: watch::Sender::new(Progress::default()),
        }
    }
}

impl Output {
    /// Reads until the end, so that the writer never blocks.
    pub(super) async fn read(self, mut stream: impl AsyncRead + Unpin) {
        let mut buffer = [0; 4096];
        while let Ok(read @ 1..) = stream.read(&mut buffer).await {
            let text = {
                let mut tail = self.lock();
                tail.extend(&buffer[..read]);
                let excess = tail.len().saturating_sub(TAIL);
                tail.drain(..excess);
                String::from_utf8_lossy(tail.make_contiguous()).into_owned()
            };
            if self.progress.borrow().port.is_none() {
                self.progress.send_if_modified(|progress| {
                    progress.port = port(&text);
                    progress.port.is_some()
                });
            }
        }
        self.progress.send_modify(|progress| progress.ended += 1);
    }

    /// The port, or nothing when the output ended without one.
    pub(super) async fn port(&self) -> Option<u16> {
        let mut progress = self.progress.subscribe();
        let seen = progress
            .wait_for(|it| it.port.is_some() || it.ended == 2)
            .await
            .ok()?;
        seen.port
    }

    /// Waits a moment for the end of the output.
    pub(super) async fn ended(&self) {
        let mut progress = self.progress.subscribe();
        timeout(
            Duration::from_secs(1),
            progress.wait_for(|it| it.ended == 2),
        )
        .await
        .ok();
    }

    /// The last words on one line, without the greeting.
    pub(super) fn tail(&self) -> String {
        let text = String::from_utf8_lossy(self.lock().make_contiguous()).into_owned();
        let lines = text.lines().map(str::trim).filter(|line| {
            !line.is_empty()
                && !line.contains(GREETING)
                && !line.contains(LISTENS)
                && !line.starts_with("Starting ChromeDriver")
                && !line.starts_with("Only local connections")
                && !line.starts_with("Please see https://")
        });
        let line = lines.collect::<Vec<_>>().join(" | ");
        let skipped = line.chars().count().saturating_sub(SHOWN);
        line.chars().skip(skipped).collect()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<u8>> {
        self.tail.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The number after the greeting, if the stop behind it was read already.
fn port(text: &str) -> Option<u16> {
    let after = text.split_once(GREETING);
    let (_, rest) = after.or_else(|| text.split_once(LISTENS))?;
    let (digits, _) = rest.split_once(|it: char| !it.is_ascii_digit())?;
    digits.parse().ok()
}
