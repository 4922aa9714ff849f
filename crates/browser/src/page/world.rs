//! Scripts in the isolated world of a frame.
//!
//! They go over CDP: tried with Chromium 156, a BiDi `script.callFunction` in a sandbox never
//! answers in a popup that the page opened itself, and a megabyte of result takes seven times as
//! long. The world is the same kind of isolated one either way.

use std::time::Duration;

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::{Error, Page};
use crate::socket;

/// The name of the isolated world; nothing of it is visible to the page.
const WORLD: &str = "errand";
/// How long a script may take before the page counts as busy.
pub(super) const SCRIPT_TIMEOUT: Duration = Duration::from_secs(10);
const INSPECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a page that does nothing may take to say so.
const PROBE_TIMEOUT: Duration = Duration::from_secs(2);
const STOP_TIMEOUT: Duration = Duration::from_secs(2);
const ATTACH_TIMEOUT: Duration = Duration::from_secs(5);

/// Elements of a frame, and the session in which their ids mean something.
#[derive(Debug)]
pub(super) struct Objects {
    pub(super) session: String,
    pub(super) ids: Vec<String>,
}

/// The commands that run in the page, installed once into the world of each document.
const LIBRARY: &str = concat!(
    "() => { const KEY = Symbol.for('errand'); if (Object.hasOwn(globalThis, KEY)) return;\n",
    include_str!("script/core.js"),
    include_str!("script/names.js"),
    include_str!("script/look.js"),
    include_str!("script/extra.js"),
    include_str!("script/texts.js"),
    include_str!("script/shapes.js"),
    include_str!("script/rows.js"),
    include_str!("script/sample.js"),
    include_str!("script/walk.js"),
    include_str!("script/flatten.js"),
    include_str!("script/settle.js"),
    include_str!("script/target.js"),
    include_str!("script/fill.js"),
    include_str!("script/choose.js"),
    include_str!("script/gauge.js"),
    include_str!("script/calendar.js"),
    include_str!("script/drag.js"),
    include_str!("script/file.js"),
    include_str!("script/captcha.js"),
    include_str!("script/point.js"),
    include_str!("script/words.js"),
    include_str!("script/run.js"),
    "}"
);
/// What origins keep: on its own, for documents of which nothing else is asked.
const STORAGE: &str = concat!(
    "async (name, input) => {\n",
    include_str!("script/values.js"),
    include_str!("script/storage.js"),
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
            "covered" => Error::Covered {
                element,
                by: self.by,
            },
            "hidden" => Error::Hidden {
                element,
                reason: self.message,
            },
            "disabled" => Error::Disabled { element },
            "not_editable" => Error::NotEditable {
                element,
                reason: self.message,
            },
            "no_option" => Error::NoSuchOption {
                element,
                option: self.option,
                have: self.have,
            },
            "no_effect" => Error::NoEffect { what: self.message },
            "invalid" => Error::Invalid { what: self.message },
            _ => Error::Browser {
                reason: self.message,
            },
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
        let (_, result) = self
            .evaluate(limit, context, name, &input, &[], true)
            .await?;
        let text = result["result"]["value"].as_str().unwrap_or_default();
        let broken = |reason: String| Error::Browser {
            reason: format!("{name}: {reason}"),
        };
        let answer: Answer<T> =
            serde_json::from_str(text).map_err(|error| broken(error.to_string()))?;
        self.ids_used(answer.next);
        if let Some(refusal) = answer.error {
            return Ok(Err(refusal));
        }
        let nothing = || T::deserialize(Value::Null).map_err(|error| broken(error.to_string()));
        answer.ok.map_or_else(nothing, Ok).map(Ok)
    }

    /// Runs a command on what the frame's origin keeps, and decodes its JSON answer.
    pub(super) async fn ask_storage<T: DeserializeOwned>(
        &self,
        limit: Duration,
        context: &str,
        name: &str,
        input: &Value,
    ) -> Result<Result<T, Refusal>, Error> {
        let arguments = json!([{ "value": name }, { "value": input.to_string() }]);
        let (_, answer) = self
            .run(limit, context, name, STORAGE, &arguments, true)
            .await?;
        let text = answer["result"]["value"].as_str().unwrap_or_default();
        let answer: Answer<T> = serde_json::from_str(text).map_err(|error| Error::Browser {
            reason: format!("{name}: {error}"),
        })?;
        Ok(match (answer.ok, answer.error) {
            (Some(value), _) => Ok(value),
            (None, refusal) => Err(refusal.unwrap_or_default()),
        })
    }

    /// Runs a command whose answer is a list of elements, and names them by CDP's object ids.
    pub(super) async fn ask_objects(
        &self,
        context: &str,
        name: &str,
        input: Value,
    ) -> Result<Objects, Error> {
        let (session, answer) = self
            .evaluate(SCRIPT_TIMEOUT, context, name, &input, &[], false)
            .await?;
        let list = answer["result"]["objectId"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let params = json!({ "objectId": list, "ownProperties": true });
        let found = self.inspect(context, &session, "Runtime.getProperties", params);
        let found = found.await?;
        let properties = found["result"].as_array().into_iter().flatten();
        let elements = properties.filter(|property| {
            property["name"]
                .as_str()
                .is_some_and(|name| name.parse::<u32>().is_ok())
        });
        let ids = elements
            .filter_map(|property| property["value"]["objectId"].as_str().map(str::to_owned))
            .collect();
        Ok(Objects { session, ids })
    }

    /// Runs a command on elements that are named by CDP's object ids.
    pub(super) async fn tell_objects(
        &self,
        context: &str,
        name: &str,
        input: Value,
        objects: &[String],
    ) -> Result<(), Error> {
        self.evaluate(SCRIPT_TIMEOUT, context, name, &input, objects, true)
            .await
            .map(drop)
    }

    /// Calls the library in the frame's isolated world; installs it where it isn't yet. Says which
    /// session it was called in.
    async fn evaluate(
        &self,
        limit: Duration,
        context: &str,
        name: &str,
        input: &Value,
        objects: &[String],
        by_value: bool,
    ) -> Result<(String, Value), Error> {
        let mut arguments = vec![
            json!({ "value": name }),
            json!({ "value": input.to_string() }),
        ];
        arguments.extend(objects.iter().map(|object| json!({ "objectId": object })));
        let arguments = Value::from(arguments);
        tracing::trace!(command = name, context, "asking a frame");
        let none = Value::Array(Vec::new());
        let call = |body, arguments| self.run(limit, context, name, body, arguments, by_value);
        let mut answer = Box::pin(call(CALL, &arguments)).await?;
        for _ in 0..3 {
            if answer.1["result"]["value"] != "absent" {
                break;
            }
            Box::pin(call(LIBRARY, &none)).await?;
            answer = Box::pin(call(CALL, &arguments)).await?;
        }
        Ok(answer)
    }

    /// Calls a function in the frame's isolated world. Says which session it was called in.
    async fn run(
        &self,
        limit: Duration,
        context: &str,
        name: &str,
        body: &str,
        arguments: &Value,
        by_value: bool,
    ) -> Result<(String, Value), Error> {
        let mut replaced = 0;
        loop {
            let (session, world) = Box::pin(self.world(context)).await?;
            let params = json!({
                "functionDeclaration": body,
                "executionContextId": world,
                "arguments": arguments,
                "returnByValue": by_value,
                "awaitPromise": true,
                "objectGroup": "errand",
            });
            let method = "Runtime.callFunctionOn";
            let call = self.guarded(context, name, limit, &session, method, params);
            match Box::pin(call).await {
                // The document was replaced since its world was made.
                Err(Error::Browser { reason })
                    if reason.contains("Cannot find context") && replaced < 3 =>
                {
                    replaced += 1;
                    self.watch().state().worlds.remove(context);
                }
                Err(error) => return Err(error),
                Ok(answer) => {
                    if let Some(thrown) =
                        answer["exceptionDetails"]["exception"]["description"].as_str()
                    {
                        let reason = errand_domain::text::clip(thrown, 600);
                        return Err(Error::Browser {
                            reason: format!("{name}: {reason}"),
                        });
                    }
                    return Ok((session, answer));
                }
            }
        }
    }

    /// The frame's isolated world: the session that reaches it, and its number there.
    pub(super) async fn world(&self, context: &str) -> Result<(String, i64), Error> {
        if let Some(known) = self.watch().state().worlds.get(context) {
            return Ok(known.clone());
        }
        let session = self.session_of(context).await?;
        let params = json!({ "frameId": context, "worldName": WORLD });
        let method = "Page.createIsolatedWorld";
        let made = self.guarded(
            context,
            "the page",
            SCRIPT_TIMEOUT,
            &session,
            method,
            params,
        );
        let made = made.await?;
        let world = made["executionContextId"].as_i64().unwrap_or_default();
        let mut state = self.watch().state();
        if state.worlds.len() > 2000 {
            state.worlds.clear();
        }
        state
            .worlds
            .insert(context.to_owned(), (session.clone(), world));
        Ok((session, world))
    }

    /// The session that reaches a frame: its own where it is of another origin, else that of the
    /// frame around it, else the tab's. A new tab's is waited for.
    pub(super) async fn session_of(&self, context: &str) -> Result<String, Error> {
        let gone = || Error::Browser {
            reason: "the frame is gone".to_owned(),
        };
        let mut changes = self.watch().changes();
        let wait = async {
            loop {
                {
                    let state = self.watch().state();
                    if let Some(session) = state.session_of(context) {
                        return Ok(session);
                    }
                    if state.tab(&state.top_of(context)).is_none() {
                        return Err(gone());
                    }
                }
                if changes.changed().await.is_err() {
                    return Err(Error::Gone);
                }
            }
        };
        timeout(ATTACH_TIMEOUT, wait).await.map_err(|_| gone())?
    }

    /// A command that needs the page's own thread. It ends early when a dialog opens, for then it
    /// would hang, and when the page is gone; when it takes too long, what the page is doing is
    /// stopped, so that the next command finds it free.
    pub(super) async fn guarded(
        &self,
        context: &str,
        what: &str,
        limit: Duration,
        session: &str,
        method: &str,
        params: Value,
    ) -> Result<Value, Error> {
        let call = self.cdp().call_in_within(limit, session, method, params);
        match self.while_reachable(context, session, call).await? {
            Err(socket::Error::Timeout { after, .. }) => {
                let top = self.watch().state().top_of(context);
                self.stop_scripts(&top).await;
                let what = what.to_owned();
                Err(Error::Timeout { what, after })
            }
            other => other.map_err(Error::from),
        }
    }

    /// A command that the page's own thread has no part in, or not for long.
    pub(super) async fn inspect(
        &self,
        context: &str,
        session: &str,
        method: &str,
        params: Value,
    ) -> Result<Value, Error> {
        let call = self
            .cdp()
            .call_in_within(INSPECT_TIMEOUT, session, method, params);
        let answer = self.while_reachable(context, session, call).await?;
        answer.map_err(Error::from)
    }

    /// Waits for a call as long as there is somebody to answer it.
    async fn while_reachable<T>(
        &self,
        context: &str,
        session: &str,
        call: impl Future<Output = T>,
    ) -> Result<T, Error> {
        let top = self.watch().state().top_of(context);
        self.reachable(&top, session)?;
        let mut changes = self.watch().changes();
        tokio::pin!(call);
        loop {
            tokio::select! {
                answer = &mut call => return Ok(answer),
                _ = changes.changed() => self.reachable(&top, session)?,
                () = self.gone().cancelled() => return Err(Error::Gone),
            }
        }
    }

    /// Says why nothing in the tab would answer.
    pub(super) fn reachable(&self, tab: &str, session: &str) -> Result<(), Error> {
        self.no_dialog(tab)?;
        let state = self.watch().state();
        if let Some(tab) = state.tab(tab).filter(|tab| tab.crashed) {
            let url = tab.url.clone();
            return Err(Error::Crashed { url });
        }
        if !state.sessions_in(tab).iter().any(|known| known == session) {
            let reason = "the frame is gone".to_owned();
            return Err(Error::Browser { reason });
        }
        Ok(())
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

    /// Ends the scripts that keep the tab busy, in whatever frame of it.
    pub(super) async fn stop_scripts(&self, tab: &str) {
        let sessions = self.watch().state().sessions_in(tab);
        let stops = sessions.iter().map(|session| {
            let method = "Runtime.terminateExecution";
            self.cdp()
                .call_in_within(STOP_TIMEOUT, session, method, json!({}))
        });
        for stopped in futures_util::future::join_all(stops).await {
            if let Err(error) = stopped {
                tracing::debug!(%error, "a busy page could not be stopped");
            }
        }
    }

    /// Whether the tab's own thread answers; if it does not, what keeps it busy is stopped.
    pub(super) async fn stop_if_busy(&self, tab: &str) -> Result<(), Error> {
        let Some(session) = self.watch().state().session_of(tab) else {
            return Ok(());
        };
        let params = json!({ "expression": "1", "returnByValue": true });
        let method = "Runtime.evaluate";
        let answer = self.guarded(tab, "the page", PROBE_TIMEOUT, &session, method, params);
        match answer.await {
            Err(error @ Error::Timeout { .. }) => Err(error),
            _ => Ok(()),
        }
    }
}
