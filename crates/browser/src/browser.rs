//! A browser that runs, from its start to its end.

mod hold;

use std::{io, net::SocketAddr, path::Path, time::Duration};

use serde_json::{Value, json};
use tokio::{sync::oneshot, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use self::hold::Hold;
use crate::{
    attach::{self, AttachOptions, Means, Ours},
    driver::{Driver, Leash},
    lack::Lack,
    launch::{self, Error, Identity, LaunchOptions, Mode, Session},
    page::{self, Downloads, Page, Parts},
    probe,
    socket::Socket,
};

/// Longest file that a run downloads, in bytes.
const MAX_DOWNLOAD_BYTES: u64 = 100 << 20;

/// A browser of our own ([`launch`](Self::launch): fresh profile, all traffic through the given
/// proxy), or one that somebody else runs ([`attach`](Self::attach)).
///
/// [`close`](Self::close) it to know that nothing is left. Dropping it does the same a moment
/// later.
pub struct Browser {
    /// The session of our own driver ends with its last client.
    _client: Option<fantoccini::Client>,
    bidi: Option<Socket>,
    cdp: Socket,
    tabs: Tabs,
    settings: Vec<(&'static str, Value)>,
    lacks: Vec<Lack>,
    version: String,
    user_agent: String,
    /// What tabs are told they are; nothing where they stay what they are.
    identity: Option<Identity>,
    /// How it was launched, if it was.
    options: Option<LaunchOptions>,
    ports: Vec<SocketAddr>,
    downloads: std::path::PathBuf,
    folder: std::path::PathBuf,
    closed: CancellationToken,
    end: Option<oneshot::Sender<()>>,
    keeper: Option<JoinHandle<()>>,
    leash: Option<Leash>,
}

/// Which tabs are there for a page.
enum Tabs {
    /// All that BiDi lists.
    Listed(Socket),
    /// Those that were there.
    Given(Vec<String>),
    /// Only ours, of all that are there.
    Ours(Ours),
}

impl Browser {
    /// Starts the browser and its driver under a guard and connects to them. Every step is bounded
    /// by [`LaunchOptions::limits`]; when one fails, nothing is left of the earlier ones.
    ///
    /// # Errors
    /// [`Error`] says what was wrong and how to mend it.
    pub async fn launch(options: LaunchOptions) -> Result<Self, Error> {
        launch::validate(&options)?;
        let (at_driver, at_browser) = options.programs();
        let installed = probe::installed(options.kind, at_driver, at_browser).await;
        let (program, program_of_driver) = installed.pair()?;
        if options.mode == Mode::Headful && probe::xvfb().is_none() {
            return Err(Error::NoDisplay);
        }
        let mut driver = Driver::start(&options, &program_of_driver.path).await?;
        let session = match Box::pin(launch::open(&options, &mut driver, program)).await {
            Ok(session) => session,
            Err(error) => {
                driver.end().await;
                return Err(error);
            }
        };
        Ok(Self::new(&options, driver, session))
    }

    /// Uses a browser that somebody else runs. It is left as it was found: our tabs are closed at
    /// the end, or the session that was made for us is ended, and nothing else is touched. What it
    /// can't do is told by [`lacks`](Self::lacks).
    ///
    /// # Errors
    /// [`attach::Error`] says within seconds what is at the address, and what would be right. Only
    /// a session may take longer to be made: [`AttachOptions::session_timeout`].
    pub async fn attach(options: AttachOptions) -> Result<Self, attach::Error> {
        let attached = Box::pin(attach::open(&options)).await?;
        let folder = attached.folder.path().to_owned();
        let cdp = attached.cdp;
        let (tabs, hold) = match attached.means {
            Means::Tabs(ours) => {
                let hold = Hold::Tabs(ours.clone(), cdp.clone(), attached.folder);
                (Tabs::Ours(ours), hold)
            }
            Means::Session(opened, tabs) => {
                let hold = Hold::Session(opened, attached.folder);
                (Tabs::Given(tabs), hold)
            }
        };
        let closed = CancellationToken::new();
        let (end, ended) = oneshot::channel();
        let sockets = vec![cdp.clone()];
        let keeper = hold::keep(hold, sockets, options.health, closed.clone(), ended);
        Ok(Self {
            _client: None,
            bidi: None,
            cdp,
            tabs,
            settings: attached.settings,
            lacks: attached.lacks,
            version: attached.version,
            user_agent: attached.user_agent,
            identity: attached.identity,
            options: None,
            ports: Vec::new(),
            downloads: folder.clone(),
            folder,
            closed,
            end: Some(end),
            keeper: Some(tokio::spawn(keeper)),
            leash: None,
        })
    }

    fn new(options: &LaunchOptions, driver: Driver, session: Session) -> Self {
        let mut ports = vec![SocketAddr::from(([127, 0, 0, 1], driver.port()))];
        ports.push(session.debugger);
        let folder = driver.folders().data.clone();
        let downloads = driver.folders().downloads();
        let leash = driver.leash();
        let closed = CancellationToken::new();
        let (end, ended) = oneshot::channel();
        let sockets = vec![session.cdp.clone(), session.bidi.clone()];
        let keeper = hold::keep(
            Hold::Driver(Box::new(driver)),
            sockets,
            options.health,
            closed.clone(),
            ended,
        );
        Self {
            _client: Some(session.client),
            tabs: Tabs::Listed(session.bidi.clone()),
            bidi: Some(session.bidi),
            cdp: session.cdp,
            settings: Vec::new(),
            lacks: session.lacks,
            version: session.version,
            user_agent: session.user_agent,
            identity: session.identity,
            options: Some(options.clone()),
            ports,
            downloads,
            folder,
            closed,
            end: Some(end),
            keeper: Some(tokio::spawn(keeper)),
            leash: Some(leash),
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
        let launched = self.options.as_ref().zip(self.bidi.as_ref());
        let Some((options, bidi)) = launched.filter(|(it, _)| it.fit(wanted)) else {
            let text = "a browser that is up can't take up these options; launch one";
            return Err(Error::Option(text.to_owned()));
        };
        let moved = self.set_deadline(wanted.deadline);
        moved.map_err(|error| Error::Guard {
            command: "deadline".to_owned(),
            reason: error.to_string(),
        })?;
        let proxy = options.proxy;
        launch::adopted(wanted, bidi, &self.cdp).await?;
        self.options = Some(LaunchOptions {
            proxy,
            ..wanted.clone()
        });
        Ok(())
    }

    /// What is done in it. Watches the browser from here on, so make one and keep it.
    ///
    /// # Errors
    /// If the browser does not answer.
    pub async fn page(&self) -> Result<Page, page::Error> {
        let (tabs, ours) = match &self.tabs {
            Tabs::Listed(bidi) => (listed(bidi).await?, None),
            Tabs::Given(tabs) => (tabs.clone(), None),
            Tabs::Ours(ours) => (ours.list(), Some(ours.clone())),
        };
        Page::new(Parts {
            cdp: self.cdp.clone(),
            tabs,
            ours,
            settings: self.settings.clone(),
            downloads: Downloads {
                folder: self.downloads.clone(),
                max_bytes: MAX_DOWNLOAD_BYTES,
            },
            identity: self.identity.clone(),
            blocking: self.options.as_ref().and_then(|it| it.blocking.clone()),
        })
        .await
    }

    /// What is missing that a browser of our own has.
    #[must_use]
    pub fn lacks(&self) -> &[Lack] {
        &self.lacks
    }

    /// The session's BiDi socket, for those that only look on: recorders, tests. Only a browser of
    /// our own has one.
    #[must_use]
    pub fn bidi(&self) -> Option<&Socket> {
        self.bidi.as_ref()
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
        &self.user_agent
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
    /// one at least. What is asked for last counts, be it earlier or later than before. Somebody
    /// else's browser has no guard and no deadline.
    ///
    /// # Errors
    /// If the guard is gone, or stopped and takes no more; the old deadline stands then.
    pub fn set_deadline(&self, deadline: Duration) -> io::Result<()> {
        match &self.leash {
            Some(leash) => leash.set_deadline(deadline),
            None => Ok(()),
        }
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
        // Nobody waits for the keeper then, who ends by itself.
        if let Some(leash) = &self.leash {
            leash.release();
        }
    }
}

/// The tabs of a session.
async fn listed(bidi: &Socket) -> Result<Vec<String>, page::Error> {
    let tree = bidi.call("browsingContext.getTree", json!({ "maxDepth": 0 }));
    let tree = tree.await?;
    let contexts = tree["contexts"].as_array().into_iter().flatten();
    let tabs = contexts.filter_map(|it| it["context"].as_str().map(str::to_owned));
    Ok(tabs.collect())
}
