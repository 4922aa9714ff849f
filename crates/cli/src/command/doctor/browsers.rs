//! Chromium, its driver, and the screen that it may have.

use errand_browser::probe::{self, Error, Kind, Program};
use errand_domain::session::BrowserType;

use super::Finding;
use crate::config::Config;

/// Chromium and its driver, and whether they fit; then what other browsers there are.
pub async fn all(config: &Config) -> Vec<Finding> {
    let (driver, browser) = (config.chromedriver.as_deref(), config.chromium.as_deref());
    let found = errand_browser::installed(BrowserType::Chrome, driver, browser).await;
    let mut findings = vec![
        one(Kind::Chromium, "chromium", &found.browser),
        one(Kind::ChromeDriver, "chromium-driver", &found.driver),
    ];
    if found.browser.is_ok() && found.driver.is_ok() {
        findings.push(match found.pair() {
            Ok((browser, _)) => {
                Finding::good("versions", format!("both of version {}", browser.major()))
            }
            Err(error) => Finding::bad(
                "versions",
                error.to_string(),
                "install both from the same source: apt-get install chromium chromium-driver",
            ),
        });
    }
    findings.push(match probe::xvfb() {
        Some(path) => Finding::good("Xvfb", path.display().to_string()),
        None => Finding::warning(
            "Xvfb",
            "not found on PATH: browsers can be started headless only, not with a screen",
            "apt-get install xvfb",
        ),
    });
    for kind in [BrowserType::Firefox, BrowserType::Msedge] {
        findings.push(other(kind).await);
    }
    findings
}

/// A browser that only those need who ask for it.
async fn other(kind: BrowserType) -> Finding {
    let found = errand_browser::installed(kind, None, None).await;
    let name = Kind::of(kind).0.name();
    match (found.pair(), &found.browser) {
        (Ok((browser, driver)), _) => {
            let of = |it: &Program| format!("{} ({})", it.version, it.path.display());
            Finding::good(name, format!("{}, driver {}", of(browser), of(driver)))
        }
        (Err(_), Err(Error::Missing { .. })) => {
            Finding::good(name, "not installed; only sessions that ask for it need it")
        }
        (Err(error), _) => {
            let mend = Kind::of(kind).1.mend();
            Finding::warning(name, error.to_string(), mend)
        }
    }
}

fn one(kind: Kind, package: &str, program: &Result<Program, Error>) -> Finding {
    let name = kind.name();
    let variable = name.to_uppercase();
    match program {
        Ok(it) => Finding::good(name, format!("{} ({})", it.version, it.path.display())),
        Err(error @ Error::Missing { .. }) => Finding::bad(
            name,
            error.to_string(),
            format!("apt-get install {package}"),
        ),
        Err(error) => {
            let mend =
                format!("apt-get install {package}, and unset ERRAND_{variable} if it is set");
            Finding::bad(name, error.to_string(), mend)
        }
    }
}
