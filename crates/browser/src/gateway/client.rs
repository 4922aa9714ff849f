//! What a program says.

use std::{collections::HashSet, sync::Arc};

use serde_json::{Value, json};

use super::{
    Ending, MAX_CLIENT_MESSAGE_BYTES,
    policy::{self, Closing, Verdict},
    record::Recorder,
    sieve::Sieve,
};
use crate::page::Page;

/// Most contexts of a browser besides its own: each takes memory.
const MAX_CONTEXTS: usize = 8;

/// What becomes of a message of the program.
pub(super) enum Step {
    /// The browser gets this.
    Forward(String),
    /// The program gets this.
    Answer(String),
    /// The program gets this, and has done.
    Leave(String),
}

pub(super) struct Client {
    page: Page,
    sieve: Arc<Sieve>,
    /// Tabs and contexts that were told to close. Their ids don't come again.
    closing: HashSet<String>,
}

/// A command, as far as it is looked at.
struct Command {
    id: i64,
    method: String,
    params: Value,
    session: Option<String>,
}

impl Client {
    pub(super) fn new(page: Page, sieve: Arc<Sieve>) -> Self {
        Self {
            page,
            sieve,
            closing: HashSet::new(),
        }
    }

    pub(super) async fn said(
        &mut self,
        text: &str,
        recorder: &mut Recorder,
    ) -> Result<Step, Ending> {
        if text.len() > MAX_CLIENT_MESSAGE_BYTES {
            return Err(Ending::TooLarge {
                bytes: text.len(),
                limit: MAX_CLIENT_MESSAGE_BYTES,
            });
        }
        let mut command = Command::read(text)?;
        // One that was never told of.
        if let Some(session) = &command.session
            && self.sieve.target_of(session).is_none()
        {
            return Ok(command.refused(-32001, "Session with given id not found."));
        }
        let downloads = self.page.downloads_folder();
        let verdict = policy::judge(&command.method, &mut command.params, downloads);
        let step = match verdict {
            Verdict::Pass if command.method == "Target.createBrowserContext" => {
                if self.page.contexts().await >= MAX_CONTEXTS {
                    let message = format!("{MAX_CONTEXTS} contexts are open; dispose of one first");
                    return Ok(command.refused(-32000, &message));
                }
                self.pass(command, recorder)
            }
            Verdict::Pass => self.pass(command, recorder),
            Verdict::PassTo(target) if self.knows(&target).await => self.pass(command, recorder),
            Verdict::PassTo(_) => command.refused(-32602, "No target with given id found"),
            Verdict::Close(closing) => self.close(command, closing, recorder).await?,
            Verdict::Answer(result) => Step::Answer(command.answer("result", result)),
            Verdict::Leave => Step::Leave(command.answer("result", json!({}))),
            Verdict::Refuse(why) => {
                let message = format!("errand refuses {}: {why}", command.method);
                command.refused(-32000, &message)
            }
            Verdict::Unknown => {
                let method = errand_domain::text::clip(&command.method, 100);
                let message = format!("'{method}' wasn't found: errand does not pass it on");
                command.refused(-32601, &message)
            }
        };
        Ok(step)
    }

    fn pass(&self, command: Command, recorder: &mut Recorder) -> Step {
        recorder.note(&command.method, &command.params);
        match command.method.as_str() {
            "Input.dispatchMouseEvent" => {
                let target = command.session.as_deref();
                let target = target.and_then(|session| self.sieve.target_of(session));
                if target.is_some() && target == self.page.here().map(|here| here.target) {
                    self.page.note_pointer(&command.params);
                }
            }
            "Target.getTargets" => self.sieve.expect_list(command.id),
            _ => {}
        }
        Step::Forward(command.text())
    }

    /// Closes tabs, but never the last: the browser would end with it.
    async fn close(
        &mut self,
        command: Command,
        closing: Closing,
        recorder: &mut Recorder,
    ) -> Result<Step, Ending> {
        let (target, context) = match closing {
            Closing::Context(context) => (None, Some(context)),
            Closing::Target(target) if self.knows(&target).await => (Some(target), None),
            Closing::Target(_) => {
                return Ok(command.refused(-32602, "No target with given id found"));
            }
            Closing::Own => {
                let session = command.session.as_deref();
                (session.and_then(|it| self.sieve.target_of(it)), None)
            }
        };
        self.closing.extend(target.into_iter().chain(context));
        let goes = |info: &Value| {
            let closes = |name: &str| {
                let id = info[name].as_str();
                id.is_some_and(|id| self.closing.contains(id))
            };
            closes("targetId") || closes("browserContextId")
        };
        if self.page.keep_tab(goes).await.is_err() {
            return Err(Ending::Gone);
        }
        Ok(self.pass(command, recorder))
    }

    async fn knows(&self, target: &str) -> bool {
        let info = self.page.target_info(target).await;
        info.is_some_and(|info| self.sieve.shows(&info))
    }
}

impl Command {
    fn read(text: &str) -> Result<Self, Ending> {
        let malformed = |reason: &str| Ending::Malformed {
            reason: reason.to_owned(),
        };
        let mut message: Value =
            serde_json::from_str(text).map_err(|error| malformed(&error.to_string()))?;
        let id = message["id"].as_i64().filter(|id| *id >= 0);
        let id = id.ok_or_else(|| malformed("its id is no number from 0"))?;
        let method = message["method"].as_str();
        let method = method
            .ok_or_else(|| malformed("it has no method"))?
            .to_owned();
        let params = match message["params"].take() {
            Value::Null => json!({}),
            params @ Value::Object(_) => params,
            _ => return Err(malformed("its params are no object")),
        };
        let session = match &message["sessionId"] {
            Value::Null => None,
            Value::String(session) => Some(session.clone()),
            _ => return Err(malformed("its sessionId is no text")),
        };
        Ok(Self {
            id,
            method,
            params,
            session,
        })
    }

    /// As it is passed on: made anew, so that the browser reads what was judged.
    fn text(self) -> String {
        let mut message = json!({ "id": self.id, "method": self.method, "params": self.params });
        if let Some(session) = self.session {
            message["sessionId"] = json!(session);
        }
        message.to_string()
    }

    fn answer(&self, name: &str, content: Value) -> String {
        let mut message = json!({ "id": self.id });
        message[name] = content;
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        message.to_string()
    }

    fn refused(&self, code: i32, message: &str) -> Step {
        let error = json!({ "code": code, "message": message });
        Step::Answer(self.answer("error", error))
    }
}
