//! A status becomes an HTTP answer.

use axum::response::{IntoResponse as _, Response};
use errand_api::v1::ErrorReason;
use http::{HeaderValue, StatusCode, header};
use serde_json::{Map, Value, json};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::refusal::name;

/// The status as JSON in the shape of `google.rpc.Status`, under the HTTP code that fits.
pub(crate) fn refuse(status: &Status) -> Response {
    let mut answer = (http_code(status), axum::Json(body(status))).into_response();
    let headers = answer.headers_mut();
    if status.code() == Code::Unauthenticated {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    let pause = status
        .get_details_retry_info()
        .and_then(|it| it.retry_delay);
    if let Some(pause) = pause {
        headers.insert(
            header::RETRY_AFTER,
            HeaderValue::from(pause.as_secs().max(1)),
        );
    }
    answer
}

fn http_code(status: &Status) -> StatusCode {
    let reason = status
        .get_details_error_info()
        .map(|it| it.reason)
        .unwrap_or_default();
    match status.code() {
        Code::InvalidArgument | Code::FailedPrecondition | Code::OutOfRange => {
            StatusCode::BAD_REQUEST
        }
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        Code::PermissionDenied => StatusCode::FORBIDDEN,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::AlreadyExists | Code::Aborted => StatusCode::CONFLICT,
        Code::ResourceExhausted if reason == name(ErrorReason::MessageTooLarge) => {
            StatusCode::PAYLOAD_TOO_LARGE
        }
        Code::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
        Code::Unimplemented if reason == name(ErrorReason::MethodNotFound) => StatusCode::NOT_FOUND,
        Code::Unimplemented => StatusCode::NOT_IMPLEMENTED,
        Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Code::DeadlineExceeded => StatusCode::GATEWAY_TIMEOUT,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// `google.rpc.Status` in JSON, with the code's name besides.
pub(super) fn body(status: &Status) -> Value {
    let mut details: Vec<Value> = Vec::new();
    let mut add = |kind: &str, fields: Value| {
        let mut detail = Map::new();
        detail.insert(
            "@type".to_owned(),
            format!("type.googleapis.com/google.rpc.{kind}").into(),
        );
        if let Value::Object(fields) = fields {
            detail.extend(fields);
        }
        details.push(Value::Object(detail));
    };
    if let Some(it) = status.get_details_error_info() {
        add(
            "ErrorInfo",
            json!({ "reason": it.reason, "domain": it.domain }),
        );
    }
    if let Some(it) = status.get_details_bad_request() {
        let violations = it.field_violations.iter();
        let violations: Vec<_> = violations
            .map(|it| json!({ "field": it.field, "description": it.description }))
            .collect();
        add("BadRequest", json!({ "field_violations": violations }));
    }
    if let Some(it) = status.get_details_resource_info() {
        let fields =
            json!({ "resource_type": it.resource_type, "resource_name": it.resource_name });
        add("ResourceInfo", fields);
    }
    if let Some(pause) = status
        .get_details_retry_info()
        .and_then(|it| it.retry_delay)
    {
        add(
            "RetryInfo",
            json!({ "retry_delay": format!("{}s", pause.as_secs_f64()) }),
        );
    }
    json!({
        "code": i32::from(status.code()),
        "status": code_name(status.code()),
        "message": status.message(),
        "details": details,
    })
}

fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}
