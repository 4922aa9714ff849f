//! Sessions.

use errand_api::v1;
use errand_domain::{
    Session, SessionEvent, SessionState,
    session::{CloseReason, Extension},
};

use super::{count, long, moment, optional};

/// A session as it is.
pub(crate) fn session(session: &Session) -> v1::Session {
    let request = &session.request;
    let [width, height] = request.viewport.unwrap_or([1280, 720]);
    let occupied = session.run_id.is_some();
    let extensions: Vec<Extension> = request.extensions.clone();
    v1::Session {
        browser_session_id: session.id.to_string(),
        organization_id: session.organization_id.to_string(),
        status: status(session.state).into(),
        runnable_type: if occupied { "task" } else { "" }.to_owned(),
        runnable_id: optional(session.run_id.as_ref()),
        waiting_runs: 0,
        timeout: count(request.timeout_minutes),
        browser_address: String::new(),
        app_url: String::new(),
        extensions: extensions
            .into_iter()
            .map(|it| it.as_str().to_owned())
            .collect(),
        browser_type: request.browser_type.as_str().to_owned(),
        browser_profile_id: optional(request.profile_id.as_ref()),
        viewport: Some(v1::Viewport {
            width: count(width),
            height: count(height),
        }),
        url: request.url.clone().unwrap_or_default(),
        proxy_url: request.proxy_url.clone().unwrap_or_default(),
        queued_reason: String::new(),
        close_reason: session
            .close_reason
            .map_or(v1::SessionCloseReason::Unspecified, close_reason)
            .into(),
        close_detail: session.close_detail.clone().unwrap_or_default(),
        labels: request.labels.clone().into_iter().collect(),
        created_at: Some(moment(session.created_at)),
        started_at: session.started_at.map(moment),
        expires_at: session.expires_at.map(moment),
        completed_at: session.ended_at.map(moment),
        modified_at: Some(moment(session.modified_at)),
    }
}

pub(crate) fn session_event(event: SessionEvent) -> v1::SessionEvent {
    v1::SessionEvent {
        number: long(event.number),
        created_at: Some(moment(event.created_at)),
        kind: event.kind,
        summary: event.summary,
    }
}

fn status(state: SessionState) -> v1::SessionStatus {
    match state {
        SessionState::Starting => v1::SessionStatus::Starting,
        SessionState::Running => v1::SessionStatus::Running,
        SessionState::Closing => v1::SessionStatus::Closing,
        SessionState::Closed => v1::SessionStatus::Closed,
        SessionState::Failed => v1::SessionStatus::Failed,
    }
}

fn close_reason(reason: CloseReason) -> v1::SessionCloseReason {
    match reason {
        CloseReason::Caller => v1::SessionCloseReason::Caller,
        CloseReason::Timeout => v1::SessionCloseReason::Timeout,
        CloseReason::StartFailed => v1::SessionCloseReason::StartFailed,
        CloseReason::BrowserCrashed => v1::SessionCloseReason::BrowserCrashed,
        CloseReason::ServerStopped => v1::SessionCloseReason::ServerStopped,
        CloseReason::ServerLost => v1::SessionCloseReason::ServerLost,
    }
}
