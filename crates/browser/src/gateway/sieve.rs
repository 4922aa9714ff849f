//! What a program hears: everything but what is no part of a page.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde::Deserialize;
use serde_json::{Value, json};

use super::url;
use crate::{
    page::Page,
    socket::{self, Socket},
};

/// The id of our own commands among a program's, whose ids are not negative.
const OWN: i64 = -1;
/// Sessions and lists that are remembered; a program has far fewer at a time.
const MAX_REMEMBERED: usize = 20_000;
/// What a program may know of. `tab` is what a page is in.
const KINDS: &[&str] = &[
    "page",
    "tab",
    "iframe",
    "worker",
    "service_worker",
    "shared_worker",
    "shared_storage_worklet",
    "auction_worklet",
    "worklet",
];

/// What is remembered of the conversation of one program.
#[derive(Debug)]
pub(super) struct Sieve {
    /// Targets that were there before and are no pages: the driver's own.
    hidden: HashSet<String>,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    /// The target of each session.
    sessions: HashMap<String, String>,
    /// Sessions that are let go of again.
    unwanted: HashSet<String>,
    /// Commands whose answers are lists of targets.
    lists: HashSet<i64>,
}

/// What becomes of a message of the browser.
#[derive(Default)]
pub(super) struct Sifted {
    /// What the program gets of it.
    pub(super) text: Option<String>,
    /// What the browser is told because of it.
    pub(super) commands: Vec<String>,
}

/// As much of a message as tells where it belongs.
#[derive(Deserialize)]
struct Head<'a> {
    id: Option<i64>,
    #[serde(borrow)]
    method: Option<Cow<'a, str>>,
    #[serde(borrow, rename = "sessionId")]
    session: Option<Cow<'a, str>>,
}

impl Sieve {
    /// Finds out what is to be hidden.
    pub(super) async fn new(page: &Page) -> Result<Self, socket::Error> {
        let socket = page.another_connection().await?;
        let all = json!({ "filter": [{}] });
        let targets = socket.call("Target.getTargets", all.clone()).await?;
        let mut hidden = HashSet::new();
        for info in targets["targetInfos"].as_array().into_iter().flatten() {
            let id = info["targetId"].as_str().unwrap_or_default();
            let shown = match info["type"].as_str() {
                Some("page") => page.has_tab(id),
                Some("tab") => holds_page(&socket, id, page).await?,
                _ => true,
            };
            if !shown {
                hidden.insert(id.to_owned());
            }
        }
        Ok(Self {
            hidden,
            seen: Mutex::default(),
        })
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a program may know of a target.
    pub(super) fn shows(&self, info: &Value) -> bool {
        let text = |name: &str| info[name].as_str().unwrap_or_default();
        KINDS.contains(&text("type"))
            && url::is_page(text("url"))
            && !self.hidden.contains(text("targetId"))
    }

    /// The target of one of the program's sessions.
    pub(super) fn target_of(&self, session: &str) -> Option<String> {
        self.seen().sessions.get(session).cloned()
    }

    /// Remembers that the answer to this command is a list of targets.
    pub(super) fn expect_list(&self, id: i64) {
        let mut seen = self.seen();
        if seen.lists.len() < MAX_REMEMBERED {
            seen.lists.insert(id);
        }
    }

    /// Looks at a message of the browser.
    pub(super) fn told(&self, text: String) -> Sifted {
        let nothing = Sifted::default;
        let Ok(head) = serde_json::from_str::<Head<'_>>(&text) else {
            return nothing();
        };
        let session = head.session.as_deref();
        if session.is_some_and(|session| self.seen().unwanted.contains(session)) {
            return nothing();
        }
        match (head.id, head.method.as_deref()) {
            (Some(OWN), _) => nothing(),
            (Some(id), _) if self.seen().lists.remove(&id) => self.list(&text),
            (None, Some(method)) if method.starts_with("Target.") => {
                self.target(method, session, &text)
            }
            // Where a file lies on the server is nobody's business.
            (None, Some("Browser.downloadProgress")) => edited(&text, |message| {
                if let Some(params) = message["params"].as_object_mut() {
                    params.remove("filePath");
                }
            }),
            _ => Sifted {
                text: Some(text),
                commands: Vec::new(),
            },
        }
    }

    fn list(&self, text: &str) -> Sifted {
        edited(text, |message| {
            if let Some(infos) = message["result"]["targetInfos"].as_array_mut() {
                infos.retain(|info| self.shows(info));
            }
        })
    }

    fn target(&self, method: &str, parent: Option<&str>, text: &str) -> Sifted {
        let nothing = |commands| Sifted {
            text: None,
            commands,
        };
        let Ok(message) = serde_json::from_str::<Value>(text) else {
            return nothing(Vec::new());
        };
        let params = &message["params"];
        let session = params["sessionId"].as_str().unwrap_or_default().to_owned();
        let info = &params["targetInfo"];
        let mut seen = self.seen();
        let shown = match method {
            // The browser itself, for a session of its own: what it is told is judged the same.
            "Target.attachedToTarget" if self.shows(info) || info["type"] == "browser" => {
                let target = info["targetId"].as_str().unwrap_or_default();
                if seen.sessions.len() >= MAX_REMEMBERED {
                    seen.sessions.clear();
                }
                seen.sessions.insert(session, target.to_owned());
                true
            }
            "Target.attachedToTarget" => {
                let mut command = json!({
                    "id": OWN,
                    "method": "Target.detachFromTarget",
                    "params": { "sessionId": session },
                });
                if let Some(parent) = parent {
                    command["sessionId"] = json!(parent);
                }
                seen.unwanted.insert(session);
                return nothing(vec![command.to_string()]);
            }
            "Target.detachedFromTarget" => {
                seen.sessions.remove(&session);
                !seen.unwanted.remove(&session)
            }
            "Target.targetCreated" | "Target.targetInfoChanged" => self.shows(info),
            _ => {
                let id = params["targetId"].as_str().unwrap_or_default();
                !self.hidden.contains(id)
            }
        };
        Sifted {
            text: shown.then(|| text.to_owned()),
            commands: Vec::new(),
        }
    }
}

/// Whether the page in a tab is one of the session's.
async fn holds_page(socket: &Socket, tab: &str, page: &Page) -> Result<bool, socket::Error> {
    let mut events = socket.events();
    let params = json!({ "targetId": tab, "flatten": true });
    let Ok(attached) = socket.call("Target.attachToTarget", params).await else {
        // It closed meanwhile.
        return Ok(false);
    };
    let session = attached["sessionId"].as_str().unwrap_or_default();
    let params = json!({
        "autoAttach": true, "waitForDebuggerOnStart": false, "flatten": true,
    });
    let asked = socket
        .call_in(session, "Target.setAutoAttach", params)
        .await;
    let mut holds = false;
    // What it attaches to is told before it answers.
    while let Ok(event) = events.try_recv() {
        let info = &event["params"]["targetInfo"];
        holds |= event["sessionId"] == session
            && event["method"] == "Target.attachedToTarget"
            && info["type"] == "page"
            && page.has_tab(info["targetId"].as_str().unwrap_or_default());
    }
    let params = json!({ "sessionId": session });
    let _ = socket.call("Target.detachFromTarget", params).await;
    match asked {
        Err(error @ socket::Error::Closed) => Err(error),
        _ => Ok(holds),
    }
}

fn edited(text: &str, edit: impl FnOnce(&mut Value)) -> Sifted {
    let message = serde_json::from_str::<Value>(text).ok().map(|mut message| {
        edit(&mut message);
        message.to_string()
    });
    Sifted {
        text: message,
        commands: Vec::new(),
    }
}
