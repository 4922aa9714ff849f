//! Every error that leaves the service is made here: a code, a reason out of the closed list, and
//! details that a program can act on.

use std::{collections::HashMap, time::Duration};

use errand_api::v1::ErrorReason;
use errand_domain::{ArtifactId, ProfileId, RunId, RunState, SessionId, SessionState};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

/// The `domain` of every `ErrorInfo`.
pub(crate) const DOMAIN: &str = "errand";
/// How long a client should wait before it goes on elsewhere.
const RETRY_SOON: Duration = Duration::from_millis(500);
/// How long a client should wait when the service has too much to do.
const RETRY_LATER: Duration = Duration::from_secs(5);

/// The reason as it stands in `ErrorInfo`.
pub(crate) fn name(reason: ErrorReason) -> &'static str {
    let name = reason.as_str_name();
    name.strip_prefix("ERROR_REASON_").unwrap_or(name)
}

fn details(reason: ErrorReason) -> ErrorDetails {
    ErrorDetails::with_error_info(name(reason), DOMAIN, HashMap::new())
}

fn status(code: Code, message: impl Into<String>, details: ErrorDetails) -> Status {
    Status::with_error_details(code, message, details)
}

fn retry(code: Code, reason: ErrorReason, message: impl Into<String>, after: Duration) -> Status {
    let mut details = details(reason);
    details.set_retry_info(Some(after));
    status(code, message, details)
}

fn resource(
    code: Code,
    reason: ErrorReason,
    kind: &str,
    name: &str,
    message: impl Into<String>,
) -> Status {
    let mut details = details(reason);
    // Ids are echoed: clipped, so that a stranger's megabyte does not come back in a header.
    let name = errand_domain::text::clip(name, 200);
    details.set_resource_info(kind, name, "", "");
    status(code, message, details)
}

/// The request can't be carried out; every violation is in the details.
pub(crate) fn invalid(message: String, violations: Vec<(String, String)>) -> Status {
    let mut details = details(ErrorReason::InvalidRequest);
    for (field, description) in violations {
        details.add_bad_request_violation(field, description);
    }
    status(Code::InvalidArgument, message, details)
}

pub(crate) fn key_missing() -> Status {
    let message = "this call needs an API key: send it as `authorization: Bearer KEY` or \
                   `x-api-key: KEY`";
    status(
        Code::Unauthenticated,
        message,
        details(ErrorReason::KeyMissing),
    )
}

pub(crate) fn key_invalid() -> Status {
    let message = "the API key is not valid";
    status(
        Code::Unauthenticated,
        message,
        details(ErrorReason::KeyInvalid),
    )
}

pub(crate) fn address_expired() -> Status {
    let message = "the address has expired: read the session again for a fresh one";
    status(
        Code::Unauthenticated,
        message,
        details(ErrorReason::KeyInvalid),
    )
}

pub(crate) fn run_not_found(id: &RunId) -> Status {
    let shown = errand_domain::text::clip(id.as_str(), 200);
    let message = format!("there is no run `{shown}`");
    resource(
        Code::NotFound,
        ErrorReason::RunNotFound,
        "errand.v1.Run",
        &shown,
        message,
    )
}

pub(crate) fn artifact_not_found(id: &ArtifactId) -> Status {
    let shown = errand_domain::text::clip(id.as_str(), 200);
    let message = format!("there is no artifact `{shown}`");
    let reason = ErrorReason::ArtifactNotFound;
    resource(
        Code::NotFound,
        reason,
        "errand.v1.Artifact",
        &shown,
        message,
    )
}

pub(crate) fn session_not_found(id: &SessionId) -> Status {
    let shown = errand_domain::text::clip(id.as_str(), 200);
    let message = format!("there is no session `{shown}`");
    resource(
        Code::NotFound,
        ErrorReason::SessionNotFound,
        "errand.v1.Session",
        &shown,
        message,
    )
}

pub(crate) fn session_ended(id: &SessionId, state: SessionState) -> Status {
    let message = format!("session `{id}` is {}: make another", state.as_str());
    resource(
        Code::FailedPrecondition,
        ErrorReason::SessionEnded,
        "errand.v1.Session",
        id.as_str(),
        message,
    )
}

pub(crate) fn browser_not_installed(missing: &str) -> Status {
    status(
        Code::FailedPrecondition,
        missing,
        details(ErrorReason::BrowserNotInstalled),
    )
}

