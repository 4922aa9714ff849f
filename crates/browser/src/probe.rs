//! Which browsers and which drivers are installed here.

mod version;

use std::path::{Path, PathBuf};

use errand_domain::session::BrowserType;

use crate::guard::display;
pub(crate) use version::read as read_version;

/// Names that Chromium goes by, in the order of preference.
const CHROMIUM: &[&str] = &[
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
    "chrome",
    "/usr/lib/chromium/chromium",
    "/opt/google/chrome/chrome",
];
/// Names that ChromeDriver goes by.
const CHROMEDRIVER: &[&str] = &[
    "chromedriver",
    "/usr/lib/chromium/chromedriver",
    "/usr/lib/chromium-browser/chromedriver",
];

/// Names that Microsoft Edge goes by.
const EDGE: &[&str] = &[
    "microsoft-edge-stable",
    "microsoft-edge",
    "msedge",
    "/opt/microsoft/msedge/msedge",
];
const EDGEDRIVER: &[&str] = &["msedgedriver"];
const FIREFOX: &[&str] = &["firefox-esr", "firefox", "/usr/lib/firefox-esr/firefox-esr"];
const GECKODRIVER: &[&str] = &["geckodriver"];
/// Where cargo puts the programs that it installs, below the user's home.
const CARGO_BIN: &str = ".cargo/bin";

/// Which program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Chromium, or Google Chrome.
    Chromium,
    /// Its WebDriver.
    ChromeDriver,
    /// Microsoft Edge.
    Edge,
    /// Its WebDriver.
    EdgeDriver,
    /// Firefox.
    Firefox,
    /// Its WebDriver.
    GeckoDriver,
}

/// A program that was found and that told its version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// Where it is.
    pub path: PathBuf,
    /// `156.0.8078.79`.
    pub version: String,
}

/// Why a program can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There is none.
    #[error(
        "{name} was not found ({looked}); {mend}{}", .kind.or_give(),
        name = .kind.name(), mend = .kind.mend()
    )]
    Missing { kind: Kind, looked: String },
    /// It can't be started.
    #[error(
        "{} can't be started: {reason}; {}{}",
        .path.display(), .kind.mend(), .kind.or_give()
    )]
    Unusable {
        kind: Kind,
        path: PathBuf,
        reason: String,
    },
    /// It did not tell its version.
    #[error(
        "{} is not a {}: `--version` {reason}; {}{}",
        .path.display(), .kind.name(), .kind.mend(), .kind.or_give()
    )]
    NoVersion {
        kind: Kind,
        path: PathBuf,
        reason: String,
    },
    /// The two do not fit.
    #[error(
        "{} {driver} ({}) can't drive {} {browser} ({}): their first numbers must be the same; \
         install the {0} of version {}{}",
        .kind.name(), .driver_path.display(), .kind.driven().name(), .browser_path.display(),
        major(.browser), .kind.or_give()
    )]
    Mismatch {
        /// Which driver.
        kind: Kind,
        driver: String,
        driver_path: PathBuf,
        browser: String,
        browser_path: PathBuf,
    },
}

/// What is installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    /// The browser.
    pub browser: Result<Program, Error>,
    /// Its driver.
    pub driver: Result<Program, Error>,
    kind: BrowserType,
}

impl Installed {
    /// Browser and driver, if both are there and fit.
    ///
    /// # Errors
    /// What is wrong first, driver before browser.
    pub fn pair(&self) -> Result<(&Program, &Program), Error> {
        let driver = self.driver.as_ref().map_err(Clone::clone)?;
        let browser = self.browser.as_ref().map_err(Clone::clone)?;
        // Firefox and its driver count by themselves.
        if self.kind != BrowserType::Firefox && driver.major() != browser.major() {
            return Err(Error::Mismatch {
                kind: Kind::of(self.kind).1,
                driver: driver.version.clone(),
                driver_path: driver.path.clone(),
                browser: browser.version.clone(),
                browser_path: browser.path.clone(),
            });
        }
        Ok((browser, driver))
    }
}

