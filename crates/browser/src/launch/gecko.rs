//! The capabilities of a session of Firefox.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::{LaunchOptions, Mode};

/// Parts of Firefox that call home, or that change what pages and runs see.
const OFF: &[&str] = &[
    "app.normandy.enabled",
    "app.shield.optoutstudies.enabled",
    "app.update.auto",
    "app.update.enabled",
    "app.update.service.enabled",
    "browser.aboutwelcome.enabled",
    "browser.discovery.enabled",
    "browser.formfill.enable",
    "browser.newtabpage.activity-stream.feeds.system.topstories",
    "browser.newtabpage.activity-stream.feeds.topsites",
    "browser.newtabpage.activity-stream.telemetry",
    "browser.newtabpage.enabled",
    "browser.ping-centre.telemetry",
    "browser.region.update.enabled",
    "browser.safebrowsing.blockedURIs.enabled",
    "browser.safebrowsing.downloads.enabled",
    "browser.safebrowsing.malware.enabled",
    "browser.safebrowsing.phishing.enabled",
    "browser.safebrowsing.update.enabled",
    "browser.search.suggest.enabled",
    "browser.search.update",
    "browser.shell.checkDefaultBrowser",
    "browser.topsites.contile.enabled",
    "browser.translations.enable",
    "browser.urlbar.suggest.quicksuggest",
    "datareporting.healthreport.uploadEnabled",
    "datareporting.policy.dataSubmissionEnabled",
    "dom.push.enabled",
    "dom.push.connection.enabled",
    "dom.security.https_first",
    "dom.security.https_first_schemeless",
    "dom.security.https_only_mode",
    "extensions.blocklist.enabled",
    "extensions.getAddons.cache.enabled",
    "extensions.systemAddon.update.enabled",
    "extensions.update.enabled",
    "geo.enabled",
    "identity.fxaccounts.enabled",
    "media.gmp-manager.updateEnabled",
    "media.gmp-provider.enabled",
    // The page that is gone back to is loaded again, as a page of its own.
    "fission.bfcacheInParent",
    "network.captive-portal-service.enabled",
    "network.connectivity-service.enabled",
    "network.http.http3.enable",
    "network.predictor.enabled",
    "network.prefetch-next",
    "privacy.trackingprotection.enabled",
    "security.OCSP.require",
    "signon.autofillForms",
    "signon.rememberSignons",
    "toolkit.telemetry.archive.enabled",
    "toolkit.telemetry.enabled",
    "toolkit.telemetry.unified",
    // Nothing goes around the proxy.
    "media.peerconnection.enabled",
];

/// What a session asks of geckodriver.
pub(super) fn capabilities(
    options: &LaunchOptions,
    firefox: &Path,
    folder: &Path,
) -> Map<String, Value> {
    let (width, height) = options.viewport;
    let shown: &[&str] = match options.mode {
        Mode::Headless => &["-headless"],
        Mode::Headful => &[],
    };
    let (width, height) = (width.to_string(), height.to_string());
    let size = ["-width", &*width, "-height", &*height];
    let args: Vec<&str> = shown.iter().copied().chain(size).collect();
    let capabilities = json!({
        "browserName": "firefox",
        "webSocketUrl": true,
        "unhandledPromptBehavior": { "default": "ignore", "beforeUnload": "ignore" },
        "acceptInsecureCerts": false,
        "pageLoadStrategy": "none",
        "timeouts": { "implicit": 0, "pageLoad": 30_000, "script": 30_000 },
        "moz:firefoxOptions": {
            "binary": firefox,
            "args": args,
            "prefs": prefs(options, folder),
        },
    });
    match capabilities {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

fn prefs(options: &LaunchOptions, folder: &Path) -> Map<String, Value> {
    let mut prefs: Map<String, Value> = OFF
        .iter()
        .map(|name| ((*name).to_owned(), false.into()))
        .collect();
    let (host, port) = (options.proxy.ip().to_string(), options.proxy.port());
    let more = [
        ("network.proxy.type", json!(1)),
        ("network.proxy.http", json!(host)),
        ("network.proxy.http_port", json!(port)),
        ("network.proxy.ssl", json!(host)),
        ("network.proxy.ssl_port", json!(port)),
        ("network.proxy.no_proxies_on", json!("")),
        // Loopback pages go through the proxy as well.
        ("network.proxy.allow_hijacking_localhost", json!(true)),
        ("network.proxy.failover_direct", json!(false)),
        // The proxy resolves; a name that Firefox looks up itself would leak.
        ("network.dns.disablePrefetch", json!(true)),
        ("network.dns.disableIPv6", json!(true)),
        ("network.trr.mode", json!(5)),
        ("network.http.speculative-parallel-limit", json!(0)),
        ("security.OCSP.enabled", json!(0)),
        ("services.settings.server", json!("data:,")),
        ("browser.startup.page", json!(0)),
        ("browser.startup.homepage", json!("about:blank")),
        ("browser.sessionhistory.max_total_viewers", json!(0)),
        ("browser.tabs.firefox-view", json!(false)),
        ("browser.download.folderList", json!(2)),
        ("browser.download.dir", json!(folder.join("downloads"))),
        ("browser.download.useDownloadDir", json!(true)),
        (
            "browser.download.always_ask_before_handling_new_types",
            json!(false),
        ),
        // A page can't be read in its viewer; as a file it can be kept.
        ("pdfjs.disabled", json!(true)),
        // A tab in the background goes on working: an agent looks at one tab at a time.
        ("dom.min_background_timeout_value", json!(4)),
        ("dom.timeout.enable_budget_timer_throttling", json!(false)),
        ("dom.disable_open_during_load", json!(false)),
        ("media.autoplay.default", json!(0)),
        ("media.volume_scale", json!("0.0")),
        ("extensions.enabledScopes", json!(5)),
        ("toolkit.cosmeticAnimations.enabled", json!(false)),
        ("datareporting.policy.firstRunURL", json!("")),
        ("toolkit.telemetry.server", json!("data:,")),
    ];
    prefs.extend(more.map(|(name, value)| (name.to_owned(), value)));
    if let Some(agent) = &options.user_agent {
        prefs.insert("general.useragent.override".to_owned(), json!(agent));
    }
    prefs
}
