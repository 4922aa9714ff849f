//! Which Chromium and which ChromeDriver are installed here.

mod version;

use std::path::{Path, PathBuf};

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

/// Which of the two programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The browser.
    Chromium,
    /// Its WebDriver.
    ChromeDriver,
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
        "{name} was not found ({looked}); install the package `{package}` or give its path with \
         --{option}", name = .kind.name(), package = .kind.package(), option = .kind.option()
    )]
    Missing { kind: Kind, looked: String },
    /// It can't be started.
    #[error(
        "{} can't be started: {reason}; give the path of {} with --{}",
        .path.display(), .kind.name(), .kind.option()
    )]
    Unusable {
        kind: Kind,
        path: PathBuf,
        reason: String,
    },
    /// It did not tell its version.
    #[error(
        "{} is not a {}: `--version` {reason}; give the right path with --{}",
        .path.display(), .kind.name(), .kind.option()
    )]
    NoVersion {
        kind: Kind,
        path: PathBuf,
        reason: String,
    },
    /// The two do not fit.
    #[error(
        "ChromeDriver {driver} ({}) can't drive Chromium {browser} ({}): their first numbers must \
         be the same; install the ChromeDriver of version {}, or give another one with \
         --chromedriver",
        .driver_path.display(), .browser_path.display(), major(.browser)
    )]
    Mismatch {
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
    pub chromium: Result<Program, Error>,
    /// Its driver.
    pub chromedriver: Result<Program, Error>,
}

impl Installed {
    /// Browser and driver, if both are there and fit.
    ///
    /// # Errors
    /// What is wrong first, driver before browser.
    pub fn pair(&self) -> Result<(&Program, &Program), Error> {
        let driver = self.chromedriver.as_ref().map_err(Clone::clone)?;
        let browser = self.chromium.as_ref().map_err(Clone::clone)?;
        if driver.major() != browser.major() {
            return Err(Error::Mismatch {
                driver: driver.version.clone(),
                driver_path: driver.path.clone(),
                browser: browser.version.clone(),
                browser_path: browser.path.clone(),
            });
        }
        Ok((browser, driver))
    }
}

/// Looks for both programs, at the given paths or where they are usually found, and asks them for
/// their versions; a few seconds at most. Versions are remembered while the files do not change.
pub async fn installed(chromedriver: Option<&Path>, chromium: Option<&Path>) -> Installed {
    let (chromedriver, chromium) = tokio::join!(
        one(Kind::ChromeDriver, chromedriver),
        one(Kind::Chromium, chromium)
    );
    Installed {
        chromium,
        chromedriver,
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
    kind.names()
        .iter()
        .find_map(|name| on_path(Path::new(name)))
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
    /// The name for people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Chromium => "Chromium",
            Self::ChromeDriver => "ChromeDriver",
        }
    }

    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Chromium => CHROMIUM,
            Self::ChromeDriver => CHROMEDRIVER,
        }
    }

    fn package(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::ChromeDriver => "chromium-driver",
        }
    }

    fn option(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::ChromeDriver => "chromedriver",
        }
    }
}
