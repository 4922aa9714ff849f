//! Scripts in the isolated world of a frame.

use std::time::Duration;

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{Error, Page};

/// The name of the isolated world; nothing of it is visible to the page.
pub(super) const SANDBOX: &str = "errand";
/// How long a script may take before the page counts as busy.
pub(super) const SCRIPT_TIMEOUT: Duration = Duration::from_secs(10);

/// The commands that run in the page, installed once into the world of each document.
const LIBRARY: &str = concat!(
    "() => { const KEY = Symbol.for('errand'); if (Object.hasOwn(globalThis, KEY)) return;\n",
    include_str!("script/core.js"),
    include_str!("script/names.js"),
    include_str!("script/look.js"),
    include_str!("script/walk.js"),
    include_str!("script/flatten.js"),
    include_str!("script/settle.js"),
    include_str!("script/target.js"),
    include_str!("script/fill.js"),
    include_str!("script/choose.js"),
    include_str!("script/memory.js"),
    include_str!("script/run.js"),
    "}"
);
/// Found by a symbol of its own: a string could be shadowed by an element of that name.
pub(super) const CALL: &str = "(name, input, ...nodes) => { const run = Object.getOwnPropertyDescriptor(\
                    globalThis, Symbol.for('errand'))?.value; \
                    return run ? run(name, input, ...nodes) : 'absent'; }";

#[derive(Deserialize)]
struct Answer<T> {
    #[serde(default = "Option::default")]
    ok: Option<T>,
    error: Option<Refusal>,
    #[serde(default)]
    next: u64,
}

/// Why a command in the page could not be done; made into an [`Error`] where more is known.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Refusal {
    pub(super) kind: String,
    pub(super) message: String,
    pub(super) by: String,
    pub(super) option: String,
    pub(super) have: Vec<String>,
}

impl Refusal {
    pub(super) fn into_error(self, element: &str) -> Error {
        let element = element.to_owned();
        match self.kind.as_str() {
            "stale" => Error::Stale { element },
            "covered" => Error::Covered { element, by: self.by },
            "hidden" => Error::Hidden { element, reason: self.message },
            "disabled" => Error::Disabled { element },
            "not_editable" => Error::NotEditable { element, reason: self.message },
            "no_option" => Error::NoSuchOption { element, option: self.option, have: self.have },
            "no_effect" => Error::NoEffect { what: self.message },
            "invalid" => Error::Invalid { what: self.message },
            _ => Error::Browser { reason: self.message },
        }
    }
}

impl Page {
    /// Runs a command of the library in a frame and decodes its JSON answer.
    pub(super) async fn ask<T: DeserializeOwned>(
        &self,
        context: &str,
        name: &str,
        input: Value,
    ) -> Result<Result<T, Refusal>, Error> {
        self.ask_within(SCRIPT_TIMEOUT, context, name, input).await
    }

    pub(super) async fn ask_within<T: DeserializeOwned>(
        &self,
        limit: Duration,
        context: &str,
        name: &str,
        mut input: Value,
    ) -> Result<Result<T, Refusal>, Error> {
        input["nextId"] = self.next_id().into();
        let result = self.evaluate(limit, context, name, &input, &[], json!({})).await?;
        let text = result["result"]["value"].as_str().unwrap_or_default();
        let broken = |reason: String| {
            let what = result["exceptionDetails"]["text"].as_str().unwrap_or_default();
            Error::Browser { reason: format!("{name}: {what}: {reason}") }
        };
        let answer: Answer<Value> =
            serde_json::from_str(text).map_err(|error| broken(error.to_string()))?;
        self.ids_used(answer.next);
        if let Some(refusal) = answer.error {
            return Ok(Err(refusal));
        }
        let value = answer.ok.unwrap_or_default();
        T::deserialize(value).map(Ok).map_err(|error| broken(error.to_string()))
    }

