//! What a program may say to the browser.
//!
//! It is a list of what passes, so that a command that a later Chromium brings does not. Whole
//! domains pass where each of their commands ends at the page; the rest passes by name, and some of
//! it with other parameters than were given.

mod list;

use std::path::Path;

use serde_json::{Value, json};

use super::url;

/// What happens to a command.
#[derive(Debug, PartialEq)]
pub(super) enum Verdict {
    /// It is passed on, with the parameters as they are now.
    Pass,
    /// It is passed on if the target it names is one of the session's.
    PassTo(String),
    /// It is passed on, and the browser keeps a tab without these.
    Close(Closing),
    /// It is answered here.
    Answer(Value),
    /// It is refused; why, and what is possible instead.
    Refuse(String),
    /// It is not on the list.
    Unknown,
    /// The program has done.
    Leave,
}

/// What a command closes.
#[derive(Debug, PartialEq)]
pub(super) enum Closing {
    /// A tab.
    Target(String),
    /// The tab of the command's session.
    Own,
    /// All tabs of a context.
    Context(String),
}

/// Judges a command, and makes its parameters what they are to be. Files are saved to `downloads`
/// only.
pub(super) fn judge(method: &str, params: &mut Value, downloads: &Path) -> Verdict {
    let text = |params: &Value, name: &str| params[name].as_str().unwrap_or_default().to_owned();
    match method {
        "Browser.close" => return Verdict::Leave,
        "Browser.setDownloadBehavior" => return download(params, downloads),
        // Old and per page; the browser's own setting holds.
        "Page.setDownloadBehavior" => return Verdict::Answer(json!({})),
        _ => {}
    }
    if !list::has(method) {
        let why = list::reason(method).map(str::to_owned);
        return why.map_or(Verdict::Unknown, Verdict::Refuse);
    }
    match method {
        "Page.navigate" => address(params, url::open),
        "Target.createTarget" => create(params),
        "Network.loadNetworkResource" => address(params, url::fetch),
        "Fetch.continueRequest" if !params["url"].is_null() => address(params, url::fetch),
        "Security.setIgnoreCertificateErrors" if params["ignore"] != false => Verdict::Refuse(
            "certificates are checked in every session; leave ignoreHTTPSErrors and \
             acceptInsecureCerts out"
                .to_owned(),
        ),
        "Input.dispatchDragEvent" if !is_empty(&params["data"]["files"]) => {
            Verdict::Refuse("files of the server are not given to pages".to_owned())
        }
        "Target.createBrowserContext" => context(params),
        "Target.setAutoAttach" | "Target.attachToTarget" | "Target.autoAttachRelated" => {
            // Otherwise commands would be wrapped into strings.
            if method != "Target.autoAttachRelated" {
                params["flatten"] = json!(true);
            }
            match params["targetId"].as_str() {
                Some(target) => Verdict::PassTo(target.to_owned()),
                None => Verdict::Pass,
            }
        }
        "Target.activateTarget" | "Target.getTargetInfo" | "Browser.getWindowForTarget"
            if params["targetId"].is_string() =>
        {
            Verdict::PassTo(text(params, "targetId"))
        }
        "Target.closeTarget" => Verdict::Close(Closing::Target(text(params, "targetId"))),
        "Target.disposeBrowserContext" => {
            Verdict::Close(Closing::Context(text(params, "browserContextId")))
        }
        "Page.close" => Verdict::Close(Closing::Own),
        _ => Verdict::Pass,
    }
}

fn address(params: &mut Value, check: impl Fn(&str) -> Result<String, String>) -> Verdict {
    let Some(given) = params["url"].as_str() else {
        return Verdict::Refuse("the url is missing, or is no text".to_owned());
    };
    match check(given) {
        Ok(url) => {
            params["url"] = json!(url);
            Verdict::Pass
        }
        Err(why) => Verdict::Refuse(format!(
            "\"{}\" is not opened: {why}",
            errand_domain::text::clip(given, 200)
        )),
    }
}

/// New tabs are ones that everybody can see.
fn create(params: &mut Value) -> Verdict {
    for name in ["hidden", "enableBeginFrameControl"] {
        if !matches!(params[name], Value::Null | Value::Bool(false)) {
            return Verdict::Refuse(format!("{name}: a session has no tabs that can't be seen"));
        }
    }
    if params["url"].is_null() {
        params["url"] = json!("about:blank");
    }
    address(params, url::open)
}

fn context(params: &mut Value) -> Verdict {
    let round = [
        "proxyServer",
        "proxyBypassList",
        "originsWithUniversalNetworkAccess",
    ];
    if let Some(name) = round.iter().find(|name| !is_empty(&params[**name])) {
        return Verdict::Refuse(format!(
            "{name}: everything goes through the session's own proxy"
        ));
    }
    *params = json!({ "disposeOnDetach": true });
    Verdict::Pass
}

/// Files of the session go where errand takes them up and bounds them; others are not saved.
fn download(params: &mut Value, downloads: &Path) -> Verdict {
    let events = params["eventsEnabled"] == true;
    *params = match params["browserContextId"].as_str() {
        Some(context) => json!({
            "behavior": "deny", "browserContextId": context, "eventsEnabled": events,
        }),
        None => json!({
            "behavior": "allowAndName", "downloadPath": downloads, "eventsEnabled": events,
        }),
    };
    Verdict::Pass
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        _ => false,
    }
}
