//! Sessions as lines for a person.

use errand_api::v1::{Session, SessionEvent, SessionStatus};

use crate::{command::runs::time, output::plain};

/// A status by the rest of its name.
pub fn word(status: SessionStatus) -> String {
    let name = status.as_str_name();
    let rest = name.strip_prefix("SESSION_STATUS_").unwrap_or(name);
    rest.to_lowercase()
}

/// One line of the list.
pub fn row(session: &Session) -> String {
    let expires = session.expires_at.as_ref().map(time).unwrap_or_default();
    let occupied = if session.runnable_id.is_empty() {
        "-"
    } else {
        &session.runnable_id
    };
    format!(
        "{}  {:<8}  {:<7}  until {expires:<20}  {occupied}",
        session.browser_session_id,
        word(session.status()),
        session.browser_type,
    )
}

/// One line of what happened.
pub fn event(event: &SessionEvent) -> String {
    let at = event.created_at.as_ref().map(time).unwrap_or_default();
    let (kind, summary) = (plain(&event.kind), plain(&event.summary));
    format!("{:>5}  {at}  {kind:<16}  {summary}", event.number)
}

/// A whole session: one line for everything that is known.
pub fn session(session: &Session) -> Vec<String> {
    let mut lines = vec![format!("session   {}", plain(&session.browser_session_id))];
    let mut put = |name: &str, value: &str| {
        if !value.is_empty() {
            lines.push(format!("{name:<9} {}", plain(value)));
        }
    };
    put("status", &word(session.status()));
    put("waits", &session.queued_reason);
    put("ended", &session.close_detail);
    put("browser", &session.browser_type);
    if let Some(viewport) = &session.viewport {
        put(
            "viewport",
            &format!("{}x{}", viewport.width, viewport.height),
        );
    }
    put("url", &session.url);
    put("profile", &session.browser_profile_id);
    put("has", &session.extensions.join(" "));
    put("proxy", &session.proxy_url);
    put("run", &session.runnable_id);
    if session.waiting_runs > 0 {
        put("queue", &format!("{} runs wait", session.waiting_runs));
    }
    put("timeout", &format!("{} minutes", session.timeout));
    let mut labels: Vec<String> = session
        .labels
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    labels.sort_unstable();
    put("labels", &labels.join(" "));
    for (name, at) in [
        ("created", &session.created_at),
        ("started", &session.started_at),
        ("until", &session.expires_at),
        ("completed", &session.completed_at),
    ] {
        put(name, &at.as_ref().map(time).unwrap_or_default());
    }
    put("address", &session.browser_address);
    lines
}
