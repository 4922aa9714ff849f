//! Hosts that Chromium calls on its own account, without any page asking for them.

/// Update, telemetry, safe-browsing, hints and push services. Names that pages use as well
/// (`fonts.googleapis.com`, `clients6.google.com`, `accounts.google.com`) are not among them.
const HOSTS: &[&str] = &[
    "android.clients.google.com",
    "autofill-pa.googleapis.com",
    "chromefeedcontentsuggestions-pa.googleapis.com",
    "chromesyncpasswords-pa.googleapis.com",
    "chromewebstore.googleapis.com",
    "clients1.google.com",
    "clients2.google.com",
    "clients2.googleusercontent.com",
    "clients3.google.com",
    "clients4.google.com",
    "clients5.google.com",
    "clientservices.googleapis.com",
    "content-autofill.googleapis.com",
    "crash-staging.google.com",
    "clients2.googlezip.net",
    "edgedl.me.gvt1.com",
    "mtalk.google.com",
    "mtalk4.google.com",
    "nearbysharing-pa.googleapis.com",
    "optimizationguide-pa.googleapis.com",
    "passwordsleakcheck-pa.googleapis.com",
    "redirector.gvt1.com",
    "safebrowsing.google.com",
    "safebrowsing.googleapis.com",
    "safebrowsingohttpgateway.googleapis.com",
    "sb-ssl.google.com",
    "securitydomain-pa.googleapis.com",
    "tools.google.com",
    "translate-pa.googleapis.com",
    "update.googleapis.com",
    "versionhistory.googleapis.com",
];

/// Whether only the browser itself asks for this host.
#[must_use]
pub fn is_background(host: &str) -> bool {
    let host = host.trim_end_matches('.');
    HOSTS.iter().any(|it| it.eq_ignore_ascii_case(host))
        || host.to_ascii_lowercase().ends_with(".gvt2.com")
}
