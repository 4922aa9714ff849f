//! A session as a caller asks for it, checked.

use errand_api::v1::{self, CreateSessionRequest};
use errand_domain::{
    ProfileId, SessionRequest,
    session::{BrowserType, DEFAULT_MINUTES, Extension, MINUTES},
};
use errand_runner::Handle;

use super::{address, browser, labels::labels, task::request_id};
use crate::violations::{Violations, quoted};

const MAX_PROXY_BYTES: usize = 2_048;
/// Sides of a viewport, in CSS pixels.
const SIDES: std::ops::RangeInclusive<i32> = 100..=10_000;

/// Checks a request whole; what its proxy is sealed for is known only later.
pub(crate) fn session(
    given: &CreateSessionRequest,
    runner: &Handle,
    violations: &mut Violations,
) -> SessionRequest {
    let request = SessionRequest {
        timeout_minutes: timeout(given.timeout, violations),
        url: url(&given.url, violations),
        profile_id: (!given.browser_profile_id.is_empty())
            .then(|| ProfileId::from(given.browser_profile_id.as_str())),
        viewport: viewport(given.viewport, violations),
        browser_type: browser_type(&given.browser_type, violations),
        proxy_url: proxy(&given.proxy_url, runner, violations),
        proxy_sealed: None,
        extensions: extensions(&given.extensions, runner.solves_captchas(), violations),
        browser_address: browser::address(&given.browser_address, violations),
        labels: labels("labels", &given.labels, violations),
    };
    if request.browser_address.is_some() {
        let own = [
            ("browser_type", !given.browser_type.is_empty()),
            ("proxy_url", !given.proxy_url.is_empty()),
            ("extensions", !given.extensions.is_empty()),
        ];
        for (field, _) in own.into_iter().filter(|(_, set)| *set) {
            let description = "can't be given together with browser_address: that browser is as \
                               somebody else started it";
            violations.add(field, description);
        }
    }
    request_id(&given.request_id, violations);
    request
}

/// Where a proxy is, without its credentials.
fn proxy(given: &str, runner: &Handle, violations: &mut Violations) -> Option<String> {
    if given.is_empty() {
        return None;
    }
    if given.len() > MAX_PROXY_BYTES {
        let description = format!("has {} bytes, at most {MAX_PROXY_BYTES}", given.len());
        violations.add("proxy_url", description);
        return None;
    }
    runner
        .proxy(given)
        .map_err(|wrong| violations.add("proxy_url", wrong))
        .ok()
}

/// Minutes to add to a session.
pub(crate) fn minutes(given: i32, violations: &mut Violations) -> u32 {
    let minutes = u32::try_from(given).unwrap_or(0);
    if minutes == 0 || minutes > *MINUTES.end() {
        let most = MINUTES.end();
        let description = format!("is {given}, but must be 1 to {most} minutes");
        violations.add("additional_minutes", description);
    }
    minutes
}

fn timeout(given: Option<i32>, violations: &mut Violations) -> u32 {
    let Some(given) = given else {
        return DEFAULT_MINUTES;
    };
    match u32::try_from(given) {
        Ok(minutes) if MINUTES.contains(&minutes) => minutes,
        _ => {
            let (least, most) = (MINUTES.start(), MINUTES.end());
            let description = format!("is {given}, but must be {least} to {most} minutes");
            violations.add("timeout", description);
            DEFAULT_MINUTES
        }
    }
}

fn url(given: &str, violations: &mut Violations) -> Option<String> {
    if given.is_empty() {
        return None;
    }
    address::parse(given)
        .map_err(|wrong| violations.add("url", wrong))
        .ok()
        .map(|url| url.to_string())
}

fn viewport(given: Option<v1::Viewport>, violations: &mut Violations) -> Option<[u32; 2]> {
    let given = given?;
    let mut side = |field: &str, given: i32| {
        if !SIDES.contains(&given) {
            let (least, most) = (SIDES.start(), SIDES.end());
            let description = format!("is {given}, but must be {least} to {most} CSS pixels");
            violations.add(field, description);
        }
        u32::try_from(given).unwrap_or(0)
    };
    Some([
        side("viewport.width", given.width),
        side("viewport.height", given.height),
    ])
}

fn browser_type(given: &str, violations: &mut Violations) -> BrowserType {
    if given.is_empty() {
        return BrowserType::default();
    }
    BrowserType::parse(given).unwrap_or_else(|| {
        let description = format!(
            "{} is no browser of errand: chrome, msedge or firefox",
            quoted(given)
        );
        violations.add("browser_type", description);
        BrowserType::default()
    })
}

fn extensions(given: &[String], solves: bool, violations: &mut Violations) -> Vec<Extension> {
    let mut accepted = Vec::new();
    for name in given {
        match Extension::parse(name) {
            Some(Extension::CaptchaSolver) if !solves => violations.add(
                "extensions",
                "captcha-solver needs a captcha hook, and this server has none: set captcha_hook \
                 (docs/captcha.md), or leave it out",
            ),
            Some(extension) => accepted.push(extension),
            None => {
                let description = format!(
                    "{} is no extension: ad-blocker or captcha-solver",
                    quoted(name)
                );
                violations.add("extensions", description);
            }
        }
    }
    accepted.sort_unstable();
    accepted.dedup();
    accepted
}
