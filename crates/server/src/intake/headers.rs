//! Headers and the user agent that a run adds to its requests.

use std::collections::{BTreeMap, HashMap};

use http::{HeaderName, HeaderValue};

use crate::violations::{Violations, quoted};

const MAX_HEADERS: usize = 32;
const MAX_VALUE_BYTES: usize = 1_024;
const MAX_USER_AGENT_BYTES: usize = 512;
/// They frame the connection, or the browser and the proxy own them.
const REFUSED: &[&str] = &[
    "connection",
    "content-length",
    "content-type",
    "expect",
    "host",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

pub(crate) fn headers(
    given: &HashMap<String, String>,
    violations: &mut Violations,
) -> BTreeMap<String, String> {
    if given.len() > MAX_HEADERS {
        let description = format!("has {} headers, at most {MAX_HEADERS}", given.len());
        violations.add("extra_http_headers", description);
    }
    let mut accepted = BTreeMap::new();
    // In order, so that the same request gives the same violations.
    for (name, value) in given.iter().collect::<BTreeMap<_, _>>() {
        let field = format!("extra_http_headers[{}]", quoted(name));
        let Ok(parsed) = HeaderName::from_bytes(name.as_bytes()) else {
            violations.add(field, "is no header name");
            continue;
        };
        if REFUSED.contains(&parsed.as_str()) {
            violations.add(&field, "belongs to the connection and can't be set");
        } else if parsed == http::header::USER_AGENT {
            violations.add(&field, "is set by the field user_agent");
        }
        let clean = value.is_ascii() && HeaderValue::from_str(value).is_ok();
        if value.len() > MAX_VALUE_BYTES || !clean {
            let description =
                format!("needs a value of printable ASCII, at most {MAX_VALUE_BYTES} bytes");
            violations.add(&field, description);
        }
        if accepted
            .insert(parsed.as_str().to_owned(), value.clone())
            .is_some()
        {
            violations.add(&field, "is there twice: header names ignore case");
        }
    }
    accepted
}

pub(crate) fn user_agent(given: &str, violations: &mut Violations) -> Option<String> {
    if given.is_empty() {
        return None;
    }
    let printable = given.bytes().all(|it| (0x20..0x7f).contains(&it));
    if given.len() > MAX_USER_AGENT_BYTES || !printable || given.trim().is_empty() {
        let description = format!("must be printable ASCII, at most {MAX_USER_AGENT_BYTES} bytes");
        violations.add("user_agent", description);
    }
    Some(given.to_owned())
}