/// Neither here nor elsewhere.
pub(crate) fn not_live(id: &str) -> Status {
    let shown = errand_domain::text::clip(id, 200);
    let message = format!("`{shown}` has no live browser: it has not started yet, or has ended");
    status(
        Code::FailedPrecondition,
        message,
        details(ErrorReason::BrowserNotLive),
    )
}

pub(crate) fn owner_unreachable() -> Status {
    let message = "the replica that has the browser can't be reached: try again";
    retry(
        Code::Unavailable,
        ErrorReason::OwnerUnreachable,
        message,
        RETRY_SOON,
    )
}

pub(crate) fn control_taken(name: &str, since: &str) -> Status {
    let name = errand_domain::text::clip(name, 100);
    let message = format!("{name} controls the browser since {since}: try again when it is free");
    status(
        Code::FailedPrecondition,
        message,
        details(ErrorReason::ControlTaken),
    )
}

pub(crate) fn control_lost() -> Status {
    let message = "you don't control the browser, or not any more: take control again";
    status(Code::Aborted, message, details(ErrorReason::ControlLost))
}

pub(crate) fn profile_not_found(id: &ProfileId) -> Status {
    let shown = errand_domain::text::clip(id.as_str(), 200);
    let message = format!("there is no profile `{shown}`");
    profile(Code::NotFound, ErrorReason::ProfileNotFound, id, message)
}

pub(crate) fn profile_deleted(id: &ProfileId) -> Status {
    let message = format!("profile `{id}` was deleted, and what it held is gone");
    profile(Code::NotFound, ErrorReason::ProfileNotFound, id, message)
}

pub(crate) fn profile_content_lost(id: &ProfileId) -> Status {
    let message = format!("what profile `{id}` held can't be read with this server's secret");
    let reason = ErrorReason::ProfileContentLost;
    profile(Code::DataLoss, reason, id, message)
}

fn profile(code: Code, reason: ErrorReason, id: &ProfileId, message: String) -> Status {
    resource(code, reason, "errand.v1.Profile", id.as_str(), message)
}

pub(crate) fn profile_name_taken(name: &str) -> Status {
    let shown = errand_domain::text::clip(name, 200);
    let message = format!("another profile is called {shown:?}: take another name, or delete it");
    let reason = ErrorReason::ProfileNameTaken;
    let kind = "errand.v1.Profile";
    resource(Code::AlreadyExists, reason, kind, &shown, message)
}

pub(crate) fn profile_too_large(what: &str) -> Status {
    let message = format!("the browser's state is more than what is kept: {what}");
    let details = details(ErrorReason::ProfileTooLarge);
    status(Code::ResourceExhausted, message, details)
}

pub(crate) fn profile_source_missing(id: &RunId) -> Status {
    let message = format!(
        "run `{id}` kept no browser state: start it again with persist_browser_session, and make \
         the profile from that run"
    );
    let mut details = details(ErrorReason::ProfileSourceMissing);
    let what = "has to be set when the run is started";
    details.add_precondition_failure_violation("FIELD", "persist_browser_session", what);
    status(Code::FailedPrecondition, message, details)
}

/// What a run kept can't be read any more.
pub(crate) fn run_state_lost(id: &RunId) -> Status {
    let message =
        format!("the browser state of run `{id}` can't be read with this server's secret");
    let reason = ErrorReason::ProfileContentLost;
    resource(
        Code::DataLoss,
        reason,
        "errand.v1.Run",
        id.as_str(),
        message,
    )
}

pub(crate) fn content_lost(id: &ArtifactId) -> Status {
    let message = format!("the content of artifact `{id}` is no longer in the storage");
    let reason = ErrorReason::ArtifactContentLost;
    resource(
        Code::DataLoss,
        reason,
        "errand.v1.Artifact",
        id.as_str(),
        message,
    )
}

pub(crate) fn request_id_reused(request_id: &str) -> Status {
    let message = "this request_id was used for another request within the last 24 hours: repeat \
                   that one unchanged, or take a new id";
    let reason = ErrorReason::RequestIdReused;
    resource(
        Code::AlreadyExists,
        reason,
        "request_id",
        request_id,
        message,
    )
}

pub(crate) fn not_final(id: &RunId, state: RunState, what: &str) -> Status {
    let message = format!(
        "run `{id}` is {}: only a run that has ended can be {what}",
        state.as_str()
    );
    let reason = ErrorReason::RunNotFinal;
    resource(
        Code::FailedPrecondition,
        reason,
        "errand.v1.Run",
        id.as_str(),
        message,
    )
}

