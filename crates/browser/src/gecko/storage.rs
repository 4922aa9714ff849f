//! Cookies, and whose storage a document uses.

use serde_json::{Value, json};

use super::{Gecko, Refusal, SANDBOX};

impl Gecko {
    pub(super) async fn cookies(&self) -> Result<Value, Refusal> {
        let jar = self.bidi("storage.getCookies", json!({})).await?;
        let cookies = jar["cookies"].as_array().into_iter().flatten();
        let cookies: Vec<Value> = cookies.map(to_cdp).collect();
        Ok(json!({ "cookies": cookies }))
    }

    pub(super) async fn set_cookies(&self, cookies: &Value) -> Result<Value, Refusal> {
        for cookie in cookies.as_array().into_iter().flatten() {
            let params = json!({ "cookie": of_cdp(cookie) });
            self.bidi("storage.setCookie", params).await?;
        }
        Ok(json!({}))
    }

    /// Firefox does not tell; in frames of other sites it keeps a part for each site around them.
    pub(super) async fn storage_key(&self, context: &str) -> Result<Value, Refusal> {
        let told = self.run(context, SANDBOX, "() => location.origin", &[]);
        let told = told.await?;
        let origin = told["value"].as_str().unwrap_or_default();
        Ok(json!({ "storageKey": format!("{origin}/") }))
    }
}

fn to_cdp(cookie: &Value) -> Value {
    let same_site = match cookie["sameSite"].as_str() {
        Some("strict") => Some("Strict"),
        Some("lax") => Some("Lax"),
        Some("none") => Some("None"),
        _ => None,
    };
    let mut told = json!({
        "name": cookie["name"],
        "value": cookie["value"]["value"],
        "domain": cookie["domain"],
        "path": cookie["path"],
        "httpOnly": cookie["httpOnly"],
        "secure": cookie["secure"],
        "expires": cookie["expiry"].as_f64().unwrap_or(-1.0),
    });
    if let Some(same_site) = same_site {
        told["sameSite"] = same_site.into();
    }
    told
}

fn of_cdp(cookie: &Value) -> Value {
    let mut told = json!({
        "name": cookie["name"],
        "value": { "type": "string", "value": cookie["value"] },
        "domain": cookie["domain"],
        "path": cookie["path"],
        "httpOnly": cookie["httpOnly"],
        "secure": cookie["secure"],
    });
    if let Some(at) = cookie["expires"].as_f64().filter(|it| *it >= 0.0) {
        told["expiry"] = (at as i64).into();
    }
    if let Some(same_site) = cookie["sameSite"].as_str() {
        told["sameSite"] = same_site.to_ascii_lowercase().into();
    }
    told
}
