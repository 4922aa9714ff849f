//! What an answer that is no answer means.

use errand_domain::text::{clip, squeeze};
use serde_json::Value;

use super::{Unheard, string};
use crate::Kind;

/// Longest text of a provider that is repeated.
const MAX_MESSAGE: usize = 500;

/// What a status other than 2xx means, with the provider's own words.
pub(crate) fn failure(status: u16, content_type: &str, body: &[u8]) -> Unheard {
    let parsed: Option<Value> = serde_json::from_slice(body).ok();
    let Some(value) = parsed else {
        let kind = match status {
            300..=399 => Kind::NotJson,
            401 | 403 => Kind::Unauthorized,
            404 | 405 => Kind::UnknownModel,
            408 | 409 => Kind::Server,
            413 => Kind::ContextTooLong,
            429 => Kind::RateLimited,
            400..=499 => Kind::BadRequest,
            _ => Kind::Server,
        };
        let what = page(content_type, body);
        return Unheard::new(kind, format!("status {status} with {what}"));
    };
    let (code, message) = error(&value);
    Unheard::new(kind(status, &code, &message), message)
}

/// Whether a status of 2xx hides an error, as gateways do.
pub(crate) fn in_body(body: &Value) -> Option<Unheard> {
    let inner = body.get("error").filter(|it| !it.is_null())?;
    let (code, message) = error(body);
    let status = inner.get("code").and_then(Value::as_u64).unwrap_or(0);
    Some(Unheard::new(
        kind(u16::try_from(status).unwrap_or(0), &code, &message),
        message,
    ))
}

/// What came where JSON was expected, in a few words.
pub(crate) fn page(content_type: &str, body: &[u8]) -> String {
    let text = String::from_utf8_lossy(&body[..body.len().min(2000)]);
    let start = text.trim_start().to_ascii_lowercase();
    if body.is_empty() {
        return "an empty body".to_owned();
    }
    if start.starts_with("<!doctype html")
        || start.starts_with("<html")
        || content_type.contains("html")
    {
        let title = text
            .split_once("<title>")
            .and_then(|(_, it)| it.split_once("</title>"));
        let title = title.map(|(title, _)| format!(" titled \"{}\"", clip(&squeeze(title), 100)));
        return format!("an HTML page{}", title.unwrap_or_default());
    }
    format!("\"{}\"", clip(&squeeze(&text), 200))
}

/// Code and message of an error, wherever the provider puts them.
fn error(value: &Value) -> (String, String) {
    // Google wraps its errors in a list.
    let value = value.get(0).unwrap_or(value);
    let inner = value.get("error").unwrap_or(value);
    let message = match inner {
        Value::String(text) => text.clone(),
        inner => [inner, value]
            .iter()
            .flat_map(|it| {
                ["message", "detail", "error_description", "msg"].map(|key| string(it, key))
            })
            .find(|it| !it.is_empty())
            .unwrap_or_default(),
    };
    let code = ["code", "type", "status"]
        .map(|key| string(inner, key))
        .join(" ");
    let upstream = inner
        .pointer("/metadata/raw")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let message = if upstream.is_empty() {
        message
    } else {
        format!("{message}: {upstream}")
    };
    (code, clip(&squeeze(&message), MAX_MESSAGE))
}

fn kind(status: u16, code: &str, message: &str) -> Kind {
    let code = code.to_ascii_lowercase();
    let message = message.to_ascii_lowercase();
    let coded = |words: &[&str]| words.iter().any(|it| code.contains(it));
    let said = |words: &[&str]| words.iter().any(|it| message.contains(it));
    if coded(&["insufficient_quota", "billing", "credit"])
        || status == 402
        || said(&["credit balance is too low", "exceeded your current quota"])
    {
        return Kind::Quota;
    }
    if coded(&["context_length", "string_above_max_length"])
        || said(&[
            "context length",
            "context window",
            "prompt is too long",
            "maximum context",
            "too many tokens",
            "exceeds the limit of tokens",
            "input is too long",
        ]) && matches!(status, 0 | 400 | 413 | 422 | 500)
    {
        return Kind::ContextTooLong;
    }
    if coded(&["content_filter", "content_policy", "responsibleaipolicy"]) {
        return Kind::Refused;
    }
    if coded(&["model_not_found", "deploymentnotfound"]) {
        return Kind::UnknownModel;
    }
    match status {
        401 | 403 => Kind::Unauthorized,
        404 | 405 => Kind::UnknownModel,
        408 | 409 => Kind::Server,
        413 => Kind::ContextTooLong,
        429 => Kind::RateLimited,
        400..=499 if coded(&["authentication", "invalid_api_key", "permission"]) => {
            Kind::Unauthorized
        }
        400..=499 if said(&["api key not valid", "invalid api key"]) => Kind::Unauthorized,
        400..=499
            if said(&["model"]) && said(&["not found", "does not exist", "not a valid model"]) =>
        {
            Kind::UnknownModel
        }
        300..=499 => Kind::BadRequest,
        0 if coded(&["rate_limit"]) => Kind::RateLimited,
        0 if coded(&["invalid_request"]) => Kind::BadRequest,
        _ => Kind::Server,
    }
}
