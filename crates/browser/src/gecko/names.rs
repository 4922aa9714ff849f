//! Firefox's names of things, as Chromium calls them.

/// What went wrong on the way to a document.
const FAILURES: [(&str, &str); 22] = [
    ("NS_ERROR_CONNECTION_REFUSED", "net::ERR_CONNECTION_REFUSED"),
    ("connectionFailure", "net::ERR_CONNECTION_REFUSED"),
    ("NS_ERROR_UNKNOWN_HOST", "net::ERR_NAME_NOT_RESOLVED"),
    ("dnsNotFound", "net::ERR_NAME_NOT_RESOLVED"),
    ("NS_ERROR_NET_TIMEOUT", "net::ERR_CONNECTION_TIMED_OUT"),
    ("netTimeout", "net::ERR_CONNECTION_TIMED_OUT"),
    ("NS_ERROR_NET_RESET", "net::ERR_CONNECTION_RESET"),
    ("netReset", "net::ERR_CONNECTION_RESET"),
    ("NS_ERROR_NET_EMPTY_RESPONSE", "net::ERR_EMPTY_RESPONSE"),
    ("NS_ERROR_NET_INTERRUPT", "net::ERR_EMPTY_RESPONSE"),
    ("netInterrupt", "net::ERR_EMPTY_RESPONSE"),
    ("NS_ERROR_REDIRECT_LOOP", "net::ERR_TOO_MANY_REDIRECTS"),
    ("redirectLoop", "net::ERR_TOO_MANY_REDIRECTS"),
    ("NS_ERROR_PORT_ACCESS_NOT_ALLOWED", "net::ERR_UNSAFE_PORT"),
    ("deniedPortAccess", "net::ERR_UNSAFE_PORT"),
    ("NS_ERROR_OFFLINE", "net::ERR_INTERNET_DISCONNECTED"),
    (
        "NS_ERROR_PROXY_CONNECTION_REFUSED",
        "net::ERR_PROXY_CONNECTION_FAILED",
    ),
    ("proxyConnectFailure", "net::ERR_PROXY_CONNECTION_FAILED"),
    ("NS_ERROR_PROXY", "net::ERR_TUNNEL_CONNECTION_FAILED"),
    ("NS_BINDING_ABORTED", "net::ERR_ABORTED"),
    ("nssFailure", "net::ERR_SSL_PROTOCOL_ERROR"),
    ("nssBadCert", "net::ERR_CERT_AUTHORITY_INVALID"),
];

/// Chromium's name for a failure that Firefox named somewhere in its message.
pub(super) fn failure(message: &str) -> String {
    let known = FAILURES.iter().find(|(name, _)| message.contains(name));
    if let Some((_, name)) = known {
        return (*name).to_owned();
    }
    if message.contains("SEC_ERROR") || message.contains("MOZILLA_PKIX") {
        return "net::ERR_CERT_AUTHORITY_INVALID".to_owned();
    }
    let line = message.lines().next().unwrap_or_default();
    let line = line.trim_start_matches("Error: ").trim();
    match line {
        "" => "net::ERR_FAILED".to_owned(),
        line => errand_domain::text::clip(line, 200),
    }
}

/// CDP's kind of a request.
pub(super) fn kind(
    navigation: bool,
    destination: &str,
    initiator: &str,
    url: &str,
) -> &'static str {
    if navigation {
        return "Document";
    }
    match (destination, initiator) {
        ("document" | "iframe" | "frame" | "object" | "embed", _) => "Document",
        ("script" | "worker" | "sharedworker" | "serviceworker", _) => "Script",
        ("style" | "xslt", _) => "Stylesheet",
        ("image", _) if url.ends_with("/favicon.ico") => "Other",
        ("image", _) => "Image",
        ("font", _) => "Font",
        ("audio" | "video" | "track", _) => "Media",
        ("manifest", _) => "Manifest",
        ("report", _) => "CSPViolationReport",
        (_, "xmlhttprequest") => "XHR",
        (_, "fetch") => "Fetch",
        (_, "beacon" | "ping") => "Ping",
        (_, "preflight") => "Preflight",
        (_, "img" | "image") => "Image",
        (_, "script") => "Script",
        (_, "link" | "css" | "stylesheet") => "Stylesheet",
        (_, "font") => "Font",
        (_, "video" | "audio") => "Media",
        _ => "Other",
    }
}