pub(crate) fn not_paused(id: &RunId, state: RunState) -> Status {
    let message = format!("run `{id}` is {}: it waits for no response", state.as_str());
    let reason = ErrorReason::RunNotPaused;
    resource(
        Code::FailedPrecondition,
        reason,
        "errand.v1.Run",
        id.as_str(),
        message,
    )
}

pub(crate) fn model_not_configured(engine: &str, settings: &str) -> Status {
    let message = format!(
        "the engine {engine} needs a language model, and this server has none: set {settings}, and \
         start it again; the engine local needs none"
    );
    let mut details = details(ErrorReason::ModelNotConfigured);
    let what = "no language model is configured";
    for setting in ["ERRAND_LLM_MODEL", "ERRAND_LLM_API_KEY", "llm.models"] {
        details.add_precondition_failure_violation("SETTING", setting, what);
    }
    status(Code::FailedPrecondition, message, details)
}

/// The models that there are can't act on pictures in the way of this engine.
pub(crate) fn screen_not_configured(engine: &str, setting: &str) -> Status {
    let message = format!(
        "the engine {engine} needs a language model of its own kind, and this server has none: in \
         [llm.models.NAME] of its errand.toml set {setting}, and start it again"
    );
    let mut details = details(ErrorReason::ModelNotConfigured);
    let what = "no model of this kind is configured";
    let setting = "llm.models.NAME.computer_tool";
    details.add_precondition_failure_violation("SETTING", setting, what);
    status(Code::FailedPrecondition, message, details)
}

/// `what` names the field, as in `after_sequence`.
pub(crate) fn position_ahead(what: &str, asked: u64, end: u64) -> Status {
    let message = format!("{what} is {asked}, but the end is at {end}");
    status(
        Code::OutOfRange,
        message,
        details(ErrorReason::PositionAhead),
    )
}

pub(crate) fn too_many_watchers(limit: usize) -> Status {
    let message = format!("{limit} streams and waits are open, the most that may be at once");
    retry(
        Code::ResourceExhausted,
        ErrorReason::TooManyWatchers,
        message,
        RETRY_LATER,
    )
}

/// A browser has as many watchers as it can have.
pub(crate) fn full(what: &str) -> Status {
    let reason = ErrorReason::TooManyWatchers;
    retry(Code::ResourceExhausted, reason, what, RETRY_LATER)
}

pub(crate) fn message_too_large(limit: usize) -> Status {
    let message = format!("the message is larger than {limit} bytes, the most a message may have");
    status(
        Code::ResourceExhausted,
        message,
        details(ErrorReason::MessageTooLarge),
    )
}

pub(crate) fn storage_full() -> Status {
    let message = "the service has no room to store more; nothing was created";
    status(
        Code::ResourceExhausted,
        message,
        details(ErrorReason::StorageFull),
    )
}

pub(crate) fn conflict(id: &RunId) -> Status {
    let message = format!("run `{id}` was changed by somebody else at the same moment: try again");
    status(Code::Aborted, message, details(ErrorReason::Conflict))
}

pub(crate) fn stopping() -> Status {
    let message = "the server is stopping: go on with another one, or with this one in a moment";
    retry(
        Code::Unavailable,
        ErrorReason::ServerStopping,
        message,
        RETRY_SOON,
    )
}

pub(crate) fn store_unavailable() -> Status {
    let message = "the database can't be reached: try again";
    retry(
        Code::Unavailable,
        ErrorReason::StoreUnavailable,
        message,
        RETRY_LATER,
    )
}

pub(crate) fn method_not_found(what: &str) -> Status {
    let message = format!("there is no {}", errand_domain::text::clip(what, 200));
    status(
        Code::Unimplemented,
        message,
        details(ErrorReason::MethodNotFound),
    )
}

/// A fault of ours. Its text stays in our log.
pub(crate) fn internal() -> Status {
    let message = "a fault of the server; its log tells more";
    status(Code::Internal, message, details(ErrorReason::Internal))
}

/// The caller's deadline passed before the answer was there.
pub(crate) fn deadline() -> Status {
    Status::deadline_exceeded("the call's deadline passed before the answer was there")
}

/// A bound of the store was hit.
pub(crate) fn limit(what: &str) -> Status {
    let reason = ErrorReason::StorageFull;
    retry(Code::ResourceExhausted, reason, what, RETRY_LATER)
}