/// Looks for a browser and its driver, at the given paths or where they are usually found, and asks
/// them for their versions; a few seconds at most. Versions are remembered while the files do not
/// change.
pub async fn installed(
    kind: BrowserType,
    driver: Option<&Path>,
    browser: Option<&Path>,
) -> Installed {
    let kinds = Kind::of(kind);
    let (browser, driver) = tokio::join!(one(kinds.0, browser), one(kinds.1, driver));
    Installed {
        browser,
        driver,
        kind,
    }
}

async fn one(kind: Kind, given: Option<&Path>) -> Result<Program, Error> {
    let path = find(kind, given)?;
    let version = read_version(kind, &path).await?;
    Ok(Program { path, version })
}

fn find(kind: Kind, given: Option<&Path>) -> Result<PathBuf, Error> {
    if let Some(path) = given {
        let looked = format!("nothing is at {}", path.display());
        return on_path(path).ok_or(Error::Missing { kind, looked });
    }
    let named = kind
        .names()
        .iter()
        .find_map(|name| on_path(Path::new(name)));
    named
        .or_else(|| kind.by_cargo())
        .ok_or_else(|| Error::Missing {
            kind,
            looked: format!("looked for {} on PATH", kind.names().join(", ")),
        })
}

/// The file of that name: as it is if it has a folder in front, else in the folders of `PATH`.
fn on_path(name: &Path) -> Option<PathBuf> {
    if name.components().count() > 1 {
        return name
            .is_file()
            .then(|| std::path::absolute(name).ok())
            .flatten();
    }
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders)
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
}

/// Where the X server is that browsers with a screen need, if it is installed.
#[must_use]
pub fn xvfb() -> Option<PathBuf> {
    on_path(Path::new(display::PROGRAM))
}

fn major(version: &str) -> &str {
    version.split('.').next().unwrap_or(version)
}

impl Program {
    /// The first number of the version; browser and driver must have the same.
    #[must_use]
    pub fn major(&self) -> &str {
        major(&self.version)
    }
}

impl Kind {
    /// A browser and its driver.
    #[must_use]
    pub fn of(kind: BrowserType) -> (Self, Self) {
        match kind {
            BrowserType::Chrome => (Self::Chromium, Self::ChromeDriver),
            BrowserType::Msedge => (Self::Edge, Self::EdgeDriver),
            BrowserType::Firefox => (Self::Firefox, Self::GeckoDriver),
        }
    }

    /// The name for people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Chromium => "Chromium",
            Self::ChromeDriver => "ChromeDriver",
            Self::Edge => "Microsoft Edge",
            Self::EdgeDriver => "msedgedriver",
            Self::Firefox => "Firefox",
            Self::GeckoDriver => "geckodriver",
        }
    }

    /// How it is had.
    #[must_use]
    pub fn mend(self) -> &'static str {
        match self {
            Self::Chromium => "install the package `chromium`",
            Self::ChromeDriver => "install the package `chromium-driver`",
            Self::Edge => "install Microsoft's package `microsoft-edge-stable`",
            Self::EdgeDriver => "put Microsoft's msedgedriver of Edge's version on PATH",
            Self::Firefox => "install the package `firefox-esr`",
            Self::GeckoDriver => "run `cargo install --locked geckodriver`",
        }
    }

    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Chromium => CHROMIUM,
            Self::ChromeDriver => CHROMEDRIVER,
            Self::Edge => EDGE,
            Self::EdgeDriver => EDGEDRIVER,
            Self::Firefox => FIREFOX,
            Self::GeckoDriver => GECKODRIVER,
        }
    }

    /// The program as cargo installed it, also where `PATH` leaves that folder out.
    fn by_cargo(self) -> Option<PathBuf> {
        if self != Self::GeckoDriver {
            return None;
        }
        let home = PathBuf::from(std::env::var_os("HOME")?);
        on_path(&home.join(CARGO_BIN).join("geckodriver"))
    }

    /// The other way to say where it is, for those that have one.
    fn or_give(self) -> &'static str {
        match self {
            Self::Chromium => ", or give another path with --chromium",
            Self::ChromeDriver => ", or give another path with --chromedriver",
            _ => "",
        }
    }

    /// The browser of a driver.
    fn driven(self) -> Self {
        match self {
            Self::ChromeDriver | Self::Chromium => Self::Chromium,
            Self::EdgeDriver | Self::Edge => Self::Edge,
            Self::GeckoDriver | Self::Firefox => Self::Firefox,
        }
    }
}
