//! The commands that pass.

/// Domains whose commands all end at the page, or only tell about it.
const PAGES: &[&str] = &[
    "Accessibility",
    "Animation",
    "CSS",
    "CacheStorage",
    "Console",
    "DOMSnapshot",
    "DOMStorage",
    "DeviceOrientation",
    "HeapProfiler",
    "IndexedDB",
    "Inspector",
    "Log",
    "Media",
    "Performance",
    "PerformanceTimeline",
    "Preload",
    "Profiler",
    "Runtime",
    "Schema",
    "WebAudio",
    "WebAuthn",
];

/// Domains of which all but these pass.
const MOSTLY: &[(&str, &[&str])] = &[
    ("DOM", &["setFileInputFiles", "getFileInfo"]),
    (
        "Emulation",
        &[
            "addScreen",
            "removeScreen",
            "setPrimaryScreen",
            "setVirtualTimePolicy",
            "updateScreen",
        ],
    ),
    ("Input", &["setIgnoreInputEvents"]),
];

/// Commands that pass by name.
const NAMED: &[(&str, &[&str])] = &[
    ("Audits", &["enable", "disable"]),
    (
        "Browser",
        &[
            "cancelDownload",
            "getVersion",
            "getWindowBounds",
            "getWindowForTarget",
            "grantPermissions",
            "resetPermissions",
            "setContentsSize",
            "setPermission",
            "setWindowBounds",
        ],
    ),
    ("DOMDebugger", &["getEventListeners"]),
    // Nothing that pauses: a page that stands still stands still for everybody.
    (
        "Debugger",
        &[
            "disable",
            "enable",
            "getPossibleBreakpoints",
            "getScriptSource",
            "resume",
            "searchInContent",
            "setAsyncCallStackDepth",
            "setBlackboxPatterns",
            "setSkipAllPauses",
        ],
    ),
    (
        "Fetch",
        &[
            "continueRequest",
            "continueResponse",
            "continueWithAuth",
            "disable",
            "enable",
            "failRequest",
            "fulfillRequest",
            "getResponseBody",
            "takeResponseBodyAsStream",
        ],
    ),
    ("IO", &["close", "read", "resolveBlob"]),
    ("Memory", &["getDOMCounters"]),
    (
        "Network",
        &[
            "clearBrowserCache",
            "clearBrowserCookies",
            "deleteCookies",
            "disable",
            "emulateNetworkConditions",
            "emulateNetworkConditionsByRule",
            "enable",
            "getAllCookies",
            "getCertificate",
            "getCookies",
            "getRequestPostData",
            "getResponseBody",
            "getSecurityIsolationStatus",
            "loadNetworkResource",
            "overrideNetworkState",
            "replayXHR",
            "searchInResponseBody",
            "setAttachDebugStack",
            "setBlockedURLs",
            "setBypassServiceWorker",
            "setCacheDisabled",
            "setCookie",
            "setCookies",
            "setExtraHTTPHeaders",
            "setUserAgentOverride",
            "streamResourceContent",
        ],
    ),
    (
        "Overlay",
        &[
            "disable",
            "enable",
            "hideHighlight",
            "highlightNode",
            "highlightQuad",
            "highlightRect",
        ],
    ),
    (
        "Page",
        &[
            "addScriptToEvaluateOnNewDocument",
            "bringToFront",
            "captureScreenshot",
            "captureSnapshot",
            "close",
            "createIsolatedWorld",
            "disable",
            "enable",
            "getAppManifest",
            "getFrameTree",
            "getLayoutMetrics",
            "getNavigationHistory",
            "getResourceContent",
            "getResourceTree",
            "handleJavaScriptDialog",
            "navigate",
            "navigateToHistoryEntry",
            "printToPDF",
            "reload",
            "removeScriptToEvaluateOnNewDocument",
            "resetNavigationHistory",
            "screencastFrameAck",
            "searchInResource",
            "setBypassCSP",
            "setDocumentContent",
            "setFontFamilies",
            "setFontSizes",
            "setInterceptFileChooserDialog",
            "setLifecycleEventsEnabled",
            "setWebLifecycleState",
            "startScreencast",
            "stopLoading",
            "stopScreencast",
        ],
    ),
    (
        "Security",
        &["disable", "enable", "setIgnoreCertificateErrors"],
    ),
    (
        "ServiceWorker",
        &[
            "disable",
            "enable",
            "skipWaiting",
            "startWorker",
            "stopAllWorkers",
            "stopWorker",
            "unregister",
            "updateRegistration",
        ],
    ),
    (
        "Storage",
        &[
            "clearCookies",
            "clearDataForOrigin",
            "clearDataForStorageKey",
            "getCookies",
            "getStorageKey",
            "getStorageKeyForFrame",
            "getUsageAndQuota",
            "setCookies",
            "trackCacheStorageForOrigin",
            "trackCacheStorageForStorageKey",
            "trackIndexedDBForOrigin",
            "trackIndexedDBForStorageKey",
            "untrackCacheStorageForOrigin",
            "untrackCacheStorageForStorageKey",
            "untrackIndexedDBForOrigin",
            "untrackIndexedDBForStorageKey",
        ],
    ),
    (
        "Target",
        &[
            "activateTarget",
            "attachToBrowserTarget",
            "attachToTarget",
            "autoAttachRelated",
            "closeTarget",
            "createBrowserContext",
            "createTarget",
            "detachFromTarget",
            "disposeBrowserContext",
            "getBrowserContexts",
            "getTargetInfo",
            "getTargets",
            "setAutoAttach",
            "setDiscoverTargets",
        ],
    ),
];

/// Why some of what is not on the list is not.
const REASONS: &[(&str, &str)] = &[
    (
        "DOM.setFileInputFiles",
        "files of the server are not given to pages; set the files of the input by a script instead",
    ),
    ("DOM.getFileInfo", "paths of the server are not told"),
    ("Browser.crash", "the browser is not crashed on purpose"),
    ("Page.crash", "pages are not crashed on purpose"),
    (
        "Target.sendMessageToTarget",
        "sessions are flat: send the command with its sessionId",
    ),
    (
        "Target.exposeDevToolsProtocol",
        "pages don't drive the browser",
    ),
    ("Tethering.", "no ports are opened"),
    ("Extensions.", "extensions belong to the session's creation"),
    ("Tracing.", "a trace would be of the whole browser"),
    ("SystemInfo.", "the server is not described"),
];

/// Whether a command may pass at all.
pub(super) fn has(method: &str) -> bool {
    let Some((domain, name)) = method.split_once('.') else {
        return false;
    };
    let plain = !name.is_empty() && name.bytes().all(|it| it.is_ascii_alphanumeric());
    let in_list = |list: &[(&str, &[&str])], found: bool| {
        list.iter()
            .any(|(known, names)| *known == domain && names.contains(&name) == found)
    };
    plain && (PAGES.contains(&domain) || in_list(MOSTLY, false) || in_list(NAMED, true))
}

/// Why a command is not on the list, where that is not plain.
pub(super) fn reason(method: &str) -> Option<&'static str> {
    let found = REASONS
        .iter()
        .find(|(name, _)| method == *name || (name.ends_with('.') && method.starts_with(name)));
    found.map(|(_, why)| *why)
}
