//! Which browser a run is to have.

use errand_api::v1::RunTaskRequest;
use errand_domain::{ProfileId, SessionId};
use url::Url;

use crate::violations::{Violations, quoted};

const MAX_ADDRESS_BYTES: usize = 2_048;

/// Where a run takes place; nothing set: in a fresh browser.
#[derive(Debug, Default)]
pub(super) struct Place {
    pub(super) session: Option<SessionId>,
    pub(super) profile: Option<ProfileId>,
    pub(super) address: Option<String>,
}

/// Reads what names a browser, and refuses what can't go together.
pub(super) fn place(given: &RunTaskRequest, violations: &mut Violations) -> Place {
    let in_session = !given.browser_session_id.is_empty();
    let beside = [
        ("browser_profile_id", !given.browser_profile_id.is_empty()),
        ("browser_address", !given.browser_address.is_empty()),
        ("user_agent", !given.user_agent.is_empty()),
        ("extra_http_headers", !given.extra_http_headers.is_empty()),
        ("save_browser_profile", given.save_browser_profile),
        ("persist_browser_session", given.persist_browser_session),
    ];
    for (field, _) in beside.into_iter().filter(|(_, set)| in_session && *set) {
        let description = "can't be given together with browser_session_id: the session's browser is \
                           as it was made";
        violations.add(field, description);
    }
    if given.save_browser_profile && given.browser_profile_id.is_empty() {
        let description = "needs browser_profile_id, the profile to save to";
        violations.add("save_browser_profile", description);
    }
    let text = |value: &str| (!value.is_empty()).then(|| value.to_owned());
    Place {
        session: text(&given.browser_session_id).map(SessionId::from),
        profile: text(&given.browser_profile_id).map(ProfileId::from),
        address: address(&given.browser_address, violations),
    }
}

/// Reads the address of a browser that somebody else runs.
pub(crate) fn address(given: &str, violations: &mut Violations) -> Option<String> {
    if given.is_empty() {
        return None;
    }
    let wrong = match Url::parse(given.trim()) {
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            "has a user name or password in it: leave them out, requests are logged".to_owned()
        }
        _ if given.len() > MAX_ADDRESS_BYTES => {
            format!("is longer than {MAX_ADDRESS_BYTES} bytes")
        }
        Ok(url) if matches!(url.scheme(), "http" | "https" | "ws" | "wss") && url.has_host() => {
            return Some(url.to_string());
        }
        Ok(_) | Err(_) => format!(
            "{} is neither a WebDriver URL (http://host:4444/) nor the debugger address of a Chrome \
             (http://host:9222, ws://host:9222/devtools/browser/…)",
            quoted(given)
        ),
    };
    violations.add("browser_address", wrong);
    None
}
