//! A service of the operator's that solves captchas: one HTTP request, one answer.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use errand_domain::{
    RunId,
    port::{Captcha, CaptchaSolver, Egress, HttpRequest},
    text::clip,
};
use http::{HeaderValue, Method, StatusCode, header};
use serde::Deserialize;
use serde_json::json;
use url::Url;

/// How long it may take.
const TIMEOUT: Duration = Duration::from_secs(180);
/// Longest solution, in bytes; reCAPTCHA's tokens have about two thousand.
const MAX_SOLUTION: usize = 16 * 1024;

/// Where captchas are sent.
#[derive(Clone)]
pub struct CaptchaHook {
    egress: Arc<dyn Egress>,
    url: Url,
}

/// The same, for one run.
pub(crate) struct OfRun<'a> {
    hook: &'a CaptchaHook,
    run_id: &'a RunId,
}

#[derive(Deserialize)]
struct Solved {
    solution: Option<String>,
    error: Option<String>,
}

impl CaptchaHook {
    /// A hook at that address. A name and password in it become basic authorization.
    #[must_use]
    pub fn new(egress: Arc<dyn Egress>, url: Url) -> Self {
        Self { egress, url }
    }

    pub(crate) fn of<'a>(&'a self, run_id: &'a RunId) -> OfRun<'a> {
        OfRun { hook: self, run_id }
    }
}

#[async_trait]
impl CaptchaSolver for OfRun<'_> {
    async fn solve(&self, captcha: &Captcha) -> Result<String, String> {
        let body = json!({
            "run_id": self.run_id.as_str(),
            "kind": captcha.kind,
            "url": captcha.url,
            "site_key": captcha.site_key,
            "picture": captcha.picture.as_ref().map(|it| STANDARD.encode(it)),
        });
        let mut request = HttpRequest::new(Method::POST, self.hook.url.clone());
        request.headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
        request.body = body.to_string().into();
        request.timeout = TIMEOUT;
        let answer = self.hook.egress.send(request).await;
        let answer = answer.map_err(|error| format!("the hook can't be reached: {error}"))?;
        if answer.status != StatusCode::OK {
            return Err(format!("the hook answered {}", answer.status));
        }
        let solved: Solved = serde_json::from_slice(&answer.body)
            .map_err(|error| format!("the hook's answer can't be read: {error}"))?;
        match solved {
            Solved {
                error: Some(error), ..
            } => Err(format!("the hook says: {}", clip(&error, 300))),
            Solved {
                solution: Some(solution),
                ..
            } if !solution.is_empty() && solution.len() <= MAX_SOLUTION => Ok(solution),
            _ => Err("the hook answered without a `solution`".to_owned()),
        }
    }
}
