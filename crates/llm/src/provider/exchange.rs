//! One request and its answer.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use errand_domain::port::{EgressError, HttpAnswer, HttpRequest};
use http::{HeaderName, HeaderValue, Method, header};
use serde_json::Value;
use url::Url;

use super::{Provider, lack::Lack, retry, size};
use crate::{
    Error, Kind, Meter, Reply, Request, Try, Usage, fold,
    settings::Profile,
    wire::{self, Format, Unheard},
};

/// Longest answer that is read.
const MAX_ANSWER: usize = 4 * 1024 * 1024;

/// How one request went.
pub struct Exchange {
    pub answer: Result<Reply, Error>,
    pub record: Try,
    /// Whether to ask again, and after how long if the provider says so.
    pub again_after: Option<Option<Duration>>,
    /// What the provider said that it doesn't take, and the settings that it was sent by.
    pub lack: Option<Lack>,
    pub used: Arc<Profile>,
}

impl Provider {
    /// Sends the request once.
    ///
    /// # Errors
    /// If nothing was sent, because the meter leaves no room.
    pub(super) async fn exchange(
        &self,
        request: &Request,
        meter: &Meter,
        until: Duration,
        waited: Duration,
    ) -> Result<Exchange, Error> {
        let used = self.current();
        let profile = &*used;
        let can = profile.capabilities;
        let room = meter
            .room(size::least(request), profile.prices)
            .map_err(|reason| self.error(Kind::Budget, &reason))?;
        let wanted = request.max_output_tokens.unwrap_or(can.max_output_tokens);
        let max_tokens = u64::from(wanted.min(can.max_output_tokens)).min(room);
        let (format, url) = profile.route(request.computer.is_some());
        let (json, header) = format.encode(&fold::fold(request, can), profile, max_tokens);
        let body = Bytes::from(json.to_string());
        let started = self.clock.elapsed();
        let timeout = until.saturating_sub(started);
        let sent = self.send(url, header, body.clone(), timeout).await;
        let took = self.clock.elapsed().saturating_sub(started);
        let mut record = Try {
            model: profile.name.clone(),
            url: shown(url),
            waited,
            took,
            request: self.scrubbed(body),
            status: None,
            response: Bytes::new(),
            usage: None,
            cost: None,
            error: None,
        };
        let mut again_after = None;
        let answer = match sent {
            Err(sent) => {
                let error = self.unsent(&sent);
                let passes = !matches!(sent, EgressError::Blocked(_)) && error.kind.is_passing();
                again_after = passes.then_some(None);
                Err(error)
            }
            Ok(answer) => {
                record.status = Some(answer.status.as_u16());
                record.response = self.scrubbed(answer.body.clone());
                let read = self.read(request, format, profile, &answer, meter, &mut record);
                read.map_err(|unheard| {
                    let mut error = self.error(unheard.kind, &unheard.message);
                    error.status = record.status;
                    error.retry_after = retry::after(&answer.headers, self.clock.now());
                    let again = error.kind.is_passing() && !retry::is_ruled_out(&answer.headers);
                    again_after = again.then_some(error.retry_after);
                    error
                })
            }
        };
        record.error = answer.as_ref().err().cloned();
        let lack = record.error.as_ref();
        let lack = lack.and_then(|it| Lack::told(it, &json, profile));
        if record.is_uncounted() {
            meter.count(None, None);
        }
        tracing::debug!(
            model = record.model,
            status = record.status,
            took = ?record.took,
            tokens = record.usage.map(|it| it.total()),
            failed = record.error.as_ref().map(|it| it.kind.as_str()),
            "asked a model"
        );
        Ok(Exchange {
            answer,
            record,
            again_after,
            lack,
            used,
        })
    }

    async fn send(
        &self,
        url: &Url,
        header: Option<(&'static str, &'static str)>,
        body: Bytes,
        timeout: Duration,
    ) -> Result<HttpAnswer, EgressError> {
        let mut headers = self.profile.all_headers();
        let json = HeaderValue::from_static("application/json");
        headers.insert(header::CONTENT_TYPE, json.clone());
        headers.insert(header::ACCEPT, json);
        if let Some((name, value)) = header {
            let name = HeaderName::from_static(name);
            headers.insert(name, HeaderValue::from_static(value));
        }
        let answer = self.egress.send(HttpRequest {
            method: Method::POST,
            url: url.clone(),
            headers,
            body,
            timeout,
            max_body: MAX_ANSWER,
            max_redirects: 0,
        });
        let answer = answer.await?;
        let now = self.clock.elapsed();
        self.pace.heard(&answer.headers, now, self.clock.now());
        Ok(answer)
    }

    fn unsent(&self, error: &EgressError) -> Error {
        let kind = match error {
            EgressError::Unusable(_) => Kind::BadRequest,
            EgressError::Blocked(_) | EgressError::Unreachable(_) => Kind::Unreachable,
            EgressError::Cut { .. } => Kind::Truncated,
            EgressError::Timeout { .. } => Kind::Deadline,
            EgressError::TooLarge { .. } => Kind::TooLarge,
        };
        self.error(kind, &error.to_string())
    }

    fn read(
        &self,
        request: &Request,
        format: Format,
        profile: &Profile,
        answer: &HttpAnswer,
        meter: &Meter,
        record: &mut Try,
    ) -> Result<Reply, Unheard> {
        let content_type = answer.headers.get(header::CONTENT_TYPE);
        let content_type = content_type
            .and_then(|it| it.to_str().ok())
            .unwrap_or_default();
        let status = answer.status;
        if !status.is_success() {
            return Err(wire::failure(status.as_u16(), content_type, &answer.body));
        }
        let body: Value = serde_json::from_slice(&answer.body).map_err(|error| {
            let (kind, message) = if error.is_eof() && !answer.body.is_empty() {
                (Kind::Truncated, "the answer is cut off".to_owned())
            } else {
                let what = wire::page(content_type, &answer.body);
                (
                    Kind::NotJson,
                    format!("it answered {what}; is base_url right?"),
                )
            };
            Unheard { kind, message }
        })?;
        if let Some(error) = wire::in_body(&body) {
            return Err(error);
        }
        let expected = size::expected(request);
        let usage = format.usage(&body);
        let heard = format.decode(&body, request);
        // Where the provider counts nothing, nothing could be limited.
        let usage = usage.unwrap_or_else(|| Usage {
            input: expected,
            output: (answer.body.len() / 4) as u64,
            estimated: true,
            ..Usage::default()
        });
        let cost = self.profile.prices.map(|it| it.of(usage));
        self.pace.counted(expected, usage.total());
        meter.count(Some(usage), cost);
        record.usage = Some(usage);
        record.cost = cost;
        let (heard, missing) = fold::unfold(heard?, request, profile.capabilities);
        Ok(Reply {
            turn: heard.turn,
            json: heard.json,
            missing,
            stop: heard.stop,
            usage,
            cost,
            model: self.profile.name.clone(),
        })
    }

    /// The same bytes, unless a key is among them.
    fn scrubbed(&self, body: Bytes) -> Bytes {
        if self.profile.scrub.is_empty() {
            return body;
        }
        match std::str::from_utf8(&body) {
            Ok(text) => {
                let clean = self.profile.scrub.text(text);
                if clean.len() == text.len() && clean == text {
                    body
                } else {
                    Bytes::from(clean)
                }
            }
            Err(_) => Bytes::from(self.profile.scrub.text(&String::from_utf8_lossy(&body))),
        }
    }
}

/// A URL without what may be secret in it.
fn shown(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.to_string()
}