    /// Runs a command whose answer is nodes or windows, as BiDi describes them.
    pub(super) async fn ask_nodes(
        &self,
        context: &str,
        name: &str,
        input: Value,
        options: Value,
    ) -> Result<Value, Error> {
        let mut result =
            self.evaluate(SCRIPT_TIMEOUT, context, name, &input, &[], options).await?;
        Ok(result["result"].take())
    }

    /// Runs a command on nodes that are named by their shared ids.
    pub(super) async fn tell_nodes(
        &self,
        context: &str,
        name: &str,
        input: Value,
        nodes: &[String],
    ) -> Result<(), Error> {
        self.evaluate(SCRIPT_TIMEOUT, context, name, &input, nodes, json!({})).await?;
        Ok(())
    }

    async fn evaluate(
        &self,
        limit: Duration,
        context: &str,
        name: &str,
        input: &Value,
        nodes: &[String],
        options: Value,
    ) -> Result<Value, Error> {
        let mut arguments = vec![
            json!({ "type": "string", "value": name }),
            json!({ "type": "string", "value": input.to_string() }),
        ];
        arguments.extend(nodes.iter().map(|node| json!({ "sharedId": node })));
        let call = |body: &'static str, arguments: Value| {
            let params = json!({
                "functionDeclaration": body,
                "awaitPromise": true,
                "target": { "context": context, "sandbox": SANDBOX },
                "arguments": arguments,
                "resultOwnership": "none",
                "serializationOptions": options.clone(),
            });
            self.guarded(context, name, limit, "script.callFunction", params)
        };
        let result = Box::pin(call(CALL, json!(arguments))).await?;
        if result["result"]["value"] != "absent" {
            return Ok(result);
        }
        let installed = Box::pin(call(LIBRARY, json!([]))).await?;
        if installed["type"] == "exception" {
            let what = installed["exceptionDetails"]["text"].as_str().unwrap_or_default();
            return Err(Error::Browser { reason: format!("the library did not load: {what}") });
        }
        Box::pin(call(CALL, json!(arguments))).await
    }

    /// A BiDi command that needs the page's own thread. It ends early when a dialog opens, for then
    /// it would hang; when it takes too long, what the page is doing is stopped, so that the next
    /// command finds it free.
    pub(super) async fn guarded(
        &self,
        context: &str,
        what: &str,
        limit: Duration,
        method: &str,
        params: Value,
    ) -> Result<Value, Error> {
        let top = self.watch().state().top_of(context);
        self.no_dialog(&top)?;
        let mut changes = self.watch().changes();
        let call = self.bidi().call_within(limit, method, params);
        tokio::pin!(call);
        loop {
            tokio::select! {
                result = &mut call => match result {
                    Err(crate::socket::Error::Timeout { after, .. }) => {
                        self.stop_script(&top).await;
                        return Err(Error::Timeout { what: what.to_owned(), after });
                    }
                    other => return other.map_err(Error::from),
                },
                _ = changes.changed() => self.no_dialog(&top)?,
                () = self.gone().cancelled() => return Err(Error::Gone),
            }
        }
    }

    /// Says so when a dialog blocks the tab.
    pub(super) fn no_dialog(&self, tab: &str) -> Result<(), Error> {
        let state = self.watch().state();
        match state.tab(tab).and_then(|tab| tab.dialog.as_ref()) {
            Some(dialog) => Err(Error::DialogOpen {
                message: format!("{} \"{}\"", dialog.kind, dialog.message),
            }),
            None => Ok(()),
        }
    }

    /// Ends the script that keeps the tab busy.
    async fn stop_script(&self, tab: &str) {
        let session = self.watch().state().tab(tab).and_then(|tab| tab.session.clone());
        if let Some(session) = session {
            let stop = self.cdp().call_in_within(
                Duration::from_secs(2),
                &session,
                "Runtime.terminateExecution",
                json!({}),
            );
            if let Err(error) = stop.await {
                tracing::warn!(%error, "a busy page could not be stopped");
            }
        }
    }
}
