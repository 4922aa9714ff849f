//! The capabilities of a session.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::{LaunchOptions, Mode};

/// Parts of Chromium that call home, or that change what pages and runs see.
const OFF: &[&str] = &[
    "AutofillServerCommunication",
    "CertificateTransparencyComponentUpdater",
    "DialMediaRouteProvider",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "InterestFeedContentSuggestions",
    "MediaRouter",
    "OptimizationGuideModelDownloading",
    "OptimizationHints",
    "Translate",
    // Pages of the address bar that nobody looks at, in a process of their own: measured, 160 MB.
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxPopup",
];

/// What a session asks of ChromeDriver.
pub(super) fn capabilities(
    options: &LaunchOptions,
    chromium: &Path,
    folder: &Path,
    user_agent: &str,
) -> Map<String, Value> {
    let downloads = folder.join("downloads");
    let chrome = json!({
        "binary": chromium,
        "args": args(options, folder, user_agent),
        "prefs": {
            "download.default_directory": downloads,
            "download.prompt_for_download": false,
            "download.directory_upgrade": true,
            // A page can't be read in its viewer; as a file it can be kept.
            "plugins.always_open_pdf_externally": true,
            "credentials_enable_service": false,
            "profile.password_manager_enabled": false,
            "profile.password_manager_leak_detection": false,
            "autofill.profile_enabled": false,
            "autofill.credit_card_enabled": false,
            "safebrowsing.enabled": false,
            "search.suggest_enabled": false,
            "alternate_error_pages.enabled": false,
            "net.network_prediction_options": 2,
            // Nothing goes around the proxy.
            "webrtc.ip_handling_policy": "disable_non_proxied_udp",
            "webrtc.multiple_routes_enabled": false,
            "webrtc.nonproxied_udp_enabled": false,
        },
    });
    let capabilities = json!({
        "browserName": "chrome",
        "webSocketUrl": true,
        // Also when a page is left: the word alone would leave it without being asked.
        "unhandledPromptBehavior": { "default": "ignore", "beforeUnload": "ignore" },
        "acceptInsecureCerts": false,
        // Waiting for a page is the page's own matter: it has a bound there and a reason.
        "pageLoadStrategy": "none",
        "timeouts": { "implicit": 0, "pageLoad": 30_000, "script": 30_000 },
        "goog:chromeOptions": chrome,
    });
    match capabilities {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

fn args(options: &LaunchOptions, folder: &Path, user_agent: &str) -> Vec<String> {
    let (width, height) = options.window();
    let mut args = vec![
        format!("--user-data-dir={}", folder.join("profile").display()),
        format!("--user-agent={user_agent}"),
        format!("--window-size={width},{height}"),
        format!("--proxy-server=http://{}", options.proxy),
        // Loopback pages go through the proxy as well.
        "--proxy-bypass-list=<-loopback>".to_owned(),
        // The proxy resolves; a name that Chromium looks up itself (a prefetch) would leak.
        format!(
            "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE {}",
            options.proxy.ip()
        ),
        "--force-webrtc-ip-handling-policy=disable_non_proxied_udp".to_owned(),
        format!("--disable-features={}", OFF.join(",")),
    ];
    let plain = [
        "--disable-background-networking",
        "--disable-breakpad",
        "--disable-client-side-phishing-detection",
        "--disable-component-update",
        "--disable-crash-reporter",
        "--disable-default-apps",
        "--disable-domain-reliability",
        "--disable-extensions",
        "--disable-quic",
        "--disable-search-engine-choice-screen",
        "--disable-sync",
        "--metrics-recording-only",
        "--mute-audio",
        "--no-default-browser-check",
        "--no-first-run",
        "--no-pings",
        "--password-store=basic",
        "--use-mock-keychain",
        // A tab in the background goes on working: an agent looks at one tab at a time.
        "--disable-background-timer-throttling",
        "--disable-backgrounding-occluded-windows",
        "--disable-renderer-backgrounding",
        // /dev/shm of a container has 64 MiB.
        "--disable-dev-shm-usage",
        "--disable-gpu",
    ];
    args.extend(plain.map(str::to_owned));
    let shown: &[&str] = match options.mode {
        Mode::Headless => &["--headless=new"],
        Mode::Headful => &["--ozone-platform=x11", "--window-position=0,0"],
    };
    args.extend(shown.iter().map(|it| (*it).to_owned()));
    if !options.sandbox {
        args.push("--no-sandbox".to_owned());
    }
    args
}
