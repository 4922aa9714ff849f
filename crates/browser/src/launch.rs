//! From nothing to a browser that can be driven.

pub(crate) mod environment;
mod error;
mod flags;
mod gecko;
mod identity;
mod session;
mod setup;

use std::{
    collections::BTreeMap,
    ffi::OsString,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use errand_domain::session::BrowserType;

use crate::AdBlock;
pub use error::Error;
pub use identity::Identity;
pub(crate) use session::{Session, open};
pub(crate) use setup::adopted;

/// Height of tabs, address and notices above a viewport on a screen, in pixels; about 145 are used.
const ABOVE_VIEWPORT: u32 = 160;

/// How a browser is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaunchOptions {
    /// Which browser.
    pub kind: BrowserType,
    /// ChromeDriver; looked for if not given.
    pub chromedriver: Option<PathBuf>,
    /// Chromium; looked for if not given.
    pub chromium: Option<PathBuf>,
    /// geckodriver; looked for if not given.
    pub geckodriver: Option<PathBuf>,
    /// Firefox; looked for if not given.
    pub firefox: Option<PathBuf>,
    /// The command line of the guard, e.g. `[/path/of/errand, guard]`.
    pub guard: Vec<OsString>,
    /// The forward proxy that all its traffic goes through.
    pub proxy: SocketAddr,
    /// Where its data folder is made. Made if it is not there; absolute or relative.
    pub folder: PathBuf,
    /// What it calls itself; its own name without "Headless" if not given.
    pub user_agent: Option<String>,
    /// Headers that every request carries.
    pub extra_headers: BTreeMap<String, String>,
    /// Width and height of the viewport in CSS pixels.
    pub viewport: (u32, u32),
    /// Whether it has a screen.
    pub mode: Mode,
    /// What it does not ask for: advertisements and trackers by this list.
    pub blocking: Option<AdBlock>,
    /// When the guard ends it, whatever happens.
    pub deadline: Duration,
    /// Whether Chromium's own sandbox is on. It can't be for root, and is for others.
    pub sandbox: bool,
    /// How it is watched.
    pub health: Health,
    /// How long its start may take.
    pub limits: Limits,
}

/// Whether a browser has a screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// It draws for itself only.
    #[default]
    Headless,
    /// It has a window on a display of its own, which needs `Xvfb`.
    Headful,
}

/// How a browser is watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Health {
    /// Pause between two probes.
    pub interval: Duration,
    /// The browser counts as hanging when a probe had no answer for so long.
    pub timeout: Duration,
}

/// How long each part of a start may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Until ChromeDriver listens.
    pub driver: Duration,
    /// Until Chromium is up and answers.
    pub session: Duration,
    /// Each further step: connections, viewport, headers.
    pub step: Duration,
}

impl LaunchOptions {
    /// Chromium as it is found here, with a viewport of 1280 by 720 and an hour to live.
    #[must_use]
    pub fn new(guard: Vec<OsString>, proxy: SocketAddr, folder: PathBuf) -> Self {
        Self {
            kind: BrowserType::Chrome,
            chromedriver: None,
            chromium: None,
            geckodriver: None,
            firefox: None,
            guard,
            proxy,
            folder,
            user_agent: None,
            extra_headers: BTreeMap::new(),
            viewport: (1280, 720),
            mode: Mode::default(),
            blocking: None,
            deadline: Duration::from_secs(3600),
            sandbox: !nix::unistd::geteuid().is_root(),
            health: Health::default(),
            limits: Limits::default(),
        }
    }

    /// Where the driver and the browser of its kind are, as far as that was given.
    pub(crate) fn programs(&self) -> (Option<&Path>, Option<&Path>) {
        match self.kind {
            BrowserType::Chrome => (self.chromedriver.as_deref(), self.chromium.as_deref()),
            BrowserType::Msedge => (None, None),
            BrowserType::Firefox => (self.geckodriver.as_deref(), self.firefox.as_deref()),
        }
    }

    /// Whether a browser that was launched with these options can be [adopted](crate::Browser::adopt)
    /// for those: whether they differ only in viewport, headers, blocking and deadline, and in the
    /// proxy, which goes with the browser. On a screen, the viewport has to be the same.
    ///
    /// A user agent is not among them. It can be changed in tabs and workers, but service workers
    /// are fetched under the old one, and keep it.
    #[must_use]
    pub fn fit(&self, wanted: &Self) -> bool {
        // The screen around a window stays as large as it was.
        let viewport = match self.mode {
            Mode::Headless => wanted.viewport,
            Mode::Headful => self.viewport,
        };
        let adopted = Self {
            viewport,
            extra_headers: wanted.extra_headers.clone(),
            blocking: wanted.blocking.clone(),
            deadline: wanted.deadline,
            proxy: wanted.proxy,
            ..self.clone()
        };
        adopted == *wanted
    }

    /// The size of the window: the viewport's, with room for what is above it on a screen.
    pub(crate) fn window(&self) -> (u32, u32) {
        let (width, height) = self.viewport;
        match self.mode {
            Mode::Headless => (width, height),
            Mode::Headful => (width, height + ABOVE_VIEWPORT),
        }
    }

    /// The size of the screen, if there is one: that of the window.
    pub(crate) fn screen(&self) -> Option<(u32, u32)> {
        (self.mode == Mode::Headful).then(|| self.window())
    }
}

impl Default for Health {
    fn default() -> Self {
        Self {
            interval: Duration::from_secs(2),
            timeout: Duration::from_secs(10),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            driver: Duration::from_secs(20),
            session: Duration::from_secs(60),
            step: Duration::from_secs(15),
        }
    }
}

/// Says no to what can't work before anything is started.
pub(crate) fn validate(options: &LaunchOptions) -> Result<(), Error> {
    let refused = |text: String| Err(Error::Option(text));
    let (width, height) = options.viewport;
    if !(100..=10_000).contains(&width) || !(100..=10_000).contains(&height) {
        return refused(format!(
            "a viewport of {width} by {height} is not possible; each side takes 100 to 10000 pixels"
        ));
    }
    if let Some(agent) = &options.user_agent
        && (agent.is_empty() || http::HeaderValue::from_str(agent).is_err())
    {
        return refused(format!(
            "{agent:?} can't be a user agent: it is sent as a header"
        ));
    }
    for (name, value) in &options.extra_headers {
        if http::HeaderName::try_from(name.as_str()).is_err() {
            return refused(format!("{name:?} is not the name of a header"));
        }
        if http::HeaderValue::from_str(value).is_err() {
            return refused(format!("the header {name} has a value that can't be sent"));
        }
    }
    Ok(())
}
