//! Captchas as their makers document them: what the page says of one, and where its answer goes.

use serde::Deserialize;
use serde_json::json;

use super::{Error, Page};

/// A captcha on the page.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CaptchaOnPage {
    /// Its maker: `recaptcha`, `hcaptcha` or `turnstile`.
    pub kind: String,
    /// The site's key with the maker.
    pub site_key: Option<String>,
}

#[derive(Deserialize)]
struct Placed {
    fields: u32,
    callback: Option<String>,
}

impl Page {
    /// The captcha of the top document, if it has one of a maker that is known.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn captcha(&self) -> Result<Option<CaptchaOnPage>, Error> {
        let (context, _) = self.current()?;
        self.ask(&context, "captcha", json!({}))
            .await?
            .map_err(|refusal| refusal.into_error("the captcha"))
    }

    /// Puts a token where the page's form sends it from, and tells the page's own function, if the
    /// captcha names one.
    ///
    /// # Errors
    ///
    /// [`Error::NoEffect`] where there is neither; else see [`Error`].
    pub async fn solve_captcha(&self, token: &str) -> Result<(), Error> {
        let (context, session) = self.current()?;
        let placed: Option<Placed> = self
            .ask(&context, "solveCaptcha", json!({ "token": token }))
            .await?
            .map_err(|refusal| refusal.into_error("the captcha"))?;
        let nowhere = || Error::NoEffect {
            what: "the page has no place for the captcha's answer".to_owned(),
        };
        let placed = placed.ok_or_else(nowhere)?;
        let Some(callback) = placed.callback.filter(|it| is_path(it)) else {
            return if placed.fields > 0 {
                Ok(())
            } else {
                Err(nowhere())
            };
        };
        // The page's own function lives in the page's own world.
        let expression = format!("window.{callback}?.({})", json!(token));
        let params = json!({ "expression": expression, "returnByValue": false });
        let method = "Runtime.evaluate";
        self.inspect(&context, &session, method, params).await?;
        Ok(())
    }
}

/// Whether it is the name of a function, and nothing else that a script could be.
fn is_path(name: &str) -> bool {
    let is_name = |part: &str| {
        let mut letters = part.chars();
        letters
            .next()
            .is_some_and(|it| it.is_alphabetic() || it == '_' || it == '$')
            && letters.all(|it| it.is_alphanumeric() || it == '_' || it == '$')
    };
    !name.is_empty() && name.split('.').all(is_name)
}
