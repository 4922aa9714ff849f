//! Where an answer sends the client.

use bytes::Bytes;
use errand_domain::port::{EgressError, HttpRequest};
use http::{HeaderMap, Method, Response, StatusCode, header};
use url::Url;

/// The request that follows on this answer, if it is a redirect and one more may be followed.
///
/// # Errors
/// [`EgressError::Unusable`], if it leads from https to http, or nowhere.
pub fn next<B>(
    request: &HttpRequest,
    answer: &Response<B>,
) -> Result<Option<HttpRequest>, EgressError> {
    let status = answer.status();
    let keeps_method = match status {
        StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => true,
        StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND | StatusCode::SEE_OTHER => false,
        _ => return Ok(None),
    };
    let location = answer.headers().get(header::LOCATION);
    let Some(location) = location.filter(|_| request.max_redirects > 0) else {
        return Ok(None);
    };
    let url = location
        .to_str()
        .ok()
        .and_then(|it| request.url.join(it).ok())
        .filter(Url::has_host)
        .ok_or_else(|| unusable(request, "to no URL"))?;
    if request.url.scheme() == "https" && url.scheme() != "https" {
        return Err(unusable(request, "from https to an unprotected address"));
    }
    let mut next = HttpRequest {
        max_redirects: request.max_redirects - 1,
        ..request.clone()
    };
    if !keeps_method && !matches!(next.method, Method::GET | Method::HEAD) {
        next.method = Method::GET;
        next.body = Bytes::new();
        next.headers.remove(header::CONTENT_TYPE);
    }
    if url.origin() != request.url.origin() {
        forget(&mut next.headers);
    }
    next.url = url;
    Ok(Some(next))
}

/// What was meant for one origin is not for another.
fn forget(headers: &mut HeaderMap) {
    let secret: Vec<_> = headers
        .iter()
        .filter(|(name, value)| {
            value.is_sensitive() || [header::AUTHORIZATION, header::COOKIE].contains(name)
        })
        .map(|(name, _)| name.clone())
        .collect();
    for name in secret {
        headers.remove(name);
    }
}

fn unusable(request: &HttpRequest, whereto: &str) -> EgressError {
    let host = request.url.host_str().unwrap_or_default();
    EgressError::Unusable(format!("{host} redirects {whereto}"))
}
