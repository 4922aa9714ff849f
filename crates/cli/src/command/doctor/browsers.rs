//! Chromium, its driver, and the screen that it may have.

use errand_browser::probe::{self, Error, Installed, Kind, Program};

use super::Finding;
use crate::config::Config;

/// Both programs, and whether they fit.
pub async fn all(config: &Config) -> Vec<Finding> {
    let found: Installed =
        errand_browser::installed(config.chromedriver.as_deref(), config.chromium.as_deref()).await;
    let mut findings = vec![
        one(Kind::Chromium, "chromium", &found.chromium),
        one(Kind::ChromeDriver, "chromium-driver", &found.chromedriver),
    ];
    if found.chromium.is_ok() && found.chromedriver.is_ok() {
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
    findings
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
