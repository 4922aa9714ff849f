//! A browser that runs, from its start to its end.

use std::{io, net::SocketAddr, path::Path, time::Duration};

use serde_json::json;
use tokio::{sync::oneshot, time};
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

use crate::{
    driver::{Driver, Leash},
    launch::{self, Error, Health, Identity, LaunchOptions, Session},
    page::{self, Downloads, Page, Parts},
    probe,
    socket::Socket,
};

/// Longest file that a run downloads, in bytes.
const MAX_DOWNLOAD_BYTES: u64 = 100 << 20;

/// A Chromium of its own: fresh profile, all traffic through the given proxy.
///
/// [`close`](Self::close) it to know that nothing is left. Dropping it lets its guard do the same
/// a moment later.
pub struct Browser {
    client: fantoccini::Client,
    bidi: Socket,
    cdp: Socket,
    version: String,
    identity: Identity,
    options: LaunchOptions,
    ports: Vec<SocketAddr>,
    downloads: std::path::PathBuf,
    folder: std::path::PathBuf,
    closed: CancellationToken,
    end: Option<oneshot::Sender<()>>,
    keeper: Option<AbortOnDropHandle<()>>,
    leash: Leash,
}

impl Browser {
    /// Starts ChromeDriver and Chromium under a guard and connects to them. Every step is bounded
    /// by [`LaunchOptions::limits`]; when one fails, nothing is left of the earlier ones.
    ///
    /// # Errors
    /// [`Error`] says what was wrong and how to mend it.
    pub async fn launch(options: LaunchOptions) -> Result<Self, Error> {
        launch::validate(&options)?;
        let installed =
            probe::installed(options.chromedriver.as_deref(), options.chromium.as_deref()).await;
        let (chromium, chromedriver) = installed.pair()?;
        let mut driver = Driver::start(&options, &chromedriver.path).await?;
        let session = match Box::pin(launch::open(&options, &mut driver, chromium)).await {
            Ok(session) => session,
            Err(error) => {
                driver.end().await;
                return Err(error);
            }
        };
        Ok(Self::new(&options, driver, session))
    }

    fn new(options: &LaunchOptions, driver: Driver, session: Session) -> Self {
        let mut ports = vec![SocketAddr::from(([127, 0, 0, 1], driver.port()))];
        ports.push(session.debugger);
        let folder = driver.folders().data.clone();
        let downloads = driver.folders().downloads();
        let leash = driver.leash();
        let closed = CancellationToken::new();
        let (end, ended) = oneshot::channel();
        let keeper = keep(
            driver,
            session.cdp.clone(),
            session.bidi.clone(),
            options.health,
            closed.clone(),
            ended,
        );
        Self {
            client: session.client,
            bidi: session.bidi,
            cdp: session.cdp,
            version: session.version,
            identity: session.identity,
            options: options.clone(),
            ports,
            downloads,
            folder,
            closed,
            end: Some(end),
            keeper: Some(AbortOnDropHandle::new(tokio::spawn(keeper))),
            leash,
        }
    }

    /// Hands over a browser that was made ready before anybody wanted it and that was not used yet,
    /// so that it is the same as one launched with these options. Their deadline counts from now;
    /// the proxy stays the one that it was launched with, and gets its policy from the caller.
    ///
    /// # Errors
    /// [`Error::Option`] if the options are none that it can take up ([`LaunchOptions::fit`]);
    /// others if it does not do as it is told. It is of no use then: close it.
    pub async fn adopt(&mut self, wanted: &LaunchOptions) -> Result<(), Error> {
        launch::validate(wanted)?;
        if !self.options.fit(wanted) {
            let text = "a browser that is up can't take up these options; launch one";
            return Err(Error::Option(text.to_owned()));
        }
        let moved = self.set_deadline(wanted.deadline);
        moved.map_err(|error| Error::Guard {
            command: "deadline".to_owned(),
            reason: error.to_string(),
        })?;
        let proxy = self.options.proxy;
        launch::adopted(wanted, &self.bidi, &self.cdp).await?;
        self.options = LaunchOptions {
            proxy,
            ..wanted.clone()
        };
        Ok(())
    }

    /// What is done in it. Watches the browser from here on, so make one and keep it.
    ///
    /// # Errors
    /// If the browser does not answer.
    pub async fn page(&self) -> Result<Page, page::Error> {
        let (bidi, cdp) = (self.bidi.clone(), self.cdp.clone());
        Page::new(Parts {
            client: self.client.clone(),
            bidi,
            cdp,
            downloads: Downloads {
                folder: self.downloads.clone(),
                max_bytes: MAX_DOWNLOAD_BYTES,
            },
            identity: Some(self.identity.clone()),
        })
        .await
    }

    /// The session's BiDi socket, for those that only look on: recorders, tests.
    #[must_use]
    pub fn bidi(&self) -> &Socket {
        &self.bidi
    }

    /// The browser's own CDP socket, the same way.
    #[must_use]
    pub fn cdp(&self) -> &Socket {
        &self.cdp
    }

    /// Its version: `156.0.8078.79`.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// What it calls itself.
    #[must_use]
    pub fn user_agent(&self) -> &str {
        &self.identity.user_agent
    }

    /// The loopback ports that drive it. No page may reach them.
    #[must_use]
    pub fn ports(&self) -> &[SocketAddr] {
        &self.ports
    }

    /// Where its downloads go. Deleted with it.
    #[must_use]
    pub fn downloads(&self) -> &Path {
        &self.downloads
    }

    /// Everything that it writes. Deleted with it.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Fires when browser or driver ended, or when the browser stopped answering.
    #[must_use]
    pub fn closed(&self) -> CancellationToken {
        self.closed.clone()
    }

    /// Moves the deadline at which its guard ends it: so much time from now on, in whole seconds,
    /// one at least. What is asked for last counts, be it earlier or later than before.
    ///
    /// # Errors
    /// If the guard is gone, or stopped and takes no more; the old deadline stands then.
    pub fn set_deadline(&self, deadline: Duration) -> io::Result<()> {
        self.leash.set_deadline(deadline)
    }

    /// Ends it and all that belongs to it: processes, folders, ports. Bounded; there is nothing
    /// that a caller could do about a failure.
    pub async fn close(mut self) {
        drop(self.end.take());
        if let Some(keeper) = self.keeper.take() {
            keeper.await.ok();
        }
        // The client goes last: when it is dropped it asks the driver, which may hang, to end the
        // session.
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.leash.release();
    }
}

/// Owns the driver, watches the browser, and ends both when asked.
async fn keep(
    mut driver: Driver,
    cdp: Socket,
    bidi: Socket,
    health: Health,
    closed: CancellationToken,
    mut end: oneshot::Receiver<()>,
) {
    let reason = tokio::select! {
        // The owner lets go of the other side to say so.
        _ = &mut end => None,
        _ = driver.ended() => Some("its driver ended"),
        () = cdp.closed().cancelled_owned() => Some("it ended"),
        () = bidi.closed().cancelled_owned() => Some("its driver hung up"),
        () = hangs(&cdp, health) => Some("it stopped answering"),
    };
    closed.cancel();
    if let Some(reason) = reason {
        tracing::warn!(reason, "a browser is lost");
        // Its owner still holds it. What hangs is ended now, for it holds memory.
        driver.leash().release();
        end.await.ok();
    }
    driver.end().await;
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
