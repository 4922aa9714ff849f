//! A server's error, written for a person: every violation, field by field.

use std::time::Duration;

use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::output::plain;

/// The lines to show for an error of the server.
#[must_use]
pub fn lines(status: &Status) -> Vec<String> {
    let details = status.get_error_details();
    let mut lines = vec![format!("errand: {}", headline(status))];
    if let Some(request) = details.bad_request() {
        lines.extend(
            request
                .field_violations
                .iter()
                .map(|it| format!("  {}: {}", plain(&it.field), plain(&it.description))),
        );
    }
    if let Some(precondition) = details.precondition_failure() {
        lines.extend(
            precondition
                .violations
                .iter()
                .map(|it| format!("  {}: {}", plain(&it.subject), plain(&it.description))),
        );
    }
    if let Some(quota) = details.quota_failure() {
        lines.extend(
            quota
                .violations
                .iter()
                .map(|it| format!("  {}: {}", plain(&it.subject), plain(&it.description))),
        );
    }
    if let Some(wait) = retry_after(status) {
        lines.push(format!("  try again in {:.1} s", wait.as_secs_f64()));
    }
    if let Some(hint) = hint(status) {
        lines.push(format!("  {hint}"));
    }
    lines
}

/// The first cause of an error: what is above it only says that a connection broke.
#[must_use]
pub fn root(error: &(dyn std::error::Error + 'static)) -> String {
    let mut root = error;
    while let Some(below) = root.source() {
        root = below;
    }
    match root.downcast_ref::<Status>() {
        Some(status) => status.message().to_owned(),
        None => root.to_string(),
    }
}

/// How long the server asks to wait before the next try.
#[must_use]
pub fn retry_after(status: &Status) -> Option<Duration> {
    status.get_error_details().retry_info()?.retry_delay
}

fn headline(status: &Status) -> String {
    let details = status.get_error_details();
    let message = if details.bad_request().is_some() {
        // Each violation has a line of its own.
        String::new()
    } else if details.error_info().is_none() {
        plain(&root(status))
    } else {
        plain(status.message())
    };
    let name = match status.code() {
        _ if is_broken(status) => "the connection broke",
        Code::InvalidArgument => "the request is not valid",
        Code::NotFound => "not found",
        Code::AlreadyExists => "already exists",
        Code::Unauthenticated => "the server does not accept the key",
        Code::PermissionDenied => "not permitted",
        Code::Unavailable => "the server is not available",
        Code::DeadlineExceeded => "the server did not answer in time",
        Code::FailedPrecondition => "not possible now",
        Code::ResourceExhausted => "a limit is reached",
        Code::Unimplemented => "the server does not know this call",
        Code::Internal | Code::Unknown => "the server failed",
        _ => "the call failed",
    };
    if message.is_empty() {
        name.to_owned()
    } else {
        format!("{name}: {message}")
    }
}

/// Whether the connection, and not the server, is at fault: what a server reports has a reason.
#[must_use]
pub fn is_broken(status: &Status) -> bool {
    matches!(
        status.code(),
        Code::Unknown | Code::Internal | Code::Cancelled
    ) && status.get_error_details().error_info().is_none()
}

fn hint(status: &Status) -> Option<&'static str> {
    match status.code() {
        _ if is_broken(status) => {
            Some("does the server want https://, or a certificate of yours (--client-cert)?")
        }
        Code::Unauthenticated => {
            Some("set ERRAND_API_KEY, or --data-dir to the data folder of the server")
        }
        Code::Unimplemented => Some("client and server are of different versions?"),
        _ => None,
    }
}
