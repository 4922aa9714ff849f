//! What a live browser hangs on: the task that watches it, and ends it when asked.

use futures_util::future::select_all;
use serde_json::json;
use tempfile::TempDir;
use tokio::{sync::oneshot, time};
use tokio_util::sync::CancellationToken;

use crate::{
    attach::{Opened, Ours},
    driver::Driver,
    launch::Health,
    socket::Socket,
};

/// What a browser hangs on, and ends with.
pub(super) enum Hold {
    /// A driver of our own: browser and folders end with it.
    Driver(Box<Driver>),
    /// A session that somebody else's driver made for us.
    Session(Box<Opened>, TempDir),
    /// Our tabs in somebody else's browser.
    Tabs(Ours, Socket, TempDir),
}

impl Hold {
    /// Comes back when there is nothing to hang on any more.
    async fn ended(&mut self) {
        match self {
            Self::Driver(driver) => drop(driver.ended().await),
            Self::Session(..) | Self::Tabs(..) => std::future::pending().await,
        }
    }

    /// Lets go without waiting: what hangs holds memory.
    fn release(&self) {
        if let Self::Driver(driver) = self {
            driver.leash().release();
        }
    }

    /// Ends what is ours; bounded.
    async fn end(self) {
        match self {
            Self::Driver(driver) => driver.end().await,
            Self::Session(opened, folder) => {
                opened.end().await;
                drop(folder);
            }
            Self::Tabs(ours, cdp, folder) => {
                if !cdp.closed().is_cancelled() {
                    ours.close(&cdp).await;
                }
                drop(folder);
            }
        }
    }
}

/// Owns the hold, watches the browser, and ends it when asked, or when its owner is gone.
pub(super) async fn keep(
    mut hold: Hold,
    sockets: Vec<Socket>,
    health: Health,
    closed: CancellationToken,
    mut end: oneshot::Receiver<()>,
) {
    let hung_up = select_all(
        sockets
            .iter()
            .map(|socket| Box::pin(socket.closed().cancelled_owned())),
    );
    let reason = tokio::select! {
        // The owner lets go of the other side to say so.
        _ = &mut end => None,
        () = hold.ended() => Some("its driver ended"),
        _ = hung_up => Some("it ended, or hung up"),
        () = hangs(&sockets[0], health) => Some("it stopped answering"),
    };
    closed.cancel();
    if let Some(reason) = reason {
        tracing::warn!(reason, "a browser is lost");
        // Its owner still holds it.
        hold.release();
        end.await.ok();
    }
    hold.end().await;
}

/// Comes back when the browser left a probe without an answer.
async fn hangs(cdp: &Socket, health: Health) {
    loop {
        time::sleep(health.interval).await;
        let probe = cdp.call_within(health.timeout, "Browser.getVersion", json!({}));
        if probe.await.is_err() {
            return;
        }
    }
}
