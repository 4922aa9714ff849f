//! Why a run did not complete: one closed list.

use serde::{Deserialize, Serialize};

macro_rules! categories {
    ($($(#[$doc:meta])* $variant:ident = $name:literal),* $(,)?) => {
        /// Why a run ended `failed`, `terminated` or `timed_out`. The list is closed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum FailureCategory {
            $($(#[$doc])* #[serde(rename = $name)] $variant,)*
        }

        impl FailureCategory {
            /// Every category.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name in logs, in JSON and in the contract.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// The category of that name.
            #[must_use]
            pub fn parse(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

categories! {
    /// A part of the goal has no meaning to the engine; the reason quotes it.
    GoalNotUnderstood = "GOAL_NOT_UNDERSTOOD",
    /// Nothing on the page fits what the goal names.
    ElementNotFound = "ELEMENT_NOT_FOUND",
    /// The element was found, but acting on it failed or changed nothing.
    ActionFailed = "ACTION_FAILED",
    /// The browser is on a page that the goal does not speak of.
    WrongPage = "WRONG_PAGE",
    /// The page shows that the goal can't be met.
    GoalUnreachable = "GOAL_UNREACHABLE",
    /// The page could not be opened: refused, not resolved, an error status.
    NavigationFailed = "NAVIGATION_FAILED",
    /// The page did not load within its time.
    PageLoadTimeout = "PAGE_LOAD_TIMEOUT",
    /// The address is one that runs may not reach.
    EgressBlocked = "EGRESS_BLOCKED",
    /// The upstream proxy failed.
    ProxyError = "PROXY_ERROR",
    /// The site took the browser for a bot.
    AntiBot = "ANTI_BOT",
    /// A captcha stands in the way.
    Captcha = "CAPTCHA",
    /// The site refused the log-in, or something needed for it was not given.
    AuthFailed = "AUTH_FAILED",
    /// A stored credential could not be read.
    CredentialError = "CREDENTIAL_ERROR",
    /// A credential is not allowed on this origin.
    CredentialOrigin = "CREDENTIAL_ORIGIN",
    /// No one-time code came in time.
    TotpTimeout = "TOTP_TIMEOUT",
    /// The extracted data does not fit the schema.
    ExtractionInvalid = "EXTRACTION_INVALID",
    /// The check of the result did not confirm it.
    VerificationFailed = "VERIFICATION_FAILED",
    /// A download did not arrive.
    DownloadFailed = "DOWNLOAD_FAILED",
    /// A model could not be reached or answered nonsense.
    ModelError = "MODEL_ERROR",
    /// A model refused.
    ModelRefused = "MODEL_REFUSED",
    /// The run used all its steps.
    MaxSteps = "MAX_STEPS",
    /// The run used all its time.
    Deadline = "DEADLINE",
    /// The run used all its tokens or money.
    Budget = "BUDGET",
    /// The run did the same thing again and again.
    Loop = "LOOP",
    /// The browser ended or stopped answering.
    BrowserCrashed = "BROWSER_CRASHED",
    /// The session that the run lived in was closed.
    SessionClosed = "SESSION_CLOSED",
    /// The server died; the named action's outcome is unknown.
    Interrupted = "INTERRUPTED",
    /// A caller stopped the run.
    StoppedByCaller = "STOPPED_BY_CALLER",
    /// A person said no.
    RejectedByPerson = "REJECTED_BY_PERSON",
    /// A terminate criterion was met.
    Criterion = "CRITERION",
    /// An input of the run is not usable.
    InputInvalid = "INPUT_INVALID",
    /// Disk, memory or a quota ran out.
    ResourceExhausted = "RESOURCE_EXHAUSTED",
    /// A fault of ours.
    Internal = "INTERNAL",
}
