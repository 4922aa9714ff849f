//! A session: a live browser that is kept between runs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{OrganizationId, ProfileId, RunId, SessionId, Timestamp};

/// Shortest and longest time that a session may be asked for, in minutes.
pub const MINUTES: std::ops::RangeInclusive<u32> = 5..=1_440;
/// Minutes of a session that asks for none.
pub const DEFAULT_MINUTES: u32 = 60;

/// Where a session is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionState {
    /// Accepted; its browser is not up yet.
    Starting,
    /// Its browser is up.
    Running,
    /// It was told to close, and does.
    Closing,
    /// It ended as it should.
    Closed,
    /// Its browser could not be started, or was lost.
    Failed,
}

impl SessionState {
    /// Every state.
    pub const ALL: [Self; 5] = [
        Self::Starting,
        Self::Running,
        Self::Closing,
        Self::Closed,
        Self::Failed,
    ];

    /// The name in the database, in JSON and in the seeds.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Running => "running",
            Self::Closing => "closing",
            Self::Closed => "closed",
            Self::Failed => "failed",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }

    /// Whether the session has ended. A final state never changes.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Closed | Self::Failed)
    }

    /// Whether runs can still be put into it.
    #[must_use]
    pub fn takes_runs(self) -> bool {
        matches!(self, Self::Starting | Self::Running)
    }
}

/// Why a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CloseReason {
    /// A caller closed it.
    Caller,
    /// Its time ran out.
    Timeout,
    /// Its browser could not be started.
    StartFailed,
    /// Its browser ended or stopped answering.
    BrowserCrashed,
    /// The server that had it was stopped.
    ServerStopped,
    /// The server that had it died, and the browser with it.
    ServerLost,
}

impl CloseReason {
    /// Every reason.
    pub const ALL: [Self; 6] = [
        Self::Caller,
        Self::Timeout,
        Self::StartFailed,
        Self::BrowserCrashed,
        Self::ServerStopped,
        Self::ServerLost,
    ];

    /// The name in the database and in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Caller => "caller",
            Self::Timeout => "timeout",
            Self::StartFailed => "start_failed",
            Self::BrowserCrashed => "browser_crashed",
            Self::ServerStopped => "server_stopped",
            Self::ServerLost => "server_lost",
        }
    }

    /// The reason of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == name)
    }

    /// The state that a session ends in for this reason.
    #[must_use]
    pub fn state(self) -> SessionState {
        match self {
            Self::Caller | Self::Timeout | Self::ServerStopped => SessionState::Closed,
            Self::StartFailed | Self::BrowserCrashed | Self::ServerLost => SessionState::Failed,
        }
    }
}

/// Which browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BrowserType {
    /// Chrome or Chromium.
    #[default]
    Chrome,
    /// Microsoft Edge.
    Msedge,
    /// Firefox.
    Firefox,
}

impl BrowserType {
    /// Every type.
    pub const ALL: [Self; 3] = [Self::Chrome, Self::Msedge, Self::Firefox];

    /// The name in requests.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chrome => "chrome",
            Self::Msedge => "msedge",
            Self::Firefox => "firefox",
        }
    }

    /// The type of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == name)
    }

    /// Whether programs can drive it by the Chrome DevTools Protocol.
    #[must_use]
    pub fn speaks_cdp(self) -> bool {
        matches!(self, Self::Chrome | Self::Msedge)
    }
}

/// What a session's browser has besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Extension {
    /// Requests for advertisements and trackers are not made.
    AdBlocker,
    /// Captchas go to the operator's hook.
    CaptchaSolver,
}

impl Extension {
    /// Every extension.
    pub const ALL: [Self; 2] = [Self::AdBlocker, Self::CaptchaSolver];

    /// The name in requests.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AdBlocker => "ad-blocker",
            Self::CaptchaSolver => "captcha-solver",
        }
    }

    /// The extension of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == name)
    }
}

/// What a caller asks for, checked at the edge.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SessionRequest {
    /// How long it lives once its browser is up, extensions included.
    pub timeout_minutes: u32,
    /// The page that it begins with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The saved browser state that it begins with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile_id: Option<ProfileId>,
    /// Width and height of the viewport in CSS pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub viewport: Option<[u32; 2]>,
    /// Which browser.
    pub browser_type: BrowserType,
    /// A proxy of the caller's that its traffic leaves through, without its credentials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy_url: Option<String>,
    /// The same with its credentials, sealed for the session's id, in hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy_sealed: Option<String>,
    /// What it has besides.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<Extension>,
    /// A browser that somebody else runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub browser_address: Option<String>,
    /// The caller's own key-value pairs.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
}

/// A session as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Which session.
    pub id: SessionId,
    /// Whose.
    pub organization_id: OrganizationId,
    /// Where it is in its life.
    pub state: SessionState,
    /// What was asked for.
    pub request: SessionRequest,
    /// The process that has its browser, as in the leases of runs.
    pub holder: Option<String>,
    /// Raised by the claim; every write of the holder carries it.
    pub epoch: u64,
    /// The run that uses it now.
    pub run_id: Option<RunId>,
    /// When it was accepted.
    pub created_at: Timestamp,
    /// When its browser was up.
    pub started_at: Option<Timestamp>,
    /// When its time runs out.
    pub expires_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// When it was last changed.
    pub modified_at: Timestamp,
    /// Why it closes or ended.
    pub close_reason: Option<CloseReason>,
    /// The same for a person.
    pub close_detail: Option<String>,
}

/// Something that happened in a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionEvent {
    /// 1, 2, 3 … without gaps.
    pub number: u64,
    /// When it was written, by the database's clock.
    pub created_at: Timestamp,
    /// What kind: `started`, `run_started`, `command`, `control_taken`, ….
    pub kind: String,
    /// One line for a person.
    pub summary: String,
}
